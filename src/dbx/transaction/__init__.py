"""Transactions step by step: a state machine over savepoints, what each step changes, locks, two sessions side by side.

The package is lazy, because its parser needs sqlglot (0.1 s), which only a step that writes wants.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {"parsed": "dbx.transaction.grammar", "written": "dbx.transaction.grammar"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return vars(import_module(_HOMES[name]))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
