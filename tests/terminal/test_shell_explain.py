r"""\explain, \compare, reports and hints on the shell's screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, execute, existing

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


@pytest.mark.parametrize("within", [False, True], ids=["alone", "in a transaction"])
def test_a_measured_write_that_is_interrupted_is_undone(any_url: str, within: bool, tmp_path: Path) -> None:
    """The transaction around it goes on, except on SQLite, which takes back the whole of an interrupted one."""
    whole = within and any_url.startswith("sqlite")
    slow = {
        "postgresql": "update t set y = 1 where pg_sleep(20) is not null",
        "mysql": "update t set y = 1 where sleep(20) = 0",
        "sqlite": "update t set y = (with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r)",
    }[any_url.partition(":")[0]]
    execute(existing(any_url), "create table t (x int primary key, y int)", "insert into t values (1, 0), (2, 0)")
    with Terminal([DBX, "@"], env=environment(any_url, XDG_STATE_HOME=str(tmp_path)), columns=150) as terminal:
        terminal.wait_for(r"> *\Z")
        if within:
            ask(terminal, "begin", r"\[tx.*\]> *\Z")
            ask(terminal, "insert into t values (3, 0);", r"1 row changed")
        terminal.type(f"\\explain analyze {slow};\r")
        terminal.settle(1)
        terminal.type("\x03")
        terminal.wait_for(r"cancelled; the open transaction was rolled back" if whole else r"cancelled")
        if within and not whole:
            ask(terminal, "commit", r"(?m)^[^\[]*> *\Z")
        elif not within:
            terminal.wait_for(r"(?m)^[^\[]*> *\Z")
    kept = execute(any_url, "select x, y from t order by x")
    assert kept == [(1, 0), (2, 0), *([(3, 0)] if within and not whole else [])]
