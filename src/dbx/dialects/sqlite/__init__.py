"""SQLite: all that differs there."""
