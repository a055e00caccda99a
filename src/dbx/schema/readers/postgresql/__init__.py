"""The reader of PostgreSQL."""
