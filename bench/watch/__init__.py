"""What following an API server costs, and how soon the table is right again after whatever goes wrong.

The scripted API server is a process on one core, with the asker; the server that is measured has another
core to itself. CoreDNS is measured beside ours if `coredns` is on the PATH.
"""
