"""What the listings leave out, and DDL in standard SQL."""

from __future__ import annotations

from collections.abc import Iterable

from dbx.schema.ddl import DDL, postgresql_tables
from dbx.schema.model import Schema
from dbx.schema.objects import Name
from dbx.schema.writers import Look
from dbx.schema.writers.losses import Loss, kept, lost

_TREE = """
Table: columns primary foreign_keys unique checks exclusions indexes partitioning parents bound comment options kind
Column: type nullable default generated automatic expression identity comment
Key: parts name
Part: column expression descending nulls collation opclass prefix
ForeignKey: columns target_schema target_table target_columns on_update on_delete deferrable name
Check: expression name
Exclusion: parts name
Index: parts unique method predicate include nulls_distinct valid name
Partitioning: by
Namespace:
Extension:
Enum: labels
Domain:
Composite: attributes
Attribute: type
Range:
Sequence:
Routine: arguments returns
Trigger: timing events
Policy:
Event:
Server:
Other:
"""

_COLUMNS = """
Table: columns primary foreign_keys unique kind
Column: type nullable default generated automatic expression identity comment
Key: parts
Part: column
ForeignKey: columns target_schema target_table target_columns
"""

_OBJECTS = """
Table: comment kind
Namespace: comment
Extension: comment
Enum: comment
Domain: comment
Composite: comment
Range: comment
Sequence: comment
Routine: arguments comment
Trigger: comment
Policy: comment
Event: comment
Server: comment
Other: comment
"""

_GENERIC = """
Table: columns primary foreign_keys unique checks indexes query comment kind
Column: type nullable default generated expression identity comment
Key: parts name
Part: column expression descending nulls
ForeignKey: columns target_schema target_table target_columns on_update on_delete deferrable name
Check: expression name
Index: parts unique predicate name
Identity: always
Sequence:
"""


def tree(schema: Schema, look: Look) -> Iterable[Loss]:
    """The tree is for reading: it leaves out what few look for."""
    return _listed(schema, look, _TREE if look.columns == "all" else _COLUMNS, "the tree has no line for it")


def table(schema: Schema, look: Look) -> Iterable[Loss]:
    """Rows of columns, or of objects with --columns none."""
    return _listed(schema, look, _OBJECTS if look.columns == "none" else _COLUMNS, "the rows have no column for it")


def summary(schema: Schema, look: Look) -> Iterable[Loss]:
    """Only how many there are."""
    return lost(schema, {}, "the summary counts")


def order_lost(schema: Schema) -> Iterable[Loss]:
    for each in postgresql_tables.reordered(schema.tables):
        yield Loss(f"{each.kind} {Name(each.name, each.schema).shown}", "order of columns", "inherited ones come first")


def ddl(schema: Schema, look: Look) -> Iterable[Loss]:
    """Next to nothing, where the dialect has a writer of its own; standard SQL has few words."""
    return order_lost(schema) if schema.dialect in DDL else _standard(schema)


def _standard(schema: Schema) -> Iterable[Loss]:
    yield from lost(schema, kept(_GENERIC), "standard SQL has no words for it")
    for each in schema.tables:
        shown = f"{each.kind} {Name(each.name, each.schema).shown}"
        if each.kind not in ("table", "view", "matview"):
            yield Loss(shown, "", "standard SQL has no words for it")
        for column in each.columns:
            if column.automatic and column.identity is None:
                yield Loss(shown, f"column {column.name}, automatic", "standard SQL has no words for it")
            if column.hidden and not each.is_view:
                yield Loss(shown, f"column {column.name}", "it is hidden")


def _listed(schema: Schema, look: Look, expressed: str, why: str) -> Iterable[Loss]:
    return lost(schema, kept(expressed), why)
