"""PostgreSQL's tables, views and foreign tables, made of the rows of its catalog."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from dbx.schema.model import Column, Exclusion, ForeignKey, Identity, Key, Part, Partitioning, Table
from dbx.schema.objects import Check, Name, Options
from dbx.schema.readers.postgresql.facts import Facts, by_first, numbers, pairs
from dbx.schema.readers.postgresql.indexes import Indexes
from dbx.schema.readers.postgresql.rows import Constraint, IndexRow, Relation

_KINDS = {"r": "table", "p": "table", "v": "view", "m": "matview", "f": "foreign"}
_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_MATCHES = {"s": "SIMPLE", "f": "FULL", "p": "PARTIAL"}
_STORAGES = {"p": "plain", "e": "external", "m": "main", "x": "extended"}
_COMPRESSIONS = {"p": "pglz", "l": "lz4"}
_SECRET = re.compile("pass|pwd|secret|token|credential|key", re.IGNORECASE)


class Tables:
    """`all()` makes the tables, once; `attributes` are of composite types as well."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.relations = {row[0]: Relation(*row) for row in facts.rows["relations"]}
        self.columns = by_first(facts.rows["columns"])
        for rows in self.columns.values():
            rows.sort()  # by number; the rows come as the server has them
        self.column_names = {oid: {row[1]: row[2] for row in rows} for oid, rows in self.columns.items()}
        self.targets: dict[int, tuple[str | None, str]] = {}
        self.defaults = {(owner, number): text for _, owner, number, text in facts.rows["defaults"]}
        self.checks = {key: text for key, _, text in facts.rows["checks"]}
        self.constraints: dict[int, list[Constraint]] = defaultdict(list)
        self.by_oid: dict[int, Constraint] = {}
        for constraint in map(Constraint._make, facts.rows["constraints"]):
            self.constraints[constraint.table].append(constraint)
            self.by_oid[constraint.oid] = constraint
        self.parents = by_first(facts.rows["parents"])
        self.bounds = {key: text for key, _, text in facts.rows["bounds"]}
        self.partition_keys = {key: text for key, _, text in facts.rows["partition_keys"]}
        self.views = {key: text for key, _, text in facts.rows["views"]}
        self.foreign = {oid: (server, options) for oid, server, options in facts.rows["foreign"]}
        self.identities: dict[tuple[int, int], Identity] = {}
        self.indexes = Indexes(facts, self.columns, self.column_names)

    def learn(self) -> None:
        """Take the names of tables that were only mentioned."""
        for oid, schema, name, number, column in self.facts.rows["targets"]:
            self.targets[oid] = (schema, name)
            self.column_names.setdefault(oid, {})[number] = column
        self.indexes.learn()

    def all(self) -> Iterator[Table]:
        for relation in self.relations.values():
            if relation.kind in _KINDS and not self.facts.is_member("pg_class", relation.oid):
                yield self._table(relation)
                self.columns.pop(relation.oid, None)

    def kind(self, relation: Relation) -> str:
        return _KINDS.get(relation.kind, "sequence" if relation.kind == "S" else "composite")

    def name(self, oid: int) -> tuple[str | None, str]:
        """Schema and name of a table, whether it was asked for or only mentioned."""
        relation = self.relations.get(oid)
        return (self.facts.spaces[relation.namespace], relation.name) if relation else self.targets.get(oid, (None, ""))

    def _table(self, relation: Relation) -> Table:
        oid, facts = relation.oid, self.facts
        own = self.constraints.get(oid, ())
        indexes = {index.oid: index for index in self.indexes.of(oid)}
        keys = [each for each in own if each.kind in "pu"]
        bound = {each.backing for each in own if each.kind in "pux"}
        primary = [self._key(each, indexes) for each in keys if each.kind == "p"]
        by = self.partition_keys.get(oid)
        query = self.views.get(oid)
        return Table(
            relation.name,
            facts.spaces[relation.namespace],
            tuple(self.attributes(relation, own)),
            primary[0] if primary else None,
            tuple([self._foreign_key(each) for each in own if each.kind == "f" and not self._is_shadow(each)]),
            tuple([self._key(each, indexes) for each in keys if each.kind == "u"]),
            _KINDS[relation.kind],
            tuple([self._check(each) for each in own if each.kind == "c"]),
            tuple(
                [
                    self._exclusion(each, indexes[each.backing])
                    for each in own
                    if each.kind == "x" and each.backing in indexes
                ]
            ),
            tuple([self.indexes.index(each) for each in indexes.values() if each.oid not in bound]),
            Partitioning(by) if by else None,
            tuple([Name(name, schema) for _, _, name, schema in self.parents.get(oid, ())]),
            self.bounds.get(oid),
            None,
            query.strip().removesuffix(";") if query else None,
            relation.owner,
            facts.comment("pg_class", oid),
            facts.granted("pg_class", oid),
            facts.depends(("pg_class", oid)),
            tuple(sorted(self._options(relation, indexes))),
        )

    # --- columns ----------------------------------------------------------------------------------------------------

    def attributes(self, relation: Relation, own: list[Constraint] | tuple[()] = ()) -> Iterator[Column]:
        facts, oid = self.facts, relation.oid
        named = {numbers(each.columns)[0]: each for each in own if each.kind == "n"}
        commented = facts.comments
        for row in self.columns.get(oid, ()):
            (_, number, name, type_, modifier, not_null, has_default, identity, generated, local,
             collation, _, _, _, _, _) = row  # fmt: skip
            found = facts.types[type_, modifier]
            text = self.defaults.get((oid, number)) if has_default else None
            column = Column(
                name,
                found.text,
                not not_null,
                found.family,
                None if generated else text,
                automatic=bool(identity) or (text is not None and not generated and text.startswith("nextval(")),
                collation=facts.collations.get(collation) if collation != found.collation else None,
                inherited=not local,
                comment=commented.get(("pg_class", oid, number)) if commented else None,
                grants=facts.granted("pg_attribute", oid, number) if facts.grants else (),
                options=self._column_options(row, found.storage, relation, named.get(number)),
            )
            if generated:
                column = column._replace(generated="stored" if generated == "s" else "virtual", expression=text)
            if identity and not (relation.is_partition and facts.version >= 170000):  # there it is the parent's
                column = column._replace(identity=self._identity(oid, number, identity))
            yield column

    def _identity(self, oid: int, number: int, kind: str) -> Identity:
        found = self.identities.get((oid, number)) or Identity(True)
        return found._replace(always=kind == "a")

    def _column_options(self, row: Any, storage: str, relation: Relation, not_null: Constraint | None) -> Options:
        kept, compression, statistics, options, foreign = row[11:]
        if kept == storage and not compression and statistics is None and not options and not foreign and not not_null:
            return ()
        found = list(pairs("with ", options)) + _public(pairs("option ", foreign))
        if kept != storage and relation.kind != "c":
            found.append(("storage", _STORAGES.get(kept, kept)))
        if compression:
            found.append(("compression", _COMPRESSIONS.get(compression, compression)))
        if statistics is not None:
            found.append(("statistics", str(statistics)))
        if not_null:
            if not_null.name != f"{relation.name}_{row[2]}_not_null":
                found.append(("not null", not_null.name))
            found += [("not null no inherit", "")] if not_null.no_inherit else []
            found += [("not null not valid", "")] if not not_null.validated else []
        return tuple(sorted(found))

    def _options(self, relation: Relation, indexes: dict[int, IndexRow]) -> Iterator[tuple[str, str]]:
        yield from pairs("with ", relation.options)
        yield from pairs("with toast.", relation.toast_options)
        flags = {
            "unlogged": relation.persistence == "u",
            "row security": relation.row_security,
            "force row security": relation.forced,
            "with no data": relation.kind == "m" and not relation.populated,
        }
        yield from ((name, "") for name, is_set in flags.items() if is_set)
        words = {"tablespace": relation.tablespace, "using": relation.method, "of": relation.of}
        yield from ((name, value) for name, value in words.items() if value)
        if relation.replica_identity in "nf" and relation.kind in "rpm":
            yield "replica identity", "full" if relation.replica_identity == "f" else "nothing"
        for index in indexes.values():
            if index.replica_identity and relation.replica_identity == "i":
                yield "replica identity", f"index {index.name}"
            if index.clustered:
                yield "cluster on", index.name
        server, options = self.foreign.get(relation.oid, ("", ()))
        if server:
            yield "server", server
            yield from _public(pairs("option ", options))

    # --- constraints ------------------------------------------------------------------------------------------------

    def _names(self, table: int, listed: str | None) -> tuple[str, ...]:
        names = self.column_names.get(table, {})
        return tuple([names.get(number, "") for number in numbers(listed)])

    def _key(self, found: Constraint, indexes: dict[int, IndexRow]) -> Key:
        parts = tuple([Part(name) for name in self._names(found.table, found.columns)])
        index = indexes.get(found.backing)
        options: list[tuple[str, str]] = [("without overlaps", "")] if found.period else []
        include: tuple[str, ...] = ()
        if index is not None:
            options += self.indexes.constraint_options(index)
            include = self.indexes.included(index)
        return Key(
            found.name,
            parts,
            include,
            _deferrable(found),
            not (index and index.nulls_not_distinct),
            comment=self.facts.comment("pg_constraint", found.oid),
            options=tuple(sorted(options)),
        )

    def _is_shadow(self, found: Constraint) -> bool:
        """Of a key to a partitioned table the server keeps one more for each partition it leads to."""
        parent = self.by_oid.get(found.parent)
        return parent is not None and parent.table == found.table

    def _foreign_key(self, found: Constraint) -> ForeignKey:
        schema, name = self.name(found.target)
        return ForeignKey(
            found.name,
            self._names(found.table, found.columns),
            schema,
            name,
            self._names(found.target, found.target_columns),
            _ACTIONS.get(found.on_update, found.on_update),
            _ACTIONS.get(found.on_delete, found.on_delete),
            self._names(found.table, found.set_columns),
            _MATCHES.get(found.match, found.match),
            _deferrable(found),
            found.validated,
            found.enforced,
            found.parent != 0,
            self.facts.comment("pg_constraint", found.oid),
            (("period", ""),) if found.period else (),
        )

    def _check(self, found: Constraint) -> Check:
        return Check(
            found.name,
            self.checks.get(found.oid) or "",
            validated=found.validated,
            enforced=found.enforced,
            inherited=not found.local,
            no_inherit=found.no_inherit,
            comment=self.facts.comment("pg_constraint", found.oid),
        )

    def _exclusion(self, found: Constraint, index: IndexRow) -> Exclusion:
        operators = tuple([self.facts.operators.get(oid, "") for oid in numbers(found.operators)])
        return Exclusion(
            found.name,
            index.method,
            self.indexes.parts(index),
            operators,
            self.indexes.included(index),
            self.indexes.text(index)[1],
            _deferrable(found),
            self.facts.comment("pg_constraint", found.oid),
            tuple(sorted(self.indexes.constraint_options(index))),
        )


def _deferrable(found: Constraint) -> str:
    return "INITIALLY DEFERRED" if found.deferred else "DEFERRABLE" if found.deferrable else ""


def _public(options: Options) -> list[tuple[str, str]]:
    return [(name, value) for name, value in options if not _SECRET.search(name.removeprefix("option "))]
