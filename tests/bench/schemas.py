"""Reading schemas of 1,000 and 5,000 tables as JSON, against the native tool that dumps them as SQL; one table by name.

Each table has 10 columns, a key, 2 foreign keys and 2 indexes.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from servers import MariaDB, PostgreSQL

SIZES = (1000, 5000)
COLUMNS = "a integer not null, b varchar(40) not null default '', c text, d numeric(10,2), e timestamp null, f integer, g real"

Measure = Callable[..., Any]


class Case(NamedTuple):
    native: list[str]
    environment: dict[str, str]
    target: str


def tables(count: int, *, inline: bool) -> Iterator[str]:
    """The statements; `inline`: foreign keys within the tables (SQLite), else behind them all."""
    for n in range(count):
        keys = (
            f", foreign key (up) references t{n // 2:05} (id), foreign key (f) references t{n // 3:05} (id)"
            if inline
            else ""
        )
        yield f"create table t{n:05} (id integer primary key, {COLUMNS}, up integer, x integer{keys});"
        yield f"create index i{n}a on t{n:05} (b); create index i{n}b on t{n:05} (up, x);"
    if not inline:
        for n in range(count):
            yield f"alter table t{n:05} add foreign key (up) references t{n // 2:05} (id) on delete cascade,"
            yield f" add foreign key (f) references t{n // 3:05} (id);"


@contextmanager
def sqlite(count: int) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "bench.db"))
        script = "\n".join(["begin;", *tables(count, inline=True), "commit;"])
        subprocess.run(["sqlite3", path], input=script, text=True, check=True)
        yield Case(["sqlite3", path, ".schema"], {}, path)


@contextmanager
def postgresql(count: int) -> Iterator[Case]:
    with PostgreSQL(max_locks_per_transaction="1024") as server:
        database = server.create_database()
        client, environment = server.client(database)
        subprocess.run(
            [*client, "-q"], input="\n".join(tables(count, inline=False)), text=True, env=environment, check=True
        )
        environment["DBX_TARGET"] = server.url(database=database)
        yield Case(["pg_dump", "-s", *client[client.index("-h") :]], environment, "@")


@contextmanager
def mariadb(count: int) -> Iterator[Case]:
    with MariaDB() as server:
        database = server.create_database()
        client, environment = server.client(database)
        subprocess.run(client, input="\n".join(tables(count, inline=False)), text=True, env=environment, check=True)
        environment["DBX_TARGET"] = server.url(database=database)
        dump = ["--no-data", "--single-transaction", "--skip-lock-tables", *client[2:]]
        yield Case(["mariadb-dump", "--no-defaults", *dump], environment, "@")


def schemas(measure: Measure, dbx: list[str], repeat: int) -> None:
    aims = {"SQLite": ("+ 0.4 s", "≤ 5"), "PostgreSQL": ("≤ 1.0", "≤ 1.0"), "MariaDB": ("≤ 0.3", "≤ 0.15")}
    for title, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql), ("MariaDB", mariadb)):
        times = {}
        for count, aim in zip(SIZES, aims[title], strict=True):
            with opened(count) as case:
                times[count] = compare(f"{title}, {count:,} tables", measure, case, dbx, repeat, aim)
                if count == SIZES[-1]:
                    one_table(title, measure, case, dbx, repeat)
                    checked(measure, case, dbx, repeat)
        print(f"  {SIZES[1]:,} against {SIZES[0]:,}: {times[SIZES[1]] / times[SIZES[0]]:5.2f}   aim ≤ 6", flush=True)


def compare(title: str, measure: Measure, case: Case, dbx: list[str], repeat: int, aim: str) -> float:
    output = Path("/dev/null")
    ours = [*dbx, "reflect", case.target, "-f", "json"]
    pairs = [
        (measure(case.native, output, case.environment), measure(ours, output, case.environment)) for _ in range(repeat)
    ]
    before, after = (min(pair[side].seconds for pair in pairs) for side in (0, 1))
    memory = max(pair[1].memory for pair in pairs)
    print(
        f"{title:<34} native {before:6.2f} s   dbx {after:6.2f} s   ratio {after / before:5.2f}   aim {aim}   peak {memory:4.0f} MB",
        flush=True,
    )
    return float(after)


def one_table(title: str, measure: Measure, case: Case, dbx: list[str], repeat: int) -> None:
    output = Path("/dev/null")
    connect = [*dbx, "query", case.target, "select 1"]
    read = [*dbx, "reflect", case.target, "t00700", "-f", "json"]
    pairs = [
        (measure(connect, output, case.environment), measure(read, output, case.environment)) for _ in range(repeat)
    ]
    before, after = (min(pair[side].seconds for pair in pairs) for side in (0, 1))
    print(f"  one table of them, over select 1  {(after - before) * 1000:5.0f} ms   aim ≤ 30 ms", flush=True)


def checked(measure: Measure, case: Case, dbx: list[str], repeat: int) -> None:
    """Comparing with a snapshot, against writing all of it as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = str(Path(folder, "snapshot.json"))
        reflect = [*dbx, "reflect", case.target]
        output = Path("/dev/null")
        measure([*reflect, "--snapshot", snapshot], output, case.environment)
        pairs = [
            (
                measure([*reflect, "-f", "json"], output, case.environment),
                measure([*reflect, "--check", snapshot], output, case.environment),
            )
            for _ in range(repeat)
        ]
    before, after = (min(pair[side].seconds for pair in pairs) for side in (0, 1))
    memory = max(pair[1].memory for pair in pairs)
    print(f"  --check, over -f json             {after / before:5.2f}   aim ≤ 1.1   peak {memory:4.0f} MB", flush=True)
