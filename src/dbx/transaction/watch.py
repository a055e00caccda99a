"""Reads the rows that a statement is about to change, and reads them again once it has run.

Before it they are read by its own condition, and locked as it would lock them, so that nobody changes them in between;
after it by their keys. When the two do not fit what the server counts, nothing is claimed: "before not known".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from dbx.connection import Connection
from dbx.dialects.transactions import Layout
from dbx.errors import StatementFailed
from dbx.rows import Column, Outcome, Rows, Statement
from dbx.sql.parameters import bind
from dbx.sql.unit import Unit
from dbx.transaction import predicate
from dbx.transaction.effect import Cells, Change, Effect
from dbx.transaction.predicate import Target
from dbx.transaction.unknown import Unknown


class _Read(NamedTuple):
    columns: tuple[Column, ...]
    rows: list[Cells]


class Watch:
    """One statement being watched. `statement` is what is to be sent in its place: an INSERT that also returns the
    keys of what it inserts is `returning`."""

    def __init__(self, connection: Connection, statement: Statement, unit: Unit, limit: int) -> None:
        self.statement = statement
        self.returning = False
        self._connection = connection
        self._facts = connection.dialect.transactions
        self._limit = limit
        self._unknown = ""
        self._target: Target | None = None
        self._layout = Layout((), (), ())
        self._shape: tuple[Column, ...] = ()  # of the columns that tell rows apart, and then of all
        self._before: dict[Cells, Cells] = {}
        self._keys: list[Cells] = []
        self._counts: dict[str, tuple[int, bool]] | None = None
        try:
            self._begin(unit)
        except Unknown as reason:
            self._unknown = str(reason)
        except StatementFailed as error:
            if error.conflict:
                raise  # the statement itself would meet it too, or has already lost its transaction to it
            self._unknown = f"it cannot be read ({error.code})"

    def _begin(self, unit: Unit) -> None:
        target = self._target = predicate.target(self._connection, self.statement, unit)
        asked = self._facts.table(target.schema, target.name)
        layout = self._facts.layout(self._ask(*asked).rows) if asked else None
        if layout is None:
            raise Unknown(f"{target.name} is no plain table with a key")
        self._layout = layout
        self._counts = self._count()
        if layout.displaces and target.verb != "DELETE":
            raise Unknown(f"{target.name} lets a row take the place of others")
        if target.verb == "INSERT":
            self._return_keys()
            return
        if target.verb == "UPDATE" and {*map(_plain, layout.identity)} & {*map(_plain, target.sets)}:
            raise Unknown("the key itself is changed")
        keeps = self._facts.keeps.get(target.verb, "")
        order = ", ".join(layout.identity)
        text = f"SELECT {self._selected} FROM {target.source}{target.where} ORDER BY {order}"
        found = self._read(Statement(f"{text} LIMIT {self._limit + 1} {keeps}".rstrip(), target.parameters))
        self._shape = found.columns
        self._before = self._keyed(found)
        self._keys = list(self._before)[: self._limit]

    def _return_keys(self) -> None:
        if self._connection.server.partition(" ")[0] != self._facts.returning:
            raise Unknown("the server does not return what it inserts")
        text = f"{self.statement.text.rstrip().rstrip(';')}\nRETURNING {', '.join(self._layout.identity)}"
        self.statement = self.statement._replace(text=text)
        self.returning = True

    def take(self, rows: Rows) -> int:
        """Read the keys of what an INSERT has inserted; how many they are."""
        self._shape = rows.columns
        for batch in rows:
            self._keys += [tuple(row) for row in batch[: max(self._limit - len(self._keys), 0)]]
        return rows.count

    def give_up(self, error: StatementFailed) -> None:
        """The keys could not be returned, and the statement is sent as it was written."""
        self.returning = False
        self._unknown = f"it cannot be read ({error.code})"

    def end(self, outcome: Outcome) -> Effect:
        """What the statement has changed, once it has run."""
        effect = Effect(self._target.name if self._target else "", total=outcome.changed, unknown=self._unknown)
        if self._target is None:
            return effect
        try:
            if not self._unknown:
                effect = self._compared(effect, self._target)
        except Unknown as reason:
            effect = effect._replace(unknown=str(reason))
        except StatementFailed as error:
            return effect._replace(unknown=f"it cannot be read ({error.code})", elsewhere=(("", None),))
        return effect._replace(elsewhere=self._elsewhere(outcome.changed or 0, self._target))

    def _compared(self, effect: Effect, target: Target) -> Effect:
        whole = len(self._before) <= self._limit
        if target.verb != "INSERT" and (effect.total != len(self._before) if whole else not effect.total):
            raise Unknown("the rows read before are not those that were changed")
        after = self._read_after(target)
        if target.verb == "UPDATE" and len(after) != len(self._keys):
            raise Unknown("the keys have changed")
        if target.verb == "DELETE" and after:
            raise Unknown("rows with the same keys are there again")
        if target.verb == "INSERT" and len(after) != len(self._keys):
            raise Unknown("what was inserted is not there any more")
        if not self._keys:
            return effect
        width = len(self._layout.identity)
        places = [index for index, name in enumerate(self._layout.columns) if name in self._layout.key]
        columns = self._shape[width:]
        changes = []
        for key in self._keys:
            before, now = self._before.get(key), after.get(key)
            cells = before or now or ()
            changes.append(Change(tuple(cells[place] for place in places) or key, before, now))
        shown = tuple(columns[place] for place in places) or self._shape[:width]
        return effect._replace(key=shown, columns=columns, changes=tuple(changes))

    def _read_after(self, target: Target) -> dict[Cells, Cells]:
        if not self._keys:
            return {}
        values: dict[str, Any] = {}
        tests = []
        for number, key in enumerate(self._keys):
            parts = []
            for place, (name, cell) in enumerate(zip(self._layout.identity, key, strict=True)):
                values[f"k{number}_{place}"] = self._value(cell, self._shape[place])
                parts.append(f"{name} = :k{number}_{place}")
            tests.append(" AND ".join(parts))
        found = self._ask(f"SELECT {self._selected} FROM {target.table} WHERE {' OR '.join(tests)}", values)
        self._shape = found.columns or self._shape
        return self._keyed(found)

    def _value(self, cell: Any, column: Column) -> Any:
        """A key's cell to compare with. MySQL compares a number with a text as floats, so it gets a number."""
        number = isinstance(cell, str) and column.kind == "number" and re.fullmatch(r"-?\d+(?:\.\d+)?", cell)
        return Decimal(cell) if number and self._facts.parser == "mysql" else cell

    @property
    def _selected(self) -> str:
        return ", ".join((*self._layout.identity, *self._layout.columns))

    def _keyed(self, found: _Read) -> dict[Cells, Cells]:
        width = len(self._layout.identity)
        keyed = {row[:width]: row[width:] for row in found.rows}
        if len(keyed) != len(found.rows):
            raise Unknown("rows share a key")
        return keyed

    def _count(self) -> dict[str, tuple[int, bool]] | None:
        """How many rows of each table have been changed so far; "" is all tables together."""
        if self._facts.changes:
            return {row[0]: (int(row[1]), row[2] == "1") for row in self._ask(self._facts.changes, {}).rows}  # type: ignore[misc, arg-type]
        total = self._connection.call(self._facts.counted)
        return None if total is None else {"": (total, False)}

    def _elsewhere(self, changed: int, target: Target) -> tuple[tuple[str, int | None], ...]:
        """What has been changed beside the rows that the statement itself says it has."""
        if self._counts is None:
            asked = self._facts.elsewhere
            hidden = not asked or self._ask(asked, {"name": target.name, "verb": target.verb}).rows
            return (("", None),) if hidden else ()
        found = []
        for table, (count, parted) in (self._count() or {}).items():
            more = count - self._counts.get(table, (0, False))[0]
            if table == self._layout.label:
                more = 0 if parted else more - changed
            if more > 0:
                found.append((table, more))
        return tuple(found)

    def _ask(self, text: str, values: Mapping[str, Any]) -> _Read:
        """The answer to a query of dbx's own, whose parameters are `:name`."""
        connection = self._connection
        if not values:
            return self._read(Statement(text))
        marks = connection.dialect.marks(connection.raw)
        return self._read(Statement(*bind(text, values, connection.dialect.syntax, marks, all_used=False)))

    def _read(self, statement: Statement) -> _Read:
        rows = self._connection.run(statement).rows
        found = [tuple(row) for batch in rows for row in batch] if rows is not None else []
        return _Read(rows.columns if rows is not None else (), found)


def _plain(name: str) -> str:
    return name.strip('"`[]').lower()
