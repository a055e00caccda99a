"""A script's text as a buffer that is filled from chunks and knows its lines. One chunk is in memory at a time."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from functools import partial
from io import BufferedReader
from typing import BinaryIO

from dbx.errors import LanguageError, Place
from dbx.sql.lexis import CONTEXT

CHUNK = 64 * 1024

NOT_UTF8 = "this is not UTF-8"

Text = str | bytes | Iterable[str | bytes]


class Reader:
    """`buffer` is what has been read and not been dropped. With `last` nothing follows, and it ends in a line feed.

    `raw`: there are bytes that are no UTF-8, each as a surrogate; only with `lenient`, else they are refused.
    """

    def __init__(self, text: Text, source: str, line: int, *, lenient: bool = False) -> None:
        self.buffer = ""
        self.last = False
        self.raw = False
        self._lenient = lenient
        self._source = source
        self._chunks = _cut([text] if isinstance(text, str | bytes) else text)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._wrong = ""
        self._begun = False
        # lines are counted up to `_counted`, which lies in line `_line`, which begins at `_line_start`
        self._counted = 0
        self._line = line
        self._line_start = 0

    def more(self, needed: int) -> int:
        """Append the next chunk. What stands well before `needed` is dropped, and its length returned."""
        if self._wrong:
            raise no_text(self._wrong, self.place(len(self.buffer)))
        dropped = max(0, needed - CONTEXT)
        self.position(max(dropped, self._counted))
        self._counted -= dropped
        self._line_start -= dropped
        chunk = self._pull()
        if not chunk and not self._wrong:
            self.last = True
            chunk = "\n"
        self.buffer = self.buffer[dropped:] + chunk
        return dropped

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, which must not lie before one that was asked for earlier."""
        lines = self.buffer.count("\n", self._counted, offset)
        if lines:
            self._line += lines
            self._line_start = self.buffer.rfind("\n", self._counted, offset) + 1
        self._counted = offset
        return self._line, offset - self._line_start + 1

    def place(self, offset: int, length: int = 1) -> Place:
        """The same, with the text of the line around it."""
        line, column = self.position(offset)
        start = max(self._line_start, offset - CONTEXT, 0)
        text = self.buffer[start : offset + CONTEXT].split("\n", 1)[0].rstrip("\r")
        first_column = start - self._line_start + 1
        return Place(text, line, column, line, column + length, self._source, line, first_column)

    def _pull(self) -> str:
        """The next text. Stops before what is no text; the next call of `more` raises."""
        for chunk in self._chunks:
            text = self._decoded(chunk) if isinstance(chunk, bytes) else self._checked(chunk)
            if not self._begun and text:
                self._begun = True
                text = text.removeprefix("\ufeff")
            if text or self._wrong:
                return text
        return self._decoded(b"", final=True)

    def _decoded(self, chunk: bytes, final: bool = False) -> str:
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            text = self._decoded_on(error, final)
        return self._without_nul(text)

    def _decoded_on(self, error: UnicodeDecodeError, final: bool) -> str:
        """What the bytes that are no text come to. The error has those that were waiting for more, too."""
        if self._lenient:
            self.raw = True
            self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
            return self._decoder.decode(error.object, final)
        self._wrong = NOT_UTF8
        return error.object[: error.start].decode()

    def _checked(self, text: str) -> str:
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                # a byte of the command line that is no UTF-8 arrives as a surrogate
                self._wrong = NOT_UTF8
                text = text[: error.start]
        return self._without_nul(text)

    def _without_nul(self, text: str) -> str:
        nul = text.find("\0")
        if nul < 0:
            return text
        self._wrong = "a NUL character"
        return text[:nul]


def no_text(wrong: str, place: Place) -> LanguageError:
    return LanguageError(wrong, hint="a script is UTF-8 text", place=place)


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """A file as chunks, each as soon as there is something to read: several times faster than its lines."""
    read = file.read1 if isinstance(file, BufferedReader) else file.read
    return iter(partial(read, CHUNK), b"")


def _cut(chunks: Iterable[str | bytes]) -> Iterator[str | bytes]:
    """No chunk is longer than CHUNK: matching takes memory by the length of what it looks at."""
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            yield chunk[start : start + CHUNK]
