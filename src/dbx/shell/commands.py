"""The backslash commands: one table, from which \\? is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import UsageError
from dbx.plan.explain import explained
from dbx.rows import Column, Outcome, Rows, Statement
from dbx.schema import cache, read
from dbx.schema.select import Wish, select
from dbx.schema.writers import Look, tables
from dbx.sql.texts import units
from dbx.transaction.orders import ORDERS

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


Answer = Rows | Iterable[Outcome] | None


class Command(NamedTuple):
    names: tuple[str, ...]
    arguments: str
    summary: str
    run: Callable[[Shell, str], Answer]


class Leave(Exception):
    """The user wants to go."""


def _quit(shell: Shell, rest: str) -> None:
    raise Leave


def _help(shell: Shell, rest: str) -> Rows:
    lines = [
        (" ".join(filter(None, [", ".join(command.names), command.arguments])), command.summary) for command in COMMANDS
    ]
    return Rows.of("command", "what it does", rows=lines)


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


def _format(shell: Shell, rest: str) -> None:
    shell.choose_format(rest.strip() or "table")


def _expanded(shell: Shell, rest: str) -> None:
    shell.choose_format("table" if shell.screen.format.name == "vertical" else "vertical")


def _order(name: str) -> Callable[[Shell, str], Answer]:
    """The command that is an order to the transaction, as dbx tx knows it in scripts."""

    def run(shell: Shell, rest: str) -> None:
        shell.steps.command(name, rest)

    return run


def _reconnect(shell: Shell, rest: str) -> None:
    shell.reconnect()


def _connection(shell: Shell, rest: str) -> Rows:
    connection = shell.connection
    lines = [
        ("target", connection.target.url.label),
        ("server", connection.server),
        ("transaction", connection.state.value),
        ("protection", connection.secured or "not needed"),
    ]
    return Rows.of(Column("name"), Column("value"), rows=lines)


def _compare(shell: Shell, rest: str) -> Rows:
    """The dialects come first, if any: \\compare sqlite,mysql [t.name for t in track]"""
    words, _, text = rest.strip().partition(" ")
    named = text.strip() and _DIALECTS.fullmatch(words)
    return shell.translate.compare(text if named else rest, words.split(",") if named else ())


def _foreign_key(shell: Shell, rest: str) -> Rows:
    return shell.translate.declare(rest)


_DIALECTS = re.compile(r"[a-z][\w+]*(,[a-z][\w+]*)*")


def _explain(shell: Shell, rest: str) -> Iterator[Outcome]:
    """SQL or an expression; `analyze` before it measures."""
    word, _, text = rest.strip().partition(" ")
    analyze = word.lower() == "analyze" and bool(text.strip())
    for unit in units([text if analyze else rest], shell.connection.syntax):
        for statement in shell.translate(unit):
            rows = statement.answer() if statement.answer else explained(shell.database, statement, analyze=analyze)
            yield Outcome(Statement("", shown=statement.shown), rows)


COMMANDS = (
    Command(("\\?", "help"), "", "these commands", _help),
    Command(("\\q", "exit", "quit"), "", "leave (Ctrl-D too)", _quit),
    Command(("\\d",), "[NAME]", "tables, views and sequences; of one its columns, keys, indexes, triggers", _describe),
    Command(("\\dt",), "[NAME…]", "tables; here and below a name may be a glob", _list("table", "foreign", "virtual")),
    Command(("\\dv",), "[NAME…]", "views", _list("view", "matview")),
    Command(("\\df",), "[NAME…]", "functions and procedures", _list("routine")),
    Command(("\\dy",), "[NAME…]", "triggers", _list("trigger")),
    Command(("\\dT",), "[NAME…]", "types", _list("type")),
    Command(("\\dn",), "[NAME…]", "schemas", _list("schema")),
    Command(("\\explain",), "[analyze] TEXT", "the plan of a statement; analyze runs it and rolls it back", _explain),
    Command(("\\fk",), "[KEY]", "foreign keys for views: v.a_id -> a.id declares one; lists them", _foreign_key),
    Command(("\\compare",), "[DIALECT,…] TEXT", "the SQL of an expression on every server", _compare),
    Command(
        ("\\f",), "FORMAT", "how rows look: table, vertical, csv, tsv, json, jsonl, markdown, html, insert", _format
    ),
    Command(("\\x",), "", "switch between table and vertical", _expanded),
    *(Command((name,), order.arguments, order.summary, _order(name)) for name, order in ORDERS.items()),
    Command(("\\conninfo",), "", "the connection: server, transaction, protection", _connection),
    Command(("\\reconnect",), "", "connect again; what was open is gone", _reconnect),
)


def find(text: str) -> tuple[Command, str]:
    """The command of a line, and what stands behind its name. Raises UsageError."""
    word, _, rest = text.strip().rstrip(";").partition(" ")
    for command in COMMANDS:
        if word in command.names:
            return command, rest
    raise UsageError(f"no command {word}", hint="\\? lists them")
