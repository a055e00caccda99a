"""The tables an expression can name, read one at a time and remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column as SqlColumn
from sqlalchemy import MetaData
from sqlalchemy import Table as SqlTable

from dbx.language.names.declared import Declared, parse
from dbx.language.refusal import Unfit, suggestion
from dbx.language.values.kinds import Scalar
from dbx.language.values.types import sql_type
from dbx.schema.catalog import Catalog, Reference
from dbx.schema.model import Column, ForeignKey, Table
from dbx.schema.read import SYSTEM


@dataclass(slots=True, eq=False)
class Entry:
    """A table as the model has it and as SQLAlchemy Core has it."""

    model: Table
    sql: SqlTable

    @property
    def shown(self) -> str:
        return f"{self.model.schema}.{self.model.name}" if self.model.schema else self.model.name


class Names:
    """What is asked for by name. Nothing is read before it is asked for; `refresh` forgets everything."""

    def __init__(self, catalog: Catalog, *, schema: str | None = None) -> None:
        self._catalog = catalog
        self._schema = schema
        self.declared: list[Declared] = []
        """The foreign keys that the user added; they outlive a refresh."""
        self.refresh()

    def refresh(self) -> None:
        self._metadata = MetaData()
        self._entries: dict[tuple[str | None, str], Entry | None] = {}
        self._listed: dict[str | None, tuple[str, ...]] = {}
        self._references: dict[str | None, Sequence[Reference]] = {}
        self._schemas: tuple[str, ...] | None = None
        self._default: str | None = None

    def tables(self, schema: str | None = None) -> tuple[str, ...]:
        """The names in a schema; in the one that bare names mean, when it is not given."""
        schema = self._place(schema)
        if schema not in self._listed:
            self._listed[schema] = self._catalog.tables(schema)
        return self._listed[schema]

    def schemas(self) -> tuple[str, ...]:
        if self._schemas is None:
            self._default, self._schemas = self._catalog.schemas()
        return self._schemas

    def find(self, name: str, schema: str | None = None) -> Entry | None:
        """A table by its exact name, else by its name in any case if that is unique."""
        place = self._place(schema)
        exact = match(name, self.tables(place))
        return self._entry(exact, place) if exact else None

    def elsewhere(self, name: str) -> list[tuple[str, str]]:
        """The tables of that name in schemas that have to be named: (schema, table)."""
        found = []
        for schema in self.schemas():
            if schema not in (self._default, self._schema) and schema.lower() not in SYSTEM:
                exact = match(name, self.tables(schema))
                found += [(schema, exact)] if exact else []
        return found

    def schema(self, name: str) -> str | None:
        return match(name, self.schemas())

    def target(self, key: ForeignKey, owner: Table) -> Entry | None:
        """The table a foreign key leads to."""
        schema = key.target_schema if key.target_schema is not None else owner.schema
        exact = self._place(schema)
        return self._entry(key.target_table, exact) if key.target_table in self.tables(exact) else None

    def children(self, table: Table) -> Iterator[tuple[Entry, ForeignKey]]:
        """The tables whose foreign keys lead to this one, in this one's schema."""
        place = table.schema
        if place not in self._references:
            self._references[place] = self._catalog.references(place)
        # names as the server compares them; which keys they are, and whether they lead here, is the tables' to say
        near = [name for name, _, target in self._references[place] if target.lower() == table.name.lower()]
        near += [each.table for each in self.declared if each.schema == place]
        for name in dict.fromkeys(near):
            entry = self._entry(name, place)
            if entry is not None:
                for key in entry.model.foreign_keys:
                    if key.target_table == table.name and self._place(key.target_schema or place) == place:
                        yield entry, key

    def declare(self, text: str) -> Declared:
        """Add a foreign key: `v.artist_id -> artist.artist_id`. Raises Unfit for what is not there."""
        found = parse(text)
        child, target = self.find(found.table, found.schema), self.find(found.key.target_table, found.key.target_schema)
        for entry, name in ((child, found.table), (target, found.key.target_table)):
            if entry is None:
                raise Unfit("E-NAME", f"there is no '{name}'", suggestion(name, self.tables()))
        assert child is not None and target is not None
        columns = tuple(_column(child, name) for name in found.key.columns)
        theirs = tuple(_column(target, name) for name in found.key.target_columns)
        key = ForeignKey("", columns, target.model.schema, target.model.name, theirs)
        made = Declared(child.model.schema, child.model.name, key)
        if made not in self.declared:
            self.declared.append(made)
            self._entries.pop((child.model.schema, child.model.name), None)
            self._metadata.remove(child.sql)
        return made

    def _place(self, schema: str | None) -> str | None:
        """The default schema has no name in SQL, so that `track` and `db.main.track` are one table."""
        if schema is None:
            return self._schema
        self.schemas()
        return None if schema == self._default and self._schema is None else schema

    def _entry(self, name: str, schema: str | None) -> Entry | None:
        if (schema, name) not in self._entries:
            model = self._catalog.table(name, schema)
            if model is not None:
                own = [each.key for each in self.declared if (each.schema, each.table) == (schema, name)]
                model = model._replace(foreign_keys=(*model.foreign_keys, *own))
            self._entries[schema, name] = Entry(model, self._table(model)) if model else None
        return self._entries[schema, name]

    def _table(self, model: Table) -> SqlTable:
        columns = [
            # No primary key: SQLAlchemy would want to fetch it back after an INSERT, and the model has it.
            SqlColumn(column.name, sql_type(column.family), nullable=column.nullable)
            for column in model.columns
        ]
        return SqlTable(model.name, self._metadata, *columns, schema=model.schema, info={"model": model})


def match(name: str, candidates: tuple[str, ...] | list[str]) -> str | None:
    """Exact first, then in any case if that is unique; never something merely similar."""
    if name in candidates:
        return name
    found = [candidate for candidate in candidates if candidate.lower() == name.lower()]
    if len(found) > 1:
        raise Unfit("E-AMBIG", f"'{name}' could be any of: {', '.join(found)}", "write it in its own case")
    return found[0] if found else None


def _column(entry: Entry, name: str) -> str:
    names = [column.name for column in entry.model.columns]
    found = match(name, names)
    if found is None:
        raise Unfit("E-ATTR", f"'{entry.shown}' has no column '{name}'", suggestion(name, names, "columns"))
    return found


def column_scalar(column: Column, sql: SqlColumn[object], *, core: bool, optional: bool = False) -> Scalar:
    return Scalar(
        sql,
        column.family,
        nullable=column.nullable or optional,
        core=core,
        predicate=False,
        name=column.name,
    )
