"""Comprehensions: the rows they read, and where the attributes of a row lead."""
