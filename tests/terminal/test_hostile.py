"""Text that would steer the terminal, wherever it can stand: nothing but dbx's own sequences reaches the screen.

As cell, column, table, comment, label of an enum, error, notice, name of a database, in the prompt and the completion.
"""

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

import psycopg
import pytest
from psycopg import sql
from pty_screen import Terminal
from run_dbx import DBX, environment

INPUTS = [
    "\x1b]0;PWNED\x07",
    "\x1b]52;c;ZWNobyBwd24=\x07",
    "\x1b[2J\x1b[H",
    "\x1b[6n",
    '\x1bP$q"p\x1b\\',
    "\x1b]8;;http://evil\x1b\\x",
    "\x9b31m",
    "\x9d0;x\x9c",
    "a\rb",
    "a\x08b",
    "a\x7fb",
    "a\u202eb",
    "a\u2066b\u2067c\u2068d\u2069",
    "a\u200bb",
    "\ufeffab",
    "a\u2028b",
    "a\U000e0041b",
    "e\u0301" + "\u0301" * 300,
    "[/nope]",
    "[red]x[/red]",
    "[link=http://x]y[/link]",
    ":smile:",
    "\\[x]",
    "%s {} $(id) `id`",
]
OWN = re.compile(rb"\x1b\[[0-9;]*m")
"""The colours that dbx writes."""
EDITORS = re.compile(rb"\x1b\[(?:\?(?:\d+)[hl]|\d*[ABCDJKPX@]|6n|[0-9;]*m|[0-9;]*H|\d q)|\x1b[=>78]")
"""What prompt_toolkit writes beside: modes, moves, erasing, where the cursor is."""


def check(raw: bytes, own: re.Pattern[bytes] = OWN, more: str = "") -> None:
    """No control character but line ends, nothing that hides, and no byte that is no text."""
    text = own.sub(b"", raw).decode("utf-8", "surrogateescape")
    allowed = "\r\n" + more
    bad = {
        f"U+{ord(c):04X} in …{text[max(0, at - 20) : at + 10]!r}"
        for at, c in enumerate(text)
        if c not in allowed and category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }
    assert not bad, sorted(bad)[:5]


def shown(url: str, *arguments: str, command: str = "query") -> Terminal:
    """The terminal of a command that has ended."""
    with Terminal([DBX, command, "@", *arguments], env=environment(url), columns=180, rows=50) as terminal:
        terminal.wait()
        return terminal


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database in which tables, columns and cells are called so."""
    file = tmp_path_factory.mktemp("hostile") / "h.db"
    with sqlite3.connect(file) as connection:
        for number, text in enumerate([*INPUTS, "a\x00b"]):
            name = quoted(text.replace("\x00", "") + str(number))
            connection.execute(f"create table {name} ({name} text)")
            connection.execute(f"insert into {name} values (?)", (text,))
        connection.execute("create table bytes (x text)")
        connection.execute("insert into bytes values (cast(x'ff1b5b324a' as text))")
    connection.close()
    return f"sqlite:///{file}"


@pytest.mark.parametrize("form", ["table", "vertical", "csv", "json", "markdown"])
def test_cells_and_columns(hostile: str, form: str) -> None:
    texts = [f"select * from {quoted(text + str(number))}" for number, text in enumerate(INPUTS)]
    terminal = shown(hostile, *texts, "select * from bytes", "-f", form, "--color", "always")
    check(terminal.raw, more="\t")
    assert terminal.status == 0, terminal.history()[-2000:]
    assert terminal.screen.title == ""
    assert "PWNED" in terminal.history()


def test_tables_in_a_schema_and_in_errors(hostile: str) -> None:
    for form in ("tree", "table", "ddl"):
        terminal = shown(hostile, "-f", form, command="reflect")
        check(terminal.raw, more="\t")
        assert "PWNED" in terminal.history()
    script = "".join(f"select {quoted(text)}.x from {quoted(text)};\n" for text in INPUTS)
    check(failing(hostile, script))


def failing(url: str, script: str) -> bytes:
    """What a script says of its failures."""
    done = subprocess.run(
        [DBX, "run", "@", "-", "--on-error", "continue", "--color", "always"],
        env=environment(url),
        input=script.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
    )
    assert b"PWNED" in done.stderr
    return done.stderr


def test_notices_errors_comments_and_labels_of_postgresql(pg_url: str) -> None:
    with psycopg.connect(pg_url, autocommit=True) as connection:
        labels = [sql.Literal(text[:30] + str(number)) for number, text in enumerate(INPUTS)]
        connection.execute(sql.SQL("create type e as enum ({})").format(sql.SQL(", ").join(labels)))
        connection.execute("create table t (x e)")
        for number, text in enumerate(INPUTS):
            name = sql.Identifier(f"t{number}{text}"[:40])
            connection.execute(sql.SQL("create table {} (x int)").format(name))
            connection.execute(sql.SQL("comment on table {} is {}").format(name, sql.Literal(text)))
        connection.execute(
            "create function say(t text) returns void language plpgsql as $$ begin raise notice '%', t; end $$"
        )
        connection.execute(
            "create function fail(t text) returns void language plpgsql as $$ begin raise exception '%', t"
            " using detail = t, hint = t; end $$"
        )
    said = [f"select say({sql.Literal(text).as_string()})" for text in INPUTS]
    terminal = shown(pg_url, *said, *(f"select e'{n}'::text, unnest(enum_range(null::e))" for n in range(1)))
    check(terminal.raw)
    assert (terminal.status, "PWNED" in terminal.history()) == (0, True)
    failed = "".join(f"select fail({sql.Literal(text).as_string()});\n" for text in INPUTS)
    check(failing(pg_url, failed))
    for form in ("tree", "ddl"):
        check(shown(pg_url, "-f", form, command="reflect").raw, more="\t")


def test_errors_of_mariadb(maria_url: str) -> None:
    texts = [text.replace("'", "''").replace("\\", "\\\\")[:100] for text in INPUTS]
    script = "".join(f"signal sqlstate '45000' set message_text = '{text}';\n" for text in texts)
    check(failing(maria_url, script))


@pytest.fixture
def shell(hostile: str, tmp_path: Path) -> Iterator[Terminal]:
    """The shell on a file whose name is hostile, too; its completion is asked for."""
    file = tmp_path / "\x1b]0;PWNED\x07\u202ex.db"
    file.write_bytes(Path(hostile.removeprefix("sqlite:///")).read_bytes())
    settings = environment(HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "c"), XDG_STATE_HOME=str(tmp_path / "s"))
    with Terminal([DBX, str(file)], cwd=str(tmp_path), env=settings, columns=150, rows=50) as terminal:
        terminal.wait_for(r"x\.db>$")
        yield terminal


def test_prompt_and_completion(shell: Terminal) -> None:
    shell.type("\\dt\r")
    shell.wait_for(r"x\.db>(.*\n)+.*x\.db>$")
    shell.type("select * from ")
    shell.settle()
    shell.type("\t")
    shell.settle()
    shell.type("\x03")
    shell.settle()
    shell.type("select x from nosuch;\r")
    shell.wait_for("no such table: nosuch")
    check(shell.raw, EDITORS, more="\x08")
    assert shell.screen.title == ""
    assert "\\x1b]0;PWNED\\x07" in shell.history()


def test_the_check_sees_what_it_should() -> None:
    """Each of the inputs that could do harm is found."""
    harmful = [text for text in INPUTS if any(category(c) in ("Cc", "Cf", "Zl") for c in text.replace("\r", "\x1b"))]
    assert len(harmful) >= 15
    for text in harmful:
        with pytest.raises(AssertionError):
            check(text.replace("\r", "\x1b").encode() + b"\x1b[31mred")
    check(b"\x1b[31mred\x1b[0m\r\n")
