r"""Results in the shell, as a person sees them: the rest of them, where they go, and what never reaches the terminal."""

from __future__ import annotations

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"
EVIL = "a\x1b]0;PWNED\x07b\u202ec"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sample.create(tmp_path / "shop.db")
    return tmp_path


def opened(folder: Path, *arguments: str, columns: int = 100, rows: int = 40, **more: str) -> Terminal:
    settings = environment(XDG_STATE_HOME=str(folder / "state"), HOME=str(folder), **more)
    return Terminal([DBX, "shop.db", *arguments], cwd=str(folder), env=settings, columns=columns, rows=rows)


@pytest.fixture
def shop(folder: Path) -> Iterator[Terminal]:
    with opened(folder) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def test_a_cut_result_is_gone_on_with_and_nothing_runs_twice(shop: Terminal) -> None:
    shop.ask("\\set row_limit 5", "row_limit is 5")
    shop.ask("[t.track_id for t in track if t.track_id < 13]", r"first 5 rows; there are more: \\more, \\all")
    shown = shop.ask("\\more", r"^ +10$\n\(next 5 rows; there are more")
    assert "SELECT" not in shown
    assert "run again" not in shop.ask("\\all", r"^ +12$\n2 rows · ")
    shop.ask("\\all", "the last result was shown to its end")


def test_what_is_not_open_any_more_is_said_and_run_again_only_when_asked(shop: Terminal) -> None:
    shop.ask("\\set row_limit 5", "row_limit is 5")
    shop.ask("\\set hold 0", "hold is 0")
    shop.ask("select track_id from track where track_id < 10", r"\\more, \\all")
    shop.ask("\\more", r"not open any more.*\n.*\\all runs the statement again")
    assert "run again" in shop.ask("\\all", r"^9 rows · ")


def test_results_go_into_files_whole_and_to_programs(shop: Terminal, folder: Path) -> None:
    shop.ask("\\set row_limit 5", "row_limit is 5")
    shop.ask("track \\g out.csv", r"written to out\.csv as csv")
    assert len((folder / "out.csv").read_text().splitlines()) > 1600
    assert "first 5" not in shop.history()
    shop.ask("select name from genre order by name \\g |sort -r | head -1", r"^name$")
    shop.ask("\\o two.json", "results go to two.json as json")
    shop.ask("genre[:1]", r"1 row · ")
    shop.ask("\\o", PROMPT)
    assert (folder / "two.json").read_text() == '[\n{"genre_id":1,"name":"Rock"}\n]\n'
    shop.ask("track \\g shop.db", "is the database itself")
    shop.ask("select 1 as x \\gx", r"^x +1$")


def test_the_pager_has_its_arguments_and_may_be_left(folder: Path) -> None:
    (folder / "pager.sh").write_text('#!/bin/sh\necho "PAGER $1 $LESSSECURE"; head -3; exec 0<&-\n')
    (folder / "pager.sh").chmod(0o755)
    with opened(folder, DBX_PAGER=f"{folder}/pager.sh 'two words'") as shop:
        shop.wait_for(PROMPT)
        shop.ask("\\set row_limit off", "row_limit is 0")
        shop.ask("select a.name from track a, track b", r"^PAGER two words 1\nname\n(.*\n)*left after [\d,]+ rows · ")
        assert "PAGER" not in shop.ask("len(genre)", r"1 row · ")


def test_wide_rows_are_vertical_wrapped_or_cut_as_is_set(shop: Terminal) -> None:
    shop.resize(40, 60)
    assert "── row 1 ──" in shop.ask("\\x auto", "expanded is auto") + shop.ask("track[:1]", r"1 row · ")
    shop.ask("\\x off", "expanded is off")
    shop.ask("\\set wide wrap", "wide is wrap")
    wrapped = shop.ask("select 'abc' as a, 'Wordwordword' || hex(zeroblob(40)) || 'end' as b", r"end *$(.*\n)*1 row · ")
    assert "…" not in wrapped


def test_the_last_result_can_be_used_as_values(shop: Terminal) -> None:
    shop.ask("select genre_id from genre where genre_id < 3", r"2 rows · ")
    shop.ask("[g.name for g in genre if g.genre_id in _rows]", r"^Pop$(.*\n)*2 rows · ")
    shop.ask("two = rows([g.genre_id for g in genre if g.genre_id < 3])", r"^two +2$")
    shop.ask("delete from genre where genre_id = 99", r"0 rows changed")
    shop.ask("[g.name for g in genre if g.genre_id in two]", r"IN \(1, 2\)(.*\n)*2 rows · ")
    shop.ask("all = rows([(a.name, b.name) for a in track for b in track])", r"E-NAME|more than 10,000 rows")


def test_watching_marks_what_has_changed_until_it_is_ended(shop: Terminal, folder: Path) -> None:
    shop.type("select genre_id, name from genre where genre_id < 4 \\watch 0.2\r")
    shop.wait_for(r"Ctrl-C ends it(.*\n)*.* 3  Jazz")
    outside = sqlite3.connect(folder / "shop.db", isolation_level=None)
    outside.execute("update genre set name = 'Bebop' where genre_id = 3")
    shop.wait_for(r"^~ +3  Bebop")
    shop.send("\x03")
    shop.wait_for(r"not watched any more\n" + PROMPT)
    shop.ask("delete from genre \\watch 1", "repeats queries, and this may change something")


def test_the_clipboard_gets_the_last_result_and_nothing_else(shop: Terminal) -> None:
    shop.ask("select char(27) || 'x' as a", r"1 row · ")
    shop.ask("\\clip", "1 row as tsv sent")
    assert b"\x1b]52;c;" + b64encode(b"a\n\x1bx\n") + b"\x07" in shop.raw


def test_a_row_is_followed_to_the_one_it_refers_to(shop: Terminal) -> None:
    shop.ask("track[:3]", r"3 rows · ")
    shop.ask("\\follow album_id 2", r'FROM "album" WHERE "album_id" = 1(.*\n)*1 row · ')
    shop.ask("\\follow track", r'FROM "track" WHERE "album_id" = 1')
    shop.ask("\\follow name", "leads nowhere")


def test_another_target_is_asked_about_while_work_is_uncommitted(shop: Terminal) -> None:
    shop.ask("begin", r"^shop\.db \[tx\]>$")
    shop.ask("delete from refund", r"rows changed")
    shop.ask("\\c :memory:", r"Go on\? \[y/N\]")
    shop.send("n\r")
    shop.expect(r"still open")
    shop.ask("rollback", r"rolled back")
    shop.ask("\\c nowhere.db", "no file nowhere.db")
    shop.ask("len(refund)", r"1 row · ")
    shop.ask("\\c :memory:", r"^:memory:>$")


def test_a_favourite_has_its_parameters_bound(shop: Terminal) -> None:
    shop.ask("\\ns named select count(*) as n from genre where name = :name", r"kept: \\n named name=")
    shop.ask("\\n named \"name=x' or '1'='1\"", r"^n$(.*\n)*^0$")
    shop.ask("\\n named", "name:")
    shop.send("Rock\r")
    shop.expect(r"^1$(.*\n)*1 row · ")


def test_files_are_run_as_one_transaction(shop: Terminal, folder: Path) -> None:
    (folder / "bad.sql").write_text("delete from refund;\nselect nope;\n")
    shop.ask("\\i bad.sql", r"bad\.sql:2:\d+: .*no such column")
    shop.ask("any(r for r in refund)", r"^ *1$")
    (folder / "psql.sql").write_text("\\d\n")
    shop.ask("\\i psql.sql", r"psql\.sql:1")


LINES = (
    *(
        "\\d",
        "\\dt+",
        "\\d evil*",
        "\\di",
        "\\dv",
        'select * from "evil"',
        'select * from "evil" \\gx',
        "\\follow nothing",
    ),
    *("\\more", f"\\echo {EVIL}", f"\\qecho {EVIL}", f"\\ns x select '{EVIL}'", "\\n", "\\n x", "\\i evil.sql"),
    *(f"\\set null {EVIL}", "select null", f"\\c {EVIL}", f"\\? {EVIL}", f"\\n {EVIL}", f"\\{EVIL}", f"\\g {EVIL}/x"),
)


def test_nothing_steers_the_terminal(folder: Path) -> None:
    database = sqlite3.connect(folder / "shop.db")
    database.execute(f'create table "evil{EVIL}" ("{EVIL}" text, "n{EVIL}" int)')
    database.execute(f'create table "evil" ("{EVIL}" text default \'{EVIL}\')')
    database.execute(f"insert into evil values ('{EVIL}')")
    database.execute(f'create index "i{EVIL}" on evil ("{EVIL}")')
    database.execute(f'create view "v{EVIL}" as select 1')
    database.commit()
    (folder / "evil.sql").write_text(f'select \'{EVIL}\' as "{EVIL}"; select nope from "{EVIL}";')
    with opened(folder) as shop:
        shop.wait_for(PROMPT)
        before = 0
        for number, line in enumerate(LINES):
            shop.type(f"\x1b[200~{line}\x1b[201~")  # as a paste, so that the keys in it are text
            shop.type(f"\r\\echo done-{number}\r")
            shop.wait_for(rf"^done-{number}$")
            # what was typed is shown as it was typed, but for what a terminal obeys
            assert EVIL in line or "\u202e".encode() not in shop.raw[before:], line
            before = len(shop.raw)
        assert b"PWNED" in shop.raw
        assert b"\x1b]0;PWNED" not in shop.raw


def test_what_copy_writes_does_not_steer_it_either(pg_url: str, tmp_path: Path) -> None:
    with Terminal([DBX, "@"], cwd=str(tmp_path), env=environment(pg_url, HOME=str(tmp_path))) as shop:
        shop.wait_for(r">$")
        shop.ask("copy (select chr(27) || ']0;PWNED' || chr(7)) to stdout", r"x1b\]0;PWNED")
        assert b"\x1b]0;PWNED" not in shop.raw
