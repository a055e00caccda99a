"""The columns that a place in SQL can name: of tables as far as they are known, of subqueries and CTEs as they are
written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dbx.schema.known import Known, Unread
from dbx.schema.model import Column, ForeignKey, Table
from dbx.shell.completion.sql_scope import Block, Source, ctes, segment, sources
from dbx.shell.completion.sql_tokens import Token

_DEEP = 8
_MOST = 200
"""Tables that refer to one; a table of kinds may have thousands."""


class Named(NamedTuple):
    """A column under the name it has here; `column` and `table` where it is one of a table that is known."""

    name: str
    column: Column | None = None
    table: Table | None = None


class Scope:
    """What can be named at the cursor: `near` in its own query, `far` in those around it."""

    def __init__(self, block: Block, known: Known) -> None:
        self._known = known
        self.ctes = ctes(block)
        self.near: list[Source] = []
        self.far: list[Source] = []
        inner: Block | None = block
        found = self.near
        while inner is not None:
            found += [each for each in sources(inner, *segment(inner)) if not _is_typed(inner, each)]
            found = self.far if inner.is_query else found
            inner = inner.parent

    def table(self, source: Source) -> Table | None:
        """The table of a source, if it is one and is known; it is wanted from now on if it is not."""
        if source.query is not None or (source.schema is None and self.cte(source.name)):
            return None
        return find(self._known, source.name, source.schema)

    def cte(self, name: str) -> Source | None:
        return next((each for known, each in self.ctes.items() if known.lower() == name.lower()), None)

    def columns(self, source: Source, deep: int = 0) -> list[Named]:
        cte = self.cte(source.name) if source.query is None and source.schema is None else None
        query = cte.query if cte else source.query
        if query is None:
            table = self.table(source)
            return [Named(each.name, each, table) for each in table.columns if not each.hidden] if table else []
        found = self.output(query, deep + 1) if deep < _DEEP else []
        given = source.columns or (cte.columns if cte else ())
        if not given:
            return found
        return [Named(name, *(found[at][1:] if at < len(found) else ())) for at, name in enumerate(given)]

    def output(self, query: Block, deep: int = 0) -> list[Named]:
        """The columns of a query: of its first SELECT."""
        start = next((at for at in range(len(query.items)) if query.word(at) == "SELECT"), None)
        if start is None:
            inner = query.items[0] if query.items and isinstance(query.items[0], Block) else None
            return self.output(inner, deep + 1) if inner is not None and deep < _DEEP else []
        end = next((at for at in range(start + 1, len(query.items)) if query.word(at) in _ENDS), len(query.items))
        own = sources(query, end, _end(query, end))
        found: list[Named] = []
        for item in _listed(query, start + 1, end):
            found += self._item(item, own, deep)
        return found

    def _item(self, item: list[Token | Block], own: list[Source], deep: int) -> Iterator[Named]:
        last = item[-1]
        if not isinstance(last, Token):
            return
        if last.text == "*" and last.kind == "sign":
            owner = item[0].text if len(item) == 3 and isinstance(item[0], Token) else ""
            for source in own:
                if not owner or source.called.lower() == owner.lower():
                    yield from self.columns(source, deep)
        elif last.is_name:
            name, column, table = last.text, None, None
            path = [each.text for each in item if isinstance(each, Token) and each.kind != "sign"]
            plain = [text for text in path if text.upper() != "AS"]
            if len(plain) in (1, 2, 3) and all(isinstance(each, Token) for each in item):
                column, table = self._column(item, own, deep)
            yield Named(name, column, table)

    def _column(self, item: list[Token | Block], own: list[Source], deep: int) -> tuple[Column | None, Table | None]:
        """What `x`, `t.x`, `x AS y` or `t.x y` is a column of."""
        dotted = len(item) > 2 and isinstance(item[1], Token) and item[1].text == "."
        head = item[2 if dotted else 0]
        owner = item[0].text if dotted and isinstance(item[0], Token) else ""
        if isinstance(head, Token) and head.is_name:
            for source in own:
                if not owner or source.called.lower() == owner.lower():
                    for each in self.columns(source, deep):
                        if each.name.lower() == head.text.lower():
                            return each.column, each.table
        return None, None


def _is_typed(block: Block, source: Source) -> bool:
    """Whether the source is the word that is being typed."""
    return source.end - 1 == block.here and not source.alias and source.query is None


def _end(query: Block, start: int) -> int:
    return next(
        (at for at in range(start, len(query.items)) if query.word(at) in ("UNION", "INTERSECT", "EXCEPT")),
        len(query.items),
    )


_ENDS = frozenset(
    ("FROM", "INTO", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "WINDOW", "FETCH")
)


def _listed(block: Block, start: int, end: int) -> Iterator[list[Token | Block]]:
    """The items of a select list."""
    item: list[Token | Block] = []
    for each in block.items[start:end]:
        if isinstance(each, Token) and each.text == "," and each.kind == "sign":
            if item:
                yield item
            item = []
        elif not (isinstance(each, Token) and not item and each.word in ("DISTINCT", "ALL")):
            item.append(each)
    if item:
        yield item


def find(known: Known, name: str, schema: str | None = None) -> Table | None:
    """A table by its name as SQL writes it, in any case; it is wanted from now on when it was not read yet."""
    try:
        listed = known.tables(_schema(known, schema))
        exact = name if name in listed else next((each for each in listed if each.lower() == name.lower()), None)
        return known.table(exact, _schema(known, schema)) if exact else None
    except Unread:
        return None


def _schema(known: Known, name: str | None) -> str | None:
    try:
        return next((each for each in known.schemas()[1] if name and each.lower() == name.lower()), name)
    except Unread:
        return name


class Join(NamedTuple):
    """A foreign key between two sources: its columns here and there."""

    key: ForeignKey
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def joins(one: Table, other: Table) -> Iterator[Join]:
    """The foreign keys between two tables, of either; columns of `one` first."""
    for key in one.foreign_keys:
        if _leads(key, other) and (columns := key.target_columns or other.primary_key):
            yield Join(key, key.columns, columns)
    for key in other.foreign_keys:
        if _leads(key, one) and (columns := key.target_columns or one.primary_key):
            yield Join(key, columns, key.columns)


def _leads(key: ForeignKey, table: Table) -> bool:
    return key.target_table == table.name and key.target_schema in (table.schema, None)


def neighbours(table: Table, known: Known) -> Mapping[str, Table]:
    """The tables of the same schema that a foreign key connects with this one, either way, as far as they are known."""
    names = [key.target_table for key in table.foreign_keys]
    names += known.children(table.name, table.schema)[:_MOST]
    found = {name: known.peek(name, table.schema) for name in names}
    return {name: each for name, each in found.items() if each is not None}
