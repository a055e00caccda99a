"""A script cut into its statements, by the dialect's own rules, while it is being read.

Only the current statement is in memory. A statement is handed over as soon as its end has been read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dbx.dialects.base import Syntax, place
from dbx.errors import LanguageError, Place
from dbx.rows import Statement
from dbx.sql import client
from dbx.sql.blocks import Block
from dbx.sql.lexis import WHITE, blank, lexis, name_end
from dbx.sql.modes import Modes
from dbx.sql.reader import NOT_UTF8, Reader, Text, no_text
from dbx.sql.words import reads_stdin, words

EXPECT = r"\expect"
ORDER = r"\steps"
# SQLite keeps these as they are written, up to the semicolon: stripped, a dump of the dump would differ
_STORED = frozenset({"INDEX", "TABLE"})
_WITH_BLOCKS = ("CREATE", "EXPLAIN")
_END_OF_DATA = re.compile(r"\\(?<=\n\\)\.\r?\n")  # begins with a plain character: searched for much faster than ^
_PERHAPS_END_OF_DATA = ("\\", "\\.", "\\.\r")


class Piece(NamedTuple):
    """One statement, which begins at `line` and `column`. `text` is without its terminator and comments before it.

    `words` are its first words in capitals. `data`, behind COPY … FROM stdin, is the text up to `\\.` in blocks that
    may be cut anywhere; what is not read of it before the next piece is passed over.
    """

    text: str
    line: int
    column: int
    terminated: bool
    words: tuple[str, ...]
    data: Iterator[str] | None = None


class Unterminated(LanguageError):
    """The text ends within something. `token` is what opened it."""

    def __init__(self, token: str, place: Place) -> None:
        super().__init__(f"{token} is never closed", place=place)
        self.token = token


def split(
    text: Text, syntax: Syntax, *, source: str = "", line: int = 1, expectations: bool = False, orders: bool = False
) -> Iterator[Piece]:
    """The statements of a text, or of chunks of one: lines of a file, or blocks cut anywhere. Bytes are UTF-8.

    Raises Unterminated for a quote, comment, parenthesis or block without an end, Refused for a command of another
    shell, LanguageError for what is no text; each with its place, and after the statements that stand before it.
    With `expectations` a line `\\expect …` is a piece too, whose only word is EXPECT; with `orders` those about steps
    are, by the word ORDER.
    """
    return Splitter(text, syntax, source, line, expectations=expectations, orders=orders).pieces()


class Splitter:
    """`_at` and the other offsets count in the reader's buffer and move with it."""

    def __init__(
        self,
        text: Text,
        syntax: Syntax,
        source: str = "",
        line: int = 1,
        *,
        expectations: bool = False,
        orders: bool = False,
    ) -> None:
        self.delimiter = ";"
        self._syntax = syntax
        self._modes = Modes(syntax)
        self._source = source
        self._lexis = lexis(syntax)
        self._reader = Reader(text, source, line, lenient=syntax.raw_strings)
        self._at = 0
        self._floor = 0  # the end of the last quote: nothing before it is part of a name
        # the current statement: what the buffer has dropped of it, its length, where the rest begins
        self._parts: list[str] | None = None
        self._length = 0
        self._start = 0
        self._where = (line, 1)
        self._parenthesis = 0  # where in the statement the outermost one opened
        self._block: Block | None = None
        self._expectations = expectations
        self._orders = orders
        self._candidate = client.candidate(syntax, expectations or orders)
        self._copying: Place | None = None  # while its rows are being read

    def pieces(self) -> Iterator[Piece]:
        while self._find_start():
            line = self._command_line()
            if line is None:
                piece = self._statement()
            elif client.is_use(line, self.delimiter):
                piece = self._whole_line(line)
            elif self._expectations and client.is_expectation(line):
                piece = self._whole_line(line)._replace(words=(EXPECT,))
            elif self._orders and client.is_order(line):
                piece = self._whole_line(line)._replace(words=(ORDER,))
            else:
                self._at += len(line)
                continue
            if piece.text:
                yield piece
            while self._copying:
                self._block_of_data()

    def _find_start(self) -> bool:
        """Go to where the next statement or command begins, past white space, comments and lone terminators."""
        reader = self._reader
        while True:
            at = self._lexis.gap.match(reader.buffer, self._at).end()  # type: ignore[union-attr]  # it always matches
            self._at = at
            if reader.buffer[at : at + 1].isalpha() and not self.delimiter[0].isalpha():
                return True
            stop = self._lexis.stop.match(reader.buffer, at)
            if stop is None:
                if at < len(reader.buffer):
                    return True
                if reader.last:
                    return False
                self._more()
            elif stop[1]:
                self._at = stop.end()
            elif stop[2]:
                self._pass(at, stop[2])
            else:
                self._more()

    def _command_line(self) -> str | None:
        """The line at hand if it is for the mysql client or to be passed over. Raises Refused for other commands."""
        reader, syntax = self._reader, self._syntax
        if self._candidate is None or not self._candidate.match(reader.buffer, self._at):
            return None
        line = self._line()
        if (self._expectations and client.is_expectation(line)) or (self._orders and client.is_order(line)):
            return line
        if syntax.delimiter_command:
            delimiter = client.new_delimiter(line)
            if delimiter is not None:
                self._set_delimiter(delimiter)
                return line
            if client.is_use(line, self.delimiter):
                return line
        if client.is_passed_over(syntax.client, line, reader.position(self._at)[1]):
            return line
        if name := client.command(syntax.client, line):
            raise client.refused(syntax.client, name, reader.place(self._at, len(name)))
        return None

    def _set_delimiter(self, delimiter: str) -> None:
        if not delimiter or "\\" in delimiter:
            wrong = "DELIMITER cannot contain a backslash" if delimiter else "DELIMITER needs an argument"
            raise LanguageError(wrong, place=self._reader.place(self._at, len("delimiter")))
        self.delimiter = delimiter
        self._lexis = lexis(self._syntax, delimiter)

    def _whole_line(self, line: str) -> Piece:
        self._begin()
        self._at += len(line)
        text = line.strip(WHITE)
        return self._made(text, words(text, self._syntax), True)

    def _line(self) -> str:
        """The rest of the line at hand, with its end."""
        while (end := self._reader.buffer.find("\n", self._at)) < 0:
            self._more()
        return self._reader.buffer[self._at : end + 1]

    def _begin(self) -> None:
        self._parts = []
        self._length = 0
        self._start = self._at
        self._where = self._reader.position(self._at)
        self._block = None

    def _statement(self) -> Piece:
        """The statement that begins here."""
        self._begin()
        reader, code = self._reader, self._lexis.code
        depth = 0
        while True:
            found = code.match(reader.buffer, self._at)
            assert found
            token, at = found[1], found.start(1)
            self._at = found.end()
            if token is None:
                if reader.last:
                    return self._last(depth)
                self._more()
            elif token == self.delimiter:
                if not depth and (piece := self._piece(at)):
                    return piece
            elif token == "(":
                if not depth:
                    self._parenthesis = self._length + at - self._start
                depth += 1
            elif token == ")":
                depth = max(0, depth - 1)
            elif token == "\\":
                self._continue(at)
            else:
                self._pass(at, token)

    def _piece(self, end: int) -> Piece | None:
        """The statement, if the terminator at `end` is its own."""
        text = self._text(end)
        first = words(text, self._syntax)
        if self._is_open(text, first):
            return None
        return self._made(text, first, True)

    def _made(self, text: str, first: tuple[str, ...], terminated: bool) -> Piece:
        self._parts = None
        if self._reader.raw and not text.isascii():
            self._check_code(text)
        if first and first[0] in ("SET", "RESET"):
            self._syntax = self._modes.after(text, self._syntax)
            self._lexis = lexis(self._syntax, self.delimiter)
        if not (terminated and first[:1] == ("CREATE",) and self._is_stored(first)):
            text = text.rstrip(WHITE)
        if not first and text.startswith("/*+") and not blank(text, self._syntax).strip():
            text = ""  # a hint for nothing
        line, column = self._where
        data = None
        if terminated and first and first[0] == "COPY" and self._syntax.copy_data and reads_stdin(text, self._syntax):
            self._begin_data(text)
            data = iter(self._block_of_data, None)
        return Piece(text, line, column, terminated, first, data)

    def _check_code(self, text: str) -> None:
        """Bytes that are no text may stand in quotes only; there they go to the server as they are."""
        try:
            blank(text, self._syntax).encode()
        except UnicodeEncodeError as error:
            raise no_text(NOT_UTF8, self._within(text, error.start)) from None

    def _is_stored(self, first: tuple[str, ...]) -> bool:
        return self._syntax.client == "sqlite3" and not _STORED.isdisjoint(first[1:3])

    def _last(self, depth: int) -> Piece:
        """What the end of the text makes of the statement."""
        text = self._text(len(self._reader.buffer))
        first = words(text, self._syntax)
        if depth:
            raise Unterminated("(", self._within(text, self._parenthesis))
        if self._is_open(text, first) and self._block:
            offset = self._block.opening(text)
            raise Unterminated("BEGIN" if offset else "CREATE TRIGGER", self._within(text, offset))
        return self._made(text, first, False)

    def _is_open(self, text: str, first: tuple[str, ...]) -> bool:
        """Whether the statement goes on behind a semicolon, for it stands in a block."""
        if not first or first[0] not in _WITH_BLOCKS or text[0] == "(":
            return False
        if self._block is None:
            self._block = Block(self._syntax)
        return self._block.is_open(text, first)

    def _text(self, end: int) -> str:
        """The statement up to `end`."""
        rest = self._reader.buffer[self._start : end]
        return "".join([*self._parts, rest]) if self._parts else rest

    def _within(self, text: str, offset: int) -> Place:
        line, column = self._where
        return place(Statement(text, None, self._source, line, column), offset)

    def _pass(self, at: int, token: str) -> None:
        """Go behind the quote or comment that `token` opens."""
        reader = self._reader
        opened = self._lexis.opened(token, reader.buffer, at, self._floor)
        if opened is None:
            self._at = name_end(reader.buffer, at)
            return
        end = opened.seek(reader.buffer, at + len(token), reader.last)
        where = reader.place(at, len(token)) if end < 0 else None
        while end < 0:
            if reader.last:
                assert where
                raise Unterminated(token, where)
            self._at = ~end
            self._more()
            end = opened.seek(reader.buffer, self._at, reader.last)
        self._at = self._floor = end

    def _more(self) -> None:
        """Read on. What the buffer drops of the current statement is kept."""
        before = self._reader.buffer
        dropped = self._reader.more(self._at)
        if self._parts is not None and self._start < dropped:
            self._parts.append(before[self._start : dropped])
            self._length += dropped - self._start
            self._start = dropped
        self._start -= dropped
        self._at -= dropped
        self._floor -= dropped

    def _continue(self, at: int) -> None:
        """Go behind a backslash that ends a line, which the client drops. Any other begins a command: Refused."""
        self._at = at
        line = self._line()
        if line != "\\\n" or self._parts is None or not self._syntax.continued_lines:
            name = client.command(self._syntax.client, line)
            raise client.refused(self._syntax.client, name, self._reader.place(self._at, len(name)))
        self._parts.append(self._reader.buffer[self._start : self._at])
        self._length += self._at - self._start
        self._at += 1
        self._start = self._at

    def _begin_data(self, statement: str) -> None:
        """Go behind the line that ends in COPY … FROM stdin;"""
        self._copying = self._within(statement, 0)
        rest = self._line()
        if blank(rest, self._syntax).strip():
            raise LanguageError("nothing may stand between COPY and its rows on the next line", place=self._copying)
        self._at += len(rest)

    def _block_of_data(self) -> str | None:
        while self._copying:
            buffer, at = self._reader.buffer, self._at
            end = _END_OF_DATA.search(buffer, at)
            if end:
                self._at = end.end()
                self._copying = None
                return buffer[at : end.start()] or None
            if self._reader.last:
                raise Unterminated("COPY … FROM stdin", self._copying)
            line = buffer.rfind("\n") + 1
            self._at = line if buffer[line:] in _PERHAPS_END_OF_DATA else len(buffer)
            if self._at > at:
                return buffer[at : self._at]
            self._more()
        return None
