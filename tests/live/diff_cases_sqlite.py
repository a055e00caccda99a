"""Changes of a SQLite database, one of each kind, as in diff_cases_postgresql; {k} begins a case's own names."""

from __future__ import annotations

from diff_cases_postgresql import Case

T = "create table {k}_t (id integer primary key, a int, b text default 'x', c varchar(20) not null default '')"
ROWS = "; insert into {k}_t (a, b, c) values (1, 'one', 'c'), (2, null, 'it''s')"


def anew(columns: str, more: str = "") -> str:
    """How somebody makes a table that is otherwise."""
    return f"drop table {{k}}_t; create table {{k}}_t ({columns}){more}"


CASES = [
    Case("", "create table {k}_new (id integer primary key, b text)", "+ table {k}_new: 2 columns"),
    Case("create table {k}_old (id integer)", "drop table {k}_old", "- table {k}_old: 1 column"),
    # columns
    Case(T + ROWS, "alter table {k}_t add n decimal(8,2) not null default 0", "+ column {k}_t.n: decimal(8,2) not null default 0"),
    Case(T + ROWS, "alter table {k}_t add n text collate nocase", "+ column {k}_t.n: TEXT"),
    Case(T + ROWS, anew("id integer primary key, n int, a int, b text default 'x', c varchar(20) not null default ''"), "+ column {k}_t.n: INT"),
    Case(T + ROWS, "alter table {k}_t drop column a", "- column {k}_t.a: INT"),
    Case(
        T + ROWS, anew("id integer primary key, a bigint, b text default 'x', c varchar(20) not null default ''"), "~ column {k}_t.a: type INT → bigint"
    ),
    Case(
        T + "; insert into {k}_t (a) values (7)",
        anew("id integer primary key, a int not null, b text default 'x', c varchar(20) not null default ''"),
        "~ column {k}_t.a: null → not null",
    ),
    Case(
        T + ROWS,
        anew("id integer primary key, a int, b text default 'y', c varchar(20) not null default ''"),
        "~ column {k}_t.b: default 'x' → 'y'",
    ),
    Case(
        T + ROWS,
        anew("id integer primary key, a int, b text collate nocase default 'x', c varchar(20) not null default ''"),
        "~ column {k}_t.b: collation none → nocase",
    ),
    Case(
        "create table {k}_t (a int, g int generated always as (a * 2) virtual); insert into {k}_t (a) values (4)",
        anew("a int, g int generated always as (a * 3) virtual"),
        "~ column {k}_t.g: expression a * 2 → a * 3",
    ),
    Case(
        "create table {k}_t (id integer primary key, a int); insert into {k}_t values (5, 6)",
        anew("id integer primary key autoincrement, a int"),
        "~ column {k}_t.id: autoincrement none → yes",
    ),
    Case(
        "create table {k}_t (a int, b int); insert into {k}_t values (1, 2)", anew("b int, a int"), "~ table {k}_t: order of columns (a, b) → (b, a)"
    ),
    Case(
        "create table {k}_t (a int not null)", anew("a int not null on conflict ignore"), "~ column {k}_t.a: not null on conflict none → ignore"
    ),
    # the table
    Case("create table {k}_t (a int, b text); insert into {k}_t values (1, 'x')", anew("a int, b text", " strict"), "~ table {k}_t: strict none → yes"),
    Case(
        "create table {k}_t (a int primary key not null, b text); insert into {k}_t values (1, 'x')",
        anew("a int primary key not null, b text", " without rowid"),
        "~ table {k}_t: without rowid none → yes",
    ),
    # keys
    Case("create table {k}_t (a text, b text); insert into {k}_t values ('x', 'y')", anew("a text, b text, primary key (b, a)"), "+ primary key {k}_t: (b, a)"),
    Case("create table {k}_t (a text, b text)", anew("a text, b text, constraint u unique (a, b)"), "+ unique key {k}_t.u: (a, b)"),
    Case("create table {k}_t (a text unique, b text); insert into {k}_t values ('x', 'y')", anew("a text, b text"), "- unique key {k}_t (a): (a)"),
    Case(
        "create table {k}_r (id integer primary key); insert into {k}_r values (1); create table {k}_t (r int); insert into {k}_t values (1)",
        anew("r int references {k}_r on delete cascade"),
        "+ foreign key {k}_t (r): (r) → {k}_r (id) on delete cascade",
    ),
    Case(
        "create table {k}_r (id integer primary key); insert into {k}_r values (1); create table {k}_t (r int references {k}_r); insert into {k}_t values (1)",
        anew("r int references {k}_r on delete set null deferrable initially deferred"),
        "~ foreign key {k}_t (r): on delete NO ACTION → SET NULL; deferrable none → INITIALLY DEFERRED",
    ),
    Case("create table {k}_t (a int)", anew("a int, constraint positive check (a > 0)"), "+ check {k}_t.positive: a > 0"),
    Case(
        "create table {k}_t (a int, constraint positive check (a > 0)); insert into {k}_t values (3)",
        anew("a int, constraint positive check (a > 1)"),
        "~ check {k}_t.positive: expression a > 0 → a > 1",
    ),
    # a table that others lead to, with a view and triggers on it
    Case(
        "create table {k}_t (id integer primary key, a int); create table {k}_c (t references {k}_t on delete cascade);"
        " insert into {k}_t values (1, 2); insert into {k}_c values (1); create view {k}_v as select a from {k}_t;"
        " create index {k}_i on {k}_t (a); create trigger {k}_g after insert on {k}_t begin insert into {k}_c values (new.id); end",
        "drop view {k}_v; drop table {k}_t; create table {k}_t (id integer primary key, a bigint); insert into {k}_t values (1, 2);"
        " create view {k}_v as select a from {k}_t; create index {k}_i on {k}_t (a);"
        " create trigger {k}_g after insert on {k}_t begin insert into {k}_c values (new.id); end",
        "~ column {k}_t.a: type INT → bigint",
    ),
    # indexes
    Case(T, "create unique index {k}_i on {k}_t (b collate nocase, a desc) where a > 0", "+ index {k}_t.{k}_i: unique (b collate nocase, a desc) where a > 0"),
    Case(T + "; create index {k}_i on {k}_t (a)", "drop index {k}_i", "- index {k}_t.{k}_i: (a)"),
    Case(T + "; create index {k}_i on {k}_t (a)", "drop index {k}_i; create index {k}_i on {k}_t (lower(b))", "~ index {k}_t.{k}_i: parts (a) → ((lower(b)))"),
    # all else
    Case(T, "create view {k}_v as select a from {k}_t", "+ view {k}_v: 1 column"),
    Case(T + "; create view {k}_v as select a from {k}_t", "drop view {k}_v; create view {k}_v as select b from {k}_t", "~ view {k}_v: query"),
    Case(T, "create trigger {k}_g after insert on {k}_t begin select 1; end", "+ trigger {k}_g on {k}_t: after insert"),
    Case(
        T + "; create trigger {k}_g after insert on {k}_t begin select 1; end",
        "drop trigger {k}_g; create trigger {k}_g after insert on {k}_t begin select 2; end",
        "~ trigger {k}_g on {k}_t: definition",
    ),
    Case("", "create virtual table {k}_f using fts5 (a, b)", "+ virtual table {k}_f: 2 columns"),
    Case("create virtual table {k}_f using fts5 (a)", "drop table {k}_f; create virtual table {k}_f using fts5 (a, tokenize = porter)",
         "~ virtual table {k}_f: using fts5 (a) → fts5 (a, tokenize = porter)"),
]  # fmt: skip
