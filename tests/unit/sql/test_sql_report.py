"""Reports of a run, to the byte, in every format, written by one entry after another."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from dbx.errors import StatementFailed, UsageError
from dbx.rows import Outcome, Rows, Statement
from dbx.sql.ledger import Ledger
from dbx.sql.report import FORMATS, Writer, choose


def written(form: str, *outcomes: Outcome, fate: str = "committed") -> str:
    ledger, parts = Ledger(), list[bytes]()
    writer = Writer(FORMATS[form], parts.append)
    for outcome in outcomes:
        outcome.seconds = 0.25
        writer.add(ledger._count(outcome))
    ledger.done(fate)
    writer.end(ledger)
    return b"".join(parts).decode()


def outcome(text: str, line: int) -> Outcome:
    return Outcome(Statement(text, None, "a #1.sql", line))


@pytest.fixture
def run() -> list[Outcome]:
    """An INSERT, a query with two expectations of which one is not met, and one that failed, with hostile names."""
    insert, query, failed = (
        outcome("insert into t values (1)", 1),
        outcome("select x from t", 4),
        outcome("\x1b]<&\"'", 5),
    )
    insert.changed = 1
    query.rows = Rows.of("x", rows=[("1",)])
    list(query.rows)
    query.error = StatementFailed("expected value = 2, got 1", code="E-EXPECT")
    query.checks = [(r"\expect rows = 1", None), (r"\expect value = 2;", query.error)]
    failed.error = StatementFailed("no\n<&\"'\x1b[31m", code="42601")
    return [insert, query, failed]


TAP = r"""TAP version 13
ok 1 - a \#1.sql:4 rows = 1
not ok 2 - a \#1.sql:4 value = 2
  ---
  message: "expected value = 2, got 1"
  ...
not ok 3 - a \#1.sql:5 runs
  ---
  message: "42601 no\n<&\"'\u001b[31m"
  ...
1..3
# committed, but for what failed
"""

JUNIT = r"""<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="dbx">
  <testcase name="a #1.sql:4 rows = 1" time="0.250000"/>
  <testcase name="a #1.sql:4 value = 2" time="0.250000"><failure message="expected value = 2, got 1"/></testcase>
  <testcase name="a #1.sql:5 runs" time="0.250000"><failure message='42601 no\n&lt;&amp;"&apos;\x1b[31m'/></testcase>
  <system-out>committed, but for what failed</system-out>
</testsuite>
"""

TEXT = r"""ok     a #1.sql:4 rows = 1
FAILED a #1.sql:4 value = 2: expected value = 2, got 1
FAILED a #1.sql:5 runs: 42601 no\n<&"'\x1b[31m
1 of 2 checks met · committed, but for what failed
"""


def test_tap(run: list[Outcome]) -> None:
    assert written("tap", *run) == TAP


def test_junit(run: list[Outcome]) -> None:
    text = written("junit", *run)
    assert text.replace("&quot;", '"').replace("&apos;", "'") == JUNIT.replace("&apos;", "'").replace(
        "message='42601", 'message="42601'
    ).replace("[31m'/>", '[31m"/>')
    root = ElementTree.fromstring(text)
    assert [failure.get("message") for failure in root.iter("failure")][1] == "42601 no\\n<&\"'\\x1b[31m"


def test_text(run: list[Outcome]) -> None:
    assert written("text", *run) == TEXT


def test_json(run: list[Outcome]) -> None:
    whole = json.loads(written("json", *run))
    assert whole.pop("seconds") < 10
    first, second, third = whole.pop("statements")
    assert first == {
        "file": "a #1.sql",
        "line": 1,
        "statement": "insert into t values (1)",
        "status": "ok",
        "rows": None,
        "changed": 1,
        "seconds": 0.25,
        "checks": [],
        "error": None,
    }
    assert (second["status"], second["rows"]) == ("failed", 1)
    assert second["checks"] == [
        {"expect": "rows = 1", "wrong": None},
        {"expect": "value = 2", "wrong": "expected value = 2, got 1"},
    ]
    assert third["error"] == {"code": "42601", "message": "no\n<&\"'\x1b[31m"}
    outcome = "committed, but for what failed"
    counts = {"total": 3, "failed": 1, "checks": 2, "unmet": 1, "rows": 1, "changed": 1}
    assert whole == {"version": 1, "outcome": outcome, **counts}


@pytest.mark.parametrize("form", FORMATS)
def test_of_nothing(form: str) -> None:
    text = written(form)
    assert "committed" in text
    if form == "json":
        assert json.loads(text)["statements"] == []
    if form == "tap":
        assert "1..0\n" in text


def test_an_error_that_ended_the_run_is_an_entry() -> None:
    ledger, parts = Ledger(), list[bytes]()
    writer = Writer(FORMATS["tap"], parts.append)
    writer.add(ledger.failure(StatementFailed("gone")))
    writer.end(ledger)
    assert b"".join(parts).startswith(b"TAP version 13\nnot ok 1 - all of it runs\n")
    assert b"\n1..1\n# nothing was sent\n" in b"".join(parts)


def test_what_could_not_be_written_once_is_left_so() -> None:
    parts: list[bytes] = []

    def write(part: bytes) -> None:
        parts.append(part)
        if len(parts) == 2:
            raise OSError

    ledger = Ledger()
    writer = Writer(FORMATS["json"], write)
    with pytest.raises(OSError):
        writer.add(ledger._count(outcome("select 1", 1)))
    writer.add(ledger._count(outcome("select 1", 1)))
    writer.end(ledger)
    assert (writer.broken, len(parts)) == (True, 2)


@pytest.mark.parametrize(
    ("name", "file", "form"),
    [
        (None, "a.TAP", "tap"),
        (None, "a.xml", "junit"),
        (None, "a.txt", "text"),
        (None, "-", "json"),
        ("tap", "a.xml", "tap"),
    ],
)
def test_the_format_is_told_or_seen(name: str | None, file: str, form: str) -> None:
    assert choose(name, file) is FORMATS[form]


def test_no_such_format() -> None:
    with pytest.raises(UsageError, match="no report format 'yaml'"):
        choose("yaml", "-")
