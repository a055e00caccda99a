"""PostgreSQL: all that differs there."""
