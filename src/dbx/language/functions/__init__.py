"""The functions and methods of Python's form, by what they are of."""
