"""What was run in this session and ended without an error, in order: a script that does the same again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dbx.errors import OutputFailed, Refused
from dbx.redact import holds_secret
from dbx.rows import Statement
from dbx.sql.unit import Unit

LARGEST = 64 * 1024
"""Characters of a statement that is kept: what is longer is in a file already."""

_LEFT_OUT = {
    "secret": "a statement that looks as if it held a password",
    "large": "a statement of more than 64 KB",
    "data": "a COPY, whose rows have been read",
    "flush": "a flush of the ORM Session, whose keys are the server's",
}


class Transcript:
    """The statements as SQL, and each text of expressions as it was typed, or None where SQL was."""

    def __init__(self) -> None:
        self._sql: list[str] = []
        self._expressions: list[str | None] = []

    def heard(self, unit: Unit, statements: Iterator[Statement]) -> Iterator[Statement]:
        """The statements of a unit; whoever asks for the next one has run the one before without an error."""
        for statement in statements:
            yield statement
            if statement.answer is None:
                self._sql.append(_line(statement.shown or statement.own, unit))
        self._expressions.append(None if unit.kind == "sql" else _line(unit.text, unit, end=""))

    def left_out(self, why: str) -> None:
        """Something has run that no script can do again."""
        self._sql.append(f"-- left out: {_LEFT_OUT[why]}")
        self._expressions.append(f"# left out: {_LEFT_OUT[why]}")

    def order(self, text: str) -> None:
        """A BEGIN, COMMIT or ROLLBACK that the transaction has carried out."""
        self._sql.append(f"{text};")
        self._expressions.append(None)

    def save(self, path: Path) -> int:
        """Write a new file: SQL, or expressions as they were typed where it is called .dbx. How many statements.

        Raises Refused where there are none, the file is there already, or SQL would have to stand in a .dbx.
        """
        lines: list[str] = self._sql
        if path.suffix.lower() == ".dbx":
            if None in self._expressions:
                raise Refused("SQL was run too", hint="a script of SQL and expressions is saved as .sql")
            lines = [line for line in self._expressions if line is not None]
        if not lines:
            raise Refused("nothing has been run yet")
        try:
            with path.open("x", encoding="utf-8", errors="surrogateescape") as stream:
                stream.writelines(f"{line}\n" for line in lines)
        except FileExistsError:
            raise Refused(f"{path} is there already") from None
        except OSError as error:
            raise OutputFailed(f"{path}: {error.strerror}") from None
        return len(lines)


def _line(text: str, unit: Unit, end: str = ";") -> str:
    why = (
        "large" if len(text) > LARGEST else "data" if unit.data is not None else "secret" if holds_secret(text) else ""
    )
    if why:
        return f"{'--' if end else '#'} left out: {_LEFT_OUT[why]}"
    return text if text.rstrip().endswith(";") else text + end
