"""The user's text: scanned, parsed, checked; and the way from a node back to the characters it came from."""

from __future__ import annotations

import ast
import re
import warnings

from dbx.errors import LanguageError, Place
from dbx.language.refusal import Unfit
from dbx.language.syntax import hints
from dbx.language.syntax.grammar import check
from dbx.language.syntax.scan import Spot, scan
from dbx.sql.kind import misspelt


class Source:
    """A text and its statements. `line` is the number of its first line in the file it was taken from."""

    def __init__(self, text: str, name: str = "", line: int = 1, column: int = 1) -> None:
        self.name = name
        self.line = line
        self.column = column
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.whole = text
        self.lines = text.split("\n")
        self.indent = _indent(self.lines)
        self.statements = self._parse(text)

    def _parse(self, text: str) -> list[ast.stmt]:
        try:
            scan(text)
        except Spot as spot:
            before = text[: spot.offset]
            row = before.count("\n")
            raise self._refuse(spot, row, spot.offset - (before.rfind("\n") + 1)) from None
        parsed = "\n".join(line[count:] for line, count in zip(self.lines, self.indent, strict=True))
        try:
            with warnings.catch_warnings():
                # Python's remarks about odd literals would go to standard error.
                warnings.simplefilter("ignore")
                module = ast.parse(parsed, mode="exec")
        except SyntaxError as error:
            raise self._syntax(error) from None
        except (RecursionError, MemoryError):
            raise self._refuse(Unfit("E-LIMIT", "nested too deeply", "name the inner parts"), 0, 0) from None
        except ValueError as error:
            raise self._refuse(Unfit("E-SYNTAX", str(error)), 0, 0) from None
        try:
            check(module)
        except Unfit as unfit:
            raise self.error(unfit, module) from None
        return module.body

    def text(self, node: ast.AST) -> str:
        """The characters of an expression, for quoting it in a message; one line of it at most."""
        if not isinstance(node, (ast.expr, ast.stmt)):
            return ""
        row = node.lineno - 1
        end = self._column(row, node.end_col_offset or 0) if node.end_lineno == node.lineno else None
        return self.lines[row][self._column(row, node.col_offset) : end]

    def place(self, node: ast.AST) -> Place:
        """Where a node stands, in characters: the parser counts UTF-8 bytes, of text without its indentation."""
        if not isinstance(node, (ast.expr, ast.stmt, ast.arg, ast.keyword)):
            return self._at(0, 0, 0, 1)
        row, end_row = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        end = node.end_col_offset if node.end_col_offset is not None else node.col_offset + 1
        return self._at(row, self._column(row, node.col_offset), end_row, self._column(end_row, end))

    def _at(self, row: int, column: int, end_row: int, end_column: int) -> Place:
        """A place from rows and columns counted from 0 in this text, which may begin in the middle of a line."""
        shift, end_shift = (self.column if each == 0 else 1 for each in (row, end_row))
        return Place(
            self.whole,
            self.line + row,
            column + shift,
            self.line + end_row,
            end_column + end_shift,
            self.name,
            self.line,
            self.column,
        )

    def error(self, unfit: Unfit, node: ast.AST) -> LanguageError:
        return LanguageError(unfit.message, code=unfit.code, hint=unfit.hint, place=self.place(unfit.node or node))

    def _column(self, row: int, offset: int) -> int:
        line = self.lines[row][self.indent[row] :]
        return self.indent[row] + len(line.encode()[:offset].decode(errors="replace"))

    def _refuse(self, unfit: Unfit, row: int, column: int) -> LanguageError:
        place = self._at(row, column, row, column + 1)
        return LanguageError(unfit.message, code=unfit.code, hint=unfit.hint, place=place)

    def _syntax(self, error: SyntaxError) -> LanguageError:
        """Python's own words, which name the cause; its offsets already count characters."""
        message = str(error.msg or "invalid syntax")
        if "too many nested" in message or "too complex" in message:
            return self._refuse(Unfit("E-LIMIT", "nested too deeply", "name the inner parts"), 0, 0)
        if "surrogates not allowed" in message:
            return self._refuse(Unfit("E-VALUE", "a lone surrogate is no character"), 0, 0)
        row = min(max((error.lineno or 1) - 1, 0), len(self.lines) - 1)
        column = max((error.offset or 1) - 1, 0) + self.indent[row]
        hint = self._meant(row, column) if message.startswith("invalid syntax") else ""
        return self._refuse(Unfit("E-SYNTAX", message, hint), row, column)

    def _meant(self, row: int, column: int) -> str:
        statement = misspelt(self.whole)
        word = _SIGN.match(self.lines[row], column)
        sign = hints.SIGNS.get(word[0].lower(), "") if word else ""
        return f"SQL? Its statement is {statement.upper()}" if statement else sign


_SIGN = re.compile(r"[a-zA-Z]+|[=<>~!&|]{1,2}")


def _indent(lines: list[str]) -> list[int]:
    """Pasted text may be indented as a whole: how much of each line is that indentation."""
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    count = len(first) - len(first.lstrip(" \t"))
    return [min(count, len(line) - len(line.lstrip(" \t"))) for line in lines]
