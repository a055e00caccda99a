"""SHOW CREATE TABLE as a Table of the model.

Of the text all that is plain (and nearly all of it is) is read by a pattern for each kind of line, from one place to
the next, so that nothing in quotes is ever taken for the end of a line; what no pattern fits is read by tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from dbx.schema import families, mysql_text
from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Partitioning, Table
from dbx.schema.mysql_partitions import partitioning
from dbx.schema.mysql_text import NAME, STRING, Tokens, text_of, unquoted, without_database
from dbx.schema.objects import Check, Options

_TYPE = rf"\w+(?:\([^()']*(?:{STRING}[^()']*)*\))?(?: unsigned)?(?: zerofill)?"
_ENDED = r"(?:,|(?=\n\)))\n?"
_COLUMN = re.compile(
    rf"\s+({NAME}) ({_TYPE})(?: CHARACTER SET (\w+))?(?: COLLATE (\w+))?(?: (NOT NULL)| NULL)?"
    rf"(?: DEFAULT (NULL|{STRING}|[\w.+-]+(?:\(\d*\))?))?(?: ON UPDATE (\w+(?:\(\d*\))?))?( AUTO_INCREMENT)?"
    rf"(?: COMMENT ({STRING}))?{_ENDED}",
    re.DOTALL,
)
_PART = re.compile(rf"({NAME})(?:\((\d+)\))?( DESC)?,?", re.DOTALL)
_NAMES = re.compile(NAME, re.DOTALL)
_INDEX = re.compile(
    rf"\s+(?:(UNIQUE|FULLTEXT|SPATIAL) )?(PRIMARY )?KEY (?:({NAME}) )?"
    rf"\(((?:{NAME}(?:\(\d+\))?(?: DESC)?,?)+)\)(?: COMMENT ({STRING}))?{_ENDED}",
    re.DOTALL,
)
_FOREIGN = re.compile(
    rf"\s+CONSTRAINT ({NAME}) FOREIGN KEY \(((?:{NAME}(?:, )?)+)\) REFERENCES (?:({NAME})\.)?({NAME}) "
    rf"\(((?:{NAME}(?:, )?)+)\)(?: ON DELETE ([A-Z ]+?))?(?: ON UPDATE ([A-Z ]+?))?(?: [^,`'\n]*)?{_ENDED}",
    re.DOTALL,
)
_HEAD = re.compile(rf"CREATE (TEMPORARY )?TABLE {NAME} \(\n", re.DOTALL)
_COUNTER = re.compile(rf"((?:[^'`]|{STRING}|{NAME})*?) AUTO_INCREMENT=\d+", re.DOTALL)
_WITHOUT_DEFAULT = re.compile(r"\w*(text|blob)|json|geom|point|linestring|polygon|multi")


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
    """The text is not this table's."""


def table(name: str, text: str, home: Home) -> Table:
    """Raises Unreadable when a temporary table of the session hides the one that was meant."""
    head = _HEAD.match(text)
    if head is None or head[1]:
        raise Unreadable("a temporary table hides it")
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


@lru_cache(10_000)
def _column(
    name: str,
    type_: str,
    charset: str | None,
    collation: str | None,
    required: str | None,
    default: str | None,
    update: str | None,
    automatic: str | None,
    comment: str | None,
    dialect: str,
) -> Column:
    """The groups of _COLUMN. A database has the same ones again and again."""
    options: list[tuple[str, str]] = []
    if charset:
        options.append(("charset", charset))
    if default is None and not required and not automatic and not _is_without_default(type_, dialect):
        options.append(("no default", ""))
    if update:
        options.append(("on update", update))
    return Column(
        unquoted(name),
        type_,
        required is None,
        families.family(type_, dialect),
        None if default == "NULL" else default,
        automatic=automatic is not None,
        collation=collation,
        comment=text_of(comment) if comment else None,
        options=tuple(options),
    )


def _is_without_default(type_: str, dialect: str) -> bool:
    """MySQL does not say DEFAULT NULL of such a type."""
    return dialect == "mysql" and _WITHOUT_DEFAULT.match(type_) is not None


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
        text = self.text
        while text[at : at + 1] not in (")", ""):
            if found := _COLUMN.match(text, at):
                self.columns.append(_column(*found.groups(), self.home.dialect))
            elif found := _INDEX.match(text, at):
                self._index(found)
            elif found := _FOREIGN.match(text, at):
                self._foreign_key(found)
            else:
                at = self._odd(at)
                continue
            at = found.end()
        return at

    def _index(self, found: re.Match[str]) -> None:
        kind, primary, name, parts, comment = found.groups()
        self._keep_index(kind or "", bool(primary), name, _parts(parts), text_of(comment) if comment else None)

    def _keep_index(
        self, kind: str, primary: bool, name: str | None, parts: tuple[Part, ...], comment: str | None, **more: Any
    ) -> None:
        method = more.get("method") or ("" if kind == "UNIQUE" else kind.lower())
        options = more.get("options", ())
        if primary:
            self.primary = Key("", parts, method=method, comment=comment, options=options)
        else:
            name = unquoted(name) if name else ""
            self.indexes.append(Index(name, parts, kind == "UNIQUE", method, comment=comment, options=options))

    def _foreign_key(self, found: re.Match[str]) -> None:
        name, columns, database, target, targets, on_delete, on_update = found.groups()
        self.foreign_keys.append(
            ForeignKey(
                unquoted(name),
                _names(columns),
                self.home.named(unquoted(database) if database else None),
                unquoted(target),
                _names(targets),
                on_update or "NO ACTION",
                on_delete or "NO ACTION",
            )
        )

    def _odd(self, at: int) -> int:
        """A line that says more."""
        tokens = Tokens(self.text, at)
        if tokens.kind == "name":
            self._odd_column(tokens)
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
        name = tokens.take() if tokens.kind == "name" else None
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
                options.append((flag, _equal(tokens)))
        if method == "btree" and "ENGINE=MEMORY" not in self.text:
            method = ""  # every other engine's only one
        self._keep_index(kind, primary, name, parts, comment, method=method, options=tuple(sorted(options)))

    def _odd_column(self, tokens: Tokens) -> None:
        name = tokens.name()
        facts: dict[str, Any] = {"nullable": True}
        options: dict[str, str] = {}
        type_ = tokens.take()
        type_ += f"({tokens.group()})" if tokens.word == "(" else ""
        while tokens.word in ("UNSIGNED", "ZEROFILL"):
            type_ += f" {tokens.take()}"
        while tokens.kind and tokens.word not in (",", ")"):
            if tokens.skip("CHECK"):
                self.checks.append(Check("", tokens.group(), name))
            else:
                _attribute(tokens, facts, options)
        said = "default" in facts or "generated" in facts or not facts["nullable"] or facts.get("automatic")
        if not said and not _is_without_default(type_, self.home.dialect):
            options["no default"] = ""
        if facts.get("default") == "NULL":
            del facts["default"]
        family = families.family(type_, self.home.dialect)
        self.columns.append(Column(name, type_, family=family, options=tuple(sorted(options.items())), **facts))


def _attribute(tokens: Tokens, facts: dict[str, Any], options: dict[str, str]) -> None:
    """One thing more that is said of a column."""
    if tokens.skip("CHARACTER", "SET"):
        options["charset"] = tokens.take()
    elif tokens.skip("COLLATE"):
        facts["collation"] = tokens.take()
    elif tokens.skip("NOT", "NULL"):
        facts["nullable"] = False
    elif tokens.skip("NULL"):
        pass
    elif tokens.skip("GENERATED", "ALWAYS", "AS", "ROW"):
        facts["generated"], facts["expression"] = "stored", f"ROW {tokens.take()}"
    elif tokens.skip("GENERATED", "ALWAYS", "AS"):
        facts["expression"] = tokens.group()
        facts["generated"] = "stored" if tokens.skip("STORED") or tokens.skip("PERSISTENT") else "virtual"
        tokens.skip("VIRTUAL")
    elif tokens.skip("DEFAULT"):
        facts["default"] = tokens.expression(*_BEHIND_DEFAULT)
    elif tokens.skip("ON", "UPDATE"):
        options["on update"] = tokens.expression(*_BEHIND_DEFAULT)
    elif tokens.skip("COMMENT"):
        facts["comment"] = text_of(tokens.take())
    elif tokens.skip("AUTO_INCREMENT"):
        facts["automatic"] = True
    elif tokens.skip("INVISIBLE"):
        facts["hidden"] = True
    elif tokens.skip("WITHOUT", "SYSTEM", "VERSIONING"):
        options["without system versioning"] = ""
    elif tokens.skip("SRID"):
        options["srid"] = tokens.take()
    elif tokens.skip("COLUMN_FORMAT") or tokens.skip("STORAGE"):
        options["storage"] = tokens.take().lower()
    else:
        name = tokens.name().lower()
        options[name] = _equal(tokens)


_BEHIND_DEFAULT = ("ON", "AUTO_INCREMENT", "COMMENT", "CHECK", "INVISIBLE", "WITHOUT", "COLUMN_FORMAT", "STORAGE")


def _equal(tokens: Tokens) -> str:
    """The value behind an equals sign, '' for a flag."""
    if not tokens.skip("="):
        return ""
    return text_of(tokens.take()) if tokens.kind == "string" else tokens.name()


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
