"""Benchmarks: dbx against the native tools, as ratios of whole processes in one run.

    python tests/bench/run.py [--rows 1000000] [--repeat 5] [--only postgresql|mariadb|sqlite|scripts|schemas|language|shell]

Times are the smallest of the repetitions, taken in turn (native, dbx, native, dbx, …) so that a busy machine
hits both. Nothing here is asserted: figures of a shared machine prove nothing by themselves.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parent.parent))

from language import language
from schemas import schemas
from scripts import scripts
from servers import MariaDB, PostgreSQL
from shell import shell

DBX = [str(Path(sys.executable).with_name("dbx"))]
TABLE = "id int, name varchar(40), amount decimal(12,2), ratio double precision, at timestamp, note varchar(40)"
SELECT = "select * from bench"


class Run(NamedTuple):
    seconds: float
    cpu: float
    memory: float  # MB
    output: Path


def measure(
    command: list[str], output: Path, environment: dict[str, str] | None = None, stdin: Path | None = None
) -> Run:
    """One process from start to end: wall and CPU seconds, peak memory."""
    with output.open("wb") as file, (stdin or Path(os.devnull)).open("rb") as source:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=file, stdin=source, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def compare(
    title: str,
    native: list[str],
    ours: list[str],
    environment: dict[str, str],
    aim: str,
    repeat: int,
    *,
    same: bool = False,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        theirs, mine = Path(folder, "native"), Path(folder, "dbx")
        pairs = [(measure(native, theirs, environment), measure(ours, mine, environment)) for _ in range(repeat)]
        before = min(pair[0].seconds for pair in pairs)
        after = min(pair[1].seconds for pair in pairs)
        memory = max(pair[1].memory for pair in pairs)
        equal = ("  bytes equal" if files_equal(theirs, mine) else "  BYTES DIFFER") if same else ""
        print(
            f"{title:<34} native {before:6.2f} s   dbx {after:6.2f} s   ratio {after / before:5.2f}   aim {aim}   peak {memory:4.0f} MB{equal}",
            flush=True,
        )


def files_equal(one: Path, other: Path) -> bool:
    return subprocess.run(["cmp", "-s", one, other], check=False).returncode == 0


def start_up(title: str, bare: str, ours: list[str], environment: dict[str, str], aim: str, repeat: int) -> None:
    """CPU of `select 1` over a bare script with the same driver."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "out")
        script = [sys.executable, "-c", bare]
        pairs = [(measure(script, output, environment), measure(ours, output, environment)) for _ in range(repeat * 5)]
        before, after = (sorted(pair[side].cpu for pair in pairs)[len(pairs) // 2] for side in (0, 1))
        print(
            f"{title:<34} bare {before:8.3f} s   dbx {after:6.3f} s   over  {after - before:5.3f}   aim {aim}",
            flush=True,
        )


def sqlite(rows: int, repeat: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "bench.db"))
        subprocess.run(
            ["sqlite3", path], input=f"create table bench({TABLE}); {sqlite_rows(rows)}", text=True, check=True
        )
        compare(
            "SQLite csv / sqlite3 -csv",
            ["sqlite3", "-csv", "-header", path, SELECT],
            [*DBX, "query", path, SELECT, "-f", "csv"],
            {},
            "≤ 2.4",
            repeat,
        )
        bare = f"import sqlite3; print(sqlite3.connect({path!r}).execute('select 1').fetchall())"
        start_up("SQLite select 1, CPU", bare, [*DBX, "query", path, "select 1"], {}, "≤ 0.15", repeat)


def sqlite_rows(rows: int) -> str:
    return f"""
    insert into bench with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})
    select i, 'name of row ' || i, (i % 100000) / 100.0, i / 7.0, datetime(1700000000 + i, 'unixepoch'),
           case when i % 3 then 'a note for ' || (i % 1000) end from n;"""


def postgresql(rows: int, repeat: int) -> None:
    with PostgreSQL() as server:
        database = server.create_database()
        server.execute(f"create table bench({TABLE})", database)
        server.execute(
            f"""insert into bench select i, 'name of row ' || i, (i % 100000) / 100.0, i / 7.0::float8,
                timestamp '2024-01-01' + i * interval '1 second', case when i % 3 > 0 then 'a note for ' || (i % 1000) end
                from generate_series(1, {rows}) i""",
            database,
        )
        server.execute("analyze bench", database)
        client, environment = server.client(database)
        environment["DBX_TARGET"] = server.url(database=database)  # no password in any argument
        ours = [*DBX, "query", "@"]
        compare(
            "PostgreSQL csv / psql --csv",
            [*client, "--csv", "-c", SELECT],
            [*ours, SELECT, "-f", "csv"],
            environment,
            "≤ 1.2 (1M), ≤ 1.0 (5M)",
            repeat,
            same=True,
        )
        bare = "import os, psycopg; print(psycopg.connect(os.environ['DBX_TARGET']).execute('select 1').fetchall())"
        start_up("PostgreSQL select 1, CPU", bare, [*ours, "select 1"], environment, "≤ 0.10", repeat)


def mariadb(rows: int, repeat: int) -> None:
    with MariaDB() as server:
        database = server.create_database()
        server.execute(f"create table bench({TABLE})", database)
        server.execute(
            f"""insert into bench select seq, concat('name of row ', seq), (seq % 100000) / 100.0, seq / 7.0,
                timestamp '2024-01-02 00:00:00' + interval (seq % 1000000) second, if(seq % 3 > 0, concat('a note for ', seq % 1000), null)
                from seq_1_to_{rows}""",
            database,
        )
        client, environment = server.client(database)
        environment["DBX_TARGET"] = server.url(database=database)
        ours = [*DBX, "query", "@"]
        compare(
            "MariaDB tsv / mariadb -B",
            [*client, "-B", "-e", SELECT],
            [*ours, SELECT, "-f", "tsv"],
            environment,
            "≤ 3.0",
            repeat,
        )
        if find_spec("MySQLdb"):
            fast = {**environment, "DBX_TARGET": environment["DBX_TARGET"].replace("mysql:", "mysql+mysqldb:")}
            compare(
                "  with mysqlclient",
                [*client, "-B", "-e", SELECT],
                [*ours, SELECT, "-f", "tsv"],
                fast,
                "≤ 1.9",
                repeat,
            )
        bare = (
            f"import os, pymysql; c = pymysql.connect(host='127.0.0.1', port={server.port}, user='root',"
            "password=os.environ['MYSQL_PWD']).cursor(); c.execute('select 1'); print(c.fetchall())"
        )
        start_up("MariaDB select 1, CPU", bare, [*ours, "select 1"], environment, "≤ 0.10", repeat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument(
        "--only", choices=("sqlite", "postgresql", "mariadb", "scripts", "schemas", "language", "shell")
    )
    options = parser.parse_args()
    print(f"{options.rows:,} rows x 6 columns, best of {options.repeat}, {os.cpu_count()} cores")
    for run in (sqlite, postgresql, mariadb):
        if options.only in (None, run.__name__):
            run(options.rows, options.repeat)
    if options.only in (None, "scripts"):
        scripts(measure, DBX, options.repeat)
    if options.only in (None, "schemas"):
        schemas(measure, DBX, options.repeat)
    if options.only in (None, "language"):
        language(options.repeat)
    if options.only in (None, "shell"):
        shell(DBX)


if __name__ == "__main__":
    if not shutil.which("sqlite3"):
        raise SystemExit("sqlite3 is missing")
    main()
