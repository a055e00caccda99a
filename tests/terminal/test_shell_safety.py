"""The shell where something could go wrong: what it asks, what its prompt says, and what it does not do by itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, execute, until

from dbx import sample

Open = Callable[..., Terminal]


@pytest.fixture
def open_shell(tmp_path: Path) -> Iterator[Open]:
    """Opens a shell with a configuration; every one is closed in the end."""
    sample.create(tmp_path / "shop.db")
    with ExitStack() as stack:

        def opened(*arguments: str, config: str = "") -> Terminal:
            (tmp_path / "config.toml").write_text(config)
            settings = environment(HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
            settings["DBX_CONFIG"] = str(tmp_path / "config.toml")
            terminal = Terminal([DBX, *arguments], cwd=str(tmp_path), env=settings, columns=110)
            return stack.enter_context(terminal)

        yield opened


def count(folder: Path) -> int:
    return int(execute(f"sqlite:///{folder / 'shop.db'}", "select count(*) from refund")[0][0])


def test_every_row_is_asked_about_and_in_a_transaction_it_is_not(open_shell: Open, tmp_path: Path) -> None:
    before = count(tmp_path)
    shell = open_shell("shop.db")
    shell.wait_for(r"^shop\.db>$")
    shell.type("delete from refund where 1 = 1\r")
    shell.wait_for(r"names no column: it is for every row of refund, or for none. Run it\? \[y/N\]")
    shell.send("\r")
    shell.wait_for(r"not confirmed: nothing was sent")
    assert count(tmp_path) == before
    shell.type("begin\r")
    shell.wait_for(r"^shop\.db \[tx\]>$")
    shell.type("delete from refund\r")
    shell.wait_for(r"^shop\.db \[tx 1 step\]>$")
    shell.type("\\q\r")
    shell.wait_for(r"Commit, roll back, or stay\? \[c/r/S\]")
    shell.send("\r")
    shell.wait_for(r"\[c/r/S\] *\n+shop\.db \[tx 1 step\]>$")
    shell.type("rollback\r")
    shell.wait_for(r"^shop\.db>$")
    shell.type("delete from refund\r")
    shell.wait_for(r"has no WHERE: it is for every row of refund. Run it\?")
    shell.send("y\r")
    shell.wait_for(r"\[y/N\] y\n32 rows changed · ")
    assert count(tmp_path) == 0


def test_leaving_commits_when_that_is_the_answer(open_shell: Open, tmp_path: Path) -> None:
    shell = open_shell("shop.db", config="[shell]\nask = false\n")
    shell.wait_for(r"^shop\.db>$")
    shell.type("begin\r")
    shell.wait_for(r"^shop\.db \[tx\]>$")
    shell.type("delete from refund\r")
    shell.wait_for(r"^shop\.db \[tx 1 step\]>$")
    shell.end_input()
    shell.wait_for(r"Commit, roll back, or stay\?")
    shell.send("c\r")
    assert shell.wait() == 0
    assert count(tmp_path) == 0


PROFILES = """
[profiles.prod]
url = "shop.db"
production = true
read_only = true
color = "ansimagenta"
startup = ["pragma case_sensitive_like = 1"]
"""


def test_the_prompt_says_where_one_is_and_read_only_holds(open_shell: Open, tmp_path: Path) -> None:
    shell = open_shell("@prod", config=PROFILES)
    shell.wait_for(r"^@prod production  read-only>$")
    assert b"\x1b[0;35m@prod" in shell.raw
    assert re.search(rb"\x1b\[[\d;]*(?:41|101);1m production", shell.raw)
    shell.type("select 'A' like 'a' as same;\r")
    shell.wait_for(r"^ *0$")
    for text in ("delete from refund", "[r.delete() for r in refund if r.refund_id > 0]", "pragma query_only = 0"):
        shell.type(text + "\r")
        shell.wait_for(rf"> {text[:6].replace('[', chr(92) + '[')}.*\n(.*\n)*?.*the connection is read-only")
        shell.type("\x0c")
    assert count(tmp_path) == 32


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("[shell]\nasc = true\n", r"no setting 'asc'.*\n.*did you mean 'ask'"),
        ("[shell]\nask = 'perhaps'\n", r"ask is on or off"),
        ("theme = 'monokay'\n", r"no theme 'monokay'.*\n.*did you mean 'monokai'"),
        ("[profiles.p]\nurl='shop.db'\nstartup=['select nope']\n", r"@p start-up:1:8: .*no such column"),
    ],
)
def test_a_wrong_setting_is_told_when_the_shell_starts(open_shell: Open, config: str, told: str) -> None:
    shell = open_shell("@p" if "profiles" in config else "shop.db", config=config)
    shell.wait_for(told)
    assert shell.wait() in (1, 2)


def test_a_reconnect_says_what_is_gone_and_runs_nothing_again(open_shell: Open, pg_url: str) -> None:
    """Whoever finds it out first: a statement, or the shell while it waits."""
    execute(pg_url, "create table t (x int)")
    shell = open_shell("@p", config=f'[profiles.p]\nurl = "{pg_url}"\n')
    shell.wait_for(r"^@p>$")
    shell.type("set search_path = public;\r")
    shell.wait_for(r"^SET · ")
    shell.type("create temp table held (x int);\r")
    shell.wait_for(r"^CREATE TABLE · ")
    ours = "datname = current_database() and pid <> pg_backend_pid()"
    execute(pg_url, f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")
    shell.type("insert into t values (1);\r")
    shell.wait_for(r"insert into t(.*\n)+@p( \[not connected\])?>$")
    shell.type("insert into t values (2);\r")
    shell.wait_for(r"connected again; nothing was run again.*set search_path, temporary table held\n(.*\n)*@p>$")
    shell.wait_for("not run: what the session had set up is gone")
    assert execute(pg_url, "select count(*) from t where x = 1") == [(0,)]
    shell.type("insert into t values (3);\r")
    shell.wait_for(r"values \(3\);\n1 row changed")


def test_ctrl_c_at_the_prompt_clears_the_line(open_shell: Open) -> None:
    shell = open_shell("shop.db")
    shell.wait_for(r"^shop\.db>$")
    shell.type("select nonsense")
    shell.wait_for(r"> select nonsense$")
    shell.type("\x03")
    shell.wait_for(r"select nonsense\n+shop\.db>\Z")
    shell.type("select 6 * 7 as answer;\r")
    shell.wait_for(r"^ *42$")


def test_one_can_leave_when_the_server_is_gone(open_shell: Open, pg_url: str) -> None:
    shell = open_shell("@p", config=f'[profiles.p]\nurl = "{pg_url}"\n')
    shell.wait_for(r"^@p>$")
    shell.type("begin\r")
    shell.wait_for(r"^@p \[tx\]>$")
    ours = "datname = current_database() and pid <> pg_backend_pid()"
    execute(pg_url, f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")
    shell.type("select 1;\r")
    shell.wait_for(r"not connected\]>$")
    shell.type("\\q\r")
    assert shell.wait() == 0


def test_the_shell_has_one_connection(open_shell: Open, pg_url: str) -> None:
    """While it reads the schema, completes and runs SQL; the first expression opens SQLAlchemy's own beside it."""
    execute(pg_url, "create table customer (customer_id int primary key)")
    shell = open_shell("@p", config=f'[profiles.p]\nurl = "{pg_url}"\n')
    shell.wait_for(r"^@p>$")
    counted = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    for text, answer in (("\\d", "customer +public +table"), ("select count(*) from customer;", "1 row · ")):
        shell.type(text + "\r")
        shell.wait_for(answer)
        until(lambda: execute(pg_url, counted) == [(1,)], "one connection")
