"""What tests of plugins share, ours and those of other authors. No production code imports it.

chain.py      a server block's plugins from Corefile text, asked without a server
cluster.py    a cluster in memory, filled with few words
contexts.py   what a server gives its plugins, under the test's control
"""
