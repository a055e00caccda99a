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


def test_objects_in_the_shell(shop: Terminal) -> None:
    shop.ask("g = genre.get(1)", r"FROM genre WHERE genre\.genre_id = \? · \[1\]\n1 statement\nshop\.db>$")
    shop.ask("genre.get(1) is g", r"from the identity map, no SQL")
    shop.ask("g.name = 'Changed'", r"^shop\.db>$")
    assert "dirty" in shop.ask("\\session", r"name +Rock +Changed(.*\n)+.*identity map: 1 object")
    shop.ask("\\flush --plan", r"UPDATE genre SET name=(.*\n)+1 statement, not sent\nshop\.db>$")
    assert "step 1 · flush: UPDATE genre · 1 row changed" in shop.ask(
        "\\flush", r"session commit or rollback\nshop\.db \[tx 1 step.*\]>$"
    )
    shop.ask("\\diff", r"^genre 1 +dirty +name +Rock +Changed\nshop\.db \[tx 1 step")
    shop.ask("\\undo", r"the flush wrote is still to be written: \\session\nshop\.db \[tx[^\]]*\]>$")
    shop.ask("\\redo", r"Changed\", 1\] · flush\n1 statement\nshop\.db \[tx 1 step.*\]>$")
    shop.ask("\\session rollback", r"1 object as in the database\nshop\.db>$")
    shop.ask("begin", r"^transaction open.*\nshop\.db \[tx.*\]>$")
    shop.ask("h = genre.add(name='Mine')", r"^shop\.db \[tx.*\]>$")
    shop.ask("\\flush", r"flushed, in your transaction")
    shop.ask("rollback", r"a ROLLBACK has taken back what the Session had flushed: 1 object inserted")
    shop.ask("genre.get(2).name = 'Lost?'", r"1 statement\nshop\.db>$")
    shop.ask("\\q", r"changes that are not written\. Drop them and leave\?")
    shop.send("y\r")
    assert shop.wait() == 0
