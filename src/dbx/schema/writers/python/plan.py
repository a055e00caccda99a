"""How `create_all` makes a schema: what SQLAlchemy's constructs say, and which statements run beside them, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from dbx.schema.model import ForeignKey, Schema, Table
from dbx.schema.objects import Enum, Name
from dbx.schema.writers.losses import Loss


@dataclass
class Plan:
    """`tables` in their order, each with just what SQLAlchemy's constructs shall say of it.

    `created`: the statement that makes a table or view, where constructs do not. `silent`: foreign keys that are there
    for joins, and made by a statement. `start`, `first`, `before` and `last` are statements that run before all, behind
    the enums, before a table, and behind all, `gone` behind `drop_all`; `needs` are tables that have to be there before
    another, beyond foreign keys.
    """

    schema: Schema
    dialects: tuple[str, ...]
    tables: dict[Name, Table] = field(default_factory=dict)
    created: dict[Name, str] = field(default_factory=dict)
    silent: dict[Name, frozenset[ForeignKey]] = field(default_factory=dict)
    enums: tuple[Enum, ...] = ()
    start: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    before: dict[Name, list[str]] = field(default_factory=dict)
    last: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    needs: dict[Name, list[Name]] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    behind: set[str] = field(default_factory=set)
    """The names of what is no table and needs one: no index made with its table may call it."""


PLANS: Mapping[str, str] = {
    "postgresql": "dbx.schema.writers.python.plan_postgresql",
    "mysql": "dbx.schema.writers.python.plan_mysql",
    "mariadb": "dbx.schema.writers.python.plan_mysql",
    "sqlite": "dbx.schema.writers.python.plan_sqlite",
}
GENERIC = "dbx.schema.writers.python.plan_generic"


def planned(schema: Schema) -> Plan:
    found: Plan = import_module(PLANS.get(schema.dialect, GENERIC)).plan(schema)
    return found


def without_missing_targets(plan: Plan) -> None:
    """Foreign keys to tables that are not part of the schema (left out, or unreadable) would stop `create_all`."""
    for name, table in plan.tables.items():
        found = [key for key in table.foreign_keys if _is_there(plan, key)]
        if len(found) < len(table.foreign_keys):
            gone = [key for key in table.foreign_keys if key not in found]
            plan.losses += [
                Loss(
                    f"table {name.shown}",
                    f"foreign key {key.name or ', '.join(key.columns)}",
                    _why(plan, Name(key.target_table, key.target_schema)),
                )
                for key in gone
            ]
            plan.tables[name] = table._replace(foreign_keys=tuple(found))


def _is_there(plan: Plan, key: ForeignKey) -> bool:
    target = plan.tables.get(Name(key.target_table, key.target_schema))
    if target is None or len(key.target_columns) != len(key.columns):
        return False
    return all(target.column(name) is not None for name in key.target_columns)


def _why(plan: Plan, target: Name) -> str:
    if target in plan.tables:
        return f"{target.shown} has no such column"
    return f"{target.shown} is not among these tables"
