"""DNS as values: names, records, messages, EDNS, and the wire codec between bytes and them.

Nothing here does input or output, keeps time or logs. Malformed input is `MalformedMessage` for wire
and `ValueError` for text, never another exception.
"""
