"""The reader of PostgreSQL: flat queries of its catalog, sent together in three trips whatever the number of tables.

The first asks what there is, the second for all facts, the third for the names of what was mentioned. Nothing is
locked, and nothing waits: see dbx.schema.readers.postgresql.snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import psycopg

from dbx.schema.model import Schema
from dbx.schema.objects import Missing, Name
from dbx.schema.readers.postgresql import objects as made
from dbx.schema.readers.postgresql import sql_others
from dbx.schema.readers.postgresql import sql_outer as outer
from dbx.schema.readers.postgresql.facts import Facts, Place, numbers
from dbx.schema.readers.postgresql.snapshot import Fact, Snapshot, Text, snapshot
from dbx.schema.readers.postgresql.sql import FIRST_OWN, Queries, namespaces, wanted_oids
from dbx.schema.readers.postgresql.sql_objects import MEMBERS, Objects
from dbx.schema.readers.postgresql.tables import Tables

Query = Fact | Text


def read(connection: psycopg.Connection[Any], names: Sequence[str] = (), schemas: Sequence[str] = ()) -> Schema:
    """As dbx.schema.read says. A session's temporary tables are in the schema pg_temp."""
    with snapshot(connection) as found:
        return _Reading(found, connection.info.server_version, names, schemas).schema()


def system(connection: psycopg.Connection[Any], names: Sequence[str] = ()) -> Schema:
    """What every database has from the beginning; of that a bare name finds what is in pg_catalog."""
    return read(connection, names, ("pg_catalog",) if names else ("pg_catalog", "information_schema"))


def fingerprint(connection: psycopg.Connection[Any]) -> str:
    """Which transactions wrote the catalog's rows, and how many rows there are: whatever is changed, written or dropped
    changes one of the two. Temporary tables, which come and go, are left out where they can be told."""
    with snapshot(connection) as found:
        try:
            (((mark,),),) = found.rows([Fact("pg_class", _FINGERPRINT)], {})
        except ValueError:  # a catalog is closed
            return ""
    return f"{connection.info.server_version} {mark}"


def estimates(connection: psycopg.Connection[Any], schemas: Sequence[str] = ()) -> dict[Name, int]:
    """What the last VACUUM or ANALYZE counted; of a partitioned table the sum is that of its own ANALYZE."""
    with snapshot(connection) as found:
        (spaces,) = found.rows([namespaces(bool(schemas))], {"schemas": list(schemas)})
        known = {oid: name for oid, name, _, _ in spaces}
        (rows,) = found.rows([Fact("pg_class", _ESTIMATES)], {"spaces": list(known)})
    return {Name(name, _space(known[space])): count for space, name, count in rows}


def _space(name: str) -> str:
    return "pg_temp" if name.startswith("pg_temp_") else name


class _Reading:
    """One reading, on its way into the model."""

    def __init__(self, found: Snapshot, version: int, names: Sequence[str], schemas: Sequence[str]) -> None:
        self.snapshot = found
        self.named = bool(names)
        self.parameters: dict[str, Any] = {"names": list(names), "schemas": list(schemas)}
        self.facts = Facts(version)
        self.tables = Queries(version, self.named)
        self.objects = Objects(version, self.named)

    def schema(self) -> Schema:
        present = self._what_there_is()
        self._ask(self._facts(present))
        tables = Tables(self.facts)
        self._ask(self._names(tables))
        for name in _TAKEN:
            self.facts.rows.pop(name, None)
        self.facts.learn()
        return self._made(tables)

    def _ask(self, queries: Mapping[str, Query]) -> None:
        """The rows of the queries, each as soon as it has come."""
        for name, rows in zip(queries, self.snapshot.rows(list(queries.values()), self.parameters), strict=True):
            self.facts.rows[name] = rows

    def _what_there_is(self) -> set[str]:
        """The catalogs that have something in them; of schemas, members of extensions and wanted tables, which."""
        facts, chosen = self.facts, bool(self.parameters["schemas"])
        kinds = sql_others.kinds(facts.version)
        self._ask(
            {"namespaces": namespaces(chosen), "members": MEMBERS, "present": _present(kinds, self.named)}
            | ({"relations": Fact("pg_class", wanted_oids(chosen))} if self.named else {})
        )
        facts.spaces = {oid: _space(name) for oid, name, _, _ in facts.rows["namespaces"]}
        facts.members = {(catalog, oid): name for catalog, oid, name in facts.rows["members"]}
        self.parameters["spaces"] = list(facts.spaces)
        self.parameters["relations"] = [oid for (oid,) in facts.rows.pop("relations", [])]
        everything = [*_PRESENT, *(kind.catalog for kind in kinds)]
        told = [] if chosen else facts.rows["present"]  # the server's own schemas are not looked for
        return {name for name, there in zip(everything, told[0], strict=True) if there} if told else set(everything)

    # --- the second trip --------------------------------------------------------------------------------------------

    def _facts(self, present: set[str]) -> dict[str, Query]:
        queries: dict[str, Query] = {}
        if not self.named:
            queries |= {"whole": _WHOLE, **self._of_tables(), "parts": _PARTS}
        elif self.parameters["relations"]:
            queries |= self._of_tables()
        return queries | self._of_some_tables(present) | self._of_objects(present)

    def _of_tables(self) -> dict[str, Query]:
        ask = self.tables
        queries: dict[str, Query] = {"relations": ask.relations(), "columns": ask.columns(), "defaults": ask.defaults()}
        queries |= {"constraints": ask.constraints(), "checks": ask.checks(), "indexes": ask.indexes()}
        queries |= {
            "index_columns": ask.index_columns(),
            "index_texts": ask.index_texts(),
            "opclasses": outer.OPCLASSES,
        }
        return queries | {"triggers": ask.triggers(), "views": ask.views()}  # to look for any takes as long

    def _of_some_tables(self, present: set[str]) -> dict[str, Query]:
        if self.named and not self.parameters["relations"]:
            return {}
        ask = self.tables
        more: dict[str, dict[str, Callable[[], Query]]] = {
            "inherits": {"parents": ask.parents, "bounds": ask.bounds, "partition_keys": ask.partition_keys},
            "partitioned": {"partition_keys": ask.partition_keys},
            "foreign": {"foreign": ask.foreign},
            "sequences": {"sequences": ask.sequences},
            "policies": {"policies": ask.policies},
            "rules": {"rules": ask.rules},
            "statistics": {"statistics": ask.statistics},
        }
        return {each: query() for name, asked in more.items() if name in present for each, query in asked.items()}

    def _of_objects(self, present: set[str]) -> dict[str, Query]:
        ask, named, version = self.objects, self.named, self.facts.version
        more: dict[str, dict[str, Query]] = {
            "extensions": {"extensions": ask.extensions()},
            "enums": {"enums": ask.enums()},
            "domains": {"domains": ask.domains(), "domain_checks": ask.domain_checks()},
            "ranges": {"ranges": ask.ranges()},
            "routines": {"routines": ask.routines(), "signatures": ask.signatures(), "definitions": ask.definitions()},
            "aggregates": {"aggregates": ask.aggregates()},
            "servers": {"servers": outer.servers(named), "user_mappings": outer.user_mappings(named)},
            "publications": {"publications": outer.publications(version, named)},
            "subscriptions": {"subscriptions": outer.subscriptions(version, named)},
        }
        more["default_privileges"] = {"default_privileges": outer.default_privileges()}
        more["labels"] = {"labels": outer.labels()}
        queries = {each: query for name, asked in more.items() if name in present for each, query in asked.items()}
        for kind in sql_others.kinds(version):
            if kind.catalog in present:
                queries[f"other {kind.catalog}"] = sql_others.text(kind, named)
        return queries

    # --- the third trip ---------------------------------------------------------------------------------------------

    def _names(self, tables: Tables) -> dict[str, Query]:
        """What was mentioned by number: types, collations, operators, tables beside those that are read."""
        rows, asked = self.facts.rows, self.parameters
        pairs = list({(row[3], row[4]) for row in rows["columns"]})
        asked["types"], asked["modifiers"] = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        collations = {row[10] for row in rows["columns"]} | {row[8] for row in rows["domains"]}
        collations |= {row[6] for row in rows["ranges"]}
        collations.update(chain.from_iterable(numbers(row[11]) for row in rows["indexes"]))
        asked["collations"] = [oid for oid in collations if oid]
        asked["operators"] = list({oid for row in rows["constraints"] for oid in numbers(row[20])})
        asked["targets"] = list({row[5] for row in rows["constraints"] if row[5]} - tables.relations.keys())
        asked["parents"] = list({row[16] for row in rows["indexes"] if row[16]})
        asked["objects"] = list(set(self._oids())) if self.named else []
        lists = {"types": outer.TYPES, "collations": outer.COLLATIONS, "operators": outer.OPERATORS}
        queries: dict[str, Query] = {name: query for name, query in lists.items() if asked[name]}
        if asked["targets"]:
            queries["targets"] = outer.TARGETS
        if asked["parents"]:
            queries["index_names"] = outer.INDEX_NAMES
        said = {"comments": self.objects.comments(), "grants": self.objects.grants(), "needs": self.objects.needs()}
        return queries | said

    def _oids(self) -> Iterator[int]:
        """Everything that may have a comment, grants or needs."""
        for name, rows in self.facts.rows.items():
            if name in _WITHOUT_OIDS:
                continue
            for row in rows:
                yield row[0]
        yield from (row[16] for row in self.facts.rows["relations"])  # types of composites

    # --- the model --------------------------------------------------------------------------------------------------

    def _made(self, tables: Tables) -> Schema:
        facts = self.facts
        facts.others = {name[6:]: rows for name, rows in facts.rows.items() if name.startswith("other ")}
        tables.learn()
        sequences, tables.identities = made.sequences(facts)
        schema = Schema(
            "postgresql",
            tuple(tables.all()),
            () if self.named else tuple(made.namespaces(facts)),
            tuple(made.extensions(facts)),
            tuple(made.enums(facts)),
            tuple(made.domains(facts)),
            tuple(made.composites(facts, tables)),
            tuple(made.ranges(facts)),
            tuple(sequences),
            tuple(made.routines(facts)),
            tuple(made.triggers(facts, tables)),
            tuple(made.policies(facts, tables)),
            servers=tuple(made.servers(facts)),
            others=tuple(made.others(facts, tables)),
        )
        return schema._replace(missing=tuple(self._missing(tables)))

    def _missing(self, tables: Tables) -> Iterator[Missing]:
        for (catalog, oid), why in self.snapshot.missing.items():
            name, schema, kind = self._identity(tables, (catalog, oid))
            if not self.facts.is_member(catalog, oid):
                yield Missing(name, schema, kind, why)
        for catalog, why in self.snapshot.closed.items():
            yield Missing(catalog, "pg_catalog" if catalog.startswith("pg_") else None, "", why)

    def _identity(self, tables: Tables, place: Place) -> tuple[str, str | None, str]:
        catalog, oid = place
        if catalog == "pg_class" and oid in tables.relations:
            relation = tables.relations[oid]
            return relation.name, self.facts.spaces[relation.namespace], tables.kind(relation)
        if catalog == "pg_proc":
            for row in self.facts.rows["routines"]:
                if row[0] == oid:
                    return row[2], self.facts.spaces[row[1]], made.ROUTINES.get(row[3], "function")
        return self.snapshot.identity(catalog, oid)


_TAKEN = ("columns", "constraints", "indexes", "index_columns", "index_texts")
"""Rows that are held by their tables from then on: of thousands, each is freed when its table is made."""

_WHOLE = Fact("", "SELECT set_config('enable_nestloop', 'off', true)")
_PARTS = Fact("", "SELECT set_config('enable_nestloop', 'on', true)")
"""Of all tables each catalog is read once, from its beginning to its end. Without statistics, as a catalog is in the
first minute after many tables were made, the server would look up row by row."""

_WITHOUT_OIDS = ("columns", "present", "members", "opclasses", "parents", "labels")

_PRESENT = {
    "inherits": "pg_inherits",
    "partitioned": "pg_partitioned_table",
    "foreign": "pg_foreign_table",
    "sequences": "pg_sequence",
    "policies": "pg_policy",
    "rules": "pg_rewrite WHERE rulename <> '_RETURN' AND oid >= 16384",
    "statistics": "pg_statistic_ext",
    "extensions": f"pg_extension WHERE oid >= {FIRST_OWN}",
    "enums": "own_types o WHERE typtype = 'e'",
    "domains": "own_types o WHERE typtype = 'd'",
    "ranges": "own_types o WHERE typtype = 'r'",
    "routines": f"pg_proc WHERE oid >= {FIRST_OWN}",
    "aggregates": f"pg_aggregate WHERE aggfnoid >= {FIRST_OWN}",
    "servers": "pg_foreign_server",
    "publications": "pg_publication",
    "subscriptions": "pg_stat_subscription",
    "default_privileges": "pg_default_acl",
    "labels": "pg_seclabel",
}
"""What there may be none of, and where it would be."""


def _present(kinds: Sequence[sql_others.Kind], named: bool) -> Fact:
    """One row, a column for each of `_PRESENT` and `kinds`."""
    sources = [*_PRESENT.values(), *(f"{kind.catalog} o WHERE {kind.own}" for kind in kinds)]
    asked = [f"EXISTS (SELECT FROM {source.replace('pg_type', 'own_types')})" for source in sources]
    if named:  # a type is found by its name sooner than it is known whether there are any
        return Fact("", f"SELECT {', '.join('true' if 'own_types' in each else each for each in asked)}")
    # every table has a type and an array of it: they are gone through once
    types = f"SELECT * FROM pg_type WHERE oid >= {FIRST_OWN} AND typtype <> 'c' AND typcategory <> 'A'"
    return Fact("", f"WITH own_types AS MATERIALIZED ({types}) SELECT {', '.join(asked)}")


_ESTIMATES = """SELECT relnamespace, relname, reltuples::bigint FROM pg_class
WHERE relnamespace = ANY(%(spaces)s::oid[]) AND relkind IN ('r', 'p', 'm') AND reltuples >= 0"""

_PASSING = "(SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(temp|toast)')"
_OF_SCHEMAS = {"namespace": "oid", "class": "relnamespace", "type": "typnamespace", "constraint": "connamespace"}
_OF_TABLES = {"attribute": "attrelid", "attrdef": "adrelid", "index": "indrelid", "sequence": "seqrelid"}
_OF_TABLES |= {"trigger": "tgrelid", "rewrite": "ev_class"}
_CATALOGS = """
proc policy description extension enum range inherits aggregate operator opclass opfamily amop amproc cast collation
conversion language am transform ts_config ts_config_map ts_dict ts_parser ts_template foreign_data_wrapper
foreign_server foreign_table statistic_ext event_trigger publication publication_rel default_acl seclabel
partitioned_table
"""


def _marks() -> str:
    """The SQL of the fingerprint."""
    written = "SELECT count(*) AS rows, sum(hashint8(xmin::text::bigint)::bigint) AS marks FROM pg_"
    kept = f"SELECT oid FROM pg_class WHERE relnamespace NOT IN {_PASSING}"
    sources = [f"{written}{name} WHERE {column} NOT IN {_PASSING}" for name, column in _OF_SCHEMAS.items()]
    sources += [f"{written}{name} WHERE {column} IN ({kept})" for name, column in _OF_TABLES.items()]
    sources += [f"{written}{name}" for name in _CATALOGS.split()]
    sources += ["SELECT count(*), sum(hashtext(rolname || oid)::bigint) FROM pg_roles"]
    return f"SELECT string_agg(concat(rows, ':', marks), ' ') FROM ({' UNION ALL '.join(sources)}) written"


_FINGERPRINT = _marks()
