"""One database of MySQL or MariaDB on its way into the model: what to ask, and what the answers mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from dbx.schema.model import Table
from dbx.schema.objects import Grant, Missing, Options, Routine
from dbx.schema.readers.mysql import objects, rights
from dbx.schema.readers.mysql import table as mysql_table
from dbx.schema.readers.mysql.session import Question, Session, is_lock
from dbx.schema.readers.mysql.table import Home, Unreadable
from dbx.schema.text.mysql import literal, quoted

FIELDS = ("tables", "sequences", "routines", "triggers", "events", "others", "missing")

_GONE = (1049, 1146, 1305, 1360, 1539, 4091)
"""It was there when the names were listed."""


class _List(NamedTuple):
    """A flat list of the catalog: `database` and `name` are the columns that limit it."""

    columns: str
    table: str
    database: str
    name: str


_LISTS = {
    "relations": _List("table_name", "information_schema.tables", "table_schema", "table_name"),
    "routines": _List(objects.ROUTINES, "information_schema.routines", "routine_schema", "routine_name"),
    "parameters": _List(objects.PARAMETERS, "information_schema.parameters", "specific_schema", "specific_name"),
    "triggers": _List(objects.TRIGGERS, "information_schema.triggers", "event_object_schema", "event_object_table"),
    "events": _List(objects.EVENTS, "information_schema.events", "event_schema", "event_name"),
    "table grants": _List(rights.OF_TABLES, "mysql.tables_priv", "db", "table_name"),
    "column grants": _List(rights.OF_COLUMNS, "mysql.columns_priv", "db", "table_name"),
    "routine grants": _List(rights.OF_ROUTINES, "mysql.procs_priv", "db", "routine_name"),
}


class Reading:
    """`lists` are the fields of Schema, filled by `read`; `options` the database's own."""

    def __init__(self, asked: Session, database: str, names: Sequence[str]) -> None:
        self.asked = asked
        self.names = names
        self.database = database
        self.schema = None if database == asked.home else database
        self.home = Home(self.schema, database, asked.home, "mariadb" if asked.mariadb else "mysql", "")
        self.options: Options = ()
        self.lists: dict[str, list[Any]] = {field: [] for field in FIELDS}
        self._rows: dict[str, list[Any]] = defaultdict(list)
        self._tables: dict[str, Table] = {}
        self._refused: dict[str, Exception] = {}
        self._sequences: list[str] = []
        self._missing: dict[tuple[str, str], str] = {}
        self._parameters: dict[tuple[str, str], list[str]] = defaultdict(list)
        # MariaDB refuses SAVEPOINT in a transaction that has read these tables, whose engine knows none
        self._sees_grants = asked.idle
        self._locked = 0
        self._searches: list[str] = []

    def read(self) -> None:
        self.asked.ask([*self._flat_lists()])
        self._database()
        if not self.names:
            granted = [text for (text,) in self._rows["own grants"]]
            self.lists["missing"] += rights.closed(granted, self.database, self.schema)
        self.asked.ask([*self._relations()])
        self.asked.ask([*self._kinds()])
        self.asked.ask([*self._trigger_lists()])
        self.asked.ask([self._list("triggers", text) for text in self._searches])
        self.asked.ask([*self._bodies()])
        self.asked.ask([*self._details()])
        self._grants()
        self.lists["tables"] = list(self._tables.values())
        self.lists["missing"] += [Missing(name, self.schema, kind, why) for (kind, name), why in self._missing.items()]

    # what there is

    def _flat_lists(self) -> Iterator[Question]:
        own = literal(self.database)
        comment = ", schema_comment" if self.asked.mariadb else ""
        yield self._list(
            "database",
            f"SELECT default_character_set_name, default_collation_name{comment} FROM information_schema.schemata"
            f" WHERE schema_name = {own}",
        )
        for kind, (columns, table, database, name) in _LISTS.items():
            text = f"SELECT {columns} FROM {table} WHERE {database} = {own}"
            if kind == "triggers" or (table.startswith("mysql.") and not self._sees_grants):
                continue
            if not self.names:
                yield self._list(kind, f"SHOW TABLES FROM {quoted(self.database)}" if kind == "relations" else text)
            for each in self.names:
                yield self._list(kind, f"{text} AND {name} = {literal(each)}")
        if not self.names:
            yield self._list("own grants", "SHOW GRANTS")
            yield self._list("database grants", f"{rights.OF_DATABASE} IN ({own}, {literal(_pattern(self.database))})")

    def _list(self, kind: str, text: str) -> Question:
        return text, lambda answer: self._listed(kind, answer)

    def _listed(self, kind: str, answer: Any) -> None:
        if not isinstance(answer, Exception):
            self._rows[kind] += answer
        elif not kind.endswith("grants"):
            self._lose(kind, "", answer)
        else:
            self._sees_grants = False

    def _trigger_lists(self) -> Iterator[Question]:
        """After the tables, when it is known which are locked. To list them all MariaDB looks at each table, so that of
        single names it is first asked whether they are a trigger's."""
        columns, table, database, name = _LISTS["triggers"]
        text = f"SELECT {columns} FROM {table} WHERE {database} = {literal(self.database)}"
        for each in self.names:
            yield self._list("triggers", f"{text} AND {name} = {literal(each)}")
            found = partial(self._found_trigger, f"{text} AND trigger_name = {literal(each)}")
            yield f"SHOW CREATE TRIGGER {self._place(each)}", found
        if not self.names:
            yield self._list("triggers", text)
            yield "SHOW WARNINGS", self._warned

    def _found_trigger(self, text: str, answer: Any) -> None:
        if not isinstance(answer, Exception):
            self._searches.append(text)

    def _warned(self, answer: Any) -> None:
        """The list passes over the tables that are locked."""
        locked = [why for _, code, why in answer if str(code) == "1205"]
        if len(locked) > self._locked:
            self._missing["", "triggers"] = locked[0]

    def _database(self) -> None:
        for charset, collation, *comment in self._rows["database"]:
            self.home = self.home._replace(collation=collation)
            more = [("comment", comment[0])] if comment and comment[0] else []
            self.options = (("charset", charset), ("collation", collation), *more)

    def _place(self, name: str) -> str:
        """A bare name where it will do: then a view's text says no databases either."""
        return quoted(name) if self.schema is None else f"{quoted(self.schema)}.{quoted(name)}"

    # what it says of itself

    def _relations(self) -> Iterator[Question]:
        """Of what kind each is shows in the answer; to be told before costs as much as half of the answers."""
        for name in dict.fromkeys(name for name, *_ in self._rows["relations"]):
            yield f"SHOW CREATE TABLE {self._place(name)}", partial(self._told, name)

    def _told(self, name: str, answer: Any) -> None:
        if isinstance(answer, Exception):
            self._refused[name] = answer
        elif len(answer[0]) > 2:
            self._tables[name] = objects.view(name, answer[0], self.home)
        else:
            try:
                found = mysql_table.table(name, answer[0][1], self.home)
            except Unreadable as error:
                self._refused[name] = error
                return
            if ("sequence", "1") in found.options:
                self._sequences.append(name)
            else:
                self._tables[name] = found

    def _kinds(self) -> Iterator[Question]:
        """The rest of views and sequences, and what those are that have not answered."""
        for name, table in self._tables.items():
            if table.kind == "view":
                yield self._of_view(name)
        for name in self._sequences:
            yield f"SHOW CREATE SEQUENCE {self._place(name)}", partial(self._told_sequence, name)
        for name in self._refused:
            text = self._of_table("SELECT table_type FROM information_schema.tables", "table", name)
            yield text, partial(self._told_kind, name)

    def _of_view(self, name: str) -> Question:
        return f"SHOW FULL COLUMNS FROM {self._place(name)}", partial(self._told_columns, name)

    def _told_columns(self, name: str, answer: Any) -> None:
        if not self._lose(name, "view", answer):
            columns = tuple([objects.view_column(row, self.home) for row in answer])
            self._tables[name] = self._tables[name]._replace(columns=columns)

    def _told_sequence(self, name: str, answer: Any) -> None:
        if not self._lose(name, "sequence", answer):
            self.lists["sequences"].append(objects.sequence(name, answer[0][1], self.home))

    def _told_kind(self, name: str, answer: Any) -> None:
        """A temporary table that is listed (from MariaDB 11.2 on) is the session's own."""
        kinds = [] if isinstance(answer, Exception) else [kind for (kind,) in answer if "TEMPORARY" not in kind]
        for kind in kinds[:1]:
            kind = kind.lower() if kind in ("VIEW", "SEQUENCE") else "table"
            if self._lose(name, kind, self._refused[name]) and kind == "view" and ("view", name) in self._missing:
                self._tables[name] = Table(name, self.schema, (), kind="view")

    def _lose(self, name: str, kind: str, answer: Any) -> bool:
        """Whether the answer is an error, which is kept unless the object is only gone by now."""
        if not isinstance(answer, Exception):
            return False
        if answer.args[0] in _GONE:
            self._tables.pop(name, None)
        else:
            self._locked += is_lock(answer)
            reason = str(answer.args[1])
            if self.schema is None:  # the current database's name is no part of what it holds
                reason = reason.replace(f"'{self.database}.", "'").replace(f"{quoted(self.database)}.", "")
            self._missing.setdefault((kind, name), reason)
        return True

    def _bodies(self) -> Iterator[Question]:
        for name, kind, *parameter in sorted(self._rows["parameters"], key=lambda row: int(row[2])):
            self._parameters[name, kind].append(objects.parameter(kind, parameter))
        for row in self._rows["routines"]:
            yield f"SHOW CREATE {row[1]} {self._place(row[0])}", partial(self._told_routine, row)
        for row in {row[0]: row for row in self._rows["triggers"]}.values():
            make = partial(self._told_body, "trigger", row, objects.trigger)
            yield f"SHOW CREATE TRIGGER {self._place(row[0])}", make
        for row in self._rows["events"]:
            make = partial(self._told_body, "event", row, objects.event)
            yield f"SHOW CREATE EVENT {self._place(row[0])}", make

    def _told_routine(self, row: Sequence[Any], answer: Any) -> None:
        name, kind = row[0], row[1].lower()
        shown = None if self._lose(name, kind, answer) else answer[0]
        if shown is not None and shown[2] is None:
            self._missing[kind, name] = "its text is shown to its definer only"
            shown = None
        made = objects.routine(row, ", ".join(filter(None, self._parameters[name, row[1]])), shown, self.home)
        self.lists["others" if kind.startswith("package") else "routines"].append(made)

    def _told_body(self, kind: str, row: Sequence[Any], make: Callable[..., Any], answer: Any) -> None:
        shown = None if self._lose(row[0], kind, answer) else answer[0]
        self.lists[f"{kind}s"].append(make(row, shown, self.home))

    # what it does not say

    def _details(self) -> Iterator[Question]:
        for kind, name in self._missing:
            if kind == "view" and name in self._refused:
                yield self._of_view(name)
            elif kind == "table":
                text = self._of_table(f"SELECT {objects.COLUMNS} FROM information_schema.columns", "table", name)
                yield f"{text} ORDER BY ordinal_position", partial(self._told_catalog, name)
        for name, table in self._tables.items():
            if self.asked.mariadb and table.kind == "table" and _has_geometry(table):
                columns = "SELECT g_geometry_column, srid FROM information_schema.geometry_columns"
                yield self._of_table(columns, "g_table", name), partial(self._told_systems, name)
        if any(missing.name == "tables" for missing in self.lists["missing"]):
            for name in self._unseen():
                yield f"SHOW CREATE TABLE {self._place(name)}", partial(self._lose, name, "table")

    def _of_table(self, text: str, prefix: str, name: str) -> str:
        return f"{text} WHERE {prefix}_schema = {literal(self.database)} AND {prefix}_name = {literal(name)}"

    def _told_catalog(self, name: str, answer: Any) -> None:
        """The columns that the user may see of a table without its statement."""
        if not isinstance(answer, Exception):
            columns = tuple([objects.catalog_column(row, self.home) for row in answer])
            self._tables[name] = Table(name, self.schema, columns)

    def _told_systems(self, name: str, answer: Any) -> None:
        """The reference systems of geometries, which MariaDB keeps and does not write."""
        for column, system in () if isinstance(answer, Exception) else answer:
            if system not in (None, "", "0", 0):
                self._tables[name] = objects.with_reference_system(self._tables[name], column, str(system))

    def _unseen(self) -> set[str]:
        """Tables that foreign keys lead to, and that are not listed."""
        keys = [key for table in self._tables.values() for key in table.foreign_keys]
        return {key.target_table for key in keys if key.target_schema == self.schema} - set(self._tables)

    def _grants(self) -> None:
        """Who may do what, where the user may know that: without mysql.tables_priv there are only his own rights."""
        if not self._sees_grants:
            return
        tables = rights.by_object(self._rows["table grants"])
        for (name,), grants in tables.items():
            if name in self._tables:
                self._tables[name] = self._tables[name]._replace(grants=grants)
        for (name, column), grants in rights.by_object(self._rows["column grants"]).items():
            if name in self._tables:
                self._tables[name] = objects.with_column(self._tables[name], column, grants=grants)
        routines = rights.by_object(self._rows["routine grants"])
        lists = self.lists
        lists["sequences"] = [each._replace(grants=tables.get((each.name,), ())) for each in lists["sequences"]]
        lists["routines"] = [_granted(each, routines) for each in lists["routines"]]
        lists["others"] += rights.of_database(self._rows["database grants"], self.schema)


def _granted(routine: Routine, grants: dict[tuple[str, ...], tuple[Grant, ...]]) -> Routine:
    kind = "PROCEDURE" if routine.kind == "procedure" else "FUNCTION"
    return routine._replace(grants=grants.get((routine.name, kind), ()))


def _pattern(database: str) -> str:
    """A database as privileges say it whose names are patterns."""
    return database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def _has_geometry(table: Table) -> bool:
    unknown = [column.type for column in table.columns if column.family == "unknown"]
    return any(type_.startswith(_GEOMETRIES) for type_ in unknown)


_GEOMETRIES = ("geom", "point", "linestring", "polygon", "multi")
