"""JSON that a decoder refuses though the API server may send it: followed bracket by bracket, in steps.

    brackets.py     where arrays and objects begin and end, in text that comes in pieces
    mending.py      what is nested too deeply, or no Unicode, in a form that a decoder reads
    shortening.py   very large documents without texts that are longer than anything that is read
    prefix.py       the beginning of a document, completed to one that says less

Nothing here is used for a document that a decoder reads at once and in little time.
"""
