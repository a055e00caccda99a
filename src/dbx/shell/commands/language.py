"""Commands about an expression or statement: its plan, its SQL elsewhere, and keys that only the user knows of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbx.plan.explain import explained
from dbx.rows import Outcome, Rows, Statement
from dbx.schema import cache
from dbx.schema.proposed import proposed
from dbx.shell.commands.command import Command
from dbx.sql.texts import units

if TYPE_CHECKING:
    from dbx.shell.loop import Shell


def _compare(shell: Shell, rest: str) -> Rows:
    """The dialects come first, if any: \\compare sqlite,mysql [t.name for t in track]"""
    words, _, text = rest.strip().partition(" ")
    named = text.strip() and _DIALECTS.fullmatch(words)
    return shell.translate.compare(text if named else rest, words.split(",") if named else ())


def _foreign_key(shell: Shell, rest: str) -> Rows:
    """Declare one; or list those that were declared, and those that names and types make likely."""
    if rest.strip():
        listed = shell.translate.declare(rest)
        shell.known.declare(shell.translate.declared)
        return listed
    declared = shell.translate.declared
    taken = {(key.schema, key.table, column) for key in declared for column in key.key.columns}
    if not shell.known.whole:
        shell.known.learn_all(cache.schema(shell.database))
    tables = [table for name in shell.known.listed() if (table := shell.known.peek(name[1], name[0]))]
    found = [
        (each.text, "proposed")
        for each in proposed(tables)
        if (each.table.schema, each.table.name, each.column) not in taken
    ]
    return Rows.of("foreign key", "is", rows=[*((key.text, "declared") for key in declared), *found])


_DIALECTS = re.compile(r"[a-z][\w+]*(,[a-z][\w+]*)*")


def _explain(shell: Shell, rest: str) -> Iterator[Outcome]:
    """SQL or an expression; `analyze` before it measures."""
    word, _, text = rest.strip().partition(" ")
    analyze = word.lower() == "analyze" and bool(text.strip())
    for unit in units([text if analyze else rest], shell.connection.syntax):
        for statement in shell.translate(unit):
            rows = statement.answer() if statement.answer else explained(shell.database, statement, analyze=analyze)
            yield Outcome(Statement("", display=statement.display), rows)


COMMANDS = (
    Command(("\\explain",), "[analyze] TEXT", "the plan of a statement; analyze runs it and rolls it back", _explain),
    Command(
        ("\\fk",),
        "[KEY]",
        "foreign keys for views: v.a_id -> a.id declares one; lists and proposes them",
        _foreign_key,
    ),
    Command(("\\compare",), "[DIALECT,…] TEXT", "the SQL of an expression on every server", _compare),
)
