"""The cost of following an API server, and the time until the table is right again after each fault.

The scripted API server is a process on one core, with the asker; the server that is measured has another
core to itself. CoreDNS is measured beside ours if `coredns` is on the PATH.
"""
