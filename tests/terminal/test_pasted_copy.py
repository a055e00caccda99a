"""A COPY with its rows, pasted: the rows are its rows, and nothing waits for more of them."""

from pathlib import Path

from pty_screen import Terminal
from run_dbx import DBX, environment, run


def test_a_pasted_copy_runs_with_its_rows(pg_url: str, tmp_path: Path) -> None:
    assert run(pg_url, "create table t (a int, b text)").code == 0
    settings = environment(pg_url, HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    with Terminal([DBX, "@"], cwd=str(tmp_path), env=settings) as terminal:
        terminal.wait_for(r"> *$")
        terminal.type("\x1b[200~copy t from stdin;\n1\tone\n2\t\\N\n\\.\n\x1b[201~\r")
        terminal.wait_for(r"2 rows changed")
        terminal.type("copy t from stdin;\r")  # typed, it goes on to its end
        terminal.wait_for(r"copy t from stdin;\n +…( 1\\t|$)")
        terminal.type("\x1b[200~3\tthree\x1b[201~\r\\.\r")
        terminal.wait_for(r"1 row changed")
        terminal.type("select string_agg(coalesce(b, '-'), ' ' order by a) from t;\r")
        terminal.wait_for(r"one - three")
