"""The static tables: every function, and every method by kind. Nothing outside them can be called."""

from __future__ import annotations

from dbx.language.core import expressions as core_expressions
from dbx.language.core import functions as core_functions
from dbx.language.core import methods as core_methods
from dbx.language.core import select as core_select
from dbx.language.core import sources as core_from
from dbx.language.core import tables as core_tables
from dbx.language.core import types as core_types
from dbx.language.functions import aggregates, methods, quantifiers, recursion, selections, windows
from dbx.language.functions import query as queries
from dbx.language.functions import scalar as functions
from dbx.language.functions.calls import Handler, Method
from dbx.language.reports import functions as reports
from dbx.language.statements import changes, repository, writes

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
