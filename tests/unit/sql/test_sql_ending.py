r"""What stands behind a statement: \g, \gx and \watch, and what only looks like it."""

import pytest

from dbx.dialects.postgresql.dialect import PostgreSQL
from dbx.dialects.sqlite.dialect import Sqlite
from dbx.sql.ending import Ending, ending

SYNTAX = Sqlite.syntax


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("select 1 \\g out.csv", Ending("select 1", "\\g", "out.csv")),
        ("select 1\\g", Ending("select 1", "\\g", "")),
        ("select 1 \\gx", Ending("select 1", "\\gx", "")),
        ("select 1\\G", Ending("select 1", "\\G", "")),
        ("select 1 \\g |sort | head -2", Ending("select 1", "\\g", "|sort | head -2")),
        ("select 1\nfrom t \\watch 0.5;", Ending("select 1\nfrom t", "\\watch", "0.5")),
        ("track[:3] \\g x.json", Ending("track[:3]", "\\g", "x.json")),
        (
            "[t.name for t in track if t.name == 'a'] \\gx",
            Ending("[t.name for t in track if t.name == 'a']", "\\gx", ""),
        ),
        ("select 'a\\g b' \\g out", Ending("select 'a\\g b'", "\\g", "out")),
    ],
)
def test_an_ending(text: str, found: Ending) -> None:
    assert ending(text, SYNTAX) == found


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "select 'a\\g b'",
        "select '\\gx'",
        'select "a\\watch 2"',
        "[t for t in track if t.name == 'a\\g b']",
        "select 1 -- \\g x",
        "\\g x",
        "select 1 \\gset",
        "select 1 \\watching",
    ],
)
def test_no_ending(text: str) -> None:
    assert ending(text, SYNTAX) is None


def test_dollar_quotes_hide_one() -> None:
    assert ending("select $$ \\g x $$", PostgreSQL.syntax) is None
