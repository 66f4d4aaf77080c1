"""From a Corefile to settings: the plugins installed, their order, and what each directive means to them."""
