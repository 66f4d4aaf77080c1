"""Documents and objects: from the API's JSON to the table's objects, also from JSON that is odd or large."""
