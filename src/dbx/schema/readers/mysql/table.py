"""SHOW CREATE TABLE as a Table of the model.

Of the text all that is plain (and nearly all of it is) is read by a pattern for each kind of line, from one place to
the next, so that nothing in quotes is ever taken for the end of a line; what no pattern fits is read by tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Partitioning, Table
from dbx.schema.objects import Check, Options
from dbx.schema.readers.mysql import columns as mysql_columns
from dbx.schema.readers.mysql.partitions import partitioning
from dbx.schema.text import mysql as mysql_text
from dbx.schema.text.mysql import ENDED, NAME, STRING, Tokens, text_of, unquoted, without_database

_PART = re.compile(rf"({NAME})(?:\((\d+)\))?( DESC)?,?", re.DOTALL)
_NAMES = re.compile(NAME, re.DOTALL)
_INDEX = re.compile(
    rf"\s+(?:(UNIQUE|FULLTEXT|SPATIAL) )?(PRIMARY )?KEY (?:({NAME}) )?"
    rf"\(((?:{NAME}(?:\(\d+\))?(?: DESC)?,?)+)\)(?: COMMENT ({STRING}))?{ENDED}",
    re.DOTALL,
)
_ACTION = "CASCADE|SET NULL|SET DEFAULT|NO ACTION|RESTRICT"
_FOREIGN = re.compile(
    rf"\s+CONSTRAINT ({NAME}) FOREIGN KEY \(((?:{NAME}(?:, )?)+)\) REFERENCES (?:({NAME})\.)?({NAME}) "
    rf"\(((?:{NAME}(?:, )?)+)\)(?: ON DELETE ({_ACTION}))?(?: ON UPDATE ({_ACTION}))?(?: [^,`'\n]*)?{ENDED}",
    re.DOTALL,
)
_HEAD = re.compile(rf"CREATE (TEMPORARY )?TABLE {NAME} \(\n", re.DOTALL)
_COUNTER = re.compile(rf"((?:[^'`]|{STRING}|{NAME})*?) AUTO_INCREMENT=\d+", re.DOTALL)


class Home(NamedTuple):
    """Where a table is: the schema as the model says it, the database, the one that is current, whose words."""

    schema: str | None
    database: str
    current: str | None
    dialect: str
    collation: str

    def named(self, database: str | None) -> str | None:
        """A database as the model names it."""
        return self.schema if database is None else None if database == self.current else database


class Unreadable(Exception):
    """The text is not this table's; a number and why, as in the driver's errors."""


def table(name: str, text: str, home: Home) -> Table:
    """Raises Unreadable when a temporary table of the session hides the one that was meant."""
    head = _HEAD.match(text)
    made_for_each = home.database.lower() == "information_schema"
    if head is None or (head[1] and not made_for_each):
        raise Unreadable(0, "a temporary table hides it")
    text = without_database(text, home.database)
    body = _Body(text, home)
    end = body.read(head.end())
    tail, counter = text[end:], _COUNTER.match(text, end)
    if counter:
        tail = counter[1] + text[counter.end() :]
        text = text[:end] + tail
    options, collation, comment, partitions = _tail(tail)
    return Table(
        name,
        home.schema,
        tuple(body.columns if collation is None else [_plain(column, collation) for column in body.columns]),
        body.primary,
        tuple(body.foreign_keys),
        checks=tuple(body.checks),
        indexes=tuple(body.indexes),
        partitioning=partitions,
        definition=text,
        comment=comment,
        options=options if not body.periods else tuple(sorted((*options, *body.periods))),
    )


def _plain(column: Column, collation: str) -> Column:
    """MySQL says the table's own collation too."""
    return column._replace(collation=None) if column.collation == collation else column


@lru_cache(1000)
def _tail(text: str) -> tuple[Options, str | None, str | None, Partitioning | None]:
    """Options, collation, comment and partitions; of most tables of a database they are the same text."""
    tokens = Tokens(text)
    tokens.skip(")")
    found = mysql_text.options(tokens)
    comment = found.pop("comment", None)
    charset, collation = found.pop("default charset", None), found.pop("collate", None)
    if charset:
        found["charset"] = charset
    if collation:
        found["collation"] = collation
    partitions = partitioning(text, tokens.start) if tokens.word == "PARTITION" else None
    return tuple(sorted(found.items())), collation, comment, partitions


_KNOWN: dict[tuple[str, str], Column] = {}
"""Columns by their whole line and dialect: a database has the same ones again and again."""


def _know(line: tuple[str, str], column: Column) -> None:
    if len(_KNOWN) >= 10_000:
        _KNOWN.clear()
    _KNOWN[line] = column


class _Body:
    """What stands between the parentheses."""

    def __init__(self, text: str, home: Home) -> None:
        self.text = text
        self.home = home
        self.columns: list[Column] = []
        self.primary: Key | None = None
        self.indexes: list[Index] = []
        self.foreign_keys: list[ForeignKey] = []
        self.checks: list[Check] = []
        self.periods: list[tuple[str, str]] = []

    def read(self, at: int) -> int:
        """Read from a place on; the place behind the last line."""
        text, columns = self.text, self.columns
        while text[at : at + 1] not in (")", ""):
            line = text[at : text.find("\n", at) + 1]
            if known := _KNOWN.get((line, self.home.dialect)):
                columns.append(known)
                at += len(line)
                continue
            if found := mysql_columns.PLAIN.match(text, at):
                columns.append(mysql_columns.plain(found.groups(), self.home.dialect))
                if found[0] == line:
                    _know((line, self.home.dialect), columns[-1])
            elif found := _INDEX.match(text, at):
                self._index(*found.groups())
            elif found := _FOREIGN.match(text, at):
                self._foreign_key(found)
            else:
                at = self._odd(at)
                continue
            at = found.end()
        return at

    def _index(self, kind: str | None, primary: str | None, name: str | None, parts: str, comment: str | None) -> None:
        """The groups of _INDEX."""
        told = text_of(comment) if comment else None
        method = "" if kind is None or kind == "UNIQUE" else kind.lower()
        if primary:
            self.primary = Key("", _parts(parts), comment=told)
        else:
            self.indexes.append(Index(unquoted(name or "``"), _parts(parts), kind == "UNIQUE", method, comment=told))

    def _foreign_key(self, found: re.Match[str]) -> None:
        name, columns, database, target, targets, on_delete, on_update = found.groups()
        self.foreign_keys.append(
            ForeignKey(
                unquoted(name),
                self._spelled(_names(columns)),
                self.home.named(unquoted(database) if database else None),
                unquoted(target),
                _names(targets),
                on_update or "NO ACTION",
                on_delete or "NO ACTION",
            )
        )

    def _spelled(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """As the columns are called: InnoDB keeps a key as it was written, in whatever case, even behind a rename."""
        if all(any(column.name == name for column in self.columns) for name in names):
            return names
        known = {column.name.lower(): column.name for column in self.columns}
        return tuple([known.get(name.lower(), name) for name in names])

    def _odd(self, at: int) -> int:
        """A line that says more."""
        tokens = Tokens(self.text, at)
        if tokens.kind == "name":
            column, checks = mysql_columns.odd(tokens, self.home.dialect)
            self.columns.append(column)
            self.checks += checks
        elif tokens.skip("PERIOD", "FOR"):
            name = "system_time" if tokens.skip("SYSTEM_TIME") else tokens.take()
            self.periods.append((f"period for {name}", tokens.group()))
        elif tokens.skip("CONSTRAINT"):
            name = tokens.name()
            if tokens.skip("CHECK"):
                self.checks.append(Check(name, tokens.group(), enforced=not tokens.skip("NOT", "ENFORCED")))
        else:
            self._odd_index(tokens)
        while tokens.kind and tokens.word not in (",", ")"):  # what no version had when this was written
            tokens.group() if tokens.word == "(" else tokens.take()
        return tokens.end if tokens.skip(",") else tokens.start

    def _odd_index(self, tokens: Tokens) -> None:
        kind = tokens.take().upper() if tokens.word in ("UNIQUE", "FULLTEXT", "SPATIAL") else ""
        primary = tokens.skip("PRIMARY")
        tokens.skip("KEY")
        name = tokens.name() if tokens.kind == "name" else ""
        parts, options = _odd_parts(tokens)
        method, comment = "", None
        while tokens.kind and tokens.word not in (",", ")"):
            if tokens.skip("USING"):
                method = tokens.take().lower()
            elif tokens.skip("COMMENT"):
                comment = text_of(tokens.take())
            elif tokens.skip("WITH", "PARSER"):
                options.append(("parser", tokens.name()))
            else:
                flag = tokens.name().lower()
                options.append((flag, mysql_columns.equal(tokens)))
        if method == "btree" and "ENGINE=MEMORY" not in self.text:
            method = ""  # every other engine's only one
        method = method or ("" if kind == "UNIQUE" else kind.lower())
        if primary:
            self.primary = Key("", parts, method=method, comment=comment, options=tuple(sorted(options)))
        else:
            index = Index(name, parts, kind == "UNIQUE", method, comment=comment, options=tuple(sorted(options)))
            self.indexes.append(index)


@lru_cache(10_000)
def _names(text: str) -> tuple[str, ...]:
    return tuple(map(unquoted, _NAMES.findall(text)))


@lru_cache(10_000)
def _parts(text: str) -> tuple[Part, ...]:
    return tuple(
        [
            Part(unquoted(name), descending=bool(down), prefix=int(prefix) if prefix else None)
            for name, prefix, down in _PART.findall(text)
        ]
    )


def _odd_parts(tokens: Tokens) -> tuple[tuple[Part, ...], list[tuple[str, str]]]:
    """The parts of an index one of which is an expression, or a period WITHOUT OVERLAPS."""
    parts: list[Part] = []
    options: list[tuple[str, str]] = []
    tokens.skip("(")
    while tokens.kind and not tokens.skip(")"):
        column = tokens.name() if tokens.kind == "name" else None
        expression = tokens.group() if column is None else None
        prefix = tokens.group() if column is not None else ""
        if tokens.skip("WITHOUT", "OVERLAPS"):
            options.append(("without overlaps", column or ""))
        tokens.skip("ASC")
        parts.append(Part(column, expression, tokens.skip("DESC"), prefix=int(prefix) if prefix else None))
        tokens.skip(",")
    return tuple(parts), options
