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


def ask(terminal: Terminal, line: str, pattern: str) -> str:
    terminal.type(line + "\r")
    return terminal.wait_for(pattern)


def test_an_expression_shows_its_sql_above_its_rows(shop: Terminal) -> None:
    screen = ask(shop, "[t.name for t in track if t.track_id < 3]", r"2 rows · [\d.]+ m?s")
    sql = screen.index("SELECT t.name FROM track AS t WHERE t.track_id < 3")
    assert sql < screen.index("────") < screen.index("2 rows")


def test_a_long_input_goes_on_until_it_is_complete(shop: Terminal) -> None:
    shop.type("[t.name for t in track\r")
    shop.wait_for("…")
    ask(shop, "if t.track_id == 1]", r"1 row · ")


def test_an_error_points_and_the_shell_goes_on(shop: Terminal) -> None:
    screen = ask(shop, "select nope from track", r"no such column: nope")
    assert "         ^^^^" in screen
    ask(shop, "len(track)", r"^ *1614$")


def test_the_transaction_is_in_the_prompt_and_leaving_it_takes_two(shop: Terminal) -> None:
    ask(shop, "begin", r"^shop\.db \[tx\]>$")
    ask(shop, "delete from refund", r"rows changed")
    ask(shop, "\\q", r"a transaction is open")
    shop.type("\\q\r")
    assert shop.wait() == 0


def test_what_was_not_committed_is_gone(shop: Terminal, tmp_path: Path) -> None:
    ask(shop, "begin", r"^shop\.db \[tx\]>$")
    ask(shop, "delete from refund", r"rows changed.*\n(.*\n)*shop\.db \[tx 1 step\]>$")
    shop.end_input()
    shop.wait_for(r"Commit, roll back, or stay\?")
    shop.type("\x04")
    assert shop.wait() == 0
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=environment(HOME=str(tmp_path))) as again:
        again.wait_for(PROMPT)
        ask(again, "any(r for r in refund)", r"^ *1$|true")


def test_tables_columns_and_formats(shop: Terminal) -> None:
    assert "playlist_track" in ask(shop, "\\d", r"^track +table")
    assert "(album_id) → album(album_id)" in ask(shop, "\\d track", r"^foreign")
    assert "no table" not in ask(shop, "\\dt *_track", r"playlist_track")
    assert "nothing is called 'trak'" in ask(shop, "\\d trak", r"hint: did you mean 'track'\?")
    assert "trigger" not in ask(shop, "\\dv", r"^best_seller +view")
    ask(shop, "\\x", r"\\x")
    assert "── row 1 ──" in ask(shop, "track[:1]", r"1 row · ")
    ask(shop, "\\f json", r"\\f json")
    ask(shop, "track[:1]", r'"track_id":1')
    assert "\\conninfo" in ask(shop, "\\?", r"\\reconnect")


def test_a_value_cannot_steer_the_terminal(shop: Terminal) -> None:
    ask(shop, "select char(27) || ']0;PWNED' || char(7) as title;", r"\\x1b\]0;PWNED\\x07")
    assert b"\x1b]0;PWNED" not in shop.raw


def test_history_is_private_and_comes_back(shop: Terminal, tmp_path: Path) -> None:
    ask(shop, "len(genre)", r"1 row · ")
    ask(shop, "select 'password=CANARY-9f3b'", r"CANARY.*\n(.*\n)*?1 row · ")
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
        ask(terminal, "len(track)", "1614")


def test_standard_input_that_is_no_terminal_is_run(shop: Terminal, tmp_path: Path) -> None:
    import subprocess

    done = subprocess.run([DBX, "shop.db"], cwd=tmp_path, input=b"select 5 as x;", capture_output=True, check=True)
    assert done.stdout == b"x\n5\n"
