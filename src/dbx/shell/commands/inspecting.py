r"""The \d family: the same columns on every database. `+` adds sizes, owners and comments, `S` what the server has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dbx.database import Database
from dbx.errors import Refused, UsageError
from dbx.rows import Outcome, Rows, Statement
from dbx.schema import cache, lists, read
from dbx.schema.ddl import statements
from dbx.schema.listing import HIDDEN, without_texts
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name, Namespace
from dbx.schema.select import Wish, select, unquoted
from dbx.schema.writers import Look, described, families, laid_out, tables
from dbx.schema.writers.families import Family
from dbx.shell.commands.command import Answer, Command

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

_EXTRAS = re.compile(r"([+S]+) ")
_WORD = re.compile(r'(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\S)+')
"""A name, in quotes with blanks."""


def _split(rest: str) -> tuple[str, list[str]]:
    """The letters behind the command, and the names."""
    found = _EXTRAS.match(rest)
    words = rest[found.end() :] if found else rest
    return (found[1] if found else ""), _WORD.findall(words)


def _describe(shell: Shell, rest: str) -> Answer:
    """The objects that have rows; or of one its columns, then keys, indexes, triggers, and who refers to it."""
    extras, names = _split(rest)
    if not names:
        return _list(families.RELATIONS)(shell, rest)
    more = "+" in extras
    try:
        schema = read.wanted(shell.database, Wish(names, hidden="S" in extras))
    except UsageError:
        rows = _indexes(shell.database, names, more=more)
        if rows is None:
            raise
        return rows
    split = any(table.partitioning for table in schema.tables)
    whole = cache.schema(shell.database) if split else cache.known(shell.database)
    results = [rows for table in schema.tables for rows in _described(shell.database, table, schema, whole, more=more)]
    results += [*described.others(schema), *described.unread(schema)]
    return [Outcome(Statement(""), tables.readable(rows)) for rows in results]


def _described(database: Database, table: Table, schema: Schema, whole: Schema | None, *, more: bool) -> Iterator[Rows]:
    yield from described.table(table, schema, whole)
    if more and table.query:
        yield Rows.of("query", rows=[(table.query,)])
    if more:
        look = Look(estimates=read.estimates(database), sizes=lists.sizes(database))
        yield families.RELATIONS.write(Schema(schema.dialect, (table,)), look, more=True)


def _indexes(database: Database, names: Sequence[str], *, more: bool) -> Rows | None:
    """The indexes and keys of these names, if there are any."""
    found = described.with_indexes(cache.schema(database), [unquoted(name) for name in names])
    if not found.tables:
        return None
    look = Look(sizes=lists.sizes(database) if more else {})
    return families.INDEXES.write(found, look, more=more)


def _list(family: Family) -> Callable[[Shell, str], Answer]:
    """The command that lists objects of a family, all of them or those that a name or glob fits."""

    def run(shell: Shell, rest: str) -> Answer:
        extras, names = _split(rest)
        hidden = "S" in extras
        if family is families.INDEXES and (rows := _indexes(shell.database, names, more="+" in extras)):
            return rows
        kinds = (*family.kinds, *HIDDEN) if hidden and "table" in family.kinds else family.kinds
        schema = _listed(shell.database, Wish(names, kinds=kinds, hidden=hidden))
        if family.columns[3:5] == families.TABLES.columns[3:5]:
            look = Look(estimates=read.estimates(shell.database))
        else:
            look = Look()
        if "+" in extras:
            look = look._replace(sizes=lists.sizes(shell.database))
        return family.write(schema, look, more="+" in extras)

    return run


def _listed(database: Database, wish: Wish) -> Schema:
    """What a wish selects of what is known; the server's own and other databases' are read when they are asked for."""
    if not wish.hidden:
        with suppress(UsageError):
            return select(cache.schema(database), wish)
    return without_texts(read.wanted(database, wish))


def _schemas(shell: Shell, rest: str) -> Answer:
    """The schemas; where they are no objects of a database, the databases."""
    extras, names = _split(rest)
    known = cache.schema(shell.database)
    if not known.namespaces:
        found = [Namespace(str(name)) for batch in lists.databases(shell.database) for name, *_ in batch]
        shown = [each for each in found if "S" in extras or each.name not in read.SYSTEM]
        known = select(Schema(known.dialect, namespaces=tuple(shown)), Wish(names))
        return families.SCHEMAS.write(known, Look(), more="+" in extras)
    return _list(families.SCHEMAS)(shell, rest)


def _databases(shell: Shell, rest: str) -> Rows:
    return tables.readable(lists.databases(shell.database))


def _roles(shell: Shell, rest: str) -> Rows:
    return tables.readable(lists.roles(shell.database))


def _source(*kinds: str) -> Callable[[Shell, str], Answer]:
    """The command that shows the statement which makes an object."""

    def run(shell: Shell, rest: str) -> Answer:
        _, names = _split(rest)
        if not names:
            raise UsageError("of which one?", hint="\\df and \\dv list them")
        found = read.wanted(shell.database, Wish(names, kinds=kinds))
        return laid_out(
            _source_of(each, found.dialect).encode("utf-8", "surrogateescape")
            for each in (*found.tables, *found.routines)
        )

    return run


def _source_of(found: Any, dialect: str) -> str:
    """The statement, as the server keeps it. Raises Refused for what it does not show."""
    name = Name(found.name, found.schema).shown
    if found.definition is None and getattr(found, "query", None):
        alone = statements(Schema(dialect, (found,)))
        return next(text for text in alone if text.startswith("CREATE")) + "\n"
    if found.definition is None:
        raise Refused(f"the server does not show the source of {name}", hint="its owner may see it")
    return f"{found.definition.rstrip().rstrip(';')};\n"


def _refresh(shell: Shell, rest: str) -> None:
    shell.translate.refresh()
    shell.background.changed()
    shell.screen.say("what was known of the tables is forgotten, and read again where it is needed")


_GLOBS = (
    "NAME may be a glob, with a schema before it: \\dt public.*  + adds size, owner and comment; S the server's own."
)


def _family(name: str, summary: str, family: Family) -> Command:
    return Command((name,), "[NAME…]", summary, _list(family), _GLOBS, extras="+S")


COMMANDS = (
    Command(
        ("\\d",),
        "[NAME…]",
        "tables, views, sequences; of one its columns, keys, indexes, triggers",
        _describe,
        _GLOBS,
        extras="+S",
    ),
    _family("\\dt", "tables; here and below NAME may be a glob, and \\dt+ tells more", families.TABLES),
    _family("\\dv", "views", families.VIEWS),
    _family("\\dm", "materialised views", families.MATERIALISED),
    _family("\\di", "indexes and keys", families.INDEXES),
    _family("\\ds", "sequences", families.SEQUENCES),
    _family("\\df", "functions and procedures", families.ROUTINES),
    _family("\\dT", "types", families.TYPES),
    Command(("\\dn",), "[NAME…]", "schemas", _schemas, _GLOBS, extras="+S"),
    _family("\\dx", "extensions", families.EXTENSIONS),
    _family("\\dy", "triggers", families.TRIGGERS),
    _family("\\dp", "privileges: who may do what", families.PRIVILEGES),
    Command(("\\l",), "", "databases of the server", _databases, extras="+"),
    Command(("\\du",), "", "users and roles of the server", _roles, extras="+"),
    Command(("\\sf",), "NAME", "the source of a function or procedure", _source("routine")),
    Command(("\\sv",), "NAME", "the statement that makes a view", _source("view", "matview")),
    Command(("\\refresh",), "", "forget what is known of the tables, and read it again", _refresh),
)
