"""The expression language: Python-like text becomes SQLAlchemy Core, and no Python of the user is ever run.

    translator    what a connection's user wrote, as statements for its driver
    translation   from a text to queries, one after another
    evaluation    from a tree to a value: one function for each kind of node
    reports       sql(q), why(q), \\compare: told instead of run; program: to_core(q)
    statements    what a value runs as; the writes
    core          SQLAlchemy Core as it is written
    functions     functions and methods of Python's form
    queries       comprehensions, and where the attributes of a row lead
    operators     arithmetic, comparison, truth, membership; names: tables, variables, the session
    select        one SELECT under construction; server: what differs from server to server
    values        what an expression can come to, and the families of its types
    syntax        the text, its budgets, its grammar
    refusal       how each of them says no

Each imports only what stands below it. This package is lazy, because it needs SQLAlchemy and most starts of the program
do not.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Capture": "dbx.engine",
    "compiled": "dbx.language.compiling",
    "catalog": "dbx.schema.catalog",
    "Answer": "dbx.language.translation",
    "compared": "dbx.language.compare",
    "explained": "dbx.plan.explain",
    "hinted": "dbx.language.reports.remarks",
    "Names": "dbx.language.names.tables",
    "Query": "dbx.language.translation",
    "declare": "dbx.language.names.declared",
    "translate": "dbx.language.translation",
    "shown": "dbx.language.reports.display",
    "unconnected": "dbx.language.reports.offline",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return vars(import_module(_HOMES[name]))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
