"""The expression language: Python-like text becomes SQLAlchemy Core, and no Python of the user is ever run.

The package is lazy, because it needs SQLAlchemy and most starts of the program do not.
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
    "hinted": "dbx.language.remarks",
    "Names": "dbx.language.names",
    "Query": "dbx.language.translation",
    "declare": "dbx.language.declared",
    "translate": "dbx.language.translation",
    "shown": "dbx.language.display",
    "unconnected": "dbx.language.offline",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return vars(import_module(_HOMES[name]))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
