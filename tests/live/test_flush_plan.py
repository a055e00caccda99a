"""What \\flush --plan shows is what a flush then sends: told by the server's own log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from company import company
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_dbx import execute
from servers import PostgreSQL
from sqlalchemy import inspect

from dbx.errors import DbxError
from dbx.unit import shown
from dbx.unit.log import Sent
from dbx.unit.plan import Made, planned

STEPS = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=9)


def change(here: Any, work: Any, steps: list[tuple[int, int, int]]) -> None:
    """Changes of every kind, each to objects that the numbers choose."""

    def job(session: Any) -> None:
        found = {
            name: list(session.query(getattr(here, name)).order_by(*inspect(getattr(here, name)).primary_key))
            for name in ("dept", "emp", "course", "exam", "tag", "note", "badge")
        }

        def one(name: str, number: int) -> Any:
            return found[name][number % len(found[name])]

        def new(table: str, **values: Any) -> None:
            made = getattr(here, table)(**values)
            session.add(made)
            found[table].append(made)

        for number, (kind, a, b) in enumerate(steps):
            emp = one("emp", a)
            if kind == 0:
                new("dept", name=f"new{number}")
            elif kind in (1, 2):
                new("emp", name=f"new{number}", dept=one("dept", a), boss=one("emp", b) if kind == 2 else None)
            elif kind == 3:
                one("dept", a).head = one("emp", b)
            elif kind == 4:
                new("course", name=f"new{number}", semester=a)
            elif kind == 5:
                new("exam", course=one("course", a), emp=one("emp", b), grade=a)
            elif kind == 6 and one("emp", b) is not emp:
                emp.boss = one("emp", b)
            elif kind == 7:
                emp.dept = one("dept", b)
            elif kind == 8:
                emp.name = f"renamed{b}"
            elif kind in (9, 10):
                each = one({9: "emp", 10: "exam"}[kind], a)
                if inspect(each).persistent:
                    session.delete(each)
            elif kind == 11 and one("tag", b) not in emp.tags:
                emp.tags.append(one("tag", b))
            elif kind == 12 and emp.tags:
                emp.tags.pop()
            elif kind == 13:
                new("note", text=f"new{number}", emp=emp)
            elif kind == 14:
                one("note", a).emp = one("emp", b) if b else None
            elif kind == 15:
                one("badge", a).color = f"color{b}"

    work.run(job)


# --- the servers' logs -----------------------------------------------------------------------------------------------


@contextmanager
def sent_to_sqlite(here: Any, url: str, server: Any) -> Iterator[Callable[[], list[str]]]:
    seen: list[str] = []
    here.database.connection.raw.set_trace_callback(seen.append)

    def log() -> list[str]:
        found, seen[:] = list(seen), []
        return found

    yield log


@contextmanager
def sent_to_postgresql(here: Any, url: str, server: PostgreSQL) -> Iterator[Callable[[], list[str]]]:
    here.database.connection.raw.execute("set log_statement = 'all'")
    file: Path = server.directory / "log"
    place = file.stat().st_size

    def log() -> list[str]:
        nonlocal place
        with file.open("rb") as stream:
            stream.seek(place)
            text = stream.read().decode()
            place = stream.tell()
        records = re.split(
            r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] (\w+):  ", text.replace("\n\t", "\n"), flags=re.MULTILINE
        )
        found: list[str] = []
        for kind, message in zip(records[1::2], records[2::2], strict=True):
            said = re.match(r"(?:statement|execute <unnamed>): (.*)", message.strip(), re.DOTALL)
            if kind == "LOG" and said:
                found.append(said[1])
            elif kind == "DETAIL" and (given := re.match(r"[Pp]arameters: (.*)", message.strip(), re.DOTALL)):
                values = dict(re.findall(r"\$(\d+) = (NULL|'[^']*')", given[1]))
                found[-1] = re.sub(r"\$(\d+)", lambda match, values=values: values[match[1]], found[-1])
        return found

    yield log


@contextmanager
def sent_to_mariadb(here: Any, url: str, server: Any) -> Iterator[Callable[[], list[str]]]:
    number = here.database.connection.raw.thread_id()
    server.execute("set global log_output = 'TABLE'")
    server.execute("set global general_log = 1")
    server.execute("truncate mysql.general_log")

    def log() -> list[str]:
        where = f"command_type = 'Query' and thread_id = {number}"
        rows = server.execute(f"select argument from mysql.general_log where {where} order by event_time")
        server.execute("truncate mysql.general_log")
        return [each for (text,) in rows for each in one_by_one(str(text))]

    try:
        yield log
    finally:
        server.execute("set global general_log = 0")


def one_by_one(text: str) -> list[str]:
    """PyMySQL sends the rows of an executemany in one INSERT."""
    head, values, rest = text.partition(" VALUES ")
    if not text.startswith("INSERT") or "),(" not in rest:
        return [text]
    return [f"{head}{values}({row})" for row in rest.strip("()").split("),(")]


# --- the plan as the log would have it -------------------------------------------------------------------------------


def expected(plan: list[Sent], dialect: str) -> list[re.Pattern[str]]:
    """A pattern for each statement; what the server makes is whatever it makes."""
    found = []
    for sent in plan:
        for parameters in sent.parameters if isinstance(sent.parameters, list) else [sent.parameters]:
            found.append(re.compile(pattern(shown.one_line(sent.text), parameters, dialect)))
    return found


def pattern(text: str, parameters: Any, dialect: str) -> str:
    values = iter(parameters.values() if isinstance(parameters, dict) else parameters)

    def literal(match: re.Match[str]) -> str:
        value = parameters[match[1]] if match[1] else next(values)
        if isinstance(value, Made):
            return r"'?\d+'?"
        if value is None:
            return "NULL"
        quoted = isinstance(value, str) or dialect == "postgresql"
        return re.escape(f"'{value}'" if quoted else str(value))

    parts = re.split(r"(%\(\w+\)s|%s|\?)", text)
    marks = [
        re.sub(r"%\((\w+)\)s|%s|\?", literal, part) if index % 2 else re.escape(part)
        for index, part in enumerate(parts)
    ]
    return "".join(marks)


def compare(here: Any, log: Callable[[], list[str]], steps: list[tuple[int, int, int]]) -> None:
    work = here.work()
    change(here, work, steps)
    plan, failed = [], False
    try:
        plan = work.run(lambda session: planned(session, work.engine, lambda each: shown.label(here.models, each)))
    except DbxError as error:  # two rows that need each other: no order will do
        assert "none of them can be written first" in error.message
        with pytest.raises(DbxError, match="none of them can be written first"):
            work.flush()
        work.rollback()
        return
    log()
    try:
        work.flush()
    except DbxError:
        failed = True
    sent = [shown.one_line(each) for each in log()]
    sent = [each for each in sent if each.split()[0] in ("INSERT", "UPDATE", "DELETE", "SELECT")]
    wanted = expected(plan, here.database.dialect.name)
    work.rollback()
    assert [each for each in sent if each.startswith("SELECT")] == []
    assert len(sent) == len(wanted) or (failed and len(sent) < len(wanted)), (plan, sent)
    for want, got in zip(wanted, sent, strict=False):
        assert want.fullmatch(got), (want.pattern, got, plan, sent)


SERVERS = {"sqlite": sent_to_sqlite, "postgresql": sent_to_postgresql, "mysql": sent_to_mariadb}


def test_a_plan_is_what_is_then_sent(any_url: str, request: pytest.FixtureRequest) -> None:
    with company(any_url) as here:
        dialect = here.database.dialect.name
        fixture = {"postgresql": "postgresql", "mysql": "mariadb"}.get(dialect)
        server = request.getfixturevalue(fixture) if fixture else None
        before = {
            table: sorted(map(str, execute(any_url, f"select * from {table}")))
            for table in ("emp", "exam", "dept", "emp_tag")
        }
        with SERVERS[dialect](here, any_url, server) as log:

            @settings(
                max_examples=25 if fixture else 100,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            )
            @given(STEPS)
            def law(steps: list[tuple[int, int, int]]) -> None:
                compare(here, log, steps)

            law()
        after = {table: sorted(map(str, execute(any_url, f"select * from {table}"))) for table in before}
        assert after == before
