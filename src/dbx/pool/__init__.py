"""SQLAlchemy's connection pool, seen through its own events: figures, costs, load, leaks, and the server's side."""
