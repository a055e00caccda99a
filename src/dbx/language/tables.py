"""The static tables: every function, and every method by kind. Nothing outside them can be called."""

from __future__ import annotations

from dbx.language import (
    aggregates,
    changes,
    core_expressions,
    core_from,
    core_functions,
    core_methods,
    core_select,
    core_tables,
    core_types,
    functions,
    methods,
    quantifiers,
    queries,
    recursion,
    reports,
    repository,
    selections,
    windows,
    writes,
)
from dbx.language.calls import Handler, Method

FUNCTIONS: dict[str, Handler] = {
    **functions.FUNCTIONS,
    **aggregates.FUNCTIONS,
    **quantifiers.FUNCTIONS,
    **queries.FUNCTIONS,
    **selections.FUNCTIONS,
    **windows.FUNCTIONS,
    **recursion.FUNCTIONS,
    **core_expressions.FUNCTIONS,
    **core_select.FUNCTIONS,
    **core_tables.FUNCTIONS,
    **core_from.FUNCTIONS,
    **core_functions.FUNCTIONS,
    **writes.FUNCTIONS,
    **reports.FUNCTIONS,
}

METHODS: dict[str, dict[str, Method]] = {
    **methods.KINDS,
    "any": windows.METHODS,
    "core": core_methods.CORE,
    "ordering": core_methods.ORDERING,
    "tuple": core_methods.TUPLE,
    "select": core_select.SELECT,
    "query": {**core_select.SHARED, **queries.METHODS},
    "table": {**core_tables.TABLE, **writes.TABLE, **changes.TABLE, **repository.TABLE},
    "alias": core_tables.ALIAS,
    "row": changes.ROW,
    "objects": repository.OBJECTS,
    "write": writes.WRITE,
    "change": changes.CHANGE,
}

TYPE_FUNCTIONS = core_types.NAMES
