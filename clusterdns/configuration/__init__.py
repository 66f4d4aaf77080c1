"""From a Corefile to settings: the installed plugins, their order, and the parsing of their directives."""
