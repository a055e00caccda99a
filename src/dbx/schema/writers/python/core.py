"""The writer `sqlalchemy`: a module of Tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbx.rows import Rows
from dbx.schema.model import Schema, Table
from dbx.schema.objects import Name
from dbx.schema.writers import Look, laid_out
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.layout import Group, Node, call, string
from dbx.schema.writers.python.losses import losses as unsaid
from dbx.schema.writers.python.module import Source, start, variables
from dbx.schema.writers.python.plan import planned
from dbx.schema.writers.python.tables import added, column_arguments, constraints, options, unpacked


def write(schema: Schema, look: Look) -> Rows:
    """The module's source."""
    return laid_out(_pieces(schema))


def losses(schema: Schema, look: Look) -> Iterable[Loss]:
    """What `create_all` of the module does not make again."""
    return unsaid(planned(schema))


def _pieces(schema: Schema) -> Iterator[bytes]:
    source = Source(planned(schema))
    names = variables(source.plan.tables, source.variables.values())
    start(source, "metadata = sa.MetaData()")
    for name, table in source.plan.tables.items():
        source.statement(made_table(source, name, table), f"{names[name]} = ")
    source.beside(names.__getitem__)
    source.runs("after_create", source.plan.last)
    yield from source.written(())


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
