"""What was typed while no prompt stood. The terminal keeps it by lines, and tells a Ctrl-D only to who reads lines: the
next prompt, which reads keys, would take it for another one."""

from __future__ import annotations

import os
import termios
from select import select

from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding.key_processor import KeyPress

_MOST = 64 * 1024


def take(source: Input) -> None:
    """Give the lines that wait on a terminal to its next prompt, as keys, up to a Ctrl-D."""
    if not isinstance(source, Vt100Input) or not _by_lines(source.fileno()):
        return
    found: list[KeyPress] = []
    parser = source.vt100_parser  # the prompt's own: a paste may have begun that goes on there
    own, parser.feed_key_callback = parser.feed_key_callback, found.append
    try:
        while select([source], [], [], 0)[0]:
            line = os.read(source.fileno(), _MOST)
            parser.feed(line.decode("utf-8", "surrogateescape") if line else "\x04")
            if not line:
                break
    except OSError:  # the terminal is gone; the prompt finds out
        pass
    finally:
        parser.feed_key_callback = own
    store_typeahead(source, found)


def _by_lines(terminal: int) -> bool:
    try:
        return bool(termios.tcgetattr(terminal)[3] & termios.ICANON)
    except termios.error:
        return False
