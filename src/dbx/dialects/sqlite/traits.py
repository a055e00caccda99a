"""What is known of SQLite without a file of it."""

from __future__ import annotations

from dbx.dialects.traits import Tables, Traits

_TABLES = Tables(kept_as_statement=True, comments=False, counts_among=False, typed=False, linked_later=False)
_WITHOUT = frozenset({"function", "procedure", "aggregate", "window", "sequence", "policy", "event", "rule"})

TRAITS = {"sqlite": Traits("SQLite", "sqlite", main="main", without=_WITHOUT | {"foreign server"}, tables=_TABLES)}
