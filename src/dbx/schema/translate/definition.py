"""CREATE TABLE for the dialects that keep a table as that statement: MySQL, MariaDB and SQLite."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.dialects.traits import traits
from dbx.schema.ddl import generic
from dbx.schema.model import Column, ForeignKey, Index, Key, Table
from dbx.schema.text.mysql import literal

_MYSQL = ("mysql", "mariadb")


def name(text: str, dialect: str) -> str:
    return traits(dialect).tables.quoted(text)


def defined(table: Table, dialect: str) -> Table:
    """The table with its statement, and its indexes with theirs, where the dialect keeps them so."""
    if dialect in _MYSQL:
        body = ",\n  ".join(_mysql(table, dialect))
        comment = f" COMMENT={literal(table.comment)}" if table.comment else ""
        return table._replace(definition=f"CREATE TABLE {name(table.name, dialect)} (\n  {body}\n){comment}")
    if dialect == "sqlite":
        body = ",\n    ".join(_sqlite(table))
        indexes = tuple(
            index._replace(definition=generic.create_index(table, index).removesuffix(";")) for index in table.indexes
        )
        return table._replace(definition=f"CREATE TABLE {name(table.name, dialect)} (\n    {body}\n)", indexes=indexes)
    return table


def _mysql(table: Table, dialect: str) -> Iterator[str]:
    for column in table.columns:
        text = _column(column, dialect) + (" AUTO_INCREMENT" if column.automatic else "")
        yield text + (f" COMMENT {literal(column.comment)}" if column.comment else "")
    if table.primary:
        yield f"PRIMARY KEY ({_names(table.primary, dialect)})"
    for number, key in enumerate(table.unique, 1):
        yield f"UNIQUE KEY {name(key.name or f'unique_{number}', dialect)} ({_names(key, dialect)})"
    for index in table.indexes:
        yield f"{'UNIQUE ' if index.unique else ''}KEY {name(index.name, dialect)} ({_parts(index, dialect)})"
    yield from _constraints(table, dialect)


def _sqlite(table: Table) -> Iterator[str]:
    for column in table.columns:
        rowid = column.automatic and table.primary_key == (column.name,)
        yield f"{name(column.name, 'sqlite')} INTEGER PRIMARY KEY" if rowid else _column(column, "sqlite")
    counted = any(column.automatic and table.primary_key == (column.name,) for column in table.columns)
    if table.primary and not counted:
        yield f"PRIMARY KEY ({_names(table.primary, 'sqlite')})"
    for key in table.unique:
        yield f"{_named(key.name, 'sqlite')}UNIQUE ({_names(key, 'sqlite')})"
    yield from _constraints(table, "sqlite")


def _constraints(table: Table, dialect: str) -> Iterator[str]:
    for check in table.checks:
        yield f"{_named(check.name, dialect)}CHECK ({check.expression})"
    for key in table.foreign_keys:
        yield _foreign_key(key, dialect)


def _column(column: Column, dialect: str) -> str:
    words = [name(column.name, dialect), column.type]
    if column.generated:
        words.append(f"GENERATED ALWAYS AS ({column.expression}) {column.generated.upper()}")
    if not column.nullable:
        words.append("NOT NULL")
    elif dialect in _MYSQL and column.type.startswith("timestamp"):
        words.append("NULL")
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    return " ".join(words)


def _foreign_key(key: ForeignKey, dialect: str) -> str:
    columns = ", ".join(name(each, dialect) for each in key.columns)
    targets = ", ".join(name(each, dialect) for each in key.target_columns)
    text = (
        f"{_named(key.name, dialect)}FOREIGN KEY ({columns}) REFERENCES {name(key.target_table, dialect)} ({targets})"
    )
    for event, action in (("DELETE", key.on_delete), ("UPDATE", key.on_update)):
        text += f" ON {event} {action}" if action != "NO ACTION" else ""
    if key.deferrable:
        text += " DEFERRABLE" + (" INITIALLY DEFERRED" if key.deferrable == "INITIALLY DEFERRED" else "")
    return text


def _named(text: str, dialect: str) -> str:
    return f"CONSTRAINT {name(text, dialect)} " if text else ""


def _names(key: Key, dialect: str) -> str:
    return ", ".join(name(each, dialect) for each in key.columns)


def _parts(index: Index, dialect: str) -> str:
    parts = [name(part.column or "", dialect) + (f"({part.prefix})" if part.prefix else "") for part in index.parts]
    return ", ".join(text + (" DESC" if part.descending else "") for text, part in zip(parts, index.parts, strict=True))
