"""What ties tables to others that go before them, and has to be undone first; without terminators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbx.schema.ddl import postgresql_tables as tables
from dbx.schema.diff.changes import Diff
from dbx.schema.model import Table
from dbx.schema.objects import Name
from dbx.schema.text.postgresql import dotted, ident, literal


def untied(diff: Diff, dropped: list[Any]) -> Iterator[str]:
    """The foreign keys, of tables that are dropped, to one that is dropped before them or has a partition that is; and
    the partitions that are dropped of a table that stays and that foreign keys refer to."""
    seen: set[Name] = set()
    known = {Name(table.name, table.schema): table for table in diff.before.tables}
    gone = [each for each in dropped if isinstance(each, Table) and not each.is_view]
    going = {Name(table.name, table.schema) for table in gone}
    referred = {Name(key.target_table, key.target_schema) for table in known.values() for key in table.foreign_keys}
    for table in gone:
        for key in table.foreign_keys:
            if Name(key.target_table, key.target_schema) in seen and not key.inherited:
                yield f"ALTER TABLE {tables.shown(table)} DROP CONSTRAINT {ident(key.name)}"
        above = [Name(table.name, table.schema)]
        while above[-1] in known and known[above[-1]].bound is not None:
            above += known[above[-1]].parents[:1]
        seen.update(above)
        if len(above) > 1 and above[1] not in going and referred.intersection(above[1:]):
            yield f"ALTER TABLE {dotted(above[1].schema, above[1].name)} DETACH PARTITION {tables.shown(table)}"


def counted_elsewhere(diff: Diff, dropped: list[Any]) -> Iterator[str]:
    """The defaults of other tables that count with a sequence which goes away with a table that is dropped."""
    gone = {Name(each.name, each.schema) for each in dropped if isinstance(each, Table)}
    owners = {
        f"nextval({literal(dotted(each.schema, each.name))}::regclass)": Name(each.owned_by[0], each.schema)
        for each in diff.before.sequences
        if each.owned_by
    }
    kept = {Name(each.name, each.schema): each for each in diff.after.tables}
    for table in diff.before.tables:
        name = Name(table.name, table.schema)
        for column in table.columns:
            owner = owners.get(column.default or "")
            after = None if name in gone or name not in kept else kept[name].column(column.name)
            same = after is not None and after.default == column.default
            if owner in gone and owner != name and not same:
                yield f"ALTER TABLE {tables.shown(table)} ALTER COLUMN {ident(column.name)} DROP DEFAULT"
