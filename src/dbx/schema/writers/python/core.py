"""The writer `sqlalchemy`: a module of Tables."""

from __future__ import annotations

from collections.abc import Iterable

from dbx.rows import Rows
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look, laid_out
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.layout import Group, Node, call, string
from dbx.schema.writers.python.losses import losses as unsaid
from dbx.schema.writers.python.module import Source, module_names, start, variables
from dbx.schema.writers.python.plan import planned
from dbx.schema.writers.python.tables import added, column_arguments, constraints, options, unpacked


def write(schema: Schema, look: Look) -> Rows:
    """The module's source."""
    return laid_out(source(schema).written())


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What `create_all` of the module does not make again."""
    return unsaid(planned(schema))


def source(schema: Schema) -> Source:
    """The source, part by part."""
    found = Source(planned(schema))
    names = variables(found.plan.tables, found.variables.values())
    homes = module_names(found.plan.tables)
    start(found, "metadata = sa.MetaData()")
    for name, table in found.plan.tables.items():
        found.module = homes[name]
        found.statement(made_table(found, name, table), f"{names[name]} = ")
    found.beside(names.__getitem__)
    return found


def made_table(source: Source, name: Name, table: Table) -> Group:
    """sa.Table(…)"""
    silent = source.plan.silent.get(name, frozenset())
    arguments: list[Node] = [string(table.name), "metadata"]
    for column in table.columns:
        given, keywords = column_arguments(table, column, source.words, silent)
        arguments.append(call("sa.Column", string(column.name), *given, **keywords))
    arguments += constraints(table, source.words, silent)
    keywords, own = options(table, source.dialect)
    found = call("sa.Table", *arguments, **keywords, **source.info(name, table))
    return added(found, unpack=unpacked(own, source.dialect)) if own else found
