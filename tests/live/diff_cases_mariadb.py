"""Changes of a MariaDB database, one of each kind, as in diff_cases_postgresql; {k} begins a case's own names."""

from __future__ import annotations

from diff_cases_postgresql import Case

T = "create table {k}_t (id int primary key, a int, b varchar(20) default 'x', c text)"
R = "create table {k}_r (id int primary key); create table {k}_t (id int primary key, r int"

CASES = [
    Case("", "create table {k}_new (id int auto_increment primary key, b varchar(5) default 'it''s')", "+ table {k}_new: 2 columns"),
    Case("create table {k}_old (id int)", "drop table {k}_old", "- table {k}_old: 1 column"),
    Case(T, "alter table {k}_t comment 'it''s'", "~ table {k}_t: comment none → it's"),
    Case(T, "alter table {k}_t engine Aria", "~ table {k}_t: engine InnoDB → Aria; page_checksum none → 1"),
    Case(T, "alter table {k}_t row_format compressed", "~ table {k}_t: row_format none → COMPRESSED"),
    Case(T + " row_format=compressed comment 'x'", "alter table {k}_t row_format default", "~ table {k}_t: row_format COMPRESSED → none"),
    Case(
        "create table {k}_t (a varchar(5), b text)",
        "drop table {k}_t; create table {k}_t (a varchar(5), b text) default charset latin1",
        "~ table {k}_t: charset utf8mb4 → latin1; collation utf8mb4_general_ci → latin1_swedish_ci",
    ),
    Case(T, "alter table {k}_t add system versioning", "~ table {k}_t: with system versioning none → yes"),
    Case(
        "create table {k}_t (id int, y int) partition by range (y) (partition p0 values less than (10))",
        "alter table {k}_t add partition (partition p1 values less than (20))",
        "~ table {k}_t: partitioning by RANGE (`y`): p0 VALUES LESS THAN (10) → by RANGE (`y`): p0 VALUES LESS THAN (10), p1 VALUES LESS THAN (20)",
    ),
    Case(
        "create table {k}_t (id int primary key) partition by hash (id) partitions 3",
        "alter table {k}_t remove partitioning",
        "~ table {k}_t: partitioning by HASH (`id`): p0, p1, p2 → none",
    ),
    # columns
    Case(T, "alter table {k}_t add n decimal(8,2) not null default 0 after id", "+ column {k}_t.n: decimal(8,2) not null default 0.00"),
    Case(T, "alter table {k}_t add n int comment 'first' first", "+ column {k}_t.n: int(11)"),
    Case(T, "alter table {k}_t drop a", "- column {k}_t.a: int(11)"),
    Case(T, "alter table {k}_t modify a bigint unsigned", "~ column {k}_t.a: type int(11) → bigint(20) unsigned"),
    Case(T, "alter table {k}_t modify a int not null", "~ column {k}_t.a: null → not null"),
    Case(T, "alter table {k}_t alter b set default 'y'", "~ column {k}_t.b: default 'x' → 'y'"),
    Case(T, "alter table {k}_t modify id int auto_increment", "~ column {k}_t.id: automatic no → yes"),
    Case(T, "alter table {k}_t modify b varchar(20) collate utf8mb4_bin default 'x'", "~ column {k}_t.b: collation none → utf8mb4_bin; charset none → utf8mb4"),
    Case(T, "alter table {k}_t modify c text comment 'of it'", "~ column {k}_t.c: comment none → of it"),
    Case(T, "alter table {k}_t modify c text invisible", "~ column {k}_t.c: hidden no → yes"),
    Case("create table {k}_t (id int, w timestamp null)", "alter table {k}_t modify w timestamp null on update current_timestamp()",
         "~ column {k}_t.w: on update none → current_timestamp()"),
    Case(
        "create table {k}_t (a int, g int generated always as (a * 2) virtual, key i (g))",
        "alter table {k}_t drop key i, drop g; alter table {k}_t add g int generated always as (a * 3) virtual, add key i (g)",
        "~ column {k}_t.g: expression `a` * 2 → `a` * 3",
    ),
    Case("create table {k}_t (e enum('a','b'))", "alter table {k}_t modify e enum('a','b','c')", "~ column {k}_t.e: type enum('a','b') → enum('a','b','c')"),
    Case("create table {k}_t (a int, b int)", "alter table {k}_t modify a int after b", "~ table {k}_t: order of columns (a, b) → (b, a)"),
    # keys
    Case("create table {k}_t (a int not null, b int not null)", "alter table {k}_t add primary key (b, a)", "+ primary key {k}_t: (b, a)"),
    Case(
        "create table {k}_t (a int not null, b int not null, primary key (a))",
        "alter table {k}_t drop primary key, add primary key (a, b)",
        "~ primary key {k}_t: parts (a) → (a, b)",
    ),
    Case(R + ", key {k}_f (r))", "alter table {k}_t add constraint {k}_f foreign key (r) references {k}_r (id) on delete cascade",
         "+ foreign key {k}_t.{k}_f: (r) → {k}_r (id) on delete cascade"),
    Case(
        R + ", key r (r), constraint {k}_f foreign key (r) references {k}_r (id))",
        "alter table {k}_t drop foreign key {k}_f",
        "- foreign key {k}_t.{k}_f: (r) → {k}_r (id)",
    ),
    Case(
        R + ", constraint {k}_f foreign key (r) references {k}_r (id))",
        "alter table {k}_t drop foreign key {k}_f; alter table {k}_t add constraint {k}_f foreign key (r) references {k}_r (id) on delete set null",
        "~ foreign key {k}_t.{k}_f: on delete NO ACTION → SET NULL",
    ),
    Case(T, "alter table {k}_t add constraint positive check (a > 0)", "+ check {k}_t.positive: `a` > 0"),
    Case(
        T + "; alter table {k}_t add constraint positive check (a > 0)",
        "alter table {k}_t drop constraint positive, add constraint positive check (a > 1)",
        "~ check {k}_t.positive: expression `a` > 0 → `a` > 1",
    ),
    Case(T, "alter table {k}_t modify a int check (a > 5)", "+ check {k}_t (`a` > 5): `a` > 5"),
    # indexes
    Case(T, "create unique index i on {k}_t (b(3), a desc)", "+ index {k}_t.i: unique (b(3), a desc)"),
    Case(T + "; create index i on {k}_t (a)", "drop index i on {k}_t", "- index {k}_t.i: (a)"),
    Case(T + "; create index i on {k}_t (a)", "alter table {k}_t drop key i, add key i (a, b)", "~ index {k}_t.i: parts (a) → (a, b)"),
    Case(T + "; create index i on {k}_t (a)", "alter table {k}_t alter index i ignored", "~ index {k}_t.i: ignored none → yes"),
    Case(T, "create fulltext index i on {k}_t (c)", "+ index {k}_t.i: fulltext (c)"),
    # all else
    Case(T, "create view {k}_v as select a from {k}_t", "+ view {k}_v: 1 column"),
    Case(T + "; create view {k}_v as select a from {k}_t", "create or replace view {k}_v as select a from {k}_t where a > 1", "~ view {k}_v: query"),
    Case(
        T + "; create view {k}_v as select a from {k}_t",
        "create or replace sql security invoker view {k}_v as select a from {k}_t",
        "~ view {k}_v: security none → INVOKER",
    ),
    Case("", "create function {k}_f(n int) returns int deterministic return n", "+ function {k}_f(n int(11)): returns int(11)"),
    Case(
        "create procedure {k}_p() begin select 1; end",
        "drop procedure {k}_p; create procedure {k}_p() begin select 2; end",
        "~ procedure {k}_p(): definition",
    ),
    Case(T, "create trigger {k}_g before insert on {k}_t for each row set new.a = 1", "+ trigger {k}_g on {k}_t: before insert"),
    Case(
        T + "; create trigger {k}_g before insert on {k}_t for each row set new.a = 1; create trigger {k}_h before insert on {k}_t for each row set new.a = 2",
        "drop trigger {k}_g; create trigger {k}_g before insert on {k}_t for each row precedes {k}_h set new.a = 3",
        "~ trigger {k}_g on {k}_t: definition",
    ),
    Case("", "create event {k}_e on schedule every 1 day starts '2030-01-01' disable do select 1", "+ event {k}_e"),
    Case(
        "create event {k}_e on schedule every 1 day starts '2030-01-01' disable do select 1",
        "alter event {k}_e on schedule every 2 day starts '2030-01-01'",
        "~ event {k}_e: schedule EVERY 1 DAY STARTS '2030-01-01 00:00:00' → EVERY 2 DAY STARTS '2030-01-01 00:00:00'",
    ),
    Case("create sequence {k}_s", "alter sequence {k}_s increment 7 cycle", "~ sequence {k}_s: increment 1 → 7; cycle no → yes"),
    Case("", "create sequence {k}_s start with 5", "+ sequence {k}_s"),
    Case(T, "grant select on {k}_t to diff_other@localhost", "~ table {k}_t: privileges of 'diff_other'@'localhost' none → SELECT"),
]  # fmt: skip
