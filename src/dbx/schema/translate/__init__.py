"""A schema in another dialect's words."""
