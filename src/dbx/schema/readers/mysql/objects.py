"""Views, sequences, routines, triggers and events of MySQL and MariaDB, from the statements that the server shows for
them and from the rows of its catalog."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dbx.schema.model import Column, Table
from dbx.schema.objects import Event, Options, Other, Reference, Routine, Trigger
from dbx.schema.objects import Sequence as SequenceObject
from dbx.schema.readers.mysql.table import Home
from dbx.schema.text import mysql as mysql_text
from dbx.schema.text.mysql import NAME, STRING, WORD, Tokens, literal, quoted, unquoted, without_database
from dbx.schema.types import families

# patterns that few databases have a use for are compiled when they are met
_VIEW = (
    rf"(?s)CREATE ALGORITHM=(\w+) DEFINER=({NAME}(?:@{NAME})?) SQL SECURITY (\w+) VIEW (?:{NAME}\.)?{NAME}"
    rf" (?:\((?:{NAME},?)*\) )?AS (.*?)(?: WITH (LOCAL|CASCADED) CHECK OPTION)?\Z"
)


def view(name: str, answer: Sequence[Any], home: Home) -> Table:
    """`answer`: a row of SHOW CREATE VIEW. The columns are asked for apart."""
    text = without_database(answer[1], home.database)
    found = re.match(_VIEW, text)
    if found is None:
        return Table(name, home.schema, (), kind="view", definition=text)
    algorithm, definer, security, query, check = found.groups()
    return Table(
        name,
        home.schema,
        (),
        kind="view",
        definition=text,
        query=query,
        owner=account(definer),
        depends=mentioned(query, home),
        options=_said(
            algorithm=algorithm.replace("UNDEFINED", ""),
            security=security.replace("DEFINER", ""),
            check_option=check,
            character_set_client=answer[2],
            collation_connection=answer[3],
        ),
    )


def account(text: str) -> str:
    """`user`@`host` as user@host; a role has no host."""
    return "@".join(unquoted(part) for part in re.findall(NAME, text))


def view_column(row: Sequence[Any], home: Home) -> Column:
    """A row of SHOW FULL COLUMNS. A default is that of the table behind, and nothing is inserted there without it."""
    name, type_, collation, nullable, _, _, _, _, comment = row
    return Column(
        name,
        type_,
        nullable == "YES",
        families.family(type_, home.dialect),
        collation=None if collation in (None, home.collation) else collation,
        comment=comment or None,
    )


_CATALOG_TYPES = {"VIRTUAL": "virtual", "STORED": "stored", "PERSISTENT": "stored"}


def catalog_column(row: Sequence[Any], home: Home) -> Column:
    """A row of information_schema.columns (`COLUMNS`), for a table whose statement the user may not see. MariaDB
    writes defaults as they are in SQL; MySQL writes a literal without its quotes."""
    name, type_, nullable, default, extra, expression, collation, comment = row
    extra = (extra or "").upper()
    generated = next((kind for word, kind in _CATALOG_TYPES.items() if word in extra.split()), "")
    if default is not None and home.dialect == "mysql" and "DEFAULT_GENERATED" not in extra and not generated:
        default = literal(default)
    update = extra.partition("ON UPDATE ")[2].lower()
    return Column(
        name,
        type_,
        nullable == "YES",
        families.family(type_, home.dialect),
        None if default == "NULL" or generated else default,
        generated,
        "AUTO_INCREMENT" in extra,
        expression or None,
        collation=None if collation in (None, home.collation) else collation,
        hidden="INVISIBLE" in extra,
        comment=comment or None,
        options=(("on update", update),) if update else (),
    )


COLUMNS = (
    "column_name, column_type, is_nullable, column_default, extra, generation_expression, collation_name,"
    " column_comment"
)


_MENTION = (
    rf"(?s){STRING}|(?:\b(?P<before>from|join|straight_join|nextval|lastval|setval)\s*\(*)?"
    rf"\s*(?P<chain>{NAME}(?:\.{NAME})*)(?P<call>\()?(?: (?P<alias>{NAME}))?"
)
_WITH = rf"(?s){STRING}|({NAME}|\w+)(?:\((?:{NAME},?)*\))?\s+as\s+\("


def mentioned(query: str, home: Home) -> tuple[Reference, ...]:
    """The tables (or views), sequences and functions of a view's SELECT as the server writes it: a table stands behind
    FROM or JOIN, a function before a parenthesis."""
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    own = {unquoted(name) if name[0] == "`" else name for name in re.findall(_WITH, query) if name}
    for mention in re.finditer(_MENTION, query):
        before, chain, call, alias = mention.group("before", "chain", "call", "alias")
        if chain is None:
            continue
        names = tuple(map(unquoted, re.findall(NAME, chain)))
        if call:
            found["function", names] = None
        elif before in ("nextval", "lastval", "setval"):
            found["sequence", names] = None
        elif before:
            found["table", names] = None
            own.update([unquoted(alias)] if alias else [])
    # extract(year from `a`.`b`): a table that is there already, and its column
    own_tables = own | {names[0] for kind, names in found if kind == "table" and len(names) == 1}
    return tuple(
        Reference(names[-1], home.named(names[0] if len(names) > 1 else None), kind)
        for kind, names in found
        if not (names[0] in own if len(names) == 1 else kind == "table" and names[0] in own_tables)
    )


def sequence(name: str, text: str, home: Home) -> SequenceObject:
    """A sequence from its CREATE SEQUENCE."""
    tokens = Tokens(text)
    tokens.skip("CREATE", "SEQUENCE")
    tokens.name()
    type_ = tokens.expression("START") if tokens.skip("AS") else ""
    numbers: dict[str, int] = {}
    cycle = False
    while tokens.word not in ("ENGINE", "COMMENT", ""):
        word = tokens.take().lower()
        if word in ("with", "by", "no"):
            continue
        if word == "cycle":
            cycle = True
        elif word in ("start", "minvalue", "maxvalue", "increment", "cache"):
            tokens.skip("WITH")
            tokens.skip("BY")
            numbers[word] = int(tokens.take())
        elif word == "nocache":
            numbers["cache"] = 0
    options = mysql_text.options(tokens)
    return SequenceObject(
        name,
        home.schema,
        type_,
        numbers.get("start"),
        numbers.get("increment"),
        numbers.get("minvalue"),
        numbers.get("maxvalue"),
        numbers.get("cache"),
        cycle,
        comment=options.pop("comment", None),
        options=tuple(sorted(options.items())),
    )


PARAMETERS = "specific_name, routine_type, ordinal_position, parameter_mode, parameter_name, dtd_identifier"


def parameter(kind: str, row: Sequence[Any]) -> str:
    """The rest of a row of PARAMETERS as text; '' for what a function returns."""
    number, mode, name, type_ = row
    if str(number) == "0":
        return ""
    return " ".join(filter(None, ["" if kind == "FUNCTION" and mode == "IN" else mode, name, type_]))


ROUTINES = (
    "routine_name, routine_type, dtd_identifier, sql_data_access, is_deterministic, security_type, routine_comment,"
    " definer"
)


def routine(row: Sequence[Any], parameters: str, answer: Sequence[Any] | None, home: Home) -> Routine | Other:
    """`row` as in ROUTINES; `answer` a row of SHOW CREATE, None where it was refused. A package is an Other."""
    name, kind, returns, access, deterministic, security, comment, definer = row
    mode, text = (answer[1], answer[2]) if answer else ("", None)
    options = _said(
        data_access=access.replace("CONTAINS SQL", ""),
        security=security.replace("DEFINER", ""),
        sql_mode=mode,
        **_charsets(answer[3:] if answer else ()),
    )
    if kind.startswith("PACKAGE"):
        return Other(name, home.schema, kind.lower(), text, owner=definer, comment=comment or None, options=options)
    if deterministic == "YES":
        options = tuple(sorted((*options, ("deterministic", ""))))
    return Routine(
        name,
        home.schema,
        "aggregate" if text and re.match(_AGGREGATE, text) else kind.lower(),
        parameters,
        returns or "",
        "SQL",
        text,
        definer,
        comment or None,
        options=options,
    )


_AGGREGATE = r"(?i)CREATE (?:OR REPLACE )?(?:DEFINER=\S+ )?AGGREGATE "

TRIGGERS = "trigger_name, event_manipulation, event_object_table, action_order, action_timing, definer"


def trigger(row: Sequence[Any], answer: Sequence[Any] | None, home: Home) -> Trigger:
    """`row` as in TRIGGERS; `answer` a row of SHOW CREATE TRIGGER."""
    name, events, table, order, timing, definer = row
    options = _said(
        definer=definer,
        order="" if str(order) == "1" else str(order),
        sql_mode=answer[1] if answer else "",
        **_charsets(answer[3:] if answer else ()),
    )
    text = _at_home(answer[2], home) if answer else None
    return Trigger(name, home.schema, table, timing, tuple(events.split(",")), definition=text, options=options)


_TRIGGER_HEAD = (
    rf"(?is)(CREATE\s.*?\bTRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?)(?:({WORD})\s*\.\s*)?({WORD}\s.*?\bON\s+)"
    rf"(?:({WORD})\s*\.\s*)?({WORD}\s+FOR\s+EACH\s+ROW\b)"
)


def _at_home(text: str, home: Home) -> str:
    """The trigger as it was written, without the database's name before its own and its table's."""
    found = re.match(_TRIGGER_HEAD, text)
    if found is None or not (found[2] or found[4]):
        return text
    return found[1] + found[3] + found[5] + text[found.end() :]


EVENTS = (
    "event_name, event_type, execute_at, interval_value, interval_field, starts, ends, status, on_completion,"
    " event_comment, definer"
)


def event(row: Sequence[Any], answer: Sequence[Any] | None, home: Home) -> Event:
    """`row` as in EVENTS; `answer` a row of SHOW CREATE EVENT."""
    name, kind, at, value, field, starts, ends, status, completion, comment, definer = row
    schedule = f"AT '{at}'" if kind == "ONE TIME" else f"EVERY {value} {field}"
    schedule += f" STARTS '{starts}'" if starts else ""
    schedule += f" ENDS '{ends}'" if ends else ""
    options = _said(
        definer=definer,
        on_completion="PRESERVE" if completion == "PRESERVE" else "",
        sql_mode=answer[1] if answer else "",
        time_zone=answer[2] if answer else "",
        **_charsets(answer[4:] if answer else ()),
    )
    return Event(name, home.schema, schedule, status, answer[3] if answer else None, comment or None, options)


def _charsets(cells: Sequence[Any]) -> dict[str, Any]:
    """What a body was written in: the last columns of every SHOW CREATE of one."""
    return dict(zip(("character_set_client", "collation_connection", "database_collation"), cells, strict=False))


def _said(**options: str | None) -> Options:
    """What is not '' or None; names of several words with their spaces, but for those of variables."""
    return tuple(sorted((_OPTION_NAMES.get(name, name), value) for name, value in options.items() if value))


_OPTION_NAMES = {"check_option": "check option", "data_access": "data access", "on_completion": "on completion"}


def with_column(table: Table, name: str, **facts: Any) -> Table:
    """The table with what was found out about one of its columns."""
    columns = [column._replace(**facts) if column.name == name else column for column in table.columns]
    return table._replace(columns=tuple(columns))


def with_reference_system(table: Table, name: str, system: str) -> Table:
    """A geometry's, which belongs right behind its type."""
    column, definition = table.column(name), table.definition
    if column is None or definition is None:
        return table
    start = f"\n  {quoted(name)} {column.type}"
    definition = definition.replace(start, f"{start} REF_SYSTEM_ID={system}", 1)
    options = tuple(sorted((*column.options, ("ref_system_id", system))))
    return with_column(table, name, options=options)._replace(definition=definition)
