"""What to make of MySQL's errors: the place in the text, and what may help."""

from __future__ import annotations

import re
from typing import Any

from dbx.dialects.base import place
from dbx.rows import Statement

HINTS = {
    1205: "another transaction holds the lock; this one is still open, and the statement can be run again",
    1213: "deadlock: the server has rolled the whole transaction back; run it again",
}


def near(message: str, statement: Statement) -> Any:
    """The place of the text that an error quotes: from where on it could not read, or a name it does not know."""
    _, found, rest = message.partition(" near '")
    quoted = (
        rest.rpartition("' at line")[0] if found else (re.findall("'([^']+)'", message) or [""])[0].rpartition(".")[2]
    )
    if found and not quoted:
        return place(statement, len(statement.own.rstrip()))
    if not quoted or statement.own.count(quoted) != 1:
        return None
    return place(statement, statement.own.index(quoted), len(quoted.split(None, 1)[0]) if quoted.split() else 1)


def connect_hint(number: int, message: str) -> str:
    if number in (1045, 1698):
        return "a password may come from ~/.my.cnf, $MYSQL_PWD, --password-file, or the prompt of a terminal"
    if "timed out" in message:
        return "no answer in time; longer with ?connect_timeout=SECONDS in the URL"
    return ""
