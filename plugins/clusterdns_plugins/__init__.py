"""The plugins that ship with clusterdns, one folder each. None imports another."""
