"""The shell as a person sees it."""

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
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, columns=100) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def test_an_expression_shows_its_sql_above_its_rows(shop: Terminal) -> None:
    screen = shop.ask("[t.name for t in track if t.track_id < 3]", r"2 rows · [\d.]+ m?s")
    sql = screen.index("SELECT t.name FROM track AS t WHERE t.track_id < 3")
    assert sql < screen.index("────") < screen.index("2 rows")


def test_a_long_input_goes_on_until_it_is_complete(shop: Terminal) -> None:
    shop.type("[t.name for t in track\r")
    shop.wait_for("…")
    shop.ask("if t.track_id == 1]", r"1 row · ")


def test_an_error_points_and_the_shell_goes_on(shop: Terminal) -> None:
    screen = shop.ask("select nope from track", r"no such column: nope")
    assert "         ^^^^" in screen
    shop.ask("len(track)", r"^ *1614$")


def test_the_transaction_is_in_the_prompt_and_leaving_it_takes_two(shop: Terminal) -> None:
    shop.ask("begin", r"^shop\.db \[tx\]>$")
    shop.ask("delete from refund", r"rows changed")
    shop.type("select 1,\r")
    shop.wait_for("…")
    shop.ask("\\q", r"a transaction is open")  # also behind lines that are not complete
    shop.send("\\q\r")
    assert shop.wait() == 0


def test_what_was_not_committed_is_gone(shop: Terminal, tmp_path: Path) -> None:
    shop.ask("begin", r"^shop\.db \[tx\]>$")
    shop.ask("delete from refund", r"rows changed.*\n(.*\n)*shop\.db \[tx 1 step\]>$")
    shop.end_input()
    shop.wait_for(r"Commit, roll back, or stay\?")
    shop.send("\x04")
    assert shop.wait() == 0
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=environment(HOME=str(tmp_path))) as again:
        again.wait_for(PROMPT)
        again.ask("any(r for r in refund)", r"^ *1$|true")


def test_tables_columns_and_formats(shop: Terminal) -> None:
    assert "playlist_track" in shop.ask("\\d", r"^track +table")
    assert "(album_id) → album(album_id)" in shop.ask("\\d track", r"^foreign")
    assert "no table" not in shop.ask("\\dt *_track", r"playlist_track")
    assert "nothing is called 'trak'" in shop.ask("\\d trak", r"hint: did you mean 'track'\?")
    shop.ask("show tables;", r"hint: here: \\dt lists the tables")
    assert "trigger" not in shop.ask("\\dv", r"^best_seller +view")
    shop.ask("\\x", r"expanded is on")
    assert "── row 1 ──" in shop.ask("track[:1]", r"1 row · ")
    shop.ask("\\f json", PROMPT)
    shop.ask("track[:1]", r'"track_id":1')
    assert "\\conninfo" in shop.ask("\\?", r"\\reconnect")


def test_a_value_cannot_steer_the_terminal(shop: Terminal) -> None:
    shop.ask("select char(27) || ']0;PWNED' || char(7) as title;", r"\\x1b\]0;PWNED\\x07")
    assert b"\x1b]0;PWNED" not in shop.raw


def test_history_is_private_and_comes_back(shop: Terminal, tmp_path: Path) -> None:
    shop.ask("len(genre)", r"1 row · ")
    shop.ask("select 'password=CANARY-9f3b'", r"CANARY.*\n(.*\n)*?1 row · ")
    shop.end_input()
    assert shop.wait() == 0
    history = tmp_path / "state" / "dbx" / "history"
    assert history.stat().st_mode & 0o777 == 0o600
    assert "len(genre)" in history.read_text()
    assert "CANARY" not in history.read_text()


def test_a_dumb_terminal_is_enough(tmp_path: Path) -> None:
    sample.create(tmp_path / "shop.db")
    settings = environment(TERM="dumb", HOME=str(tmp_path))
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings) as terminal:
        terminal.wait_for("shop.db>")
        terminal.ask("len(track)", "1614")


def test_standard_input_that_is_no_terminal_is_run(shop: Terminal, tmp_path: Path) -> None:
    import subprocess

    done = subprocess.run([DBX, "shop.db"], cwd=tmp_path, input=b"select 5 as x;", capture_output=True, check=True)
    assert done.stdout == b"x\n5\n"
