"""One hostile tenant and one hostile client, at once, beside a polite client and a polite tenant.

The tenant may create Services and EndpointSlices in its namespace, and puts the dearest legal ones there; the
client may reach the server's ports. The others must not notice.
"""
