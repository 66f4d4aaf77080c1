"""Servers, packets and clients for the tests and benchmarks of clusterdns itself; no part of the wheel.

apiserver/    a scripted Kubernetes API server, with every fault that a watch can meet
real/         a real API server with etcd, where both are on the PATH
asking.py     replies as an independent reader sees them, each checked against what all replies must be
background.py a real server in a thread of its own, asked with plain sockets
wire.py       packets put together octet by octet, right and wrong ones
"""
