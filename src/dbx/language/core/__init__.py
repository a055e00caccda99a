"""SQLAlchemy Core as it is written: its functions, and the methods of its columns, tables and queries."""
