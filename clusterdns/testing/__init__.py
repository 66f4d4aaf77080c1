"""What authors of plugins test with, and we ourselves. No production code imports it.

chain.py        a server block's plugins from Corefile text, asked without a server
cluster.py      a cluster in memory, filled with few words
contexts.py     what a server gives its plugins, under the test's control
metrics.py      the values of metrics
plugins.py      plugins that are nothing but a handler
serving.py      a real server on loopback in the test's own event loop
virtual_time.py an event loop whose clock jumps instead of waiting
web.py          asking what plugins serve over HTTP
"""
