"""Rows from one database, or from a file, into another: what goes where, and on the way what it is turned into."""
