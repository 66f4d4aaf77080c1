"""From a packet to its reply: memory, screening, routing, the chain of plugins, and what the client gets."""
