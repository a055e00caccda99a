"""MySQL and MariaDB: tables as SQLAlchemy writes them where that is all there is to them, else as SHOW CREATE has them;
views, routines, triggers and events are statements, each under the settings it was made with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbx.schema.ddl.mysql import Script, shown
from dbx.schema.model import Column, ForeignKey, Index, Key, Schema, Table
from dbx.schema.objects import Name
from dbx.schema.text.mysql import STRING, literal, text_of
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.plan import Plan, without_missing_targets

_SAID = {"engine", "charset", "collation", "row_format"}
_SETTINGS = ("character_set_client", "collation_connection", "sql_mode", "time_zone")


def plan(schema: Schema) -> Plan:
    """The plan of a schema that MySQL or MariaDB holds."""
    made = Plan(schema, ("mysql", "mariadb"))
    broken = {Name(each.name, each.schema) for each in schema.missing if each.kind == "view"}
    for table in schema.tables:
        name = Name(table.name, table.schema)
        if table.is_view and (name in broken or not _view(table)):
            why = "it cannot be made: what it shows is not there"
            made.losses.append(Loss(f"{table.kind} {name.shown}", "", why))
        else:
            made.tables[name] = table
    empty = schema._replace(tables=(), others=(), routines=(), triggers=(), events=(), sequences=(), options=())
    early = empty._replace(
        sequences=tuple(each._replace(grants=()) for each in schema.sequences),
        routines=tuple(each._replace(grants=()) for each in schema.routines if each.definition is not None),
        others=tuple(each for each in schema.others if each.definition and each.kind.startswith("package")),
        options=schema.options,
    )
    late = empty._replace(
        triggers=tuple(each for each in schema.triggers if each.definition is not None),
        events=tuple(each for each in schema.events if each.definition is not None),
    )
    made.first += driven(Script(early).statements())
    _created(made)
    made.last += driven(Script(late).statements())
    made.gone += _dropped(early, late)
    _framed(made)
    without_missing_targets(made)
    for name, table in made.tables.items():
        made.tables[name] = _said(made, name, table)
    return made


def _dropped(early: Schema, late: Schema) -> Iterator[str]:
    """What takes back the statements that stand for no table; a trigger goes with its table."""
    for event in late.events:
        yield f"DROP EVENT IF EXISTS {shown(event)}"
    if packages := [other for other in early.others if other.kind == "package"]:  # their bodies go with them
        yield "SET @sql_mode_before = @@sql_mode, sql_mode = 'ORACLE'"
        yield from (f"DROP PACKAGE IF EXISTS {shown(package)}" for package in packages)
        yield "SET sql_mode = @sql_mode_before"
    for routine in early.routines:
        kind = "PROCEDURE" if routine.kind == "procedure" else "FUNCTION"
        yield f"DROP {kind} IF EXISTS {shown(routine)}"
    for sequence in early.sequences:
        yield f"DROP SEQUENCE IF EXISTS {shown(sequence)}"


def _created(made: Plan) -> None:
    """The statements of views, and of tables that SQLAlchemy would write otherwise."""
    for name, table in made.tables.items():
        if table.is_view:
            made.created[name] = _view(table)
            made.before[name] = [f"SET {', '.join(_settings(table))}"]
            needs = [Name(each.name, each.schema) for each in table.depends]
            made.needs[name] = [each for each in needs if each in made.tables and each != name]
        elif table.definition is not None and verbatim(table):
            _, start, rest = table.definition.partition(" (")
            made.created[name] = _of_text(f"CREATE TABLE {shown(table)}{start}{rest}")


_BYTES = re.compile("[\udc80-\udcff]")
_STRING = re.compile(STRING, re.DOTALL)


def _of_text(statement: str) -> str:
    """The statement with bytes that are no text, as a binary default has them, in hexadecimal."""
    return _STRING.sub(lambda found: _hexadecimal(found[0]) if _BYTES.search(found[0]) else found[0], statement)


def _hexadecimal(string: str) -> str:
    return f"x'{text_of(string).encode('utf-8', 'surrogateescape').hex()}'"


def _said(made: Plan, name: Name, table: Table) -> Table:
    """The table with what SQLAlchemy's constructs say of it."""
    if name not in made.created:
        if table.indexes or table.foreign_keys:
            why = "SQLAlchemy makes indexes one by one, and leaves out actions that are the default"
            made.losses.append(Loss(f"table {name.shown}", "statement text", why))
        return table
    keys = tuple(key for key in table.foreign_keys if not _has_dots(key))
    made.silent[name] = frozenset(keys)
    primary = table.primary
    if primary is not None:  # a period in it is no column
        primary = primary._replace(parts=tuple(part for part in primary.parts if table.column(part.column or "")))
    return table._replace(primary=primary, foreign_keys=keys, checks=(), unique=(), indexes=(), options=())


def _has_dots(key: ForeignKey) -> bool:
    return any("." in name for name in (key.target_table, *key.target_columns))


def _framed(made: Plan) -> None:
    """What the statements set is set back behind them."""
    if not (made.created or made.first or made.last):
        return
    names = (*_SETTINGS, "foreign_key_checks")
    saved = f"SET {', '.join(f'@{name}_before = @@{name}' for name in names)}"
    made.first[:0] = [saved, "SET foreign_key_checks = 0, sql_mode = '', time_zone = '+00:00'"]
    if made.created:
        made.last.insert(0, "SET sql_mode = '', time_zone = '+00:00'")
    made.last.append(f"SET {', '.join(f'{name} = @{name}_before' for name in names)}")


def driven(statements: Iterable[str]) -> Iterator[str]:
    """Statements as a driver takes them: without what only the client needs. Comments are nothing to it."""
    for each in statements:
        if found := re.fullmatch(r"DELIMITER (\S+)\n(.*)\n\1\nDELIMITER ;", each, re.DOTALL):
            yield found[2]
        elif not all(line.startswith("--") for line in each.splitlines()):
            yield each.removesuffix(";").removesuffix("\n") if each.endswith("\n;") else each.removesuffix(";")


def _view(view: Table) -> str:
    return view.definition or (f"CREATE VIEW {shown(view)} AS {view.query}" if view.query else "")


def _settings(view: Table) -> Iterator[str]:
    options = {"sql_mode": "", **dict(view.options)}
    for name in _SETTINGS:
        if name in options:
            yield f"{name} = {literal(options[name])}"


# --- what SQLAlchemy says -------------------------------------------------------------------------------------------


def verbatim(table: Table) -> bool:
    """Whether only the server's own statement makes this table."""
    options = dict(table.options)
    automatic = [column.name for column in table.columns if column.automatic]
    return (
        table.kind != "table"
        or table.partitioning is not None
        or not options.keys() <= _SAID
        or bool(table.exclusions)
        or any(check.column is not None or check.options or not check.enforced for check in table.checks)
        or any(map(_odd_column, table.columns))
        or any(map(_odd_index, table.indexes))
        or (table.primary is not None and _odd_key(table.primary))
        or automatic != [name for name in table.primary_key[:1] if name in automatic]
        or any(column.automatic and column.family not in ("int", "bool") for column in table.columns)
        or any(key.options or key.match != "SIMPLE" for key in table.foreign_keys)
        or any(map(_has_dots, table.foreign_keys))
    )


def _odd_column(column: Column) -> bool:
    names = {name for name, _ in column.options}
    hazard = column.default is not None and re.search("^b'|[\\\\\udc80-\udcff]", column.default) is not None
    labels = column.type.startswith(("enum(", "set(")) and ("\\" in column.type or column.collation is not None)
    hazard = hazard or "%" in column.type
    return column.hidden or not names <= {"charset", "on update"} or hazard or labels or _odd_comment(column.comment)


def _odd_comment(comment: str | None) -> bool:
    return comment is not None and ("\\" in comment or not comment.isprintable())


def _odd_key(key: Key) -> bool:
    parts = any(part.column is None or part.prefix is not None or part.descending for part in key.parts)
    return parts or bool(key.options or key.comment or key.method)


def _odd_index(index: Index) -> bool:
    parts = any(part.column is None or part.options for part in index.parts)
    known = index.method.lower() in ("", "btree", "hash", "fulltext", "spatial")
    return parts or not known or bool(index.options) or index.comment is not None or index.predicate is not None
