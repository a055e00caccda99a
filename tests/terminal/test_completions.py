"""TAB in the three real shells, each with its own completion system on a terminal of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment, execute

from dbx import config, target
from dbx.database import Database
from dbx.schema import cache, kept, read

ROOT = Path(__file__).parents[2]
SHELLS = ("bash", "zsh", "fish")
START = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        f"bind 'set bell-style none'; source {ROOT}/completions/dbx.bash\r",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        f"PS1='$ '; unsetopt zle_bracketed_paste; fpath=({ROOT}/completions $fpath); autoload -U compinit; compinit -u -D\r",
    ),
    "fish": (
        [
            "fish",
            "--no-config",
            "-i",
            "-C",
            f"function fish_prompt; echo '$ '; end; source {ROOT}/completions/dbx.fish",
        ],
        "",
    ),
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A shell in a folder with a database that is known, a profile, and a server that must not be asked."""
    name = request.param
    if shutil.which(name) is None:
        message = f"{name} is not installed; `make test` as root installs it"
        pytest.fail(message, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(message)
    (tmp_path / "config.toml").write_text(
        '[profiles.prod]\nurl = "postgresql://h.invalid/d"\n[profiles.shop]\nurl = "shop.db"\n'
    )
    (tmp_path / "script.sql").write_text("select 1;")
    settings = environment(
        HOME=str(tmp_path),
        DBX_CONFIG=str(tmp_path / "config.toml"),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
        PATH=f"{Path(DBX).parent}:{os.environ['PATH']}",
        PS1="$ ",
    )
    execute(f"sqlite:///{tmp_path / 'shop.db'}", "create table customer (x int)", "create table invoice (x int)")
    remember(tmp_path, settings)
    argv, first = START[name]
    with Terminal(argv, cwd=str(tmp_path), env=settings, columns=200) as terminal:
        terminal.wait_for(r"\$ *$")
        terminal.type(f"{first}printf 'ready-%s' 42; clear\r")
        terminal.wait_until(lambda: b"ready-42" in terminal.raw, "not set up")
        terminal.wait_until(lambda: terminal.text() == "$", "not cleared")
        yield terminal


def remember(folder: Path, settings: dict[str, str]) -> None:
    """Keep the schema of the database as the shell does when it has read it."""
    before = dict(os.environ)
    os.environ["XDG_CACHE_HOME"] = settings["XDG_CACHE_HOME"]
    try:
        database = Database(target.parse(str(folder / "shop.db"), config.Config()))
        cache.store(cache.place(database), "mark", kept.lines(read.schema(database)))
        database.close()
    finally:
        os.environ.clear()
        os.environ.update(before)


CASES = [
    ("dbx refl", "dbx reflect"),
    ("dbx query sho", "dbx query shop.db"),
    ("dbx sho", "dbx shop.db"),
    ("dbx query @pr", "dbx query @prod"),
    ("dbx @pr", "dbx @prod"),
    ("dbx query shop.db --max", "dbx query shop.db --max-rows"),
    ("dbx query shop.db -f mark", "dbx query shop.db -f markdown"),
    ("dbx reflect shop.db -f summ", "dbx reflect shop.db -f summary"),
    ("dbx reflect shop.db cust", "dbx reflect shop.db customer"),
    ("dbx run shop.db scr", "dbx run shop.db script.sql"),
    ("dbx run shop.db --on-error co", "dbx run shop.db --on-error continue"),
    ("dbx shop.db --read", "dbx shop.db --read-only"),
    ("dbx query shop.db -o scr", "dbx query shop.db -o script.sql"),
]


def test_tab_completes_and_connects_to_nothing(shell: Terminal) -> None:
    """One shell for all: the line is taken back with Ctrl-U after each."""
    for typed, completed in CASES:
        shell.type(f"{typed}\t")
        shell.wait_for(rf"^\$ *{re.escape(completed)}(?![\w-])")
        shell.type("\x15")
        shell.wait_for(r"^\$ *\Z")


def test_the_program_answers_from_files_alone(tmp_path: Path) -> None:
    """Nothing that connects is loaded, an error gives no words, and a hostile name is left out."""
    (tmp_path / "config.toml").write_text('[profiles.prod]\nurl = "postgresql://h.invalid/d"\n')
    settings = environment(DBX_CONFIG=str(tmp_path / "config.toml"))

    def asked(*arguments: str) -> str:
        code = f"import sys; sys.argv = {['dbx', '--complete', *arguments]!r}; import dbx.__main__ as m; m.main(); "
        code += "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
        done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
        heavy = {"sqlalchemy", "psycopg", "pymysql", "sqlite3", "typer", "rich", "prompt_toolkit", "ssl"}
        assert not heavy & set(done.stderr.split()), done.stderr
        return done.stdout

    assert asked("profiles") == "@prod\n"
    assert "markdown\n" in asked("formats")
    assert (
        asked("tables", "@prod")
        == asked("tables", "nosuch://x")
        == asked("tables")
        == asked("nonsense")
        == asked()
        == ""
    )
    (tmp_path / "config.toml").write_text("[profiles")
    assert asked("profiles") == ""
