"""What is typed while a statement runs reaches the next prompt as it was meant."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from select import select

from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.keys import Keys

from dbx.shell import ahead


@contextmanager
def terminal() -> Iterator[tuple[int, Vt100Input]]:
    """A terminal that reads by lines, and the side on which somebody types."""
    typed, read = os.openpty()
    with os.fdopen(read, "r", closefd=True) as stream:
        yield typed, Vt100Input(stream)
    os.close(typed)


def taken(source: Vt100Input, last: str) -> list[str]:
    """The keys, once the last of them has come through the terminal."""
    found: list[str] = []
    while last not in found:
        assert select([source], [], [], 20)[0], f"no more keys after {found}"
        ahead.take(source)
        found += [each.data if each.key != Keys.ControlD else "Ctrl-D" for each in get_typeahead(source)]
    return found


def test_lines_and_the_key_that_leaves() -> None:
    with terminal() as (typed, source):
        os.write(typed, "ä;\n\x04".encode())
        assert taken(source, "Ctrl-D") == ["ä", ";", "\n", "Ctrl-D"]


def test_what_is_pasted_meanwhile_is_one_paste_though_its_end_is_not_there_yet() -> None:
    with terminal() as (typed, source):
        os.write(typed, b"\x1b[200~a\nb\nc\x1b[201~")
        assert select([source], [], [], 20)[0]
        ahead.take(source)
        assert get_typeahead(source) == []
        flags = termios.tcgetattr(source.fileno())
        flags[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(source.fileno(), termios.TCSANOW, flags)
        ahead.take(source)  # by keys now: it is the prompt that reads them
        found = []
        while not found:
            assert select([source], [], [], 20)[0]
            found = source.read_keys()
        assert [(each.key, each.data) for each in found] == [(Keys.BracketedPaste, "a\nb\nc")]
