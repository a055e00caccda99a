"""What Enter does with the text so far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbx.dialects.postgresql.dialect import dialect
from dbx.shell.input import is_ready


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("len(track)", True),
        ("[t.name for t in track", False),
        ("[t.name for t in track\nif t.x]", True),
        ("x = '''abc", False),
        ("selec 1 x", True),  # wrong in itself: more lines will not mend it
        ("select 1", True),
        ("select 1,", False),
        ("SELECT", False),
        ("with", False),
        ("update", False),
        ("insert into genre", False),
        ("select 'a", False),
        ("select (1", False),
        ("select 1\nfrom t", False),
        ("select 1\nfrom t;", True),
        ("select $$ ;", False),
        ("select 1,\n\\q", True),
        ("select '\n\\q", False),
        ("[t for t in\n \\q ", True),
        ("\\d x", True),
        ("", True),
    ],
)
def test_enter_runs_what_is_complete(text: str, runs: bool) -> None:
    assert is_ready(text, dialect.syntax) is runs


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert is_ready(text, dialect.syntax) in (True, False)


def test_with_psqls_rule_sql_needs_its_semicolon() -> None:
    assert not is_ready("select 1", dialect.syntax, semicolon=True)
    assert is_ready("select 1;", dialect.syntax, semicolon=True)
    assert is_ready("len(track)", dialect.syntax, semicolon=True)
