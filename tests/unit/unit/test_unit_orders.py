r"""The orders to a Session, by themselves: merge, expunge, expire, refresh, close, check; and what is told of a plan."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from dbx import sample
from dbx.errors import DbxError, LanguageError, UsageError
from dbx.rows import Statement
from dbx.unit.flush import Flush


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    sample.create(tmp_path / "shop.db")
    made = Desk(tmp_path / "shop.db")
    yield made
    made.database.close()


def session(desk: Desk, rest: str) -> list[tuple[object, ...]]:
    return desk.order("\\session", rest)


def behind(desk: Desk, text: str) -> None:
    """Somebody else changes a row."""
    path = desk.database.target.url.database
    with sqlite3.connect(str(path)) as connection:
        connection.execute(text)
    connection.close()


def test_an_object_that_has_left_is_merged_into_the_one_of_its_key(desk: Desk) -> None:
    desk("g = genre.get(1)")
    session(desk, "expunge g")
    assert session(desk, "")[0][:2] == ("g: genre 1", "detached") and session(desk, "map") == []
    desk("g.name = 'Merged'")
    assert "a flush does not look at it" in desk.told
    desk("h = genre.get(1)")
    session(desk, "merge g")
    assert "g is now genre 1, dirty" in desk.told
    assert desk("g is h") == [("true",)]
    assert session(desk, "") == [("genre 1", "dirty", "name", "Rock", "Merged")]


def test_merge_makes_a_new_object_of_one_without_a_row(desk: Desk) -> None:
    desk("g = genre.get(1)")
    session(desk, "expunge g")
    behind(desk, "pragma foreign_keys = off")
    behind(desk, "delete from genre where genre_id = 1")
    session(desk, "merge g")
    assert "g is now new genre 1, pending" in desk.told


def test_expire_reads_again_when_it_is_looked_at_and_refresh_at_once(desk: Desk) -> None:
    desk("g = genre.get(1)")
    desk("g.name = 'given up'")
    behind(desk, "update genre set name = 'theirs' where genre_id = 1")
    assert session(desk, "check") == [("genre 1", "stale", "name", "Rock", "theirs")]
    session(desk, "expire g")
    assert desk.sent == [] and session(desk, "") == []
    assert desk("g.name") == [("theirs",)] and desk.sent == ["SELECT"]
    behind(desk, "update genre set name = 'once more' where genre_id = 1")
    session(desk, "refresh g")
    assert desk.sent == ["SELECT"]
    assert desk("g.name") == [("once more",)] and desk.sent == []
    session(desk, "expire")
    assert "1 expired" in desk.told


def test_an_object_whose_row_has_gone_is_named(desk: Desk) -> None:
    desk("g = genre.get(9)")
    behind(desk, "pragma foreign_keys = off")
    behind(desk, "delete from genre where genre_id = 9")
    assert session(desk, "check") == [("genre 9", "gone", "", None, None)]
    desk("g.name = 'x'")
    with pytest.raises(DbxError, match="0 were matched") as caught:
        desk.order("\\flush")
    assert caught.value.hint.endswith("\\session check")
    with pytest.raises(DbxError, match="Could not refresh instance of Genre"):
        session(desk, "refresh g")
    session(desk, "expire g")
    with pytest.raises(DbxError, match="instance of Genre has been deleted"):
        desk("g.name")


def test_close_lets_everything_go_but_not_what_is_flushed(desk: Desk) -> None:
    desk("g = genre.get(1)")
    desk("g.name = 'x'")
    desk.order("\\flush")
    with pytest.raises(UsageError, match="what was flushed is still open"):
        session(desk, "close")
    session(desk, "rollback")
    session(desk, "close")
    assert session(desk, "map") == [] and session(desk, "")[0][1] == "detached"
    desk("genre.add(g)")
    assert session(desk, "map")[0][:2] == ("genre 1", "persistent")


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("merge", "which object"),
        ("refresh nobody", "'nobody' is no name of an object"),
        ("expunge n", "n.*pending: only what was loaded"),
        ("fly", "knows no 'fly'"),
    ],
)
def test_what_cannot_be_ordered_is_said(desk: Desk, rest: str, words: str) -> None:
    desk("n = genre.add(name='x')")
    with pytest.raises(UsageError, match=words):
        session(desk, rest)


def test_check_may_be_the_first_order_of_all(desk: Desk) -> None:
    assert session(desk, "--check") == [] and "0 objects compared" in desk.told


def test_a_number_that_was_set_is_not_stale(desk: Desk) -> None:
    desk("track.get(1).unit_price = 1.49")
    desk.order("\\flush")
    assert session(desk, "check") == []


def test_columns_with_names_of_sqlalchemys_own_or_none_at_all(desk: Desk) -> None:
    behind(desk, 'create table odd (id integer primary key, "_sa_instance_state" text, "__init__" text, metadata text)')
    behind(desk, 'create table nameless (id integer primary key, "" text)')
    behind(desk, "insert into odd values (1, 'a', 'b', 'c')")
    behind(desk, "insert into nameless values (1, 'a')")
    desk.translate.refresh()
    assert desk("genre.get(1).name") == [("Rock",)]
    assert desk("odd.get(1)")[0] == ("persistent", 1, "a", "b", "c")
    with pytest.raises(LanguageError, match="non-blank name"):
        desk("nameless.get(1)")


def test_a_text_that_is_no_json_stays_one(desk: Desk) -> None:
    behind(desk, "create table ty (id integer primary key, j json)")
    behind(desk, """insert into ty values (1, '{"a":1'), (2, '{"a": [1]}'), (3, null)""")
    desk.translate.refresh()
    assert desk("ty.all()") == [("persistent", 1, '{"a":1'), ("persistent", 2, '{"a": [1]}'), ("persistent", 3, None)]


def test_keys_are_checked_as_attributes_are(desk: Desk) -> None:
    for text, words in (("track.get('x')", "key|int"), ("track.get(True)", "the key is int, not bool")):
        with pytest.raises(LanguageError, match=words):
            desk(text)
        assert desk.sent == []


def test_rows_without_a_key_are_no_objects_and_that_is_said(desk: Desk) -> None:
    behind(desk, "create table npk (id text primary key, n int)")
    behind(desk, "insert into npk values (null, 1), (null, 2), ('x', 3)")
    desk.translate.refresh()
    assert desk("npk.all()") == [("persistent", "x", 3)]
    assert "rows of npk whose key is NULL are no objects" in desk.told


def test_a_collection_takes_out_one_and_shows_that_one(desk: Desk) -> None:
    desk("a = album.get(1)")
    assert len(desk("a.tracks.remove(a.tracks[0])")) == 1


def test_two_rows_that_need_each_other_are_named(desk: Desk) -> None:
    desk("e = employee.get(1)")
    desk("x = e.employees_by_reports_to[0]")
    desk("e.reports_to_employee = x")
    with pytest.raises(DbxError, match=r"employee 1 and employee \d refer to each other"):
        desk.order("\\flush", "--plan")


def test_a_plan_names_whose_key_it_is(desk: Desk) -> None:
    behind(desk, "create table dept (id integer primary key, name text, head_id int references emp (id))")
    behind(desk, "create table emp (id integer primary key, name text, dept_id int references dept (id))")
    desk.translate.refresh()
    desk("d = dept.add(name='x')")
    desk("e = emp.add(name='y', dept=d)")
    desk("d.head = e")
    plan = [row[2] for row in desk.order("\\flush", "--plan") if str(row[1]).startswith("UPDATE")]
    assert '["<key of new emp 1>", "<key of new dept 1>"]' in plan, plan
    assert not any("head_id of" in str(each) for each in plan)


def test_a_flush_that_is_a_step_counts_its_rows_once(desk: Desk) -> None:
    desk("genre.get(1).name = 'x'")
    work = desk.repository.work
    desk.database.connection.run(Statement("BEGIN"))
    flush = Flush(work, begins=False)
    assert (flush.do(), work.part.rows) == (1, 1)
    flush.undo()
    assert work.part.rows == 0
