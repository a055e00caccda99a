"""A script of any length runs in the same memory: its statements, the rows of a COPY, and its comments."""

from __future__ import annotations

import subprocess
import sys

import pytest
from run_dbx import DBX, environment, execute, existing

MEGABYTE = 1024
"""ru_maxrss counts kilobytes."""

# A small parent: the kernel counts what a process was before exec, which for a child of the tests is all of the tests.
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(url: str, begin: bytes, block: bytes, end: bytes, size: int) -> int:
    """The most memory the program has had for a script of so many bytes, which it reads from a pipe."""
    argv = [sys.executable, "-c", _MEASURE, DBX, "run", "@", "-", "--quiet", "--no-header"]
    with subprocess.Popen(argv, env=environment(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(begin)
        written = 0
        while written < size:
            written += process.stdin.write(block)
        out, _ = process.communicate(end)
    assert process.returncode == 0
    return int(out.splitlines()[-1])


LINE = b"'some text; with ''quotes'' and more of it, to fill the line up: %d'"

ROWS = b"".join(
    b"%d\tsome text with \\\\ and \\t and more of it, to fill the line up\n" % number for number in range(1000)
)
LISTS = b"insert into t select 1 from t where '' in (" + b",".join(LINE % number for number in range(5000)) + b");\n"
INSERTS = b"".join(b"insert into t values (%d);\n" % number for number in range(100))
COMMENTS = b"-- it's a comment; a long one, so that the script grows\n/* and; another */\n" * 1000


@pytest.mark.parametrize(
    ("fixture", "begin", "block", "end", "size"),
    [
        ("pg_url", b"copy c from stdin;\n", ROWS, b"\\.\n", 100_000_000),
        ("pg_url", b"select 1;", COMMENTS, b"select 2;", 100_000_000),
        ("sqlite_url", b"", LISTS, b"", 40_000_000),
        ("sqlite_url", b"", INSERTS, b"", 5_000_000),
        ("maria_url", b"", INSERTS, b"", 1_000_000),
        ("pg_url", b"", INSERTS, b"", 1_000_000),
    ],
    ids=["rows", "comments", "long statements", "short statements", "mariadb", "postgresql"],
)
def test_memory_does_not_grow_with_the_script(
    fixture: str, begin: bytes, block: bytes, end: bytes, size: int, request: pytest.FixtureRequest
) -> None:
    url = existing(request.getfixturevalue(fixture))
    execute(url, "create table t (x int)", "create table c (a int, b text)")
    few, many = (peak(url, begin, block, end, part) for part in (size // 10, size))
    assert many < 80 * MEGABYTE
    assert many - few < 6 * MEGABYTE
    if block == ROWS:
        assert execute(url, "select count(*) > 1000000, min(length(b)), max(b) like '%up' from c") == [(True, 58, True)]
