"""DBML: tables with their keys, defaults, notes and indexes, enums, and references by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dbx.rows import Rows
from dbx.schema.model import Column, ForeignKey, Index, Key, Schema, Table
from dbx.schema.objects import Enum, Name
from dbx.schema.writers import Look, diagram, of_lines
from dbx.schema.writers.losses import Loss, kept, lost
from dbx.schema.writers.tables import kept as wanted

_EXPRESSED = """
Table: columns primary foreign_keys unique indexes comment kind
Column: type nullable default automatic identity comment
Key: parts name
Index: parts unique name method
Part: column expression
ForeignKey: columns target_schema target_table target_columns on_update on_delete name
Enum: labels
"""

_WHY = "DBML has no word for it"


def write(schema: Schema, look: Look) -> Rows:
    """One document; dbdiagram and dbml-cli read it."""
    return of_lines(_lines(schema, look))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What DBML has no words for, and what is not among the tables."""
    expressed = kept(_EXPRESSED)
    yield from lost(schema, expressed, _WHY, {"Table.query": "a view is written as a table with its columns"})
    there = {Name(each.name, each.schema): {column.name for column in each.columns} for each in _tables(schema)}
    for table in schema.tables:
        shown = f"{table.kind} {Name(table.name, table.schema).shown}"
        if Name(table.name, table.schema) not in there:
            yield Loss(shown, "", "a partition is part of its table" if table.bound is not None else _WHY)
        yield from _of_table(table, shown, look, there)
    for enum in schema.enums:
        if not enum.labels:
            yield Loss(f"enum {Name(enum.name, enum.schema).shown}", "", "DBML's enums have values")


def _of_table(table: Table, shown: str, look: Look, there: Mapping[Name, set[str]]) -> Iterator[Loss]:
    names, distinct = {column.name for column in wanted(table, look.columns)}, _distinct(table)
    for column in table.columns:
        if not column.name:
            yield Loss(shown, "a column without a name", _WHY)
        if column.name not in names:
            yield Loss(shown, f"column {column.name}", "left out by --columns")
        if column.identity is not None:
            yield Loss(shown, f"column {column.name}, how its identity counts", _WHY)
    for key in table.foreign_keys:
        target = there.get(Name(key.target_table, key.target_schema), set())
        known = bool(key.target_columns) and target.issuperset(key.target_columns)
        if not known or not names.issuperset(key.columns):
            yield Loss(shown, _called(key), "what it refers to is not there")
        elif key not in distinct:
            yield Loss(shown, _called(key), "DBML has one reference between two ends")
    for index in table.indexes:
        if index.method and index.method.lower() not in ("btree", "hash"):
            yield Loss(shown, f"index {index.name}, method {index.method}", _WHY)
        if len(set(index.columns)) < len(index.parts):
            yield Loss(shown, f"index {index.name}, a column that is in it twice", _WHY)


def _called(key: ForeignKey) -> str:
    return f"foreign key {key.name or ', '.join(key.columns)}"


def _tables(schema: Schema) -> list[Table]:
    return [table for table in schema.tables if table.kind in diagram.DRAWN and table.bound is None and table.columns]


def _lines(schema: Schema, look: Look) -> Iterator[str]:
    first = True
    for block in _blocks(schema, look):
        if not first:
            yield ""
        first = False
        yield from block


def _blocks(schema: Schema, look: Look) -> Iterator[list[str]]:
    for enum in schema.enums:
        if enum.labels:
            yield _enum(enum)
    tables = _tables(schema)
    shown = {
        Name(table.name, table.schema): {column.name for column in wanted(table, look.columns)} for table in tables
    }
    there = {Name(table.name, table.schema): {column.name for column in table.columns} for table in tables}
    for table in tables:
        yield list(_table(table, look, shown[Name(table.name, table.schema)]))
    for table in tables:
        for key in _distinct(table):
            target = Name(key.target_table, key.target_schema)
            own = shown[Name(table.name, table.schema)]
            known = key.target_columns and there.get(target, set()).issuperset(key.target_columns)
            if known and own.issuperset(key.columns):
                yield list(_reference(table, key))


def _distinct(table: Table) -> list[ForeignKey]:
    """DBML has one reference between two ends, whatever it is called and whichever column stands first."""
    found: dict[object, ForeignKey] = {}
    for key in table.foreign_keys:
        ends = frozenset([(Name(table.name, table.schema), frozenset(key.columns)),
                          (Name(key.target_table, key.target_schema), frozenset(key.target_columns))])  # fmt: skip
        found.setdefault(ends, key)
    return [key for key in found.values() if key.columns != key.target_columns or key.target_table != table.name]


def _enum(enum: Enum) -> list[str]:
    return [f"Enum {_name(Name(enum.name, enum.schema))} {{", *(f"  {_quoted(label)}" for label in enum.labels), "}"]


def _table(table: Table, look: Look, names: set[str]) -> Iterator[str]:
    yield f"Table {_name(Name(table.name, table.schema))} {{"
    for column in wanted(table, look.columns):
        settings = [text for text in _settings(table, column) if text]
        yield f"  {_quoted(column.name)} {_quoted(column.type or 'any')}" + (
            f" [{', '.join(settings)}]" if settings else ""
        )
    if look.columns == "none":
        yield '  "…" "…"'
    lines = [line for line in _indexes(table, names) if line]
    if lines:
        yield ""
        yield "  indexes {"
        yield from (f"    {line}" for line in lines)
        yield "  }"
    if table.comment or table.kind != "table":
        note = " · ".join(filter(None, [table.kind if table.kind != "table" else "", table.comment or ""]))
        yield ""
        yield f"  Note: {_string(note)}"
    yield "}"


def _settings(table: Table, column: Column) -> Iterator[str]:
    single = table.primary is not None and table.primary.columns == (column.name,) and not table.primary.name
    yield "pk" if single else ""
    yield "increment" if column.automatic else ""
    yield "" if column.nullable else "not null"
    yield f"default: `{_inline(column.default)}`" if column.default is not None else ""
    yield f"note: {_string(column.comment)}" if column.comment else ""


def _indexes(table: Table, names: set[str]) -> Iterator[str]:
    if table.primary is not None and (table.primary.name or len(table.primary.parts) > 1):
        yield _index(table.primary, names, "pk")
    for key in table.unique:
        yield _index(key, names, "unique")
    for index in table.indexes:
        yield _index(index, names, "unique" if index.unique else "")


def _index(found: Key | Index, names: set[str], mark: str) -> str:
    if any(part.column is not None and part.column not in names for part in found.parts):
        return ""
    parts = dict.fromkeys(
        _quoted(part.column) if part.column is not None else f"`{_inline(part.expression)}`" for part in found.parts
    )
    method = found.method.lower() if isinstance(found, Index) and found.method.lower() in ("btree", "hash") else ""
    settings = [mark, f"name: {_string(found.name)}" if found.name else "", f"type: {method}" if method else ""]
    listed = ", ".join(filter(None, settings))
    return f"({', '.join(parts)})" + (f" [{listed}]" if listed else "")


def _reference(table: Table, key: ForeignKey) -> Iterator[str]:
    many = not any(names and set(names) <= set(key.columns) for names in table.unique_columns)
    actions = [f"{word}: {action.lower()}" for word, action in (("delete", key.on_delete), ("update", key.on_update))
               if action != "NO ACTION"]  # fmt: skip
    start = f"{_name(Name(table.name, table.schema))}.{_columns(key.columns)}"
    end = f"{_name(Name(key.target_table, key.target_schema))}.{_columns(key.target_columns)}"
    name = f" {_quoted(key.name)}" if key.name else ""
    settings = f" [{', '.join(actions)}]" if actions else ""
    yield f"Ref{name}: {start} {'>' if many else '-'} {end}{settings}"


def _columns(names: tuple[str, ...]) -> str:
    return _quoted(names[0]) if len(names) == 1 else f"({', '.join(map(_quoted, names))})"


def _name(name: Name) -> str:
    return f"{_quoted(name.schema)}.{_quoted(name.name)}" if name.schema else _quoted(name.name)


def _quoted(text: str) -> str:
    return '"' + (_one_line(text) or "_").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _string(text: str) -> str:
    return "'" + _one_line(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _inline(text: str | None) -> str:
    return " ".join((text or "").replace("`", "'").split())


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
