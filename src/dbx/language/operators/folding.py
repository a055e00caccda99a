"""Arithmetic of literals, done here: small results only, never a bomb."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dbx.language.refusal import Unfit
from dbx.language.values.kinds import Literal
from dbx.language.values.types import exact, literal

MAX_BITS = 128
MAX_TEXT = 64 * 1024

_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip


def fold(sign: str, left: Literal, right: Literal) -> Literal:
    a, b = left.value, right.value
    if a is None or b is None:
        return Literal(None, "null")
    _guard(sign, a, b)
    if isinstance(a, float) and isinstance(b, Decimal):
        a = exact(left.text or repr(a)).value
    if isinstance(b, float) and isinstance(a, Decimal):
        b = exact(right.text or repr(b)).value
    if sign == "%" and isinstance(a, str):
        raise Unfit("E-TYPE", "% on a string", "use an f-string")
    try:
        result = _OPERATIONS[sign](a, b)
    except ZeroDivisionError:
        raise Unfit("E-VALUE", "division by zero") from None
    except TypeError:
        raise Unfit("E-TYPE", f"cannot use {sign} on {left.family} and {right.family}") from None
    except (OverflowError, ValueError, ArithmeticError):
        raise Unfit("E-VALUE", f"{sign} of these has no value") from None
    if isinstance(result, complex):
        raise Unfit("E-VALUE", f"{sign} of these is no real number")
    return literal(result)


def _guard(sign: str, a: Any, b: Any) -> None:
    """Refuse, before doing it, what would be large."""
    sizes = [len(value) for value in (a, b) if isinstance(value, (str, bytes))]
    if sign == "*" and sizes:
        count = next((value for value in (a, b) if isinstance(value, int)), 0)
        if sizes[0] * count > MAX_TEXT:
            raise Unfit("E-LIMIT", f"a string of {sizes[0] * count:,} characters")
    if sign == "<<" and isinstance(a, int) and isinstance(b, int) and b > 63:
        raise Unfit("E-LIMIT", f"a shift by {b:,} bits", "at most 63")
    if sign == "**" and isinstance(a, int) and isinstance(b, int) and a.bit_length() * abs(b) > MAX_BITS:
        raise Unfit("E-LIMIT", f"a power beyond {MAX_BITS} bits")
    if sign == "**" and isinstance(b, Decimal) and abs(b) > 1000:
        raise Unfit("E-LIMIT", "a power beyond 1000")
    if isinstance(a, dt.timedelta) and isinstance(b, dt.timedelta) and sign not in ("+", "-"):
        raise Unfit("E-TYPE", f"cannot use {sign} on two lengths of time")
