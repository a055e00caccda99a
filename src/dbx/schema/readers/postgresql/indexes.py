"""PostgreSQL's indexes, made of the rows of its catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dbx.schema.model import Index, Part
from dbx.schema.objects import Name
from dbx.schema.readers.postgresql.facts import Facts, by_first, dotted, numbers, pairs
from dbx.schema.readers.postgresql.rows import IndexRow


class Indexes:
    """Those of all tables; `columns` are the rows of pg_attribute by table, `names` the columns' names by number."""

    def __init__(
        self, facts: Facts, columns: Mapping[int, Sequence[Any]], names: Mapping[int, Mapping[int, str]]
    ) -> None:
        self.facts = facts
        self.columns = columns
        self.column_names = names
        self.rows: dict[int, list[IndexRow]] = defaultdict(list)
        for found in map(IndexRow._make, facts.rows["indexes"]):
            self.rows[found.table].append(found)
        self.texts = {row[0]: row[2:] for row in facts.rows["index_texts"]}
        self.own_columns = by_first(facts.rows["index_columns"])
        self.parents: dict[int, Name] = {}
        self.opclasses: dict[int, tuple[str, bool, str]] = {}
        self.natural: dict[tuple[str, int], int] = {}
        """The default operator classes, by access method and type."""

    def learn(self) -> None:
        self.parents = {oid: Name(name, schema) for oid, schema, name in self.facts.rows["index_names"]}
        for oid, method, type_, is_default, schema, name in self.facts.rows["opclasses"]:
            text = name if schema == "pg_catalog" else dotted(schema, name)
            self.opclasses[oid] = (method, is_default, text)
            if is_default:
                self.natural[method, type_] = oid

    def of(self, table: int) -> Sequence[IndexRow]:
        return self.rows.get(table, ())

    def index(self, index: IndexRow) -> Index:
        definition, predicate, _ = self.text(index)
        return Index(
            index.name,
            self.parts(index),
            index.unique,
            "" if index.method == "btree" else index.method,
            predicate,
            self.included(index),
            not index.nulls_not_distinct,
            index.valid,
            definition,
            self.facts.comment("pg_class", index.oid),
            self.parents.get(index.parent) if index.parent else None,
            tuple(sorted(self.index_options(index))),
        )

    def text(self, index: IndexRow) -> Any:
        """Definition, predicate and expressions, where it has expressions."""
        return self.texts.get(index.oid, (None, None, None))

    def included(self, index: IndexRow) -> tuple[str, ...]:
        columns = numbers(index.columns)
        if len(columns) == index.keys:
            return ()
        names = self.column_names.get(index.table, {})
        return tuple([names.get(number, "") for number in columns[index.keys :]])

    def constraint_options(self, index: IndexRow) -> list[tuple[str, str]]:
        """Those of an index that a constraint has made, which may have a comment beside that of the constraint."""
        comment = self.facts.comment("pg_class", index.oid)
        return self.index_options(index) + ([("index comment", comment)] if comment is not None else [])

    def index_options(self, index: IndexRow) -> list[tuple[str, str]]:
        found = list(pairs("with ", index.options))
        if index.tablespace:
            found.append(("tablespace", index.tablespace))
        for _, number, _, statistics in self.own_columns.get(index.oid, ()):
            if statistics is not None:
                found.append((f"statistics {number}", str(statistics)))
        return found

    def parts(self, index: IndexRow) -> tuple[Part, ...]:
        names = self.column_names.get(index.table, {})
        parameters = {number: options for _, number, options, _ in self.own_columns.get(index.oid, ())}
        expressions = iter(self.text(index)[2] or ())
        vectors = zip(
            numbers(index.columns)[: index.keys],
            numbers(index.orders),
            numbers(index.opclasses),
            numbers(index.collations),
            strict=False,
        )
        found = []
        for place, (number, order, opclass, collation) in enumerate(vectors, 1):
            column = names.get(number) if number else None
            nulls = {1: "last", 2: "first"}.get(order, "")  # else as the direction has it: last, and first if DESC
            found.append(
                Part(
                    column,
                    None if number else next(expressions, ""),
                    bool(order & 1),
                    nulls,
                    self._part_collation(index.table, number, collation),
                    self._opclass(index, number, opclass),
                    options=pairs("", parameters.get(place)),
                )
            )
        return tuple(found)

    def _column_row(self, table: int, number: int) -> Any:
        rows = self.columns.get(table, ())
        if number <= len(rows) and rows[number - 1][1] == number:  # as long as no column was dropped
            return rows[number - 1]
        return next((row for row in rows if row[1] == number), None)

    def _part_collation(self, table: int, number: int, collation: int) -> str | None:
        row = self._column_row(table, number) if number and collation else None
        return self.facts.collations.get(collation) if row is not None and row[10] != collation else None

    def _opclass(self, index: IndexRow, number: int, opclass: int) -> str | None:
        """Its name, unless the column's type would get it anyway."""
        method, is_default, text = self.opclasses.get(opclass, ("", True, ""))
        row = self._column_row(index.table, number) if number else None
        natural = self.natural.get((method, row[3])) if row is not None else None
        return None if (natural == opclass if natural is not None else is_default) else text
