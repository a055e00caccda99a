"""Classes for tables: made from the schema, with the relationships that its foreign keys are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import FetchedValue, MetaData, and_
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapper, foreign, registry, relationship, remote

from dbx.schema.model import Column, ForeignKey, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.relations import Class, Relation, mappings
from dbx.schema.types.vocabulary import parse
from dbx.unit.types import mapped_type


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A table and its class. `attributes` are those of its columns, `relations` its relationships, both as the mapper
    calls them."""

    name: str
    table: Name
    mapper: Mapper[Any]
    attributes: Mapping[str, str]
    """By the name of the column."""
    relations: tuple[str, ...]
    families: Mapping[str, str] = field(default_factory=dict)
    """What kind of values an attribute has (dbx.schema.types.families)."""
    references: Mapping[str, str] = field(default_factory=dict)
    """The relationship that a column is the foreign key of, by the column's attribute."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of relationships: of the tables they lead to."""
    computed: frozenset[str] = frozenset()
    sized: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """How many characters an attribute takes, by its type, and that."""

    @property
    def class_(self) -> type[Any]:
        return self.mapper.class_


@dataclass(slots=True, eq=False)
class Models:
    """What a Session knows. `unmapped` are the tables of which no row can be an object, each with the reason."""

    by_table: dict[Name, Model] = field(default_factory=dict)
    unmapped: dict[Name, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    default_schema: str | None = None
    signature: object = None
    """What the classes were made from."""

    def find(self, name: str, schema: str | None) -> Model | None:
        found: Model | None = self._in(self.by_table, name, schema)
        return found

    def reason(self, name: str, schema: str | None) -> str:
        """Why the rows of a table are no objects."""
        return self._in(self.unmapped, name, schema) or "no class is mapped to it"

    def of(self, thing: object) -> Model:
        return self.by_class(type(thing))

    def by_class(self, wanted: type[Any]) -> Model:
        return next(model for model in self.by_table.values() if model.class_ is wanted)

    def _in(self, found: Mapping[Name, Any], name: str, schema: str | None) -> Any:
        places = [schema, self.default_schema if schema is None else None]
        return next((found[Name(name, place)] for place in places if Name(name, place) in found), None)


def made(schema: Schema, dialect: str, default_schema: str | None) -> Models:
    """A class for every table with a primary key. Everything else can be read by expressions, and has no identity."""
    classes = mappings(schema, _taken(schema))
    models = Models(default_schema=default_schema)
    tables = {Name(table.name, table.schema): table for table in schema.tables}
    metadata = MetaData()
    made_tables = {
        name: _table(table, metadata, dialect, default_schema) for name, table in tables.items() if _mappable(table)
    }
    keyed = {
        name: each
        for name, each in classes.items()
        if each.table.primary_key and not each.table.is_view and name in made_tables
    }
    cyclic = cycles({name: [r.target for r in each.relations if r.forward] for name, each in keyed.items()})
    own = registry(metadata=metadata)
    types = {name: type(each.name, (), {"__module__": "dbx.models"}) for name, each in keyed.items()}
    for name, each in keyed.items():
        relations = [relation for relation in each.relations if relation.target in keyed]
        properties = {attribute: made_tables[name].c[column] for column, attribute in each.attributes.items()}
        properties |= {
            relation.name: _relationship(
                name, relation, made_tables, types, name in cyclic and relation.target in cyclic
            )
            for relation in relations
        }
        mapper: Mapper[Any] = own.map_imperatively(types[name], made_tables[name], properties=properties)
        models.by_table[name] = _model(name, each, mapper, relations, dialect)
    own.configure()
    models.signature = (schema.tables, default_schema)
    models.unmapped = {name: _reason(table, classes.get(name)) for name, table in tables.items() if name not in keyed}
    return models


def _model(name: Name, each: Class, mapper: Mapper[Any], relations: Iterable[Relation], dialect: str) -> Model:
    relations = list(relations)
    columns = {each.attributes[column.name]: column for column in each.table.columns}
    forward = [relation for relation in relations if relation.forward and len(relation.key.columns) == 1]
    return Model(
        each.name,
        name,
        mapper,
        each.attributes,
        tuple(relation.name for relation in relations),
        {attribute: column.family for attribute, column in columns.items()},
        {each.attributes[relation.key.columns[0]]: relation.name for relation in forward},
        {relation.target.name: relation.name for relation in reversed(relations)},
        frozenset(attribute for attribute, column in columns.items() if column.generated),
        _sized(columns, dialect),
    )


def _sized(columns: Mapping[str, Column], dialect: str) -> dict[str, tuple[int, str]]:
    types = {attribute: parse(column.type, dialect) for attribute, column in columns.items()}
    return {
        attribute: (found.size, columns[attribute].type)
        for attribute, found in types.items()
        if found.kind in ("char", "varchar") and found.size is not None
    }


def _mappable(table: Table) -> bool:
    return bool(table.columns) and all(column.name for column in table.columns)


def _taken(schema: Schema) -> set[str]:
    """Names of columns that mean something to Python, or to SQLAlchemy, on every object."""
    names = {column.name for table in schema.tables for column in table.columns}
    return {name for name in names if name.startswith("_sa_") or (name.startswith("__") and name.endswith("__"))}


def _reason(table: Table, found: Class | None) -> str:
    if not _mappable(table):
        return "it has a column without a name"
    if table.is_view:
        return "it is a view: its rows have no key"
    if found is None and table.primary_key:
        return "it only connects two others; their relationships are its rows"
    return "it has no primary key"


def _table(table: Table, metadata: MetaData, dialect: str, default_schema: str | None) -> SqlTable:
    columns = [_column(column, column.name in table.primary_key, dialect) for column in table.columns]
    return SqlTable(table.name, metadata, *columns, schema=None if table.schema == default_schema else table.schema)


def _column(column: Column, key: bool, dialect: str) -> SqlColumn[Any]:
    """What the server fills in by itself is fetched, not sent."""
    fetched = column.default is not None or bool(column.generated) or (column.automatic and not key)
    return SqlColumn(
        column.name,
        mapped_type(column, dialect),
        primary_key=key,
        nullable=column.nullable,
        autoincrement=key and column.automatic and column.family == "int",
        server_default=FetchedValue() if fetched and not (key and column.automatic) else None,
        server_onupdate=FetchedValue(for_update=True) if column.generated else None,
    )


def _relationship(
    home: Name, relation: Relation, tables: Mapping[Name, SqlTable], types: Mapping[Name, Any], cyclic: bool
) -> Any:
    """As the server will treat the rows: what it does with the children of a deleted row is left to it, and nothing
    is set to NULL behind the user's back."""
    options: dict[str, Any] = {"overlaps": ",".join(relation.overlaps)} if relation.overlaps else {}
    if relation.back:
        options["back_populates"] = relation.back
    if relation.far is not None:
        near, far = (
            _condition(tables[relation.table], tables[home], relation.key, side=foreign),
            _condition(tables[relation.table], tables[relation.target], relation.far, side=foreign),
        )
        cascades = relation.key.on_delete == "CASCADE"
        return relationship(
            types[relation.target],
            secondary=tables[relation.table],
            primaryjoin=near,
            secondaryjoin=far,
            passive_deletes=cascades,
            **options,
        )
    child = tables[relation.table]
    parent = tables[relation.target if relation.forward else home]
    key = relation.key
    # rows that refer to each other can only be written with a second UPDATE
    post = cyclic and all(child.c[name].nullable for name in key.columns) and home != relation.target
    if relation.forward:
        joined = _condition(child, parent, key, side=foreign, other=remote)
        return relationship(types[relation.target], primaryjoin=joined, uselist=False, post_update=post, **options)
    joined = _condition(child, parent, key, side=lambda column: remote(foreign(column)))
    if key.on_delete == "CASCADE":
        options |= {"cascade": "save-update, merge, delete", "passive_deletes": True}
    else:
        options["passive_deletes"] = True if key.on_delete.startswith("SET ") else "all"
    return relationship(types[relation.target], primaryjoin=joined, uselist=relation.many, post_update=post, **options)


def _condition(
    child: SqlTable, parent: SqlTable, key: ForeignKey, *, side: Any, other: Any = lambda column: column
) -> Any:
    pairs = zip(key.columns, key.target_columns, strict=True)
    return and_(*(side(child.c[ours]) == other(parent.c[theirs]) for ours, theirs in pairs))


def cycles(edges: Mapping[Name, Iterable[Name]]) -> set[Name]:
    """The tables from which foreign keys lead back to them by way of another table."""
    found = set()
    for start in edges:
        pending, seen = [each for each in edges[start] if each != start], set()
        while pending:
            name = pending.pop()
            if name == start:
                found.add(start)
                break
            if name not in seen:
                seen.add(name)
                pending += edges.get(name, ())
    return found
