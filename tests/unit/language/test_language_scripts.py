"""Scripts of expressions: comments, expressions over several lines, parameters, several results in one stream."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import run

from dbx import sample

SCRIPT = """\
# What a day's report is made of.
cheap = [t for t in track if t.unit_price < limit]   # lazy: nothing runs yet

{
    t.genre.name: count(t)      # a comment inside
    for t in cheap
    if t.genre.name in ('Jazz', 'Rock')
}

len([
    i for i in invoice
    if i.invoice_date >= since
]); (1, 'two')
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripts")
    sample.create(folder / "shop.db")
    return folder


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'shop.db'}"


def write(folder: Path, text: str) -> str:
    path = folder / "report.dbx"
    path.write_text(text)
    return str(path)


def test_several_results_in_one_stream(folder: Path) -> None:
    file = write(folder, SCRIPT)
    given = ("-p", "limit:decimal=1", "-p", "since:date=2024-01-01")
    done = run(url(folder), file, *given, "-f", "csv", command="run")
    blocks = done.text.split("\n")
    assert done.code == 0 and done.err.startswith("3 statements")
    assert blocks[0] == "name,count" and blocks[1].startswith("Jazz,") and blocks[2].startswith("Rock,")
    assert blocks[3] == "count" and blocks[4].isdigit() and blocks[6] == "1,two"


def test_a_parameter_that_is_missing(folder: Path) -> None:
    file = write(folder, "1\n[t.name\n for t in track\n if t.unit_price < param('limit')]")
    done = run(url(folder), file, command="run")
    assert done.code == 1
    assert "report.dbx:4:" in done.err and "E-NAME" in done.err and "-p limit=" in done.err


def test_an_error_stands_where_it_was_written(folder: Path) -> None:
    file = write(folder, "x = 'é'\n\n[t.name for t in track\n if x == t.nme]")
    done = run(url(folder), file, command="run")
    assert done.code == 1
    assert "report.dbx:4:10: E-ATTR" in done.err and "      ^^^^^" in done.err


def test_all_of_a_script_or_nothing(folder: Path) -> None:
    database = folder / "own.db"
    sample.create(database)
    file = write(folder, "[t.delete() for t in invoice_line if t.quantity > 0]\nlen(invoice_line)\nnope")
    assert run(f"sqlite:///{database}", file, command="run").code == 1
    assert run(f"sqlite:///{database}", "len(invoice_line) > 0", "--no-header").text.strip() == "1"


def test_what_a_stranger_may_not_run(folder: Path) -> None:
    file = write(folder, "len(track)\nselect(text('1'))")
    done = run(url(folder), file, "--no-raw", command="run")
    assert done.code == 1 and "report.dbx:2:8: E-RAW" in done.err
    for text in ("execute('x')", "vacuum"):
        done = run(url(folder), text, "--no-raw", "--max-rows", "3")
        assert done.code == 1 and "text:1:1: E-RAW" in done.err
