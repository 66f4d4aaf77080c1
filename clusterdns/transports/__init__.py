"""Octets between sockets and the responder: one file a transport, connections and their bounds."""
