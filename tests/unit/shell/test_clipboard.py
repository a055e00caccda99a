"""The clipboard sequence: nothing of the data itself reaches the terminal."""

import re
from base64 import b64decode

from hypothesis import given
from hypothesis import strategies as st

from dbx.shell.clipboard import sequence


@given(st.binary(max_size=2000))
def test_the_data_comes_back_out_of_the_sequence(data: bytes) -> None:
    found = re.fullmatch("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07", sequence(data, {"TERM": "xterm"}))
    assert found is not None
    assert b64decode(found[1]) == data


def test_tmux_is_asked_to_pass_it_on() -> None:
    text = sequence(b"x", {"TMUX": "1", "TERM": "screen-256color"})
    assert text == "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"


def test_screen_gets_it_in_pieces() -> None:
    text = sequence(b"x" * 1000, {"TERM": "screen"})
    pieces = re.findall("\x1bP([^\x1b]*(?:\x1b\\][^\x1b]*)?)\x1b\\\\", text)
    assert all(len(piece) <= 500 for piece in pieces)
    assert "".join(pieces) == sequence(b"x" * 1000, {"TERM": "xterm"})
