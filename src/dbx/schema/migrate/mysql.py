"""Statements for MySQL and MariaDB. Each part of a table is taken from the server's own statement of the table that is
wanted, so nothing is written that the server did not write itself.

Not one of them can be rolled back, and they are checked strictly: a value that no longer fits ends the script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dbx.schema.ddl import mysql as ddl_mysql
from dbx.schema.ddl.mysql import Script, shown
from dbx.schema.diff.changes import Change, Diff, Rename, identity
from dbx.schema.migrate.mysql_tables import Altered, dropped_keys, made_keys
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Event, Grant, Name, Other, Routine, Trigger
from dbx.schema.objects import Sequence as SequenceObject
from dbx.schema.readers.mysql.rights import grant_text
from dbx.schema.text.mysql import literal, quoted

_DROPS = {"function": "FUNCTION", "procedure": "PROCEDURE", "aggregate": "FUNCTION", "event": "EVENT",
          "trigger": "TRIGGER", "view": "VIEW", "table": "TABLE", "sequence": "SEQUENCE", "package": "PACKAGE",
          "package body": "PACKAGE BODY"}  # fmt: skip


def statements(diff: Diff) -> Iterator[str]:
    """As dbx.schema.migrate says."""
    body = [*_Migration(diff).statements()]
    if body:
        yield from ddl_mysql.BEGINNING
        yield from body
        yield ddl_mysql.END


class _Migration:
    def __init__(self, diff: Diff) -> None:
        self.diff = diff
        self.dropped: list[tuple[str, Any]] = []
        self.made: list[Any] = []
        self.altered: dict[Name, Altered] = {}
        self.said: list[str] = []
        self.before = {Name(table.name, table.schema): table for table in diff.before.tables}
        self.after = {Name(table.name, table.schema): table for table in diff.after.tables}

    def statements(self) -> Iterator[str]:
        for change in self.diff.changes:
            self._sort(change)
        self._with_siblings()
        yield from self._drops()
        altered = [each for each in self.altered.values() if not each.empty]
        for each in altered:
            yield from dropped_keys(each)
        made = self._only((Table, SequenceObject), view=False)
        yield from Script(made).statements()
        if altered:
            yield "SET sql_mode = 'STRICT_ALL_TABLES';"
            for each in altered:
                yield from each.statements()
            for each in altered:
                yield from made_keys(each)
            yield "SET sql_mode = '';"
        yield from Script(self._only((Routine, Trigger, Event, Other, Table), view=True)).statements()
        yield from self.said

    def _sort(self, change: Change) -> None:
        found = change.after if change.after is not None else change.before
        if change.within is not None:
            self._altered(change.within).add(change)
        elif change.kind == "database":
            options = dict(self.diff.after.options)
            self.said.append(f"ALTER DATABASE{ddl_mysql.charset(options)};")
        elif change.kind == "schema":
            self._namespace(change)
        elif isinstance(found, Table) and change.facts and not found.is_view:
            self._altered(Name(found.name, found.schema)).add(change)
        elif change.facts and all(fact.name.startswith("privileges of ") for fact in change.facts):
            self.said += regranted(change.before.grants, change.after.grants, _target(found))
        elif isinstance(found, SequenceObject) and change.facts:
            self.said += _sequence(change)
        elif isinstance(found, Other) and found.kind == "grant":
            self.said += [_revoked(change.before)] if change.before else []
            self.made += [change.after] if change.after else []
        else:
            self.dropped += [(change.kind, change.before)] if change.before is not None else []
            self.made += [change.after] if change.after is not None else []

    def _altered(self, name: Name) -> Altered:
        if name not in self.altered:
            self.altered[name] = Altered(self.before[name], self.after[name])
        return self.altered[name]

    def _namespace(self, change: Change) -> None:
        if change.after is None:
            self.said.append(f"DROP DATABASE {quoted(change.before.name)};")
        elif change.before is not None:
            name = quoted(change.after.name)
            self.said.append(f"ALTER DATABASE {name}{ddl_mysql.charset(dict(change.after.options))};")

    def _drops(self) -> Iterator[str]:
        """Tables last, and a table's triggers go with it."""
        gone = {Name(found.name, found.schema) for kind, found in self.dropped if kind == "table"}
        for kind, found in sorted(self.dropped, key=lambda pair: pair[0] == "table"):
            if kind == "trigger" and Name(found.table, found.schema) in gone:
                continue
            if kind == "table":
                yield f"-- the rows of {shown(found)} are lost:"
            if kind in _DROPS:
                yield f"DROP {_DROPS[kind]} IF EXISTS {shown(found)};"

    def _with_siblings(self) -> None:
        """Triggers of one event run in the order they are made, and a package's body goes with it: all anew."""
        places = {_event(found) for _, found in self.dropped if isinstance(found, Trigger)}
        places |= {_event(found) for found in self.made if isinstance(found, Trigger)}
        held = {identity(found) for found in self.made}
        gone = {identity(found) for _, found in self.dropped}
        for trigger in self.diff.after.triggers:
            if _event(trigger) in places and identity(trigger) not in held:
                self.made.append(trigger)
                self.dropped += [("trigger", trigger)] if identity(trigger) not in gone else []
        packages = {(found.name, found.schema) for _, found in self.dropped if isinstance(found, Other)}
        for other in self.diff.after.others:
            is_body = other.kind == "package body" and (other.name, other.schema) in packages
            if is_body and identity(other) not in held:
                self.made.append(other)

    def _only(self, kinds: tuple[type, ...], *, view: bool) -> Schema:
        """A schema of what is to be made, for the writer of DDL. It says nothing of the databases."""
        lists: dict[str, list[Any]] = {}
        fields = {Table: "tables", SequenceObject: "sequences", Routine: "routines", Trigger: "triggers",
                  Event: "events", Other: "others"}  # fmt: skip
        for found in self.made:
            if isinstance(found, kinds) and (not isinstance(found, Table) or found.is_view == view):
                lists.setdefault(fields[type(found)], []).append(found)
        new = () if view else tuple(c.after for c in self.diff.changes if c.kind == "schema" and c.before is None)
        return Schema(
            self.diff.after.dialect, namespaces=new, **{field: tuple(found) for field, found in lists.items()}
        )


def _event(trigger: Trigger) -> tuple[Any, ...]:
    return (trigger.schema, trigger.table, trigger.timing, trigger.events)


def _target(found: Any) -> str:
    if isinstance(found, Routine):
        return f"{'PROCEDURE' if found.kind == 'procedure' else 'FUNCTION'} {shown(found)}"
    return shown(found)


def regranted(old: Sequence[Grant], new: Sequence[Grant], what: str, columns: str = "") -> Iterator[str]:
    """Take away what is no longer given, give what is new."""
    for grant in old:
        if grant not in new:
            words = ", ".join(word + columns for word in grant.privileges)
            words += ", GRANT OPTION" if grant.grantable and not columns else ""
            yield f"REVOKE {words} ON {what} FROM {grant.grantee};"
    for grant in new:
        if grant not in old:
            yield f"{grant_text(grant, what, columns)};"


def _revoked(found: Other) -> str:
    words = (found.definition or "").removeprefix("GRANT ").partition(" ON ")[0]
    return f"REVOKE {words} ON {'*' if found.schema is None else f'{quoted(found.schema)}.*'} FROM {found.name};"


def _sequence(change: Change) -> Iterator[str]:
    """What is counted from where it stands; only a new comment or type needs more."""
    new: SequenceObject = change.after
    words = {"start": "START WITH", "increment": "INCREMENT BY", "minimum": "MINVALUE", "maximum": "MAXVALUE",
             "cache": "CACHE"}  # fmt: skip
    changed = [fact.name for fact in change.facts]
    clauses = [f"{word} {getattr(new, name)}" for name, word in words.items() if name in changed]
    clauses += ["CYCLE" if new.cycle else "NOCYCLE"] if "cycle" in changed else []
    if clauses:
        yield f"ALTER SEQUENCE {shown(new)} {' '.join(clauses)};"
    if "comment" in changed:
        yield f"ALTER TABLE {shown(new)} COMMENT = {literal(new.comment or '')};"
    for fact in change.facts:
        if fact.name not in (*words, "cycle", "comment") and not fact.name.startswith("privileges"):
            yield f"-- {fact.name} of sequence {shown(new)} stays: no statement changes it"
    yield from regranted(change.before.grants, new.grants, shown(new))


def rename(found: Rename) -> str:
    """A rename that was answered with yes."""
    if found.within is None:
        old, new = (Name(name, found.schema) for name in (found.before, found.after))
        return f"RENAME TABLE {shown(old)} TO {shown(new)};"
    return f"ALTER TABLE {shown(found.within)} RENAME COLUMN {quoted(found.before)} TO {quoted(found.after)};"
