"""Which rows a statement is about to change, as far as its text tells: one table and a condition on it.

The condition is the statement's own text, cut out and not written anew. sqlglot's tree only says whether it is safe to
read twice: whatever is not known to give the same answer again is refused, and the preview says "before not known".
The same holds for an expression, by way of the statement the language has compiled it to.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from dbx import transaction
from dbx.connection import Connection
from dbx.rows import Statement
from dbx.sql.lexis import blank
from dbx.sql.unit import Unit
from dbx.transaction.unknown import Unknown

_WORD = re.compile(r"[()?]|%%|%s|[A-Za-z_]+")
_VERBS = {"UPDATE": {"SET", "WHERE", "RETURNING"}, "DELETE": {"FROM", "WHERE", "RETURNING"}, "INSERT": {"RETURNING"}}
_EXECUTED = re.compile(r"/\*M?!")
_NAMED = re.compile(r"%\((\w+)\)s")


class Target(NamedTuple):
    """What a statement changes. `table` is its name as SQL, `source` as it was written, with an alias, `where` the
    condition with its WHERE, or ''. `parameters` are those of the condition, `sets` the columns that an UPDATE sets."""

    verb: str
    schema: str | None
    name: str
    table: str
    source: str = ""
    where: str = ""
    parameters: Any = None
    sets: frozenset[str] = frozenset()


def target(connection: Connection, statement: Statement, unit: Unit) -> Target:
    """What a statement changes. Raises Unknown."""
    text, syntax = statement.text, connection.syntax
    if syntax.executable_comments and _EXECUTED.search(text):
        raise Unknown("it has a comment that the server runs")
    if unit.data is not None:
        raise Unknown("its rows come from the script")
    code = blank(text, syntax)
    found = _WORD.search(code)
    verb = found[0].upper() if found else ""
    if verb == "WITH":
        raise Unknown("it begins with WITH")
    if verb not in _VERBS or found is None:
        raise Unknown("no UPDATE, DELETE or INSERT of one table")
    if not connection.dialect.transactions.parser:
        raise Unknown("the server's SQL is not known well enough")
    # :name is what sqlglot reads everywhere, and %% is % wherever there are parameters
    plain = text if statement.parameters is None else _NAMED.sub(r":\1", text).replace("%%", "%").replace("%s", "?")
    facts = connection.dialect.transactions
    parsed = transaction.parsed(plain, facts.parser, verb, folds=facts.folds)
    table = ".".join(facts.quoted(part) for part in (parsed.schema, parsed.name) if part)
    words = _outer(code, found.end(), _VERBS[verb])
    if verb == "INSERT":
        if "RETURNING" in words:
            raise Unknown("it returns rows of its own")
        return Target(verb, parsed.schema, parsed.name, table)
    opened = words.get("SET" if verb == "UPDATE" else "FROM")
    if opened is None:
        raise Unknown("it could not be read")
    ends = words.get("RETURNING", (len(text.rstrip().rstrip(";")), 0))[0]
    where = words.get("WHERE", (ends, ends))[0]
    source = text[found.end() : opened[0]] if verb == "UPDATE" else text[opened[1] : where]
    condition = text[where:ends].rstrip()
    parameters = _parameters(code, where, ends, statement.parameters)
    return Target(verb, parsed.schema, parsed.name, table, f"{source.strip()} ", condition, parameters, parsed.sets)


def _outer(code: str, at: int, wanted: set[str]) -> dict[str, tuple[int, int]]:
    """Where the first of each of these words stands outside of parentheses: its beginning and end."""
    depth = 0
    found: dict[str, tuple[int, int]] = {}
    for token in _WORD.finditer(code, at):
        word = token[0].upper()
        depth += {"(": 1, ")": -1}.get(word, 0)
        if not depth and word in wanted:
            found.setdefault(word, token.span())
    return found


def _parameters(code: str, where: int, end: int, parameters: Any) -> Any:
    """Those of the condition. What has no names is counted: the first belong to what stands before."""
    if parameters is None or hasattr(parameters, "keys"):
        return parameters
    marks = [token.start() for token in _WORD.finditer(code) if token[0] in ("?", "%s")]
    return tuple(value for place, value in zip(marks, parameters, strict=True) if where <= place < end)
