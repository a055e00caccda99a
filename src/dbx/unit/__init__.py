"""The ORM Session on the user's own connection: what it holds, what it would write, and what it writes.

`Repository` is what the language asks for objects, `ORDERS` what can be asked of the Session itself; `Work` is the
Session with its transaction. The package is lazy, because it needs SQLAlchemy and most starts of the program do not.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {"Repository": "dbx.unit.repository", "Work": "dbx.unit.work", "ordered": "dbx.unit.orders"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return vars(import_module(_HOMES[name]))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
