"""The plans of servers, read: each server's own words in, one tree out."""

from __future__ import annotations

import json
import sqlite3

from dbx.dialects.mysql import plan as plan_mysql
from dbx.dialects.plan import Plan
from dbx.dialects.postgresql import plan as plan_postgresql
from dbx.dialects.sqlite import plan as plan_sqlite
from dbx.plan.shown import as_rows, tree

SHOP = """
create table artist (artist_id integer primary key, name text);
create table album (album_id integer primary key, title text, artist_id integer references artist (artist_id));
create index album_title on album (title);
"""


def sqlite(text: str) -> list[str]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SHOP)
    return drawn(plan_sqlite.read(connection.execute(f"explain query plan {text}").fetchall()))


def drawn(plan: Plan) -> list[str]:
    return [" ".join(line.split()) for line in tree(plan)]


def test_sqlite_access() -> None:
    assert sqlite("select * from album where album_id = 3") == ["QUERY", "└─ key lookup album by primary key rowid=?"]
    assert sqlite("select * from album where album_id > 3") == ["QUERY", "└─ range album by primary key rowid>?"]
    assert sqlite("select * from album a where title = 'x'") == ["QUERY", "└─ lookup a by album_title title=?"]
    assert sqlite("select title from album where title > 'x'") == ["QUERY", "└─ range album by album_title title>?"]
    assert sqlite("select title from album") == ["QUERY", "└─ index scan album by album_title"]
    assert sqlite("select * from album") == ["QUERY", "└─ full scan album"]
    assert sqlite("select 1") == ["QUERY", "└─ SCAN CONSTANT ROW"]


def test_sqlite_sorts_and_subqueries() -> None:
    assert sqlite("select *, (select count(*) from artist r where r.name = a.title) from album a order by artist_id") == [
        "QUERY",
        "├─ full scan a",
        "├─ CORRELATED SCALAR SUBQUERY 1",
        "│ └─ full scan r",
        "└─ USE TEMP B-TREE FOR ORDER BY ! sorts in a temporary b-tree",
    ]  # fmt: skip


def test_sqlite_automatic_index() -> None:
    (line,) = [
        line for line in sqlite("select * from album a join artist r on r.name = a.title || ''") if "auto" in line
    ]
    assert line.endswith("! makes an index for this one query")


def test_sqlite_of_older_versions() -> None:
    rows = [(1, 0, 0, "SCAN TABLE album AS a"), (2, 0, 0, "SEARCH TABLE artist USING INTEGER PRIMARY KEY (rowid=?)")]
    scan, search = plan_sqlite.read(rows).children
    assert (scan.table, scan.alias, scan.access) == ("album", "a", "full scan")
    assert (search.table, search.alias, search.access) == ("artist", "", "key lookup")


def test_postgresql() -> None:
    scan = {
        "Node Type": "Seq Scan", "Relation Name": "track", "Schema": "public", "Alias": "t", "Total Cost": 57.5,
        "Plan Rows": 2055, "Actual Rows": 2000.5, "Actual Loops": 2, "Actual Total Time": 0.25, "Filter": "(t.ms > 300)",
    }  # fmt: skip
    index = {"Node Type": "Index Scan", "Relation Name": "album", "Alias": "album", "Index Name": "album_pkey",
             "Index Cond": "(album.album_id = t.album_id)", "Plan Rows": 1, "Actual Loops": 0, "Actual Rows": 0,
             "Actual Total Time": 0, "Total Cost": 1}  # fmt: skip
    sort = {"Node Type": "Sort", "Sort Space Type": "Disk", "Sort Space Used": 12345, "Plans": [scan]}
    join = {
        "Node Type": "Hash Join",
        "Join Type": "Left",
        "Hash Cond": "(x = y)",
        "Join Filter": "(z)",
        "Plans": [sort, index],
    }
    sub = {"Node Type": "Aggregate", "Subplan Name": "SubPlan 1", "Plans": [{"Node Type": "Hash", "Hash Batches": 4}]}
    whole = [
        {
            "Plan": {**join, "Plans": [*join["Plans"], sub]},
            "Triggers": [{"Trigger Name": "tr", "Time": 3.0, "Calls": 2}],
        }
    ]
    assert drawn(plan_postgresql.read([(json.dumps(whole),)])) == [
        "rows actual loops cost ms",
        "Hash Join Left (x = y) and (z)",
        "├─ Sort ! sorts on disk, 12,345 kB",
        "│ └─ full scan track t 2,055 2,000 2 57.50 0.50 (t.ms > 300)",
        "├─ key lookup album by album_pkey 1 0 0 1 0 (album.album_id = t.album_id)",
        "├─ SubPlan 1: Aggregate",
        "│ └─ Hash ! hashes on disk, in 4 parts",
        "└─ Trigger tr 2 3",
    ]


def test_mariadb() -> None:
    text = """{
    "query_optimization": {"r_total_time_ms": 0.03},
    "query_block": {"select_id": 1, "cost": 0.5, "r_loops": 1, "r_total_time_ms": 2.5,
      "filesort": {"sort_key": "t.`name`", "r_loops": 1, "r_output_rows": 6, "r_sort_passes": 2,
        "temporary_table": {"nested_loop": [
          {"table": {"table_name": "a", "access_type": "ALL", "r_loops": 1, "rows": 200, "r_rows": 200,
                     "r_table_time_ms": 0.5, "r_other_time_ms": 0.25, "r_engine_stats": {"pages_accessed": 1}}},
          {"table": {"table_name": "t", "access_type": "ref", "key": "album_id", "used_key_parts": ["album_id"],
                     "ref": ["s.a.album_id"], "r_loops": 200, "rows": 7, "r_rows": 15,
                     "attached_condition": "t.ms > 300"}}]}},
      "subqueries": [{"expression_cache": {"query_block": {"select_id": 2, "nested_loop": [
          {"table": {"table_name": "x", "access_type": "index", "key": "PRIMARY", "rows": 9}}]}}}]}}"""
    assert drawn(plan_mysql.read([(text,)])) == [
        "rows actual loops cost ms",
        "query 1 0.50 2.50",
        "├─ filesort 6 1 t.`name` ! sorts ! sorts on disk",
        "│ └─ temporary table ! makes a temporary table",
        "│ └─ nested loop",
        "│ ├─ full scan a 200 200 1 0.75",
        "│ └─ lookup t by album_id 7 15 200 album_id = s.a.album_id and t.ms > 300",
        "└─ subqueries",
        "└─ expression cache",
        "└─ query",
        "└─ full scan x by PRIMARY 9",
    ]
    assert drawn(plan_mysql.read([('{"query_block": {"table": {"message": "No tables used"}}}',)])) == [
        "query",
        "└─ No tables used",
    ]


MYSQL_TREE = """\
-> Limit: 5 row(s)  (cost=1325.10 rows=5) (actual time=4.120..4.121 rows=5 loops=1)
    -> Sort: t.`name`, limit input to 5 row(s) per chunk  (actual time=4.119..4.120 rows=5 loops=1)
        -> Stream results  (cost=1325.10 rows=1000) (actual time=0.060..3.500 rows=2055 loops=1)
            -> Nested loop inner join  (cost=1325.10 rows=1000) (actual time=0.050..3.000 rows=2055 loops=1)
                -> Filter: ((t.ms > 300) and (t.album_id is not null))  (cost=305.00 rows=1000) (actual time=0.040..1.200 rows=2055 loops=1)
                    -> Table scan on t  (cost=305.00 rows=3000) (actual time=0.030..0.900 rows=3000 loops=1)
                -> Single-row index lookup on a using PRIMARY (album_id=t.album_id)  (cost=0.25 rows=1) (actual time=0.001..0.001 rows=1 loops=2055)
-> Select #2 (subquery in projection; dependent)
    -> Aggregate: count(0)  (cost=2.6 rows=1) (never executed)
        -> Covering index lookup on x using k (album_id=a.album_id)  (cost=1.1 rows=15) (never executed)
    -> Table scan on <temporary>  (cost=1.2e+6 rows=3e+6)
        -> Aggregate using temporary table
"""


def test_mysql_tree() -> None:
    assert drawn(plan_mysql.read([(MYSQL_TREE,)])) == [
        "rows actual loops cost ms",
        "query",
        "├─ Limit: 5 row(s) 5 5 1 1,325 4.12",
        "│ └─ Sort 5 1 4.12 t.`name`, limit input to 5 row(s) per chunk ! sorts",
        "│ └─ Stream results 1,000 2,055 1 1,325 3.50",
        "│ └─ Nested loop inner join 1,000 2,055 1 1,325 3",
        "│ ├─ Filter 1,000 2,055 1 305 1.20 ((t.ms > 300) and (t.album_id is not null))",
        "│ │ └─ full scan t 3,000 3,000 1 305 0.90",
        "│ └─ key lookup a by PRIMARY 1 1 2,055 0.25 2.06 album_id=t.album_id",
        "└─ Select #2 (subquery in projection; dependent)",
        "├─ Aggregate: count(0) 1 0 0 2.60",
        "│ └─ lookup x by k 15 0 0 1.10 album_id=a.album_id",
        "└─ full scan <temporary> 3,000,000 1,200,000",
        "└─ Aggregate using temporary table ! makes a temporary table",
    ]


def test_mysql_asks_for_what_it_can() -> None:
    ask = plan_mysql.asking
    assert ask("MariaDB 10.11", "UPDATE", analyze=True) == ("ANALYZE FORMAT=JSON", True)
    assert ask("MySQL 8.0.36", "SELECT", analyze=True) == ("EXPLAIN ANALYZE", True)
    assert ask("MySQL 8.0.36", "SELECT", analyze=False) == ("EXPLAIN FORMAT=TREE", False)
    assert ask("MySQL 8.0.36", "UPDATE", analyze=True) == ("EXPLAIN FORMAT=JSON", False)


def test_rows_have_the_same_columns_and_say_what_is_below_what() -> None:
    plan = Plan(
        "a", children=(Plan("b", children=(Plan("c", "t", rows=1.5),)), Plan("d", "x", by="i", marks=("m", "n")))
    )
    rows = as_rows(plan, ())
    assert [column.name for column in rows.columns] == [
        "id", "parent", "node", "table", "access", "index", "rows", "actual", "loops", "cost", "ms", "condition", "marks",
        "advice",
    ]  # fmt: skip
    found = [row for batch in rows.here() for row in batch]
    assert [row[:4] for row in found] == [(1, None, "a", None), (2, 1, "b", None), (3, 2, "c", "t"), (4, 1, "d", "x")]
    assert (found[2][6], found[3][5], found[3][12]) == (1.5, "i", "m; n")
