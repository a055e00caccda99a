"""100,000 single-row INSERTs in one script: `dbx run` against psql -1, mariadb and sqlite3.

The script has no BEGIN, so mariadb and sqlite3 commit every row, which costs them what their disk costs; a second row
compares the same script between BEGIN and COMMIT. psql -1 and dbx run either in one transaction.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from servers import MariaDB, PostgreSQL

TABLE = "create table t (id int primary key, name varchar(40), amount decimal(12,2))"
ROWS = 100_000

Measure = Callable[..., Any]


@contextmanager
def script(*, transaction: bool) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inserts.sql")
        with path.open("w") as file:
            file.write("begin;\n" if transaction else "")
            file.write("delete from t;\n")
            file.writelines(f"INSERT INTO t VALUES ({i}, 'name of row {i}', {i % 1000}.25);\n" for i in range(ROWS))
            file.write("commit;\n" if transaction else "")
        yield path


def compare(
    title: str, measure: Measure, native: list[str], stdin: Path | None, ours: list[str], environment: Any, repeat: int
) -> None:
    output = Path("/dev/null")
    pairs = [
        (measure(native, output, environment, stdin), measure(ours, output, environment, None)) for _ in range(repeat)
    ]
    before, after = (min(pair[side].seconds for pair in pairs) for side in (0, 1))
    print(
        f"{title:<34} native {before:6.2f} s   dbx {after:6.2f} s   ratio {after / before:5.2f}   aim ≤ 2.0", flush=True
    )


def scripts(measure: Measure, dbx: list[str], repeat: int) -> None:
    print(f"{ROWS:,} INSERTs in one script, best of {repeat}")
    with script(transaction=False) as plain, script(transaction=True) as wrapped:
        with PostgreSQL() as server:
            database = server.create_database()
            server.execute(TABLE, database)
            client, environment = server.client(database)
            environment["DBX_TARGET"] = server.url(database=database)
            native = [*client, "-q", "-1", "-f", str(plain)]
            compare(
                "PostgreSQL / psql -1 -f",
                measure,
                native,
                None,
                [*dbx, "run", "-q", "@", str(plain)],
                environment,
                repeat,
            )
        with MariaDB() as server:
            database = server.create_database()
            server.execute(TABLE, database)
            client, environment = server.client(database)
            environment["DBX_TARGET"] = server.url(database=database)
            for title, file in (("MariaDB / mariadb <", plain), ("  between BEGIN and COMMIT", wrapped)):
                compare(title, measure, client, file, [*dbx, "run", "-q", "@", str(file)], environment, repeat)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder, "bench.db"))
            subprocess.run([shutil.which("sqlite3") or "sqlite3", path, TABLE], check=True)
            # sqlite3 waits for the disk after every row: once is enough
            for title, file, times in (
                ("SQLite / sqlite3 <", plain, 1),
                ("  between BEGIN and COMMIT", wrapped, repeat),
            ):
                compare(title, measure, ["sqlite3", path], file, [*dbx, "run", "-q", path, str(file)], {}, times)
