"""What is known of SQLite without a file of it."""

from __future__ import annotations

from dbx.dialects.traits import Traits

TRAITS = {"sqlite": Traits("SQLite", "sqlite", main="main")}
