r"""\pool on the shell's screen."""

from __future__ import annotations

from pathlib import Path

from pty_screen import Terminal
from run_dbx import DBX, environment


def test_the_pool_of_the_shell(pg_url: str, tmp_path: Path) -> None:
    settings = environment(pg_url, XDG_STATE_HOME=str(tmp_path), HOME=str(tmp_path))
    with Terminal([DBX, "@"], cwd=str(tmp_path), env=settings, columns=140, rows=90) as terminal:
        prompt = terminal.wait_for(r"^\w+>$").splitlines()[-1].strip()

        def ask(line: str, pattern: str) -> str:
            return terminal.ask(line, pattern, rf"^{prompt}\Z")

        ask("create table author (id int primary key);", r"CREATE TABLE")
        ask("len(author)", r"^ +0$")
        screen = ask("\\pool", r"this shell$")
        assert "QueuePool" in screen
        assert "the pool\n" not in screen  # the expression went over the shell's own connection
        assert "the look at the server" in screen
        ask("\\pool cost", r"^saved +\d+ ")
        assert "the pool\n" in ask("\\pool", r"this shell$")
        ask("\\pool events 3", r"checkin ")
        ask("\\pool leaks", r"^connection +session +what became of it")
        ask("\\pool nonsense", r"E-USAGE \\pool nonsense\?")
