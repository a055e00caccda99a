r"""The \d family: the same columns on every database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbx.rows import Outcome, Statement
from dbx.schema import cache, read
from dbx.schema.select import Wish, select
from dbx.schema.writers import Look, tables
from dbx.shell.commands.command import Answer, Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _describe(shell: Shell, rest: str) -> Answer:
    """The objects that have rows; or of one its columns, then keys, indexes and triggers."""
    name = rest.strip()
    if not name:
        return _list(*_WITH_ROWS)(shell, "")
    schema = read.wanted(shell.database, Wish([_unquoted(name)]))
    if not schema.tables:
        return tables.readable(tables.listing(schema, Look()))
    found = [rows for table in schema.tables for rows in (tables.described(table), tables.parts(table, schema))]
    return [Outcome(Statement(""), tables.readable(rows)) for rows in found if rows is not None]


def _list(*kinds: str) -> Callable[[Shell, str], Answer]:
    """The command that lists objects of these kinds, all of them or those that a name or glob fits."""

    def run(shell: Shell, rest: str) -> Answer:
        names = [_unquoted(name) for name in rest.split()]
        schema = select(cache.schema(shell.database), Wish(names, kinds=kinds))
        return tables.readable(tables.listing(schema, Look(estimates=read.estimates(shell.database))))

    return run


def _unquoted(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in '"`' else name


_WITH_ROWS = ("table", "view", "matview", "foreign", "virtual", "sequence")

COMMANDS = (
    Command(("\\d",), "[NAME]", "tables, views and sequences; of one its columns, keys, indexes, triggers", _describe),
    Command(("\\dt",), "[NAME…]", "tables; here and below a name may be a glob", _list("table", "foreign", "virtual")),
    Command(("\\dv",), "[NAME…]", "views", _list("view", "matview")),
    Command(("\\df",), "[NAME…]", "functions and procedures", _list("routine")),
    Command(("\\dy",), "[NAME…]", "triggers", _list("trigger")),
    Command(("\\dT",), "[NAME…]", "types", _list("type")),
    Command(("\\dn",), "[NAME…]", "schemas", _list("schema")),
)
