"""What a session has run, as a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbx.errors import OutputFailed, Refused
from dbx.rows import Statement
from dbx.shell.transcript import Transcript
from dbx.sql.unit import Unit

SQL = Unit("sql", "select 1", ("SELECT",))
EXPRESSION = Unit("expression", "x = 1; len(t)", ())
SHOWN = Statement("select ?", (1,), display=lambda: "SELECT count(*) FROM t")


def run(transcript: Transcript, unit: Unit, *statements: Statement) -> None:
    for _ in transcript.heard(unit, iter(statements)):
        pass


def test_sql_is_kept_as_it_was_typed_and_an_expression_as_its_sql(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.order("begin")
    run(transcript, SQL, Statement("select ?", typed="select :n"))
    run(transcript, EXPRESSION, SHOWN)
    run(transcript, Unit("expression", "sql(t)", ()), Statement("", answer=lambda: None))  # type: ignore[arg-type, return-value]
    transcript.order("commit")
    assert transcript.save(tmp_path / "a.sql") == 4
    assert (tmp_path / "a.sql").read_text() == "begin;\nselect :n;\nSELECT count(*) FROM t;\ncommit;\n"
    with pytest.raises(Refused, match="SQL was run too"):
        transcript.save(tmp_path / "a.dbx")


def test_expressions_alone_are_kept_as_they_were_typed(tmp_path: Path) -> None:
    transcript = Transcript()
    run(transcript, EXPRESSION, SHOWN)
    assert transcript.save(tmp_path / "a.dbx") == 1
    assert (tmp_path / "a.dbx").read_text() == "x = 1; len(t)\n"


def test_what_failed_is_not_in_it(tmp_path: Path) -> None:
    transcript = Transcript()

    def statements() -> Iterator[Statement]:
        yield Statement("select 1", typed="select 1")
        yield Statement("select 2", typed="select 2")

    heard = transcript.heard(SQL, statements())
    next(heard)
    next(heard)
    heard.close()  # type: ignore[attr-defined]
    assert transcript.save(tmp_path / "a.sql") == 1
    assert (tmp_path / "a.sql").read_text() == "select 1;\n"


def test_secrets_pasted_files_and_rows_that_were_read_are_left_out(tmp_path: Path) -> None:
    transcript = Transcript()
    for unit in (
        Unit("sql", "create user u identified by 'CANARY'", ()),
        Unit("sql", "select " + "1," * 50_000, ()),
        Unit("sql", "copy t from stdin", (), data=iter(())),
    ):
        run(transcript, unit, Statement(unit.text))
    transcript.save(tmp_path / "a.sql")
    lines = (tmp_path / "a.sql").read_text().splitlines()
    assert len(lines) == 3 and all(line.startswith("-- left out: ") for line in lines)


def test_an_empty_one_and_a_file_that_is_there_are_refused(tmp_path: Path) -> None:
    transcript = Transcript()
    with pytest.raises(Refused, match="nothing has been run"):
        transcript.save(tmp_path / "a.sql")
    run(transcript, SQL, Statement("select 1"))
    (tmp_path / "a.sql").touch()
    with pytest.raises(Refused, match="is there already"):
        transcript.save(tmp_path / "a.sql")
    with pytest.raises(OutputFailed):
        transcript.save(tmp_path / "no" / "a.sql")
