"""INSERT, UPDATE and DELETE come as SQL for now; what must never run by accident is refused by its own name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy.sql.base import Executable

from dbx.language.calls import Call, Method
from dbx.language.frame import Frame
from dbx.language.kinds import Change, Value, Write
from dbx.language.refusal import Unfit

if TYPE_CHECKING:
    from dbx.language.evaluator import Evaluator

FUNCTIONS: dict[str, Callable[[Call], Value]] = {}
TABLE: dict[str, Method] = {}
ROW: dict[str, Method] = {}
WRITE: dict[str, Method] = {}


def changed(evaluator: Evaluator, change: Change, frame: Frame) -> Value:
    raise Unfit("E-CALL", f"{change.verb}() comes as SQL for now")


def checked(write: Write) -> Executable:
    return write.statement


def _later(call: Call) -> Value:
    raise Unfit("E-CALL", f"{call.name}() comes as SQL for now")


def _later_method(call: Call, owner: Value) -> Value:
    raise Unfit("E-CALL", f"{call.name}() comes as SQL for now")


FUNCTIONS.update(dict.fromkeys(("insert", "update", "delete"), _later))
TABLE.update(dict.fromkeys(("insert", "update", "delete", "upsert"), _later_method))
ROW.update(dict.fromkeys(("update", "delete"), _later_method))
