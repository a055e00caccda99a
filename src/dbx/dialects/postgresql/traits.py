"""What is known of PostgreSQL without asking one."""

from __future__ import annotations

from dbx.dialects.traits import Tables, Traits

_GRANTED = dict.fromkeys(("function", "procedure", "aggregate", "window"), "EXECUTE")
_GRANTED |= dict.fromkeys(("enum", "domain", "composite", "range"), "USAGE")


def _takes(name: str) -> bool:
    return 0 < len(name.encode("utf-8", "replace")) <= 63


_TABLES = Tables(
    takes=_takes,
    cased=True,
    same="IS NOT DISTINCT FROM",
    differs="IS DISTINCT FROM",
    truths=True,
    zero_dates=False,
    time_digits=6,
    identity=True,
    stored_only=True,
    columns=1_600,
    named_keys=True,
)

TRAITS = {
    "postgresql": Traits(
        "PostgreSQL",
        "postgresql",
        home="public",
        placed=True,
        granted=_GRANTED,
        without=frozenset({"event"}),
        tables=_TABLES,
    )
}
