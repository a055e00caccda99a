r"""Script files as units to run: .sql cut into statements while it is read, .dbx into expressions.

What could never run (another shell's commands, what is no text) is found before anything is sent, as far as a file can
be read twice; a pipe cannot.
"""

from __future__ import annotations

import ast
import codecs
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from dbx.dialects.base import Syntax, place
from dbx.errors import LanguageError, UsageError
from dbx.rows import Statement
from dbx.sql.client import command
from dbx.sql.expect import Expectation, parse
from dbx.sql.kind import kind
from dbx.sql.reader import CHUNK, blocks
from dbx.sql.script import EXPECT, ORDER, split
from dbx.sql.unit import Unit

STDIN = "stdin"
"""What standard input is called in places."""

_EXPECT_LINE = re.compile(r"^[ \t]*\\expect\b.*$", re.MULTILINE)

_ORDER_LINE = re.compile(r"^[ \t]*\\(?:steps|undo|redo|skip|edit|diff|save|isolation|locks)\b.*$", re.MULTILINE)

# Where none of these stands a file cannot hold a command of that shell. pg_dump's own backslashes are common.
_SUSPECT = {
    "psql": re.compile(rb"\\(?!N[\t\r\n]|restrict |unrestrict |\.\r?\n|expect )"),
    "mysql": re.compile(
        rb"\\|^\s*(?:charset|clear|connect|edit|ego|exit|go|nopager|notee|nowarning|pager|print|prompt|quit|rehash"
        rb"|source|status|system|tee|warnings)\b",
        re.IGNORECASE | re.MULTILINE,
    ),
    "sqlite3": re.compile(rb"^\s*[.\\][A-Za-z?!]", re.MULTILINE),
}


def holds_expressions(file: str, head: bytes, syntax: Syntax, *, sql: bool, expression: bool) -> bool:
    """Whether it is said so, or a file's name says so, or standard input begins so."""
    if sql or expression:
        return expression
    if file == "-":
        text = head.decode("utf-8-sig", "replace")
        return kind(text) == "expression" and not command(syntax.client, text.lstrip())
    return file.lower().endswith(".dbx")


def size(files: Iterable[str]) -> int:
    """The bytes of those whose size is known. Raises UsageError for what is no readable file."""
    total = 0
    for file in files:
        with opened(file) as stream:
            total += _size(stream)
    return total


def check(
    files: Iterable[str],
    syntax: Syntax,
    *,
    sql: bool = False,
    expression: bool = False,
    whole: bool = False,
    orders: bool = False,
) -> None:
    """Look through the files, but for pipes, before anything is sent.

    Raises Refused for a command of another shell, LanguageError for what is no text; with `whole` also for what is
    never closed, which takes longer and is told anyway at its place.
    """
    for file in files:
        with opened(file) as stream:
            if not stream.seekable():
                continue
            begin = stream.tell()
            expressions = holds_expressions(file, stream.read(CHUNK), syntax, sql=sql, expression=expression)
            stream.seek(begin)
            if not expressions and (whole or _is_suspect(stream, syntax)):
                stream.seek(begin)
                for _ in split(blocks(stream), syntax, source=_source(file), expectations=True, orders=orders):
                    pass
            stream.seek(begin)


def units(
    files: Iterable[str],
    syntax: Syntax,
    *,
    sql: bool = False,
    expression: bool = False,
    orders: bool = False,
    read: Callable[[int], None] = lambda size: None,
) -> Iterator[Unit]:
    """The units of the files, in order; `read` is told of the bytes as they are read. `-` is standard input.
    With `orders`, as dbx tx has them, a line such as \\undo is a unit too.

    Raises UsageError, LanguageError or Refused for what stands at the place reached.
    """
    for file in files:
        with opened(file) as stream:
            chunks = _told(blocks(stream), read)
            head = next(chunks, b"")
            chunks = chain([head], chunks)
            if holds_expressions(file, head, syntax, sql=sql, expression=expression):
                yield from _expressions(_text(chunks, _source(file)), _source(file), orders)
            else:
                yield from _statements(chunks, syntax, _source(file), orders)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file to read, or standard input for `-`. Raises UsageError."""
    if file == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  (closed below; only opening it is tried here)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    with stream:
        yield stream


def _source(file: str) -> str:
    return STDIN if file == "-" else file


def _size(stream: BinaryIO) -> int:
    """Bytes of a regular file. Raises UsageError for a folder, which opens but cannot be read."""
    try:
        status = os.fstat(stream.fileno())
    except OSError as error:
        raise UsageError(f"standard input: {error.strerror}") from None
    if stat.S_ISDIR(status.st_mode):
        raise UsageError(f"{'standard input' if stream is sys.stdin.buffer else stream.name} is a folder")
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _is_suspect(stream: BinaryIO, syntax: Syntax) -> bool:
    """Whether there may be a command of another shell in a file, or what is no text: a quick look at its bytes."""
    pattern = _SUSPECT.get(syntax.client)
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail = b"\n"
    try:
        while chunk := stream.read(16 * CHUNK):
            if b"\0" in chunk or (pattern and pattern.search(tail + chunk)):
                return True
            decoder.decode(chunk)
            tail = chunk[-64:]
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return True
    return False


def _told(chunks: Iterator[bytes], read: Callable[[int], None]) -> Iterator[bytes]:
    while True:
        try:
            chunk = next(chunks, b"")
        except OSError as error:
            raise UsageError(f"the script cannot be read any further: {error.strerror}") from None
        if not chunk:
            return
        read(len(chunk))
        yield chunk


def _text(chunks: Iterator[bytes], source: str) -> str:
    data = b"".join(chunks)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        where = place(Statement(before + "\ufffd", None, source), len(before))
        raise LanguageError("this is not UTF-8", hint="a script is UTF-8 text", place=where) from None
    if "\0" in text:
        where = place(Statement(text, None, source), text.index("\0"))
        raise LanguageError("a NUL character", hint="a script is UTF-8 text", place=where)
    return text


def _statements(chunks: Iterator[bytes], syntax: Syntax, source: str, orders: bool) -> Iterator[Unit]:
    waiting: list[Expectation] = []
    for piece in split(chunks, syntax, source=source, expectations=True, orders=orders):
        if piece.words == (ORDER,):
            yield Unit("command", piece.text, (), source, piece.line, piece.column)
            continue
        if piece.words == (EXPECT,):
            waiting.append(parse(piece.text, source, piece.line))
            continue
        unit = Unit("sql", piece.text, piece.words, source, piece.line, piece.column, piece.data, tuple(waiting))
        waiting.clear()
        yield unit
    _check_met(waiting)


def _expressions(text: str, source: str, orders: bool) -> Iterator[Unit]:
    r"""The top-level expressions one by one. A text that is no Python is one unit, for the language to tell why."""
    waiting = [parse(found[0], source, text.count("\n", 0, found.start()) + 1) for found in _EXPECT_LINE.finditer(text)]
    code = _EXPECT_LINE.sub("", text)
    told = [
        Unit("command", found[0].strip(), (), source, text.count("\n", 0, found.start()) + 1)
        for found in _ORDER_LINE.finditer(text if orders else "")
    ]
    code = _ORDER_LINE.sub("", code) if orders else code
    lines = code.splitlines(keepends=True)
    for first, last in _spans(code, len(lines)):
        here = [expectation for expectation in waiting if expectation.line < first]
        del waiting[: len(here)]
        while told and told[0].line < first:
            yield told.pop(0)
        yield Unit("expression", "".join(lines[first - 1 : last]), (), source, first, 1, None, tuple(here))
    yield from told
    _check_met(waiting)


def _spans(code: str, count: int) -> list[tuple[int, int]]:
    """First and last line of each top-level expression; those that share a line belong together."""
    try:
        nodes = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [(1, count)] if code.strip() else []
    spans: list[tuple[int, int]] = []
    for node in nodes:
        last = node.end_lineno or node.lineno
        if spans and node.lineno <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((node.lineno, last))
    return spans


def _check_met(waiting: list[Expectation]) -> None:
    if waiting:
        raise LanguageError(
            r"\expect stands before the statement it speaks of, and none follows", place=waiting[0].place
        )
