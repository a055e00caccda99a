"""What a plan shows that ought to be looked at: tables read whole, foreign keys that no index serves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dbx.database import Database
from dbx.dialects.plan import FULL, WHOLE_INDEX, Plan, Plans
from dbx.dialects.traits import traits
from dbx.errors import DbxError
from dbx.rows import Statement
from dbx.schema import read
from dbx.schema.model import ForeignKey, Table
from dbx.schema.text.standard import quoted

MANY = 1000
"""Rows that may be read whole without a word."""

_QUOTES = r"[`\"\[]?", r"[`\"\]]?"
_NO_NAMES = ("from", "join", "into", "update", "table", "only", "using", "and", "or", "on", "as", "where", "select")


class Advice(NamedTuple):
    """An index that would help, as the statement that makes it. Printed, never run."""

    reason: str
    statement: str


def marked(plan: Plan, text: str, database: Database, plans: Plans) -> tuple[Plan, list[Advice]]:
    """The plan with its tables by their own names, its marks, and what would help."""
    aliases = {step.table: _named(step.table, text) for step in steps(plan) if step.table and not step.alias}
    plan = _renamed(plan, aliases)
    scanned = {step.table for step in steps(plan) if step.access in (FULL, WHOLE_INDEX) or step.by == "automatic"}
    if not scanned:
        return plan, []
    tables = {table.name: table for table in read.schema(database, sorted(scanned)).tables}
    sizes = _sizes(tables, database, plans)
    advice = list(dict.fromkeys(_missing(plan, tables, database, plans)))
    return _with_marks(plan, sizes), advice


def steps(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.children:
        yield from steps(child)


def _named(word: str, text: str) -> str:
    """The table behind an alias: the name that stands before it in the statement."""
    opening, closing = _QUOTES
    name = rf"{opening}([\w$]+){closing}\s+(?:as\s+)?{opening}{re.escape(word)}{closing}(?![\w.])"
    found = (each[1] for each in re.finditer(name, text, re.IGNORECASE))
    return next((each for each in found if each.lower() not in _NO_NAMES), word)


def _renamed(plan: Plan, aliases: Mapping[str, str]) -> Plan:
    children = tuple(_renamed(child, aliases) for child in plan.children)
    table = plan.table if plan.alias else aliases.get(plan.table, plan.table)
    alias = plan.alias or (plan.table if table != plan.table else "")
    return plan._replace(table=table, alias=alias, children=children)


def _sizes(tables: Mapping[str, Table], database: Database, plans: Plans) -> Mapping[str, float]:
    """About how many rows the tables have, where the plan does not say it."""
    if not plans.SIZE:
        return {}
    known = {name.name: float(count) for name, count in read.estimates(database).items()}
    connection = database.connection
    for table in tables.values():
        if table.name in known or table.kind != "table":
            continue
        name = ".".join(quoted(part) for part in (table.schema, table.name) if part)
        try:
            rows = connection.run(Statement(plans.SIZE.format(table=name, text=name.replace("'", "''")))).rows
            (count,) = next(iter(next(iter(rows or ()), ())), (None,))
        except DbxError:  # a table without row numbers: then it is not known
            continue
        if count is not None and float(count) >= 0:
            known[table.name] = float(count)
    return known


def _with_marks(plan: Plan, sizes: Mapping[str, float]) -> Plan:
    children = tuple(_with_marks(child, sizes) for child in plan.children)
    if plan.access not in (FULL, WHOLE_INDEX):
        return plan._replace(children=children)
    size = sizes.get(plan.table)
    # some servers count what is left of the rows they have read, some what they read
    count = max((rows for rows in (plan.rows, plan.actual, size) if rows is not None), default=0)
    times = plan.loops if plan.loops and plan.loops > 1 else 1
    again = f", {times:,.0f} times" if times > 1 else ""
    own = (f"{plan.access} of about {count:,.0f} rows{again}",) if count * times > MANY else ()
    rows = size if plan.rows is None else plan.rows
    return plan._replace(rows=rows, marks=(*plan.marks, *own), children=children)


def _missing(plan: Plan, tables: Mapping[str, Table], database: Database, plans: Plans) -> Iterator[Advice]:
    """Foreign keys between two tables of the plan by which the one that refers to the other cannot be looked up."""
    all_steps = list(steps(plan))
    present = {step.table for step in all_steps}
    said = " ".join(step.condition for step in all_steps)
    for table in tables.values():
        for key in table.foreign_keys:
            if key.target_table in present and not _served(table, key) and (_named_in(said, key) or not plans.SAYS):
                columns = ", ".join(key.columns)
                yield Advice(
                    f"{table.name} ({columns}) refers to {key.target_table}, and no index begins with it",
                    _create_index(table, key, database),
                )


def _served(table: Table, key: ForeignKey) -> bool:
    width = len(key.columns)
    indexes = [index.columns for index in table.indexes if index.valid and index.predicate is None]
    found = [table.primary_key, *(unique.columns for unique in table.unique), *indexes]
    return any(set(columns[:width]) == set(key.columns) for columns in found)


def _named_in(said: str, key: ForeignKey) -> bool:
    return all(re.search(rf"(?<!\w){re.escape(column)}(?!\w)", said) for column in key.columns)


def _create_index(table: Table, key: ForeignKey, database: Database) -> str:
    def name(word: str) -> str:
        if re.fullmatch(r"[a-z_][a-z0-9_]*", word):
            return word
        return traits(database.dialect.name).tables.quoted(word)

    target = ".".join(name(part) for part in (table.schema, table.name) if part)
    index = name("_".join((table.name, *key.columns)))
    return f"CREATE INDEX {index} ON {target} ({', '.join(map(name, key.columns))});"
