"""Which statements are asked about before they run."""

import pytest

from dbx.dialects.mysql.dialect import MySQL
from dbx.dialects.postgresql.dialect import PostgreSQL
from dbx.dialects.sqlite.dialect import Sqlite
from dbx.transaction.unbounded import question

ASKED = [
    ("delete from track", "DELETE has no WHERE: it is for every row of track"),
    ("update track set a = 1", "UPDATE has no WHERE: it is for every row of track"),
    ("DELETE /* where */ FROM shop . track -- where x = 1", "every row of shop . track"),
    ("update track set name = ' where x = 1'", "UPDATE has no WHERE"),
    ("update track set a = (select max(x) from y where y.z = 1)", "UPDATE has no WHERE"),
    ("delete from track where 1 = 1", "has a WHERE that names no column"),
    ("update users set passwd = 'x' where 1 = 0", "it is for every row of users, or for none"),
    ("delete from track where (true) and not false", "names no column"),
    ("delete from track where 'id' = 'id'", "names no column"),
    ("delete from track where 1 returning id", "names no column"),
    ("delete from track returning id", "has no WHERE"),
    ("with d as (delete from track returning *) select * from d where x = 1", "DELETE has no WHERE"),
    ("with a as (select 1 where x) update track set a = 1", "UPDATE has no WHERE"),
    ("explain analyze delete from track", "DELETE has no WHERE"),
    ("truncate table a, b cascade", "TRUNCATE empties a, b"),
    ("truncate a", "TRUNCATE empties a"),
    ("drop table if exists a, b;", "DROP TABLE destroys a, b"),
    ("drop database shop", "DROP DATABASE destroys shop"),
    ("drop schema s cascade", "DROP SCHEMA destroys s and"),
]
NOT_ASKED = [
    "delete from track where id = 5",
    "update track set a = 1 where b is null",
    'delete from track where "id" = 5',
    "delete from track where exists (select 1 from x)",
    "select * from track for update",
    "insert into t values (1) on conflict (id) do update set a = 1",
    "with x as (select 1) select * from x",
    "explain delete from track",
    "create trigger t after delete on track begin delete from x; end",
    "create table t (a int references b on delete cascade on update cascade)",
    "drop index i",
    "drop view v",
    "select 'delete from track'",
    "with d as (delete from track where id = 1 returning *) select * from d",
    "delete from track order by id limit 5",
    "delete from track where 1 = 1 order by id limit 5",
    "begin",
]


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_what_leaves_no_row_out_is_asked_about(text: str, asked: str) -> None:
    for dialect in (PostgreSQL, Sqlite):
        assert asked in question(text, dialect.syntax)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_is_bounded_is_not(text: str) -> None:
    for dialect in (PostgreSQL, Sqlite):
        assert question(text, dialect.syntax) == ""


def test_in_mysql_double_quotes_hold_text_and_its_comments_may_run() -> None:
    assert question('delete from track where "id" = "id"', MySQL.syntax)
    assert not question("delete from track where `id` = 5", MySQL.syntax)
    assert question("/*!50000 delete */ from track", MySQL.syntax)
    assert question("delete ignore from track", MySQL.syntax).endswith("every row of track")
    assert not question("insert into t values (1) on duplicate key update a = 1", MySQL.syntax)
