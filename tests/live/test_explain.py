"""dbx explain and explain(q): one tree on every server, and nothing that is explained ever changes anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from run_dbx import Done, execute, existing, good, run

from dbx.dialects.mysql import plan as plan_mysql

TABLES = (
    "create table artist (artist_id integer primary key, name varchar(40))",
    "create table album (album_id integer primary key, title varchar(40), artist_id integer references artist (artist_id))",
    "create table track (track_id integer primary key, name varchar(40) not null, album_id integer, ms integer)",
)
ROWS = 2000


@pytest.fixture
def url(any_url: str) -> str:
    """A shop with 2,000 tracks; that the foreign keys have no index is not up to us on MariaDB."""
    target = existing(any_url)
    numbers = ",".join(f"({n}, 'n{n}', {n % 50 + 1}, {n * 7 % 977})" for n in range(ROWS))
    execute(
        target,
        *TABLES,
        *(
            []
            if mysql(target)
            else [
                "drop table track",
                TABLES[2].replace("album_id integer", "album_id integer references album (album_id)"),
            ]
        ),
        f"insert into artist values {','.join(f'({n}, {chr(39)}a{n}{chr(39)})' for n in range(1, 51))}",
        f"insert into album values {','.join(f'({n}, {chr(39)}t{n}{chr(39)}, {n})' for n in range(1, 51))}",
        f"insert into track values {numbers}",
        "analyze table artist, album, track" if mysql(target) else "analyze",
    )
    return target


def mysql(url: str) -> bool:
    return url.startswith("mysql")


def explain(url: str, text: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(good(run(url, text, "-f", "json", *options, command="explain")).text)
    return found


def named(steps: list[dict[str, Any]], table: str) -> dict[str, Any]:
    return next(step for step in steps if (step["table"] or "").split(" ")[0] == table)


def state(url: str) -> list[tuple[Any, ...]]:
    return execute(url, "select count(*), sum(ms), min(name), max(name) from track")


def test_a_full_scan_is_marked(url: str) -> None:
    step = named(explain(url, "select * from track where name like '%x'"), "track")
    assert step["access"] == "full scan"
    assert "full scan of about 2,000 rows" in step["marks"]
    small = named(explain(url, "select * from album where title like '%x'"), "album")
    assert (small["access"], small["marks"]) == ("full scan", None)


def test_a_key_is_looked_up(url: str) -> None:
    step = named(explain(url, "[t.name for t in track if t.track_id == 3]"), "track")
    assert step["access"] == "key lookup"
    assert step["index"]


def test_a_foreign_key_without_index(url: str) -> None:
    steps = explain(url, "select t.name from track t join album a on a.album_id = t.album_id where a.title = 't3'")
    step = named(steps, "track")
    assert step["table"] == "track t"
    if mysql(url):
        assert steps[0]["advice"] is None  # no foreign key is declared there
    else:
        place = "public.track" if url.startswith("postgresql") else "track"
        assert steps[0]["advice"] == f"CREATE INDEX track_album_id ON {place} (album_id);"
        execute(url, steps[0]["advice"].rstrip(";"))
        assert (
            explain(url, "select t.name from track t join album a on a.album_id = t.album_id where a.title = 't3'")[0][
                "advice"
            ]
            is None
        )


def test_mariadb_has_an_index_for_each_foreign_key(maria_url: str) -> None:
    execute(maria_url, *TABLES, "alter table track add foreign key (album_id) references album (album_id)")
    steps = explain(
        maria_url, "select t.name from track t join album a on a.album_id = t.album_id where a.title = 't3'"
    )
    assert steps[0]["advice"] is None


def test_measured(url: str) -> None:
    steps = explain(url, "select name from track where ms < 50 order by name", "--analyze")
    expected = execute(url, "select count(*) from track where ms < 50")[0][0]
    assert any(step["ms"] is not None and step["ms"] > 0 for step in steps)
    assert any(step["actual"] == expected for step in steps) or mysql(url)
    assert not any(step["actual"] for step in explain(url, "select name from track"))


WRITES = (
    "update track set ms = 0",
    "delete from track where album_id = 4",
    "insert into track (track_id, name, ms) values (90001, 'zz', 1)",
    "insert into track (track_id, name, ms) select track_id + 5000, name, ms from track",
    "[t.update(ms=0) for t in track if t.ms > 3]",
    "[t.delete() for t in track if t.ms > 3]",
    "track.insert(track_id=90001, name='zz', ms=1)",
)


@pytest.mark.parametrize("text", WRITES)
@pytest.mark.parametrize("analyze", [(), ("--analyze",)], ids=["", "analyze"])
def test_a_write_is_never_kept(url: str, text: str, analyze: tuple[str, ...]) -> None:
    before = state(url)
    assert explain(url, text, *analyze)
    assert state(url) == before


@pytest.mark.parametrize("text", WRITES[4:])
def test_nor_inside_a_run(url: str, text: str) -> None:
    """explain(q) in the middle of a transaction takes back what it measured, and nothing else."""
    before = state(url)
    quoted = f"explain({text}, analyze=True)"
    good(run(url, "insert into track (track_id, name, ms) values (80000, 'kept', 0)", quoted))
    assert execute(url, "select count(*) from track")[0][0] == before[0][0] + 1
    assert state(url)[0][1] == before[0][1]


def refused(done: Done) -> Done:
    assert done.code == 6, (done.code, done.text, done.err)
    return done


@pytest.mark.parametrize("text", ["drop table track", "commit", "create table x as select 1", "(drop table track)", " -- x\n drop table track", "analyze", "explain select 1", "pragma foreign_keys = 1", "set x = 1"])  # fmt: skip
def test_what_is_no_query_is_refused(url: str, text: str) -> None:
    before = state(url)
    for options in ([], ["--analyze"]):
        refused(run(url, text, "--sql", *options, command="explain"))
    assert state(url) == before


def test_what_cannot_be_rolled_back_is_refused(maria_url: str) -> None:
    execute(
        maria_url,
        "create table kept (n integer) engine = MyISAM",
        "create table safe (n integer)",
        "insert into kept values (1)",
    )
    for text in ("update kept set n = 2", "delete from kept", "[k.update(n=2) for k in kept if k.n == 1]"):
        assert "kept" in refused(run(maria_url, text, "-a", command="explain")).err
        assert explain(maria_url, text)
    assert explain(maria_url, "update safe set n = 2", "--analyze")
    execute(
        maria_url,
        "create trigger through after update on safe for each row insert into kept values (3)",
        "insert into safe values (1)",
    )
    refused(run(maria_url, "update safe set n = 2", "-a", command="explain"))
    assert execute(maria_url, "select n from kept") == [(1,)]
    assert plan_mysql.LASTING


def test_files_are_not_written(maria_url: str) -> None:
    done = refused(run(maria_url, "select 1 into outfile '/tmp/dbx-never-written'", "-a", command="explain"))
    assert "file" in done.err


def test_an_error_has_its_place(url: str) -> None:
    done = run(url, "select name,\n  nope\nfrom track", command="explain")
    assert done.code == 1
    if not mysql(url):
        assert "text:2:3:" in done.err
        assert "  nope\n    ^" in done.err
    assert "nope" in done.err


def test_parameters(url: str) -> None:
    assert explain(url, "select name from track where ms < :n", "-p", "n:int=50")
    assert explain(url, "[t.name for t in track if t.ms < n]", "-p", "n:int=50", "--analyze")


def test_the_tree(url: str) -> None:
    done = good(run(url, "select name from track where name like '%x'", "-f", "tree", command="explain"))
    assert "full scan track" in done.text
    assert done.text.splitlines()[0].split()[:1] == ["rows"]
    assert run(url, "len(track)", "-f", "nope", command="explain").code == 2


def test_as_a_function(url: str) -> None:
    done = good(run(url, "explain([t.name for t in track if t.track_id == 3], analyze=True)", "-f", "json"))
    (*_, step) = json.loads(done.text)
    assert (step["table"], step["access"]) == ("track t", "key lookup")
    assert run(url, "x = explain(track)", "len(track)").code == 0
    for text in ("[explain(t) for t in track]", "explain()", "explain(track, analyze=1)", "explain(explain(track))"):
        assert run(url, text).code == 1, text


def test_rows_of_a_table_that_nobody_has_analysed(sqlite_url: str) -> None:
    target = existing(sqlite_url)
    execute(
        target,
        'create table "or der" (n integer primary key, x integer)',
        f'insert into "or der" (x) values {",".join(["(7)"] * ROWS)}',
    )
    step = explain(target, 'select * from "or der" where x = 1')[-1]
    assert "full scan of about 2,000 rows" in step["marks"]
