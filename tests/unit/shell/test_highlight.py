"""The colours of what is typed."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from pygments.lexers.sql import SqlLexer

from dbx.shell.highlight import LINES, LONG, Highlighter


def line(text: str, number: int) -> StyleAndTextTuples:
    return Highlighter().lex_document(Document(text))(number)


def plain(parts: StyleAndTextTuples) -> str:
    return "".join(part[1] for part in parts)


def styles(parts: StyleAndTextTuples) -> dict[str, str]:
    return {part[1]: part[0] for part in parts}


def test_python_and_sql_by_the_rule_that_runs_them() -> None:
    assert "keyword" in styles(line("[t for t in track]", 0))["for"]
    assert "keyword" in styles(line("select a from t", 0))["select"]
    assert styles(line("\\d select", 0)) == {"\\d select": ""}


def test_a_string_over_lines_is_one() -> None:
    assert "string" in line("select 'a\nselect b'", 1)[0][0]


def test_what_hides_is_seen_and_keeps_its_place() -> None:
    assert plain(line("select '\u202eab\u200b\udcff'", 0)) == "select '�ab��'"
    assert plain(line("select '👩\u200d🔧'", 0)) == "select '👩\u200d🔧'"


def test_only_the_lines_around_the_one_that_is_seen_are_read() -> None:
    text = "\n".join(f"select {number} from t;" for number in range(20_000))
    with patch.object(SqlLexer, "get_tokens_unprocessed", autospec=True, return_value=iter(())) as read:
        line(text, 15_000)
    assert len(read.call_args[0][1]) < 2 * LINES * 30


def test_a_very_long_line_is_not_read_at_all() -> None:
    with patch.object(SqlLexer, "get_tokens_unprocessed", autospec=True) as read:
        line("select " + "1, " * LONG, 0)
    assert not read.called


@given(st.text("select'\n\t\u202e\x1bé漢", max_size=60))
def test_every_line_keeps_its_characters(text: str) -> None:
    document = Document(text)
    lex = Highlighter().lex_document(document)
    for number, wanted in enumerate(document.lines):
        assert len(plain(lex(number))) == len(wanted)
