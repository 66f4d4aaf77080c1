"""The test kit for authors of plugins, used by our own tests too. No production code imports it.

chain.py        a server block's plugins from Corefile text, asked without a server
chain_context.py  the server's context of a plugin, with what is under the test's control in between
cluster.py      a cluster in memory, filled with few words
contexts.py     what a server gives its plugins, under the test's control
hold_ups.py     plugins that hold the event loop up
mistakes.py     what a plugin must not do
metrics.py      the values of metrics
plugins.py      plugins that are nothing but a handler
remembering.py  replies that a server would remember, and what ends them
serving.py      a real server on loopback in the test's own event loop
tasks.py        tasks that plugins leave, or that die
virtual_time.py an event loop whose clock jumps instead of waiting
web.py          requests to pages that plugins serve over HTTP
"""
