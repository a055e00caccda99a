"""DDL of MySQL and MariaDB: the server's own statements, each under the settings that it was made with, because the
server keeps those with a body and no statement says them.

Foreign keys are not checked until the end, so tables come in any order; views stand behind the functions and views they
need; what could not be read, or would be refused (a view of what is gone), is a comment. The mariadb client keeps the
comments within bodies when it is called with --comments, as with its own dumps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbx.schema.ddl import generic
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Event, Name, Options, Other, Routine, Sequence, Trigger
from dbx.schema.readers.mysql.rights import grant_text
from dbx.schema.text.mysql import WORD, literal, quoted

_BASE = {"character_set_client": "utf8mb4", "sql_mode": "", "time_zone": "+00:00"}
_SAVED = (*_BASE, "character_set_results", "collation_connection", "foreign_key_checks")

BEGINNING = (
    f"SET {', '.join(f'@{name}_before = @@{name}' for name in _SAVED)};",
    "SET NAMES utf8mb4;",
    "SET foreign_key_checks = 0, sql_mode = '', time_zone = '+00:00';",
)
END = f"SET {', '.join(f'{name} = @{name}_before' for name in _SAVED)};"
"""What stands around the statements of a Script."""

SELF_CONTAINED = True


def statements(schema: Schema) -> Iterator[str]:
    """As dbx.schema.ddl says."""
    texts = [*Script(schema).statements()]
    if texts:
        yield from BEGINNING
        yield from texts
        yield END


class Script:
    """The statements, and what the session is set to while they run."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.current = dict(_BASE)
        self.databases = {None: dict(schema.options)} | {each.name: dict(each.options) for each in schema.namespaces}
        self.broken = {Name(each.name, each.schema) for each in schema.missing if each.kind == "view"}

    def statements(self) -> Iterator[str]:
        for name, options in self.databases.items():
            if name is not None:
                yield f"CREATE DATABASE IF NOT EXISTS {quoted(name)}{charset(options)};"
            elif options:
                yield f"ALTER DATABASE{charset(options)};"
        for sequence in self.schema.sequences:
            yield f"{_sequence(sequence)};"
        tables = [table for table in self.schema.tables if not table.is_view]
        for table in sorted(tables, key=lambda table: dict(table.options).get("engine") == "MRG_MyISAM"):
            yield from self._table(table)
        for routine in self.schema.routines:
            yield from self._body(routine, routine.kind)
        for kind in ("package", "package body"):
            for other in self.schema.others:
                if other.kind == kind:
                    yield from self._body(other, kind)
        yield from self._views()
        for trigger in sorted(self.schema.triggers, key=_trigger_place):
            yield from self._body(trigger, "trigger")
        for event in self.schema.events:
            yield from self._body(event, "event")
        yield from self._set({})
        yield from _grants(self.schema)

    def _table(self, table: Table) -> Iterator[str]:
        if table.definition is not None:
            head = f"CREATE TABLE {quoted(table.name)}"
            yield f"CREATE TABLE {shown(table)}{table.definition.removeprefix(head)};"
            return
        # what the user may not see whole, or the generic reader has read
        if why := self._why(Name(table.name, table.schema), ""):
            yield _comment(f"table {Name(table.name, table.schema).shown} in part: {why}")
        if not table.columns:
            return
        yield from self._set({"sql_mode": "ANSI_QUOTES,NO_BACKSLASH_ESCAPES"})
        yield generic.create_table(table)
        for index in table.indexes:
            yield generic.create_index(table, index)
        yield from self._set({})

    def _views(self) -> Iterator[str]:
        views = {Name(table.name, table.schema): table for table in self.schema.tables if table.is_view}
        needs = {name: [Name(each.name, each.schema) for each in view.depends] for name, view in views.items()}
        for name in generic.in_order(needs):
            view = views[name]
            text = view.definition or (f"CREATE VIEW {shown(view)} AS {view.query}" if view.query else "")
            if name in self.broken or not text:
                yield _comment(f"view {name.shown} cannot be made: {self._why(name, 'no text')}\n{text}")
            else:
                yield from self._under(view.options, text)
                yield f"{text};"

    def _why(self, name: Name, otherwise: str) -> str:
        return next((each.reason for each in self.schema.missing if Name(each.name, each.schema) == name), otherwise)

    def _body(self, found: Routine | Other | Trigger | Event, kind: str) -> Iterator[str]:
        if found.definition is None:
            yield _comment(f"{kind} {Name(found.name, found.schema).shown} could not be read")
            return
        text = _placed(found.definition, found.schema) if found.schema else found.definition
        own = self.databases.get(found.schema, {})
        collation = dict(found.options).get("database_collation")
        other = own and collation and collation != own.get("collation")
        alter = f"ALTER DATABASE{' ' + quoted(found.schema) if found.schema else ''}"
        if other:
            yield f"{alter} COLLATE {collation};"
        yield from self._under(found.options, text)
        yield _ended(text)
        if other:
            yield f"{alter}{charset(own)};"

    def _under(self, options: Options, text: str) -> Iterator[str]:
        """Set what the statement was made under. A text that is more than ASCII is sent as UTF-8, whatever its writer's
        client used: what its strings become is up to collation_connection."""
        wanted = {name: value for name, value in options if name in (*_BASE, "collation_connection")}
        if not text.isascii():
            wanted["character_set_client"] = "utf8mb4"
        yield from self._set(wanted)

    def _set(self, wanted: Mapping[str, str]) -> Iterator[str]:
        full = {**_BASE, **wanted}
        changed = {name: value for name, value in full.items() if self.current.get(name) != value}
        if changed:
            self.current |= changed
            yield f"SET {', '.join(f'{name} = {literal(value)}' for name, value in changed.items())};"


def shown(found: Table | Sequence | Routine | Event | Other | Name) -> str:
    return f"{quoted(found.schema)}.{quoted(found.name)}" if found.schema else quoted(found.name)


def charset(options: Mapping[str, str]) -> str:
    words = [f" CHARACTER SET {options['charset']}" if "charset" in options else ""]
    words += [f" COLLATE {options['collation']}" if "collation" in options else ""]
    words += [f" COMMENT {literal(options['comment'])}" if "comment" in options else ""]
    return "".join(words)


def _sequence(sequence: Sequence) -> str:
    words = [f"CREATE SEQUENCE {shown(sequence)}", f"AS {sequence.type}" if sequence.type else ""]
    for word, value in (
        ("START WITH", sequence.start),
        ("MINVALUE", sequence.minimum),
        ("MAXVALUE", sequence.maximum),
        ("INCREMENT BY", sequence.increment),
        ("CACHE", sequence.cache),
    ):
        words.append(f"{word} {value}" if value is not None else "")
    words.append("CYCLE" if sequence.cycle else "NOCYCLE")
    words += [f"{name.upper()}={value}" for name, value in sequence.options]
    words.append(f"COMMENT={literal(sequence.comment)}" if sequence.comment else "")
    return " ".join(filter(None, words))


def _trigger_place(trigger: Trigger) -> tuple[str, str, str, tuple[str, ...], int]:
    """Those of one event in the order they run in."""
    order = int(dict(trigger.options).get("order", "1"))
    return (trigger.schema or "", trigger.table, trigger.timing, trigger.events, order)


_HEAD = re.compile(
    rf"(CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*{WORD}(?:@{WORD})?\s+)?(?:AGGREGATE\s+)?"
    rf"(TRIGGER|EVENT|FUNCTION|PROCEDURE|PACKAGE\s+BODY|PACKAGE)\s+(?:IF\s+NOT\s+EXISTS\s+)?)(?={WORD})",
    re.IGNORECASE,
)
_TABLE = re.compile(rf"(.*?\sON\s+)(?={WORD}\s+FOR\s+EACH\s+ROW\b)", re.IGNORECASE | re.DOTALL)


def _placed(text: str, schema: str) -> str:
    """The statement with its database before its name, and before a trigger's table."""
    found = _HEAD.match(text)
    if found is None:
        return text
    head, rest = found[1], text[found.end() :]
    if found[2].upper() == "TRIGGER":
        rest = _TABLE.sub(lambda on: f"{on[1]}{quoted(schema)}.", rest, count=1)
    return f"{head}{quoted(schema)}.{rest}"


def _ended(text: str) -> str:
    """A statement with its end: one with semicolons in it between two commands to the client, behind a comment on a
    line of its own."""
    if ";" in text:
        mark = next(mark for number in range(1, len(text)) if (mark := ";" * 2 + "$" * (number - 1)) not in text)
        return f"DELIMITER {mark}\n{text}\n{mark}\nDELIMITER ;"
    last = text.rpartition("\n")[2]
    return f"{text}\n;" if "--" in last or "#" in last else f"{text};"


def _comment(text: str) -> str:
    return "\n".join(f"-- {line}" for line in text.strip().splitlines())


def _grants(schema: Schema) -> Iterator[str]:
    """Last, because a user that is not there makes them fail."""
    for other in schema.others:
        if other.kind == "grant" and other.definition:
            yield f"{other.definition};"
    for sequence in schema.sequences:
        for grant in sequence.grants:
            yield f"{grant_text(grant, shown(sequence))};"
    for table in schema.tables:
        for grant in table.grants:
            yield f"{grant_text(grant, shown(table))};"
        for column in table.columns:
            for grant in column.grants:
                yield f"{grant_text(grant, shown(table), f' ({quoted(column.name)})')};"
    for routine in schema.routines:
        kind = "PROCEDURE" if routine.kind == "procedure" else "FUNCTION"
        for grant in routine.grants:
            yield f"{grant_text(grant, f'{kind} {shown(routine)}')};"
