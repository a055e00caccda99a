"""What a module of Python does not make again."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.schema.objects import Name
from dbx.schema.writers.listed import order_lost
from dbx.schema.writers.losses import Loss, kept, lost
from dbx.schema.writers.python.plan import Plan

_ALL = """
Table: columns primary foreign_keys unique checks exclusions indexes partitioning parents bound query comment options
Column: type nullable default generated automatic expression identity collation hidden inherited comment options
Key: parts include deferrable nulls_distinct method comment options
Part: column expression descending nulls collation opclass prefix options
ForeignKey: columns target_schema target_table target_columns on_update on_delete set_columns match deferrable
ForeignKey: validated enforced inherited comment options
Exclusion: method parts operators include predicate deferrable comment options
Index: parts unique method predicate include nulls_distinct comment parent options
Identity: always start increment minimum maximum cache cycle options
Check: expression column validated enforced inherited no_inherit comment options
Partition: bound comment options parts
Partitioning: by subpartition partitions
"""

_POSTGRESQL = """
Namespace: comment
Extension: comment options
Enum: labels comment
Domain: type nullable default collation checks comment options
Composite: attributes comment
Attribute: type collation comment
Range: subtype comment options
Sequence: type start increment minimum maximum cache cycle owned_by comment options
Routine: kind arguments returns language definition comment options
Trigger: timing events level condition function definition enabled deferrable comment options
Policy: command roles permissive using check comment
Server: wrapper type version comment options
Other: definition comment options
"""

_MYSQL = """
Sequence: type start increment minimum maximum cache cycle comment options
Routine: kind arguments returns language definition comment options
Trigger: timing events level condition definition enabled comment options
Event: schedule status definition comment options
Other: definition comment options
Schema: options
"""

_SQLITE = """
Trigger: timing events level condition definition
"""

_GENERIC = """
Table: columns primary foreign_keys unique checks indexes query comment
Column: type nullable default generated automatic expression identity comment
Key: parts deferrable comment
Part: column expression descending nulls prefix
ForeignKey: columns target_schema target_table target_columns on_update on_delete match deferrable comment
Index: parts unique
Identity: always start increment minimum maximum cache cycle
Check: expression comment
"""

_TABLES = {
    "postgresql": kept(_ALL + _POSTGRESQL),
    "mysql": kept(_ALL + _MYSQL),
    "mariadb": kept(_ALL + _MYSQL),
    "sqlite": kept(_ALL + _SQLITE),
}
_OTHER = kept(_GENERIC)

_WHYS = {
    "Grant": "who may do what is no part of a model",
    **{
        f"{name}.owner": "who owns it is no part of a model"
        for name in (
            "Table",
            "Namespace",
            "Enum",
            "Domain",
            "Composite",
            "Range",
            "Sequence",
            "Routine",
            "Server",
            "Other",
        )
    },
    **{
        f"{name}.grants": "who may do what is no part of a model"
        for name in (
            "Table",
            "Column",
            "Namespace",
            "Enum",
            "Domain",
            "Composite",
            "Range",
            "Sequence",
            "Routine",
            "Server",
            "Identity",
        )
    },
    "Extension.version": "the server installs its own version",
    "Extension.schema": "it is made where the server puts it",
    "Index.valid": "a new index is a valid one",
}


def losses(plan: Plan) -> Iterator[Loss]:
    """The losses of a plan: what no statement says, and what it found by the way."""
    yield from plan.losses
    schema, dialect = plan.schema, plan.schema.dialect
    named = {loss.object for loss in plan.losses if not loss.what}
    for loss in lost(schema, _TABLES.get(dialect, _OTHER), "the module has no construct for it", _WHYS):
        if loss.object not in named:
            yield loss
    if dialect in _TABLES:
        yield from _unmade(plan)
    yield from order_lost(schema)
    yield from (
        Loss(f"{each.kind or 'catalog'} {Name(each.name, each.schema).shown}", "", f"not read: {each.reason}")
        for each in schema.missing
    )


def _unmade(plan: Plan) -> Iterator[Loss]:
    """Objects without the statement that makes them."""
    for routine in plan.schema.routines:
        if routine.definition is None:
            yield Loss(
                f"{routine.kind} {Name(routine.name, routine.schema).shown}", "", "its statement could not be read"
            )
    for other in plan.schema.others:
        shown = f"{other.kind} {Name(other.name, other.schema).shown}"
        for name, value in other.options:
            if name.startswith("grant "):
                yield Loss(shown, f"option {name} {value}", _WHYS["Grant"])
        if other.definition is None or (plan.schema.dialect != "postgresql" and not other.kind.startswith("package")):
            yield Loss(shown, "", "no statement makes it")
