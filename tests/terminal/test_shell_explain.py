r"""\explain, \compare, reports and hints on the shell's screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, execute, existing
from watching import Watch, wait_busy

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    settings = environment(XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path))
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, columns=120) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def test_the_plan_is_a_tree(shop: Terminal) -> None:
    screen = shop.ask("\\explain [t.name for t in track if t.composer == 'x']", r"^└─ full scan track t")
    assert "SELECT t.name FROM track AS t WHERE t.composer = 'x'" in screen
    assert "! full scan of about 1,614 rows" in screen
    shop.ask("\\explain select * from genre where genre_id = 3;", r"^└─ key lookup genre by primary key")
    shop.ask("explain([t.name for t in track if t.track_id == 3])", r"^└─ key lookup track t by primary key")


def test_a_measured_write_is_undone_and_the_transaction_stays(shop: Terminal) -> None:
    shop.ask("begin", r"^shop\.db \[tx\]>$")
    shop.ask("delete from refund where refund_id = 1", r"row changed")
    shop.ask("[r.refund_id for r in refund][:1]", r"^ +2$")
    shop.ask("\\explain analyze delete from refund", r"^QUERY +\d+ +1 ")
    shop.ask("len(refund) > 2", r"^ +1$")
    shop.ask("rollback", r"^shop\.db>$")


def test_compare_and_sql(shop: Terminal) -> None:
    shop.ask("\\compare sqlite,mysql [t.milliseconds // 7 for t in track]", r"^mysql$")
    shop.ask("\\compare len(track)", r"^sqlite · postgresql · mysql · mariadb$")
    shop.ask("sql([t.name for t in track][:1], 'mysql')", r"^SELECT t\.name FROM track AS t LIMIT 1$")
    shop.ask("\\compare [t.titel for t in track]", r"E-ATTR")


def test_a_hint_stands_behind_the_rows(shop: Terminal) -> None:
    shop.ask("[c.city for c in customer if c.state != 'CA'][:1]", r"hint: rows without c\.state are left out by !=")
    screen = shop.ask("[c.city for c in customer if c.state is not 'CA'][:2]", r"2 rows · ")
    assert "hint:" not in screen


def test_a_format_that_was_asked_for_holds(shop: Terminal) -> None:
    shop.ask("\\f json", PROMPT)
    shop.ask("sql(track[1].name)", r'^\{"sql":"SELECT')
    shop.ask("\\f table", PROMPT)
    shop.ask("sql(genre[1].name)", r"^SELECT g\.name")


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
            terminal.ask("begin", r"\[tx.*\]> *\Z")
            terminal.ask("insert into t values (3, 0);", r"1 row changed")
        with nullcontext() if any_url.startswith("sqlite") else Watch(any_url) as watch:
            terminal.begin(f"\\explain analyze {slow};")
            wait_busy(terminal, watch, "sleep")
            terminal.send("\x03")
        terminal.expect(r"cancelled; the open transaction was rolled back" if whole else r"cancelled")
        if within and not whole:
            terminal.ask("commit", r"^[^\[]*> *\Z")
        elif not within:
            terminal.expect(r"^[^\[]*> *\Z")
    kept = execute(any_url, "select x, y from t order by x")
    assert kept == [(1, 0), (2, 0), *([(3, 0)] if within and not whole else [])]
