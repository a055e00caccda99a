"""The schema of one program on three kinds of servers: what differs is what its authors wrote otherwise."""

from __future__ import annotations

import pytest
from run_dbx import execute
from test_reflect_compare import made, reflect

POSTGRESQL = """
create type mood as enum ('sad', 'ok');
create table customers (
  customer_id serial primary key, name varchar(40) not null default '', active boolean not null default true,
  joined timestamp not null default now(), balance numeric(10,2) default 0, feeling mood, note text);
create table orders (
  order_id bigint generated always as identity primary key, customer_id integer not null references customers on delete cascade,
  code varchar(9) unique, placed date, constraint positive check (customer_id > 0));
create index orders_placed on orders (placed);
create view named as select name from customers;
"""
MARIADB = """
create table customers (
  customer_id int auto_increment primary key, name varchar(40) not null default '', active boolean not null default true,
  joined datetime not null default current_timestamp(), balance decimal(10,2) default 0, feeling enum('sad','ok'), note text);
create table orders (
  order_id bigint auto_increment primary key, customer_id int not null,
  code varchar(9), placed date, unique key code (code), key by_day (placed), constraint positive check (customer_id > 0),
  foreign key (customer_id) references customers (customer_id) on delete cascade) engine=InnoDB default charset=utf8mb4;
create view named as select name from customers;
"""
SQLITE = """
create table Customers (
  CustomerId integer primary key autoincrement, name varchar(40) not null default '', active boolean not null default 1,
  joined timestamp not null default current_timestamp, balance numeric(10,2) default 0,
  feeling text check (feeling in ('sad', 'ok')), note text);
create table orders (
  order_id integer primary key, customer_id integer not null references Customers on delete cascade,
  code varchar(9) unique, placed date, check (customer_id > 0));
create index orders_placed on orders (placed);
create view named as select name from Customers;
"""
NAMES = (
    "~ database: names customer_id, customers → CustomerId, Customers (2 names differ in case and underscores alone)"
)


def in_three(pg_url: str, maria_url: str, path: object) -> tuple[str, str, str]:
    for url, script in ((pg_url, POSTGRESQL), (maria_url, MARIADB)):
        for statement in script.split(";\n"):
            if statement.strip():
                execute(url, statement)
    return pg_url, maria_url, made(path / "shop.db", SQLITE)  # type: ignore[arg-type,operator]


def test_what_is_one_on_three_servers_has_no_difference(pg_url: str, maria_url: str, tmp_path: object) -> None:
    postgresql, mariadb, sqlite = in_three(pg_url, maria_url, tmp_path)
    assert reflect(postgresql, "--diff", mariadb) == (0, [], "")
    assert reflect(mariadb, "--diff", sqlite) == (1, [NAMES], "")
    assert reflect(postgresql, "--diff", sqlite) == (1, [NAMES], "")
    assert reflect(postgresql, "--diff", mariadb, "--diff-format", "sql")[0] == 0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("alter table orders add extra date", "+ column orders.extra: date (not in PostgreSQL's)"),
        ("alter table customers modify name varchar(50) not null default ''",
         "~ column customers.name: type character varying(40) → varchar(50) (another length)"),
        ("alter table customers modify customer_id int", "~ column customers.customer_id: automatic yes → no (only one gives it a number by itself)"),
        ("alter table customers modify name varchar(40)", "~ column customers.name: not null → null; default '' → none"
         " (NULL is refused by one alone; an INSERT without it stores another value)"),
        ("drop view named", "- view named: not in MariaDB's"),
        ("alter table orders drop key code", "- index orders (code): unique (code) (not in MariaDB's)"),
        ("alter table customers modify feeling enum('sad','ok','fine')", "~ column customers.feeling: type public.mood → enum('sad','ok','fine') (other labels)"),
        ("alter table orders add constraint c check (code <> 'x')", "+ check orders (code<>'x'): code<>'x' (not in PostgreSQL's)"),
    ],
)  # fmt: skip
def test_a_real_difference_is_explained(pg_url: str, maria_url: str, tmp_path: object, change: str, line: str) -> None:
    postgresql, mariadb, _ = in_three(pg_url, maria_url, tmp_path)
    execute(mariadb, "set foreign_key_checks = 0")
    for statement in (
        ("alter table orders drop foreign key orders_ibfk_1", change) if "customer_id" in change else (change,)
    ):
        execute(mariadb, statement)
    code, lines, err = reflect(postgresql, "--diff", mariadb)
    assert (code, err) == (1, "")
    assert [each for each in lines if not each.startswith(("- foreign key", "+ index"))] == [line]
