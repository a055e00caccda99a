"""Any other dialect: what SQLAlchemy's constructs can say of tables, and nothing beside."""

from __future__ import annotations

from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.text.standard import quoted
from dbx.schema.writers.losses import Loss
from dbx.schema.writers.python.plan import Plan, without_missing_targets


def plan(schema: Schema) -> Plan:
    """The plan of a schema of which only its facts are known."""
    made = Plan(schema, (schema.dialect,))
    for table in schema.tables:
        name = Name(table.name, table.schema)
        made.tables[name] = table
        if table.is_view and table.query:
            text = table.query.strip().rstrip(";")
            made.created[name] = text if text[:6].upper() == "CREATE" else f"CREATE VIEW {_quoted(name)} AS\n{text}"
            made.needs[name] = [Name(each.name, each.schema) for each in table.depends]
        for column in table.columns:
            if column.automatic and column.identity is None and column.name not in table.primary_key:
                why = "only a primary key counts by itself"
                made.losses.append(Loss(f"{table.kind} {name.shown}", f"column {column.name}, automatic", why))
    without_missing_targets(made)
    for name in made.created:
        made.needs[name] = [each for each in made.needs[name] if each in made.tables]
    return made


def _quoted(name: Name) -> str:
    return ".".join(quoted(part) for part in (name.schema, name.name) if part)
