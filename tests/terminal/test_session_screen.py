"""The ORM Session in the shell, on a terminal: beside SQL, and in a transaction of steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment

from dbx import sample


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    settings = environment(XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path))
    with Terminal([DBX, "session", "shop.db"], cwd=str(tmp_path), env=settings, columns=120, rows=50) as terminal:
        terminal.wait_for(r"^shop\.db[^>]*>$")
        yield terminal


def ask(terminal: Terminal, line: str, pattern: str) -> str:
    terminal.type(line + "\r")
    return terminal.wait_for(pattern)


def test_objects_in_the_shell(shop: Terminal) -> None:
    ask(shop, "g = genre.get(1)", r"FROM genre WHERE genre\.genre_id = \? · \[1\]\n1 statement\nshop\.db>$")
    ask(shop, "genre.get(1) is g", r"from the identity map, no SQL")
    ask(shop, "g.name = 'Changed'", r"'Changed'\nshop\.db>$")
    assert "dirty" in ask(shop, "\\session", r"name +Rock +Changed(.*\n)+.*identity map: 1 object")
    ask(shop, "\\flush --plan", r"UPDATE genre SET name=(.*\n)+1 statement, not sent\nshop\.db>$")
    assert "step 1 · flush: UPDATE genre · 1 row changed" in ask(
        shop, "\\flush", r"session commit or rollback\nshop\.db \[tx 1 step.*\]>$"
    )
    ask(shop, "\\diff", r"^genre 1 +dirty +name +Rock +Changed\nshop\.db \[tx 1 step")
    ask(shop, "\\undo", r"the flush wrote is still to be written: \\session\nshop\.db \[tx[^\]]*\]>$")
    ask(shop, "\\redo", r"Changed\", 1\] · flush\n1 statement\nshop\.db \[tx 1 step.*\]>$")
    ask(shop, "\\session rollback", r"1 object as in the database\nshop\.db>$")
    ask(shop, "begin", r"^transaction open.*\nshop\.db \[tx.*\]>$")
    ask(shop, "h = genre.add(name='Mine')", r"'Mine'\)\nshop\.db \[tx.*\]>$")
    ask(shop, "\\flush", r"flushed, in your transaction")
    ask(shop, "rollback", r"a ROLLBACK has taken back what the Session had flushed: 1 object inserted")
    ask(shop, "genre.get(2).name = 'Lost?'", r"1 statement\nshop\.db>$")
    ask(shop, "\\q", r"changes that are not written\. Drop them and leave\?")
    shop.type("y\r")
    assert shop.wait() == 0
