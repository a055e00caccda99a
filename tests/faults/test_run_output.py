"""What `dbx run` writes, rows and report, when it cannot: exit 5, nothing kept, nothing half written, all of it told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from run_dbx import DBX, SECONDS, Done, environment, execute, existing, finish, good, until
from scripts import BAD, NUMBERS, ONE, QUERY, THREE, TWO, begun, called, ended, kept, ran, script, tell
from test_output import FULL, device
from watching import ENDLESS, backend

BACK = "all of it was rolled back"
FORMATS = {"json": "r.json", "tap": "r.tap", "junit": "r.xml", "text": "r.txt"}


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
def out(tmp_path: Path) -> Path:
    """A folder in which only what dbx writes is."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_full_disk(url: str, tmp_path: Path) -> None:
    path = device(tmp_path, FULL)
    with path.open("wb") as full:
        done = finish(begun(url, script(tmp_path, ONE + QUERY + TWO), stdout=full))
    ended(done, 5, "E-OUTPUT standard output: No space left", BACK)
    done = ran(url, tmp_path, ONE + QUERY + TWO, "-o", str(path))
    ended(done, 5, f"E-OUTPUT {path}: No space left", BACK)
    assert kept(url) == []


def test_a_full_disk_under_autocommit(url: str, tmp_path: Path) -> None:
    """What is kept is told, and where to go on."""
    with device(tmp_path, FULL).open("wb") as full:
        done = finish(begun(url, script(tmp_path, ONE + QUERY + TWO), "--autocommit", stdout=full))
    ended(done, 5, "E-OUTPUT", f"what went before line 2 is kept; to go on there: --resume-from {tmp_path}/a.sql:2")
    assert kept(url) == [1]
    good(called(url, str(tmp_path / "a.sql"), "--resume-from", f"{tmp_path}/a.sql:2"))
    assert kept(url) == [1, 2]


def test_a_full_disk_in_the_middle_of_rows(url: str, tmp_path: Path, out: Path) -> None:
    path = script(tmp_path, f"{ONE}{TWO}{NUMBERS.format(900, 1)}, r as s;\n{THREE}")
    shell = ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh", DBX, "run", "@", path, "-o", str(out / "rows")]
    done = subprocess.run(shell, env=environment(url), capture_output=True, timeout=SECONDS, check=False)
    ended(Done(done.returncode, done.stdout, done.stderr.decode()), 5, "File too large", "bytes had been written", BACK)
    assert (kept(url), list(out.iterdir())) == ([], [])


def test_a_closed_standard_output(table: str, tmp_path: Path) -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", DBX, "run", "@", script(tmp_path, ONE + QUERY)]
    done = subprocess.run(shell, env=environment(table), stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    ended(Done(done.returncode, b"", done.stderr.decode()), 5, "E-OUTPUT", BACK)
    assert kept(table) == []


@pytest.mark.parametrize("option", ["-o", "--report"])
@pytest.mark.parametrize("mode", ["--quiet", "--autocommit"])
def test_the_folder_vanishes(url: str, out: Path, option: str, mode: str) -> None:
    """Seen before COMMIT, not behind it; where there is none, what is kept is told."""
    process = begun(url, "-", option, str(out / "r.json"), mode)
    tell(process, ONE + QUERY)
    until(lambda: list(out.iterdir()), "the file is begun")
    shutil.rmtree(out)
    tell(process, TWO)
    fate = "everything up to and with line 3 is kept" if mode == "--autocommit" else BACK
    ended(finish(process), 5, f"E-OUTPUT {out}/r.json: No such file", fate)
    assert (kept(url), out.exists()) == ([1, 2] if mode == "--autocommit" else [], False)


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_report_that_cannot_be_begun(table: str, tmp_path: Path) -> None:
    for path in (device(tmp_path, FULL), tmp_path / "nowhere" / "r.json", tmp_path):
        ended(ran(table, tmp_path, ONE + TWO, "--report", str(path), "--report-format", "json"), 5, f"E-OUTPUT {path}")
    assert kept(table) == []


@pytest.mark.parametrize("last", ["", BAD])
def test_a_report_that_fills_the_disk(table: str, tmp_path: Path, out: Path, last: str) -> None:
    path = script(tmp_path, ONE * 500 + last)
    shell = ["sh", "-c", 'ulimit -f 20; exec "$@"', "sh", DBX, "run", "@", path, "--report", str(out / "r.json")]
    done = subprocess.run(shell, env=environment(table), capture_output=True, timeout=SECONDS, check=False)
    ended(Done(done.returncode, done.stdout, done.stderr.decode()), 5, "r.json: File too large", BACK)
    assert (kept(table), list(out.iterdir())) == ([], [])


def test_a_report_is_not_written_over_what_is_read(table: str, tmp_path: Path) -> None:
    path, database = script(tmp_path, ONE), table.removeprefix("sqlite:///")
    (tmp_path / "p.csv").write_text("x\n1\n")
    (tmp_path / "link").symlink_to(path)
    for file, *more in ((path,), (database,), (str(tmp_path / "link"),), (f"{tmp_path}/new", "-o", f"{tmp_path}/new")):
        ended(called(table, path, "--report", file, *more), 6, "the report would be written over")
    ended(called(table, path, "--params", f"{tmp_path}/p.csv", "--report", f"{tmp_path}/p.csv"), 6, "over")
    assert (Path(path).read_text(), kept(table)) == (ONE, [])


def test_an_older_report_does_not_outlive_a_later_run(table: str, tmp_path: Path, out: Path) -> None:
    """However early that fails."""
    report = out / "r.json"
    good(ran(table, tmp_path, ONE, "--report", str(report)))
    assert json.loads(report.read_text())["outcome"] == "committed"
    for text in ("\\c other\n", "select '", "select 'a\0b'"):
        assert ran(table, tmp_path, TWO + text, "--report", str(report)).code in (1, 6)
        assert json.loads(report.read_text())["outcome"] in (BACK, "nothing is kept")


ENDS = {
    "well": (ONE + QUERY, 0, "committed"),
    "expected": (f"{ONE}\\expect rows = 1\n\\expect value = 1\nselect * from t;\n", 0, "committed"),
    "a statement failed": (ONE + QUERY + BAD + TWO, 1, BACK),
    "an expectation failed": (
        f"{ONE}\\expect rows = 2\nselect * from t;\n\\expect rows = 1\nselect * from t;\n",
        1,
        BACK,
    ),
    "the expected did not fail": (f"\\expect rows = 1\n{BAD}", 1, BACK),
    "a value is missing": ("insert into t values (:y);\n", 2, "nothing is kept"),
    "refused": (f"{ONE}{TWO}commit;\n", 6, BACK),
    "a limit": (ONE + TWO + THREE + ONE, 6, BACK),
    "time": ("", 4, BACK),
    "a signal": ("", 130, BACK),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("end", ENDS)
def test_a_report_is_complete_however_the_run_ends(table: str, tmp_path: Path, out: Path, end: str, form: str) -> None:
    text, code, outcome = ENDS[end]
    report, options = out / FORMATS[form], ["--max-rows", "3"]
    if end == "a value is missing":
        options += ["-p", "x=1"]
        text = f"insert into t values (:x);\n{text}"
        outcome = BACK
    if end in ("time", "a signal"):
        text = f"{ONE}select 'ready' as x;\n{ENDLESS['sqlite']};\n"
        options += ["--timeout", "0.2"] if end == "time" else []
    path = script(tmp_path, text)
    if end == "a signal":
        process = begun(table, path, "--report", str(report))
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(2)
        ended(finish(process), code)
    else:
        ended(called(table, path, "--report", str(report), *options), code)
    assert [path.name for path in out.iterdir()] == [report.name]
    failed, told = READ[form](report.read_text())
    assert told == outcome
    assert (failed > 0) == (code > 0)


def read_json(text: str) -> tuple[int, str]:
    whole = json.loads(text)
    entries = whole["statements"]
    wrong = [entry for entry in entries if entry["status"] == "failed"]
    checks = [check for entry in entries for check in entry["checks"]]
    assert whole["total"] == len(entries)
    assert whole["checks"] == len(checks)
    assert whole["failed"] + whole["unmet"] >= len(wrong)
    return len(wrong), whole["outcome"]


def read_tap(text: str) -> tuple[int, str]:
    lines = text.splitlines()
    assert lines[0] == "TAP version 13"
    numbers = [int(found[2]) for found in re.finditer(r"^(not )?ok (\d+) - \S", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert lines[-2] == f"1..{len(numbers)}"
    return text.count("\nnot ok "), lines[-1].removeprefix("# ")


def read_junit(text: str) -> tuple[int, str]:
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuite"
    return len(root.findall("testcase/failure")), root.findtext("system-out") or ""


def read_text(text: str) -> tuple[int, str]:
    *lines, last = text.splitlines()
    return sum(line.startswith("FAILED") for line in lines), last.partition(" checks met · ")[2]


READ = {"json": read_json, "tap": read_tap, "junit": read_junit, "text": read_text}


def test_a_report_on_standard_output_stands_alone(url: str, tmp_path: Path) -> None:
    """Rows are not shown then, or go to their own file."""
    done = good(ran(url, tmp_path, ONE + QUERY, "--report", "-"))
    assert [entry["rows"] for entry in json.loads(done.text)["statements"]] == [None, 1]
    done = good(ran(url, tmp_path, QUERY, "--report-format", "tap", "-o", str(tmp_path / "rows")))
    assert read_tap(done.text) == (0, "committed")
    assert (tmp_path / "rows").read_text() == "n\n1\n"
    assert backend(url)
