"""Output that cannot be written: exit 5 and nothing kept, or 141 in silence when the reader has gone."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_dbx import DBX, SECONDS, Done, environment, execute, existing, finish, good, run, start
from watching import STREAM, Watch, backend

FORMATS = ("csv", "tsv", "json", "jsonl", "table", "vertical")
ONE = "insert into t values (1)"
FULL, NULL = os.makedev(1, 7), os.makedev(1, 3)


@pytest.fixture
def url(any_url: str) -> str:
    """A database with an empty table t."""
    execute(existing(any_url), "create table t (x int)")
    return any_url


@pytest.fixture
def table(sqlite_url: str) -> str:
    execute(sqlite_url, "create table t (x int)")
    return sqlite_url


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nothing can be made, not even by root."""
    folder = tmp_path / "locked"
    folder.mkdir()
    try:
        folder.chmod(0o500)
        if os.access(folder, os.W_OK):  # root may
            subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", folder], check=True, capture_output=True)
        yield folder
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets root write anywhere")
    finally:
        subprocess.run(["umount", folder], check=False, capture_output=True)
        folder.chmod(0o700)


def device(folder: Path, number: int) -> Path:
    """A device of our own. The machine's is not risked where whoever runs the tests could destroy it."""
    path = folder / "device"
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, number)
        with path.open("wb"):
            return path
    except OSError:
        if os.geteuid() == 0:
            pytest.skip("no devices can be made here")
        return Path("/dev/full" if number == FULL else os.devnull)


def failed(done: Done, *words: str) -> None:
    assert done.code == 5, (done.code, done.err)
    assert all(word in done.err for word in ("E-OUTPUT", *words)), done.err


def kept(url: str) -> list[tuple[int]]:
    return execute(url, "select x from t")


# --- no room ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk(table: str, name: str, tmp_path: Path) -> None:
    path = device(tmp_path, FULL)
    with path.open("wb") as full:
        failed(run(table, ONE, "select 'a' as b", "-f", name, stdout=full), "standard output", "No space left")
    failed(run(table, ONE, "select 'a' as b", "-f", name, "-o", str(path)), str(path), "No space left")
    assert stat.S_ISCHR(path.stat().st_mode)
    assert kept(table) == []


def test_a_full_disk_in_the_middle_of_rows(url: str, tmp_path: Path) -> None:
    """A file size limit is as good as a full disk: the file never gets its name."""
    file = tmp_path / "out" / "rows.csv"
    file.parent.mkdir()
    command = ["sh", "-c", 'ulimit -f 2000; exec "$@"', "sh", DBX]
    query = ["query", "@", ONE, STREAM[backend(url)], "-f", "csv", "-o", str(file)]
    done = subprocess.run([*command, *query], env=environment(url), capture_output=True, timeout=SECONDS, check=False)
    failed(
        Done(done.returncode, done.stdout, done.stderr.decode()), str(file), "File too large", "bytes had been written"
    )
    assert list(file.parent.iterdir()) == []
    assert kept(url) == []


def test_a_closed_standard_output(table: str) -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", DBX, "query", "@"]
    for texts in ((ONE, "select 1 as a"), ("select x from t",)):
        done = subprocess.run(
            [*shell, *texts], env=environment(table), stderr=subprocess.PIPE, timeout=SECONDS, check=False
        )
        failed(Done(done.returncode, b"", done.stderr.decode()))
    assert kept(table) == []


def test_without_rows_nothing_is_written(table: str, tmp_path: Path) -> None:
    with device(tmp_path, FULL).open("wb") as full:
        good(run(table, ONE, stdout=full))
    assert kept(table) == [(1,)]


# --- no reader -------------------------------------------------------------------------------------------------------


def test_a_reader_that_leaves(url: str) -> None:
    """`| head -1`: silence, and nothing runs on."""
    process = start(url, ONE, STREAM[backend(url)], "-f", "tsv")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    done = finish(process)
    assert (done.code, done.err) == (141, "")
    assert kept(url) == []
    if backend(url) != "sqlite":
        with Watch(url) as watch:
            watch.wait_gone("100000000")


def test_a_reader_that_leaves_a_call(maria_url: str) -> None:
    """The later results of a procedure are not waited for either."""
    execute(maria_url, "create procedure slow() begin select 1 as a; select sleep(60) as b; end")
    with Watch(maria_url) as watch:
        process = start(maria_url, "call slow()")
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        done = finish(process)
        assert (done.code, done.err) == (141, "")
        watch.wait_gone("sleep")


def test_a_pipe_in_a_shell(table: str) -> None:
    pipeline = '"$@" | head -1; echo "${PIPESTATUS[0]}"'
    command = ["bash", "-c", pipeline, "bash", DBX, "query", "@", STREAM["sqlite"], "--no-header"]
    done = subprocess.run(command, env=environment(table), capture_output=True, timeout=SECONDS, check=False)
    assert done.stdout.split()[0] == b"1"
    assert done.stdout.split()[-1] == b"141"
    assert done.stderr == b""


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_device_stays_one(table: str, tmp_path: Path) -> None:
    path = device(tmp_path, NULL)
    good(run(table, "select 1 as a", "-o", str(path)))
    assert stat.S_ISCHR(path.stat().st_mode)


def test_a_pipe_is_written_to(table: str, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = start(table, "select 1 as a", "-o", str(fifo))
    assert fifo.read_bytes() == b"a\n1\n"
    assert finish(process).code == 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_symlink_is_followed(table: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / "rows", tmp_path / "link"
    link.symlink_to(file)
    for content in ("1", "2"):  # the first time the file is not there yet
        good(run(table, f"select {content} as a", "-o", str(link)))
        assert link.is_symlink()
        assert file.read_text() == f"a\n{content}\n"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.name != "test.db") == ["link", "rows", "there"]


def test_permissions_of_files(table: str, tmp_path: Path) -> None:
    """A new file has what the umask leaves, an old one what it had."""
    file = tmp_path / "rows"
    good(run(table, "select 1 as a", "-o", str(file)))
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask
    file.chmod(0o640)
    good(run(table, "select 2 as a", "-o", str(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("place", ["nowhere/rows", ".", "file/rows", "loop", "x" * 300])
def test_no_such_place(table: str, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    failed(run(table, ONE, "select 1 as a", "-o", str(tmp_path / place)), str(tmp_path))
    assert kept(table) == []


def test_a_folder_that_cannot_be_written(table: str, folder: Path) -> None:
    failed(run(table, ONE, "select 1 as a", "-o", str(folder / "rows")), str(folder / "rows"))
    assert list(folder.iterdir()) == []
    assert kept(table) == []


def test_a_failed_query_leaves_no_file(url: str, tmp_path: Path) -> None:
    file = tmp_path / "out" / "rows"
    file.parent.mkdir()
    assert run(url, "select 1 as a", "select x from nope", "-o", str(file)).code == 1
    assert list(file.parent.iterdir()) == []
    file.write_text("old")
    assert run(url, "select 1 as a", "select x from nope", "-o", str(file)).code == 1
    assert [path.read_text() for path in file.parent.iterdir()] == ["old"]
