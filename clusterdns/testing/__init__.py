"""What tests of plugins share, ours and those of other authors. No production code imports it.

apiserver/    a scripted Kubernetes API server, with every fault that a watch can meet
asking.py     replies as an independent reader sees them, each checked against what all replies must be
background.py a real server in a thread of its own, asked with plain sockets
chain.py      a server block's plugins from Corefile text, asked without a server
cluster.py    a cluster in memory, filled with few words
contexts.py   what a server gives its plugins, under the test's control
serving.py    a real server on loopback in the test's own event loop
web.py        asking what plugins serve over HTTP
wire.py       packets put together octet by octet, right and wrong ones
"""
