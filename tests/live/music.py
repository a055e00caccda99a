"""A small music shop on a real server, and how an expression is run there: for the live tests of the language."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

from run_dbx import existing
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from dbx import config, target
from dbx.database import Database
from dbx.errors import LanguageError
from dbx.language.names.tables import Names
from dbx.language.translation import Query, translate
from dbx.schema.catalog import catalog

DDL = """
create table artist (artist_id integer primary key, name varchar(40));
create table album (album_id integer primary key, title varchar(40) not null, artist_id integer not null,
    foreign key (artist_id) references artist (artist_id));
create table genre (genre_id integer primary key, name varchar(20) not null unique);
create table track (track_id integer primary key, name varchar(60) not null, composer varchar(40), album_id integer,
    genre_id integer, ms integer not null, price numeric(6, 2) not null, score {double}, live boolean, added date,
    sold {moment}, foreign key (album_id) references album (album_id),
    foreign key (genre_id) references genre (genre_id));
create table employee (id integer primary key, name varchar(20) not null, boss integer,
    foreign key (boss) references employee (id));
create table playlist (id integer primary key, name varchar(20) not null);
create table playlist_track (playlist_id integer not null, track_id integer not null,
    primary key (playlist_id, track_id), foreign key (playlist_id) references playlist (id),
    foreign key (track_id) references track (track_id));
create table note (id integer primary key, doc {json}, tags {array});
create view long_track as select track_id, name, album_id from track where ms > 200;
"""
TYPES = {
    "sqlite": {"double": "double", "moment": "datetime", "json": "json", "array": "text"},
    "postgresql": {"double": "double precision", "moment": "timestamp", "json": "jsonb", "array": "integer[]"},
    "mariadb": {"double": "double", "moment": "datetime", "json": "json", "array": "text"},
}
MORNING, MIDNIGHT = dt.datetime(2024, 2, 1, 10), dt.datetime(2024, 2, 2)
JANUARY, LEAP = dt.date(2024, 1, 31), dt.date(2024, 2, 29)
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "artist": [(1, "AC/DC"), (2, "Björk"), (3, None), (4, "Can")],
    "album": [(1, "Let There Be Rock", 1), (2, "Post", 2), (3, "Debut", 2), (4, "100%", 3)],
    "genre": [(1, "Rock"), (2, "Pop"), (3, "Jazz")],
    "track": [
        (1, "Go Down", "Young", 1, 1, 331, Decimal("0.99"), 1.5, True, JANUARY, MORNING),
        (2, "Overdose", "Young", 1, 1, 369, Decimal("0.99"), None, False, JANUARY, MIDNIGHT),
        (3, "Hyperballad", None, 2, 2, 321, Decimal("1.29"), -2.5, None, dt.date(2023, 12, 1), None),
        (4, "Army of Me", "", 2, 2, 235, Decimal("1.29"), 0.0, True, None, None),
        (5, "100% Pure", "Björk", 4, None, 120, Decimal("1.99"), 2.5, False, LEAP, None),
        (6, "Nowhere", None, None, 3, 120, Decimal("0.50"), 3.0, None, LEAP, dt.datetime(2024, 2, 29, 12, 30)),
        (7, "o_o", "o'o", None, None, 0, Decimal("0.00"), None, None, None, None),
    ],
    "employee": [(1, "Ada", None), (2, "Bob", 1), (3, "Cyd", 1), (4, "Dan", 2), (5, "Eve", 4)],
    "playlist": [(1, "Loud"), (2, "Quiet"), (3, "Empty")],
    "playlist_track": [(1, 1), (1, 2), (1, 4), (2, 3), (2, 4)],
    "note": [
        (1, '{"a": {"b": [1, 2, "x"]}, "n": 7, "t": true, "z": null}', "{1,2,3}"),
        (2, '["k", 2]', "{}"),
        (3, None, None),
    ],
}  # fmt: skip


class Music:
    """`statements` counts what reached the driver: reads of the catalogue and expressions alike."""

    def __init__(self, url: str, ddl: str = DDL, rows: dict[str, list[tuple[Any, ...]]] = ROWS) -> None:
        self.key = {"sqlite": "sqlite", "postgresql": "postgresql", "mysql": "mariadb"}[url.split(":")[0]]
        driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}[self.key]
        self.engine = create_engine(driver + url[url.index(":") :], poolclass=StaticPool, enable_from_linting=False)
        self.session: dict[str, Any] = {}
        self.percent = "%" if self.key == "sqlite" else "%%"
        mark = "?" if self.key == "sqlite" else "%s"
        with self.engine.begin() as connection:
            cursor: Any = connection.connection.cursor()
            if self.key == "mariadb":
                cursor.execute("alter database character set utf8mb4 collate utf8mb4_bin")
            for statement in ddl.format(**TYPES[self.key]).split(";"):
                if statement.strip():
                    cursor.execute(statement)
            for table, items in rows.items():
                marks = ", ".join([mark] * len(items[0])) if items else ""
                for item in items:
                    cursor.execute(f"insert into {table} values ({marks})", [self._bound(value) for value in item])
        self.database = Database(target.parse(existing(url), config.Config()))
        self.names = Names(catalog(self.database))

    def _bound(self, value: Any) -> Any:
        if self.key != "sqlite":
            return value
        return float(value) if isinstance(value, Decimal) else str(value) if isinstance(value, dt.date) else value

    def translate(self, text: str, *, strict: bool = True) -> list[Query]:
        found = translate(text, self.names, self.session, dialect=self.engine.dialect, strict=strict)
        return [query for query in found if isinstance(query, Query)]

    def rows(self, text: str, *, strict: bool = True) -> list[tuple[Any, ...]]:
        """The rows of the last statement, alike on every server: truths are numbers, moments text."""
        return self.ran(self.translate(text, strict=strict)[-1])

    def ran(self, query: Query) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            result: Any = connection.execute(query.statement)
            return [tuple(map(plain, row)) for row in result.cursor.fetchall()] if result.returns_rows else []

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [
                tuple(map(plain, row))
                for row in connection.exec_driver_sql(text.replace("%", self.percent)).cursor.fetchall()
            ]

    def refusal(self, text: str, *, strict: bool = True) -> str:
        try:
            self.translate(text, strict=strict)
        except LanguageError as error:
            return error.code
        return ""

    def close(self) -> None:
        self.database.close()
        self.engine.dispose()


def plain(value: Any) -> Any:
    """A value of a driver as all of them could give it."""
    if isinstance(value, (bool, int, float, Decimal)):
        return round(float(value), 6)
    if isinstance(value, (dt.datetime, dt.date, dt.time, list)):
        return str(value)
    return value


def bag(rows: list[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(map(plain, row)) for row in rows)
