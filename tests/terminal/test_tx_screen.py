"""Transactions step by step, as a person sees them, on a small screen and on a large one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, execute

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"


def opened(folder: Path, *arguments: str, rows: int = 24, columns: int = 80) -> Terminal:
    settings = environment(XDG_STATE_HOME=str(folder / "state"), HOME=str(folder))
    return Terminal([DBX, *arguments], cwd=str(folder), env=settings, rows=rows, columns=columns)


@pytest.fixture(params=[(24, 80), (50, 200)], ids=lambda size: f"{size[1]}x{size[0]}")
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    rows, columns = request.param
    with opened(tmp_path, "shop.db", rows=rows, columns=columns) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def kept(folder: Path, query: str) -> list[tuple[object, ...]]:
    return execute(f"sqlite:///{folder / 'shop.db'}", query)


def test_steps_are_seen_undone_and_committed(shop: Terminal, tmp_path: Path) -> None:
    screen = shop.ask("begin", r"^shop\.db \[tx\]>$")
    assert "transaction open · SERIALIZABLE" in screen
    screen = shop.ask("update genre set name = upper(name) where genre_id < 3", r"\[tx 1 step\]>$")
    assert re.search(r"^step 1 · .*2 rows changed +\\diff shows", screen, re.MULTILINE)
    screen = shop.ask("\\diff", r"^ *2 +name +Pop +POP")
    assert re.search(r"^ *genre_id +column +before +after", screen, re.MULTILINE)
    shop.ask("[g.delete() for g in genre if g.genre_id == 99]", r"\[tx 2 steps\]>$")
    screen = shop.ask(
        "update genre set genre_id = 1 where genre_id = 2", r"UNIQUE constraint failed(.*\n)*.*\[tx 2 steps\]>$"
    )
    assert re.search(r"^step 3 · .* · failed$", screen, re.MULTILINE)
    shop.ask("\\steps", r"^ *3 +failed")
    shop.ask("\\undo 2", r"step 1 · .* · undone\n(.*\n)*?shop\.db \[tx\]>$")
    shop.ask("\\redo", r"step 1 · .* · 2 rows changed(.*\n)*.*\[tx 1 step\]>$")
    shop.ask("\\save saved.sql", r"1 step saved")
    shop.ask("commit", r"^committed · 1 of 3 steps\n(.*\n)*?shop\.db>$")
    assert kept(tmp_path, "select name from genre where genre_id < 3") == [("ROCK",), ("POP",)]
    assert (tmp_path / "saved.sql").read_text() == "update genre set name = upper(name) where genre_id < 3;\n"
    shop.ask("\\undo", r"cannot undo: the transaction is committed")


def test_no_line_is_wider_than_the_screen(shop: Terminal) -> None:
    """Nothing that dbx says wraps: at 80 columns a step is one line."""
    shop.ask("begin", r"^shop\.db \[tx\]>$")
    shop.ask(
        "delete from playlist_track where playlist_id in (select playlist_id from playlist where name like 'x%')",
        r"\[tx 1 step\]>$",
    )
    lines = [line for line in shop.history().splitlines() if line.startswith("step 1")]
    assert len(lines) == 1
    assert lines[0].rstrip().endswith("0 rows changed")


def test_everything_is_a_step_in_dbx_tx(tmp_path: Path) -> None:
    sample.create(tmp_path / "shop.db")
    with opened(tmp_path, "tx", "shop.db") as terminal:
        terminal.wait_for(PROMPT)
        terminal.ask("delete from refund", r"\[tx 1 step\]>$")
        terminal.ask("rollback", r"^rolled back · 1 step")
        terminal.ask("insert into genre values (77, 'Skiffle')", r"\[tx 1 step\]>$")
        terminal.ask("\\edit 1 insert into genre values (78, 'Skiffle')", r"\[tx 1 step\]>$")
        terminal.ask("commit", r"^committed")
    assert kept(tmp_path, "select genre_id from genre where genre_id > 70") == [(78,)]


def test_a_script_waits_before_each_step(tmp_path: Path) -> None:
    sample.create(tmp_path / "shop.db")
    (tmp_path / "plan.sql").write_text(
        "insert into genre values (71, 'a');\ninsert into genre values (72, 'b');\ninsert into genre values (73, 'c');\n"
    )
    with opened(tmp_path, "tx", "shop.db", "plan.sql", "--step", "--commit") as terminal:
        terminal.wait_for(r"next: insert into genre values \(71")
        terminal.ask("", r"\[tx 1 step\]>$")
        terminal.ask("\\skip", r"next: insert into genre values \(73")
        terminal.ask("", r"\[tx 2 steps\]>$")
        terminal.ask("", r"^committed · 2 steps")
    assert kept(tmp_path, "select genre_id from genre where genre_id > 70") == [(71,), (73,)]


def test_a_script_that_fails_leaves_the_shell_in_its_transaction(tmp_path: Path) -> None:
    sample.create(tmp_path / "shop.db")
    (tmp_path / "plan.sql").write_text("insert into genre values (71, 'a');\ninsert into nope values (1);\n")
    with opened(tmp_path, "tx", "shop.db", "plan.sql") as terminal:
        terminal.wait_for(r"no such table: nope")
        terminal.wait_for(r"\[tx 1 step\]>$")
        terminal.ask("commit", r"^committed")
    assert kept(tmp_path, "select genre_id from genre where genre_id > 70") == [(71,)]


def test_a_script_that_commits_itself_does_not_win_over_rollback(tmp_path: Path) -> None:
    sample.create(tmp_path / "shop.db")
    (tmp_path / "plan.sql").write_text("insert into genre values (71, 'a');\ncommit;\n")
    with opened(tmp_path, "tx", "shop.db", "plan.sql", "--step", "--rollback") as terminal:
        terminal.wait_for(r"next: insert into genre values \(71")
        terminal.ask("", r"next: commit(.*\n)*.*\[tx 1 step\]>$")
        terminal.ask("", r"--rollback was said\nrolled back · 1 step\nthe script is at its end\nshop\.db>$")
    assert kept(tmp_path, "select genre_id from genre where genre_id > 70") == []
