"""Typing at the prompt: lines, indentation, history, the editor, what is pasted, small and dumb terminals."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, run

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"
RIGHT, UP, F4 = "\x1b[C", "\x1b[A", "\x1bOS"

Open = Callable[..., Terminal]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Open]:
    """Opens a shell on the sample database; one after another they share a history."""
    sample.create(tmp_path / "shop.db")
    opened: list[Terminal] = []

    def begin(*, prompt: str = PROMPT, rows: int = 40, columns: int = 100, **env: Any) -> Terminal:
        settings = environment(XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path), **env)
        terminal = Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, rows=rows, columns=columns)
        opened.append(terminal)
        terminal.wait_for(prompt)
        return terminal

    yield begin
    for terminal in opened:
        terminal.close()


def lines(screen: str) -> list[str]:
    return screen.splitlines()


def test_enter_indents_and_a_closing_bracket_goes_back(shell: Open) -> None:
    terminal = shell()
    terminal.type("[t.name\rfor t in (\rtrack\r)\r")
    terminal.wait_for(r"^ +… +\)\n +…$")
    terminal.type("if t.track_id == 1\r\tx\x7f\x7f]\r")
    screen = terminal.wait_for(r"1 row · ")
    typed = [line[9:] for line in lines(screen) if re.match(r"shop.db> \[|       … ", line)]
    assert typed[:6] == ["[t.name", "    for t in (", "        track", "    )", "    if t.track_id == 1", "]"]


def test_history_is_by_statement_over_shells_and_searched_as_a_whole(shell: Open, tmp_path: Path) -> None:
    first, second = shell(), shell()
    first.type("select 'one'\\\x7f\x1b\rfrom track limit 1;\r")
    first.wait_for("1 row · ")
    second.type("len(album)\r")
    second.wait_for("1 row · ")
    third = shell()
    third.type("\x12'one")  # Ctrl-R shows the statement, not its line
    third.wait_for(r"^shop\.db> select 'one'\n +… from track limit 1;")
    third.type("\x07")  # and never mind
    third.wait_for(PROMPT)
    third.type("\x10\x10")  # Ctrl-P goes by statements
    third.wait_for(r"^shop\.db> select 'one'\n +… from track limit 1;")
    third.type("\x0e")
    third.wait_for(r"^shop\.db> len\(album\)$")


def test_the_rest_of_an_earlier_statement_is_offered(shell: Open) -> None:
    terminal = shell()
    terminal.type("len(album)\r")
    terminal.wait_for(r"1 row · .*\nshop\.db>$")
    terminal.type("len")
    terminal.wait_for(r"row · (.*\n)*shop\.db> len\(album\)$")
    terminal.type(RIGHT + "\r")
    terminal.wait_for(r"(.*\n)*.*1 row · (.*\n)*.*1 row · ")


def test_the_editor_gets_what_is_typed_and_enter_runs_what_it_leaves(shell: Open, tmp_path: Path) -> None:
    (tmp_path / "ed").write_text(
        '#!/bin/sh\ngrep -q again "$1" && touch "$HOME/seen" && exit 1\necho "len(album) + 0" > "$1"\n'
    )
    (tmp_path / "ed").chmod(0o755)
    terminal = shell(EDITOR=str(tmp_path / "ed"))
    terminal.type("nonsense\x18\x05")
    screen = terminal.wait_for(r"^shop\.db> len\(album\) \+ 0$")
    assert "row" not in screen
    terminal.type("\r")
    terminal.wait_for(r"1 row · ")
    terminal.type("again\x18\x05")  # the editor ends with an error, as by :cq
    terminal.wait_until((tmp_path / "seen").exists, "the editor was not run")
    terminal.wait_for(r"^shop\.db> again$")
    terminal.type("\x15\\e\r")
    terminal.wait_for(r"\\e\nshop\.db> len\(album\) \+ 0$")


def test_vi(shell: Open) -> None:
    terminal = shell()
    terminal.type(F4 + "len(track)\x1b")
    terminal.type("0wwcwalbum\x1b")
    terminal.wait_for(r"^shop\.db> len\(album\)$")
    terminal.type("\r")
    terminal.wait_for(r"^ +154$")


def paste(terminal: Terminal, text: str) -> None:
    """As a terminal pastes, taking in what is written meanwhile."""
    data = f"\x1b[200~{text}\x1b[201~"
    for start in range(0, len(data), 2048):
        terminal.type(data[start : start + 2048])
        while terminal.read(0):
            pass


def test_a_paste_is_put_in_as_it_is_and_runs_nothing(shell: Open) -> None:
    terminal = shell()
    paste(terminal, "select 1,\n    2\n        ;\n\tselect 3;")
    screen = terminal.wait_for(r"… +select 3;\Z")
    assert lines(screen)[-4:] == [
        "shop.db> select 1,",
        "       …     2",
        "       …         ;",
        "       …     select 3;",
    ]


@pytest.mark.parametrize("between", [",\n", ", "], ids=["lines", "one line"])
def test_a_megabyte_is_pasted_typed_behind_and_run(shell: Open, between: str) -> None:
    terminal = shell()
    numbers = between.join(f"{number:07}" for number in range(130_000))
    paste(terminal, f"select count(*) from track where track_id in (0{numbers}")
    terminal.wait_for("0129999$")
    before = len(terminal.raw)
    terminal.type(");")
    terminal.wait_for(r"0129999\);")
    assert len(terminal.raw) - before < 20_000  # what a key costs is the line it is in
    terminal.type("\r")
    terminal.wait_for(r"^ +1614$")


def test_twenty_columns(shell: Open) -> None:
    terminal = shell(columns=20, prompt=r">$")
    terminal.type("begin\r")
    terminal.wait_for(r"\[tx\]>$")
    terminal.type("[t.name for t in track if t.name == '漢字漢字'")
    terminal.wait_for("漢")
    assert all(len(line) <= 20 for line in lines(terminal.text()))
    assert "漢" in terminal.text()
    terminal.resize(40, 60)
    terminal.wait_for(r"\[tx\]> \[t\.name for t in track if t\.name == '")
    terminal.type("]\r")
    terminal.wait_for("0 rows")


def test_a_dumb_terminal_is_asked_line_by_line(shell: Open) -> None:
    terminal = shell(TERM="dumb", prompt=r"^shop\.db> $|^shop\.db>$")
    terminal.type("[t.name for t in track\n")
    terminal.wait_for(r"^\.\.\.")
    terminal.type("if t.track_id == 1]\n")
    terminal.wait_for("1 row · ")
    assert b"\x1b" not in terminal.raw
    terminal.wait_for(r"1 row · .*\n(.*\n)*shop\.db> *\Z")
    prompts = terminal.history().count("shop.db>")
    terminal.send("\x03")
    terminal.wait_until(lambda: terminal.history().count("shop.db>") > prompts, "no new prompt")
    terminal.send("\x04")
    assert terminal.wait() == 0


def test_what_was_run_is_a_script_that_does_it_again(shell: Open, tmp_path: Path) -> None:
    terminal = shell()
    for line, answer in (
        ("begin", r"\[tx\]>$"),
        ("[t.update(composer='me') for t in track if t.track_id == 1]", r"\[tx 1 step\]>$"),
        ("select nonsense", "no such column"),
        ("commit", r"committed(.*\n)*shop\.db>$"),
        ("x = track[:2]", PROMPT),
        ("len(x)", "1 row"),
        ("\\transcript again.sql", "4 statements saved"),
    ):
        terminal.type(line + "\r")
        terminal.wait_for(answer)
    sample.create(tmp_path / "other.db")
    done = run(f"sqlite:///{tmp_path}/other.db", str(tmp_path / "again.sql"), "-f", "tsv", command="run")
    assert done.code == 0 and done.lines()[-1] == "2", done.err
