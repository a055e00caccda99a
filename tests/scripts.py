"""`dbx run` on scripts that a test writes, to their end or still running."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from run_dbx import DBX, Done, environment, execute

from dbx import cli
from dbx.errors import Interrupted

ONE, TWO, THREE = (f"insert into t values ({number});\n" for number in (1, 2, 3))
BAD = "insert into nope values (9);\n"
QUERY = "select count(*) as n from t;\n"

NUMBERS = "with recursive r(n) as (select 1 union all select n + 1 from r where n < {0}) select {1} from r"
"""A query of many rows on every server."""


def script(folder: Path, text: str, name: str = "a.sql") -> str:
    """The path of a file with this text."""
    path = folder / name
    path.write_text(text, newline="")
    return str(path)


def ran(url: str, folder: Path, text: str, *options: str, **more: str) -> Done:
    """`dbx run` of a file with this text."""
    return called(url, script(folder, text), *options, **more)


def called(url: str, *arguments: str, **more: str) -> Done:
    """`dbx run @ arguments`, within this process: its start is most of what a run takes. Signals need a real one."""
    with TemporaryFile("w+") as out, TemporaryFile("w+", errors="surrogateescape") as err, _standing_in(out, err):
        environ = dict(os.environ)
        os.environ.clear()
        os.environ.update(environment(url, **more))
        try:
            code = cli._run(["run", "@", *arguments])
        finally:
            os.environ.clear()
            os.environ.update(environ)
            Interrupted.fate = ""  # here the process goes on
        err.flush()
        return Done(code, os.pread(out.fileno(), 1 << 30, 0), os.pread(err.fileno(), 1 << 20, 0).decode())


@contextmanager
def _standing_in(out: IO[str], err: IO[str]) -> Iterator[None]:
    """Files as standard output and standard error; the first is written to by its number."""
    kept = os.dup(1)
    os.dup2(out.fileno(), 1)
    try:
        with redirect_stderr(err), redirect_stdout(out):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def begun(url: str, *arguments: str, **how: Any) -> subprocess.Popen[bytes]:
    """`dbx run @ arguments`, running; without arguments it reads its standard input."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([DBX, "run", "@", *(arguments or ("-",))], env=environment(url), **(pipes | how))


def tell(process: subprocess.Popen[bytes], text: str) -> None:
    """Send a part of the script, and leave it open."""
    assert process.stdin is not None
    process.stdin.write(text.encode())
    process.stdin.flush()


def kept(url: str) -> list[int]:
    return [row[0] for row in execute(url, "select x from t order by x")]


def ended(done: Done, code: int, *words: str) -> Done:
    """With this code, every word in what it said, and no fault of dbx's own."""
    assert done.code == code, f"exit {done.code}: {done.err}"
    assert all(word in done.err for word in words), done.err
    assert "E-BUG" not in done.err
    assert "Traceback" not in done.err
    return done
