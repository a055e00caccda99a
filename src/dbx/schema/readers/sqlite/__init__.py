"""The reader of SQLite."""
