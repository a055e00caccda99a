"""Whole statements: what a value runs as, and the writes in each of their forms."""
