r"""Foreign keys that somebody declares for views and for tables that have none: \fk v.artist_id -> artist.artist_id"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dbx.errors import UsageError
from dbx.language.refusal import Unfit
from dbx.schema.model import ForeignKey

if TYPE_CHECKING:
    from dbx.language.names.tables import Names

_NAME = r'(?:"[^"]+"|\w+)'
_COLUMNS = rf"(?:{_NAME}|\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\))"
_KEY = re.compile(
    rf"\s*(?P<table>{_NAME}(?:\.{_NAME})?)\.(?P<columns>{_COLUMNS})"
    rf"\s*->\s*(?P<target>{_NAME}(?:\.{_NAME})?)\.(?P<theirs>{_COLUMNS})\s*$"
)
_EACH = re.compile(_NAME)
FORM = "table.column -> table.column, or table.(a, b) -> table.(c, d)"


class Declared(NamedTuple):
    schema: str | None
    table: str
    key: ForeignKey

    @property
    def text(self) -> str:
        ours, theirs = (", ".join(columns) for columns in (self.key.columns, self.key.target_columns))
        return f"{self.table}.({ours}) -> {self.key.target_table}.({theirs})"


def parse(text: str) -> Declared:
    """What a declaration says, its names as they were written. Raises Unfit."""
    match = _KEY.match(text)
    if match is None:
        raise Unfit("E-SYNTAX", "this declares no foreign key", FORM)
    schema, table = _place(match["table"])
    target_schema, target = _place(match["target"])
    columns, theirs = (tuple(_plain(each) for each in _EACH.findall(match[part])) for part in ("columns", "theirs"))
    if len(columns) != len(theirs):
        raise Unfit("E-SYNTAX", f"{len(columns)} columns for {len(theirs)}", FORM)
    return Declared(schema, table, ForeignKey("", columns, target_schema, target, theirs))


def _place(text: str) -> tuple[str | None, str]:
    *schema, table = [_plain(part) for part in _EACH.findall(text)]
    return (schema[0] if schema else None), table


def _plain(name: str) -> str:
    return name[1:-1] if name.startswith('"') else name


def declare(names: Names, text: str) -> None:
    """For the shell: what cannot be is wrong usage of its command."""
    try:
        names.declare(text)
    except Unfit as unfit:
        raise UsageError(unfit.message, hint=unfit.hint) from None
