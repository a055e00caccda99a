r"""\explain, \compare, reports and hints on the shell's screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    settings = environment(XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path))
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, columns=120) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def ask(terminal: Terminal, line: str, pattern: str) -> str:
    terminal.type(line + "\r")
    return terminal.wait_for(pattern)


def test_the_plan_is_a_tree(shop: Terminal) -> None:
    screen = ask(shop, "\\explain [t.name for t in track if t.composer == 'x']", r"^└─ full scan track t")
    assert "SELECT t.name FROM track AS t WHERE t.composer = 'x'" in screen
    assert "! full scan of about 1,614 rows" in screen
    ask(shop, "\\explain select * from genre where genre_id = 3;", r"^└─ key lookup genre by primary key")
    ask(shop, "explain([t.name for t in track if t.track_id == 3])", r"^└─ key lookup track t by primary key")


def test_a_measured_write_is_undone_and_the_transaction_stays(shop: Terminal) -> None:
    ask(shop, "begin", r"^shop\.db \[tx\]>$")
    ask(shop, "delete from refund where refund_id = 1", r"row changed")
    ask(shop, "[r.refund_id for r in refund][:1]", r"^ +2$")
    ask(shop, "\\explain analyze delete from refund", r"^QUERY +\d+ +1 ")
    ask(shop, "len(refund) > 2", r"^ +1$")
    ask(shop, "rollback", r"^shop\.db>$")


def test_compare_and_sql(shop: Terminal) -> None:
    ask(shop, "\\compare sqlite,mysql [t.milliseconds // 7 for t in track]", r"^mysql$")
    ask(shop, "\\compare len(track)", r"^sqlite · postgresql · mysql · mariadb$")
    ask(shop, "sql([t.name for t in track][:1], 'mysql')", r"^SELECT t\.name FROM track AS t LIMIT 1$")
    ask(shop, "\\compare [t.titel for t in track]", r"E-ATTR")


def test_a_hint_stands_behind_the_rows(shop: Terminal) -> None:
    ask(shop, "[c.city for c in customer if c.state != 'CA'][:1]", r"hint: rows without c\.state are left out by !=")
    screen = ask(shop, "[c.city for c in customer if c.state is not 'CA'][:2]", r"2 rows · ")
    assert screen.count("hint:") == 1


def test_a_format_that_was_asked_for_holds(shop: Terminal) -> None:
    ask(shop, "\\f json", PROMPT)
    ask(shop, "sql(track[1].name)", r'^\{"sql":"SELECT')
    ask(shop, "\\f table", PROMPT)
    ask(shop, "sql(genre[1].name)", r"^SELECT g\.name")
