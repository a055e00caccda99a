"""The SQLAlchemy program that makes a statement again, as source text."""
