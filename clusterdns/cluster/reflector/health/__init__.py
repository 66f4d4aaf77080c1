"""How well the API server is followed: what was heard when, for how long nothing was, who may ask again."""
