"""The colours of what is typed."""

from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from pygments.lexers.sql import SqlLexer

from dbx.shell.highlight import BLOCK, CONTEXT, LONG, Highlighter


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


def read(highlighter: Highlighter, text: str, *numbers: int) -> list[int]:
    """How much of a text is read for the colours of some of its lines."""
    sizes: list[int] = []
    tokens = SqlLexer.get_tokens_unprocessed

    def measured(lexer: SqlLexer, part: str) -> Any:
        sizes.append(len(part))
        return tokens(lexer, part)

    with patch.object(SqlLexer, "get_tokens_unprocessed", measured):
        lex = highlighter.lex_document(Document(text))
        for number in numbers:
            lex(number)
    return sizes


def test_only_the_lines_around_those_that_are_seen_are_read_and_only_once() -> None:
    lines = [f"select {number} from t;" for number in range(20_000)]
    highlighter = Highlighter()
    sizes = read(highlighter, "\n".join(lines), *range(19_999, 19_959, -1))
    assert len(sizes) == 2 and max(sizes) < (BLOCK + CONTEXT) * 30
    lines[-1] += " "  # a key
    assert len(read(highlighter, "\n".join(lines), *range(19_999, 19_959, -1))) == 1


def test_a_very_long_line_is_not_read_at_all() -> None:
    assert read(Highlighter(), "select " + "1, " * LONG, 0) == []
    assert max(read(Highlighter(), "select " + "1, " * LONG + "\nfrom t", 1)) < 20


def test_the_lines_before_count() -> None:
    text = "select '\n" + "\n" * BLOCK + "select'"
    assert "string" in line(text, BLOCK + 1)[0][0]


@given(st.text("select'\n\t\u202e\x1bé漢", max_size=60))
def test_every_line_keeps_its_characters(text: str) -> None:
    document = Document(text)
    lex = Highlighter().lex_document(document)
    for number, wanted in enumerate(document.lines):
        assert len(plain(lex(number))) == len(wanted)
