"""What is suggested behind the cursor."""

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from dbx.shell.suggest import FromStatements, Rest


def suggested(text: str, *statements: str) -> Rest | None:
    history = InMemoryHistory()
    for statement in statements:
        history.append_string(statement)
    found = FromStatements().get_suggestion(Buffer(history=history), Document(text))
    assert found is None or isinstance(found, Rest)
    return found


def test_the_latest_statement_that_begins_so() -> None:
    found = suggested("select ", "select 1", "select 2", "len(track)")
    assert found and found.rest == "2"


def test_it_is_the_whole_statement_and_shown_in_one_line() -> None:
    found = suggested("select a\n", "select a\nfrom t\nwhere x")
    assert found and (found.rest, found.text) == ("from t\nwhere x", "from t ⏎ where x")
    assert found.word == "from"


def test_a_line_in_the_middle_of_a_statement_is_none() -> None:
    assert suggested("from", "select a\nfrom t") is None


def test_nothing_behind_nothing_a_whole_statement_or_a_long_text() -> None:
    assert suggested("", "select 1") is None
    assert suggested("select 1", "select 1") is None
    assert suggested("x" * 2000, "x" * 3000) is None


def test_what_was_pasted_once_does_not_steer_the_terminal() -> None:
    found = suggested("select ", "select '\x1b[2J\u202e'")
    assert found and found.text == r"'\x1b[2J\u202e'"


def test_what_is_shown_is_short() -> None:
    found = suggested("select ", "select " + "x" * 900)
    assert found and len(found.text) == 201 and len(found.rest) == 900
