"""How a part of the language says no: without a place, which the evaluator adds, being the one who knows it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dbx.nearest import nearest


class Unfit(Exception):
    """Something in an expression cannot be. Carries text and, where it is narrower, the node; no objects."""

    def __init__(self, code: str, message: str, hint: str = "", node: ast.AST | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.node = node


def near(name: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant, or nothing."""
    by_lower: dict[str, str] = {}
    for candidate in candidates:
        by_lower.setdefault(candidate.lower(), candidate)
    alike = [lower for lower in by_lower if abs(len(lower) - len(name)) <= max(2, len(name) // 2)]
    return by_lower.get(nearest(name.lower(), alike, 0.65), "")


def listed(names: Iterable[str], limit: int = 12) -> str:
    """`a, b, c, …`"""
    names = list(names)
    return ", ".join(names[:limit]) + (", …" if len(names) > limit else "")


def suggestion(name: str, candidates: Iterable[str], label: str = "") -> str:
    """The help line for an unknown name: a near miss if there is one, and what there is."""
    candidates = list(candidates)
    close = near(name, candidates)
    parts = [f"did you mean '{close}'?"] if close else []
    if candidates and label:
        parts.append(f"{label}: {listed(candidates)}")
    return "  ".join(parts)
