"""What the tests of the language share: a small music shop in SQLite, and how an expression is run on it."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from dbx.errors import LanguageError
from dbx.language.names.tables import Names
from dbx.language.translation import Query, translate
from dbx.schema.readers.inspector import Inspected

DDL = """
create table artist (artist_id integer primary key, name varchar(40));
create table album (album_id integer primary key, title varchar(40) not null,
    artist_id integer not null references artist (artist_id));
create table genre (genre_id integer primary key, name varchar(20) not null);
create table track (track_id integer primary key, name varchar(60) not null, composer varchar(40),
    album_id integer references album (album_id), genre_id integer references genre (genre_id),
    ms integer not null, price numeric(6, 2) not null, score real, live boolean, added date, sold datetime);
create table employee (id integer primary key, name varchar(20) not null, boss integer references employee (id));
create table playlist (id integer primary key, name varchar(20) not null);
create table playlist_track (playlist_id integer not null references playlist (id),
    track_id integer not null references track (track_id), primary key (playlist_id, track_id));
create table course (name text not null, semester integer not null, credits integer not null,
    primary key (name, semester));
create table exam (id integer primary key, course_name text not null, course_semester integer not null, grade integer,
    foreign key (course_name, course_semester) references course (name, semester));
create table flight (id integer primary key, from_id integer not null references city (id),
    to_id integer not null references city (id));
create table city (id integer primary key, name text not null);
create table "order line" (id integer primary key, "class" text, "unit price" integer, count integer, "update" text);
create view long_track as select track_id, name from track where ms > 200;
"""

ROWS: dict[str, list[tuple[Any, ...]]] = {
    "artist": [(1, "AC/DC"), (2, "Björk"), (3, None), (4, "Can")],
    "album": [(1, "Let There Be Rock", 1), (2, "Post", 2), (3, "Debut", 2), (4, "100%", 3)],
    "genre": [(1, "Rock"), (2, "Pop"), (3, "Jazz")],
    "track": [
        (1, "Go Down", "Young", 1, 1, 331, 0.99, 1.5, True, "2024-01-31", "2024-02-01 10:00:00"),
        (2, "Overdose", "Young", 1, 1, 369, 0.99, None, False, "2024-01-31", "2024-02-02 00:00:00"),
        (3, "Hyperballad", None, 2, 2, 321, 1.29, -2.5, None, "2023-12-01", "2024-02-03 23:59:59"),
        (4, "Army of Me", "", 2, 2, 235, 1.29, 0.0, True, None, None),
        (5, "100% Pure", "Björk", 4, None, 120, 1.99, 2.5, False, "2024-02-29", None),
        (6, "Nowhere", None, None, 3, 120, 0.5, 3.0, None, "2024-02-29", "2024-02-29 12:30:00"),
        (7, "o_o", "o'o", None, None, 0, 0.0, None, None, None, None),
    ],
    "employee": [(1, "Ada", None), (2, "Bob", 1), (3, "Cyd", 1), (4, "Dan", 2), (5, "Eve", 4)],
    "playlist": [(1, "Loud"), (2, "Quiet"), (3, "Empty")],
    "playlist_track": [(1, 1), (1, 2), (1, 4), (2, 3), (2, 4)],
    "course": [("Physics", 1, 5), ("Physics", 2, 6), ("Art", 1, 3)],
    "exam": [(1, "Physics", 1, 4), (2, "Physics", 2, None), (3, "Art", 1, 5), (4, "Art", 1, 3)],
    "city": [(1, "Rome"), (2, "Oslo"), (3, "Lima")],
    "flight": [(1, 1, 2), (2, 2, 3), (3, 1, 3)],
    "order line": [(1, "A", 10, 3, "u"), (2, "B", 20, 4, "v")],
}


class Shop:
    """The database, what the language knows of it, and the names a session has made."""

    def __init__(self, ddl: str = DDL, rows: dict[str, list[tuple[Any, ...]]] = ROWS) -> None:
        self.engine: Engine = create_engine(
            # Who writes two sources without a condition means it; the linter's warning would go to standard error.
            "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
            enable_from_linting=False,
        )
        self.reads: list[str] = []
        with self.engine.connect() as connection:
            raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
            raw.executescript(ddl)
            for table, items in rows.items():
                marks = ",".join("?" * len(items[0]))
                raw.executemany(f'insert into "{table}" values ({marks})', items)
            raw.commit()
        self.names = Names(Inspected(self.read))
        self.session: dict[str, Any] = {}

    def read(self, work: Any) -> Any:
        self.reads.append(work.__qualname__)
        with self.engine.connect() as connection:
            return work(connection)

    def translate(self, text: str, *, strict: bool = True, **options: Any) -> list[Query]:
        dialect = self.engine.dialect
        return list(translate(text, self.names, self.session, dialect=dialect, strict=strict, **options))

    def rows(self, text: str, **options: Any) -> list[tuple[Any, ...]]:
        """The driver's own rows of the last statement."""
        query = self.translate(text, **options)[-1]
        return self.run(query)

    def run(self, query: Query) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            result: Any = connection.execute(query.statement)
            return [tuple(row) for row in result.cursor.fetchall()] if result.returns_rows else []

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(text)]

    def refusal(self, text: str, *, strict: bool = True) -> LanguageError:
        try:
            self.translate(text, strict=strict)
        except LanguageError as error:
            return error
        raise AssertionError(f"not refused: {text}")


def marked(error: LanguageError) -> str:
    """The characters that the caret is under."""
    place = error.place
    assert place is not None
    lines = place.text.split("\n")
    row = place.line - place.first_line
    shift = place.first_column - 1 if row == 0 else 0
    end = place.end_column - 1 - shift if place.end_line == place.line else None
    return lines[row][place.column - 1 - shift : end]
