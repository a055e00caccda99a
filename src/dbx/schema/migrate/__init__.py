"""The statements that change one schema into another: one function for each kind of server, by its name.

    statements(diff) -> Iterator[str]

Each text is a whole statement with what ends it, or a comment (`--`) about what no statement can do. They run in the
order they come in. They are shown, never run: what is lost by one is said before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from dbx.errors import UsageError
from dbx.formats.visible import visible
from dbx.schema.diff.changes import Diff

MIGRATE = {
    "sqlite": "dbx.schema.migrate.sqlite",
    "postgresql": "dbx.schema.migrate.postgresql",
    "mysql": "dbx.schema.migrate.mysql",
    "mariadb": "dbx.schema.migrate.mysql",
}
"""By `Schema.dialect`."""


def statements(diff: Diff) -> Iterator[str]:
    """Raises UsageError where the two are of different servers, or of one that is not here."""
    before, after = diff.before.dialect, diff.after.dialect
    if MIGRATE.get(before) != MIGRATE.get(after):
        raise UsageError(
            f"no statements between {before} and {after}",
            hint=f"load a dump of the one into {after} first; --diff-format text says what differs",
        )
    if before not in MIGRATE:
        raise UsageError(f"no statements for {before} yet", hint="--diff-format text says what differs")
    module = import_module(MIGRATE[before])
    return _all(diff, module)


def _all(diff: Diff, module: ModuleType) -> Iterator[str]:
    for rename in diff.renames:
        yield module.rename(rename)
    for text in module.statements(diff):
        yield visible(text) if text.startswith("-- ") else text  # a name may hold a line's end
