"""DDL in standard SQL, from the facts alone: for every database that has no function of its own.

Tables stand behind those they refer to; a foreign key that closes a circle is added at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from dbx.schema.model import Column, ForeignKey, Index, Key, Part, Schema, Table
from dbx.schema.objects import Name, Sequence, Trigger
from dbx.schema.text.standard import literal, quoted

T = TypeVar("T")

UNREAD = "/* generated, from what could not be read */"
"""Stands at a column whose expression a lock has hidden."""


def statements(schema: Schema) -> Iterator[str]:
    """As dbx.schema.ddl says."""
    yield from map(_create_sequence, schema.sequences)
    tables = {Name(table.name, table.schema): table for table in schema.tables if table.kind == "table"}
    ready: set[Name] = set()
    late: list[tuple[Table, ForeignKey]] = []
    for name in in_order({name: _targets(table) for name, table in tables.items()}):
        table = tables[name]
        ready.add(name)
        circular = [key for key in table.foreign_keys if _target(key) not in ready]
        late += [(table, key) for key in circular]
        kept = tuple(key for key in table.foreign_keys if key not in circular)
        yield create_table(table._replace(foreign_keys=kept))
        yield from (create_index(table, index) for index in table.indexes)
        yield from _comments(table)
    for table, key in late:
        yield f"ALTER TABLE {shown(table)} ADD {_foreign_key(key)};"
    views = {Name(table.name, table.schema): table for table in schema.tables if table.is_view}
    for name in in_order({name: _mentioned(table, views) for name, table in views.items()}):
        yield from _create_view(views[name])


def in_order(needs: Mapping[T, Iterable[T]]) -> list[T]:
    """The keys, each behind those it needs, else in the order they have; circles are cut somewhere."""
    done: dict[T, None] = {}
    for first in needs:
        stack = [(first, iter(needs[first]))] if first not in done else []
        open_ = {first}
        while stack:
            name, rest = stack[-1]
            following = next((each for each in rest if each in needs and each not in done and each not in open_), None)
            if following is None:
                done[name] = None
                stack.pop()
            else:
                open_.add(following)
                stack.append((following, iter(needs[following])))
    return list(done)


def shown(table: Table | Name | Sequence | Trigger) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}" if table.schema else quoted(table.name)


def create_table(table: Table) -> str:
    lines = [_column(column) for column in table.columns if not column.hidden]
    if table.primary:
        lines.append(_key("PRIMARY KEY", table.primary))
    lines += [_key("UNIQUE", key) for key in table.unique]
    lines += [f"{_named(check.name)}CHECK ({check.expression})" for check in table.checks]
    lines += [_foreign_key(key) for key in table.foreign_keys]
    body = ",\n".join(f"    {line}" for line in lines)
    return f"CREATE TABLE {shown(table)} (\n{body}\n);"


def create_index(table: Table, index: Index) -> str:
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.predicate}" if index.predicate else ""
    parts = ", ".join(map(_part, index.parts))
    return f"CREATE {unique}INDEX {quoted(index.name)} ON {shown(table)} ({parts}){where};"


def _create_view(view: Table) -> Iterator[str]:
    if view.query is None:
        return
    text = view.query.strip().rstrip(";")
    if text[:6].upper() != "CREATE":  # some dialects give the whole statement
        kind = "MATERIALIZED VIEW" if view.kind == "matview" else "VIEW"
        text = f"CREATE {kind} {shown(view)} AS\n{text}"
    yield f"{text}\n;" if "--" in text else f"{text};"


def _create_sequence(sequence: Sequence) -> str:
    return f"CREATE SEQUENCE {shown(sequence)};"


def _column(column: Column) -> str:
    words = [quoted(column.name), column.type]
    if column.generated and column.expression is None:
        words.append(UNREAD)
    elif column.generated:
        words.append(f"GENERATED ALWAYS AS ({column.expression}) {column.generated.upper()}")
    elif column.identity:
        words.append(f"GENERATED {'ALWAYS' if column.identity.always else 'BY DEFAULT'} AS IDENTITY")
    elif column.default is not None:
        words.append(f"DEFAULT {column.default}")
    if not column.nullable:
        words.append("NOT NULL")
    return " ".join(filter(None, words))


def _named(name: str) -> str:
    return f"CONSTRAINT {quoted(name)} " if name else ""


def _key(kind: str, key: Key) -> str:
    return f"{_named(key.name)}{kind} ({_names(key.columns)})"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def _part(part: Part) -> str:
    text = quoted(part.column) if part.column is not None else f"({part.expression})"
    return text + (" DESC" if part.descending else "") + (f" NULLS {part.nulls.upper()}" if part.nulls else "")


def _foreign_key(key: ForeignKey) -> str:
    text = f"{_named(key.name)}FOREIGN KEY ({_names(key.columns)}) REFERENCES {shown(_target(key))}"
    if key.target_columns:
        text += f" ({_names(key.target_columns)})"
    for event, action in (("UPDATE", key.on_update), ("DELETE", key.on_delete)):
        text += f" ON {event} {action}" if action != "NO ACTION" else ""
    match key.deferrable:
        case "INITIALLY DEFERRED":
            text += " DEFERRABLE INITIALLY DEFERRED"
        case "DEFERRABLE":
            text += " DEFERRABLE"
    return text


def _comments(table: Table) -> Iterator[str]:
    if table.comment is not None:
        yield f"COMMENT ON TABLE {shown(table)} IS {literal(table.comment)};"
    for column in table.columns:
        if column.comment is not None:
            yield f"COMMENT ON COLUMN {shown(table)}.{quoted(column.name)} IS {literal(column.comment)};"


def _target(key: ForeignKey) -> Name:
    return Name(key.target_table, key.target_schema)


def _targets(table: Table) -> list[Name]:
    return [_target(key) for key in table.foreign_keys]


def _mentioned(view: Table, views: Mapping[Name, Table]) -> list[Name]:
    """The views whose names stand in a view's text; one too many costs nothing."""
    return [name for name in views if name.name in (view.query or "") and name.name != view.name]
