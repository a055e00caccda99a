"""The savepoints that dbx has set before steps, as far as the server still has them.

How many a server keeps is its own affair. MySQL moves a savepoint that is set again under its name, so a ring of names
keeps just the last `depth`. PostgreSQL and SQLite nest them: releasing an old one releases all the newer ones with it.
So there the old ones stay, at about 9 kB each on PostgreSQL and 0.6 kB on SQLite, until there are MOST of them; then
all are released together, which is said, and undoing begins anew. With a depth of 0 each is released as soon as its
step has run.
"""

from __future__ import annotations

from dbx.connection import Connection
from dbx.rows import Outcome, Statement
from dbx.transaction.step import Step

MOST = 1000


class Savepoints:
    """`depth` is how many steps can be undone. `used` False: there are none, and a failure takes everything."""

    def __init__(self, connection: Connection, depth: int, *, wanted: bool) -> None:
        self.depth = depth
        self.used = wanted and bool(connection.dialect.transactions.savepoints)
        self._connection = connection
        self._nested = connection.dialect.transactions.savepoints == "nested"
        self._held: list[Step] = []
        self.gone = "dbx keeps no savepoints here"
        """Why there is none before a step."""

    def set(self, step: Step) -> str:
        """Set one before a step; what the user should know of that, or ''."""
        if not self.used:
            return ""
        said = ""
        if self._nested and len(self._held) >= max(MOST, self.depth):
            self._send("RELEASE SAVEPOINT", self._held[0])
            self.forget(0, f"the savepoints before step {step.number} are released, as they were {MOST:,}")
            said = f"the savepoints of {MOST:,} steps are released: undoing begins anew with this step"
        step.savepoint = self._name(step)
        self._send("SAVEPOINT", step)
        self._held = [other for other in self._held if other.savepoint != step.savepoint]
        self._held.append(step)
        return said

    def _name(self, step: Step) -> str:
        if self._nested:
            return f"dbx_step_{step.number}"
        names = {f"dbx_step_{number}" for number in range(max(self.depth, 1))}
        free = names - {other.savepoint for other in self._held}
        return min(free) if free else self._held[0].savepoint

    def back(self, step: Step) -> list[str]:
        """Go back to before a step; what the server warns that it could not take back. The savepoint stays."""
        notices = self._send("ROLLBACK TO SAVEPOINT", step).notices
        return [notice.message for notice in notices if notice.severity == "WARNING"]

    def release(self, step: Step) -> None:
        """Let it go, and all that were set after it."""
        self._send("RELEASE SAVEPOINT", step)
        self.forget(step.number)

    def forget(self, number: int = 0, why: str = "") -> None:
        """The server has none any more from this step on."""
        self._held = [step for step in self._held if step.number < number]
        self.gone = why or self.gone

    def has(self, step: Step) -> bool:
        return step in self._held

    def _send(self, what: str, step: Step) -> Outcome:
        return self._connection.run(Statement(f"{what} {step.savepoint}"))
