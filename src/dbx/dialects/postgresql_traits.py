"""What is known of PostgreSQL without asking one."""

from __future__ import annotations

from dbx.dialects.traits import Traits

_GRANTED = dict.fromkeys(("function", "procedure", "aggregate", "window"), "EXECUTE")
_GRANTED |= dict.fromkeys(("enum", "domain", "composite", "range"), "USAGE")

TRAITS = {"postgresql": Traits("PostgreSQL", "postgresql", home="public", placed=True, granted=_GRANTED)}
