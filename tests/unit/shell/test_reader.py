"""Reading one input with prompt_toolkit, its keys from a pipe and its screens kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from completing import known
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput, Output
from prompt_toolkit.output.vt100 import Vt100_Output

from dbx import registry
from dbx.shell import menu
from dbx.shell.completion import ShellCompleter
from dbx.shell.input import Reader
from dbx.shell.settings import SETTINGS


@contextmanager
def reading(
    completer: ShellCompleter | None = None, output: Output | None = None
) -> Iterator[tuple[PipeInput, Reader]]:
    settings = {name: setting.default for name, setting in SETTINGS.items()}
    with create_pipe_input() as keys, create_app_session(input=keys, output=output or DummyOutput()):
        yield keys, Reader(registry.load("sqlite").syntax, InMemoryHistory(), pytest.fail, settings, completer)


def read(reader: Reader) -> str:
    return reader.read(lambda: [("", "> ")], lambda: "")


def after_each_screen(reader: Reader, work: Callable[[], object]) -> None:
    reader.session.app.after_render += lambda app: work()


def test_of_the_screens_before_nothing_is_kept() -> None:
    """prompt_toolkit leaves them to the garbage collector: 40 MB for a few lines of typing."""
    with reading() as (keys, reader):
        seen = []
        after_each_screen(reader, lambda: seen.append(reader.session.app.renderer.last_rendered_screen))
        keys.send_text("select 1;\r")
        assert read(reader) == "select 1;"
    assert len(seen) > 1
    assert [bool(each and each.data_buffer) for each in dict.fromkeys(seen)][:-1] == [False] * (len(set(seen)) - 1)


def test_what_is_searched_for_does_not_steer_the_terminal() -> None:
    shown = StringIO()
    with reading(output=Vt100_Output(shown, lambda: Size(20, 80), term="xterm")) as (keys, reader):
        keys.send_text("\x12a\u202eb")

        def leave() -> None:
            if reader.session.search_buffer.text.endswith("b"):
                keys.send_text("\x07select 1;\r")
                reader.session.search_buffer.reset()

        after_each_screen(reader, leave)
        assert read(reader) == "select 1;"
    assert "a\N{REPLACEMENT CHARACTER}b" in shown.getvalue() and "\u202e" not in shown.getvalue()


def completer() -> ShellCompleter:
    return ShellCompleter(known(), registry.load("sqlite"), dict, (), {})


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("select * from custo\t;\r", "select * from customer;"),
        ("select * from pla\t;\r", "select * from playlist;"),
        ("select\t1 as\ttabbed;\r", "select\t1 as\ttabbed;"),  # so much at once nobody types
        ("select * from artist;\x1b[D" + "\x1b[D" * 12 + "\t\r\r", "select artist_id, name from artist;"),
    ],
)
def test_a_tab_as_fast_as_the_rest_is_not_lost(typed: str, expected: str) -> None:
    """All keys arrive at once: no menu has been made yet when Tab is pressed."""
    with reading(completer()) as (keys, reader):
        keys.send_text(typed)
        assert read(reader) == expected


def test_a_menu_that_is_made_again_takes_the_next_tab() -> None:
    what = known()
    with reading(ShellCompleter(what, registry.load("sqlite"), dict, (), {})) as (keys, reader):
        offered: list[str] = []

        def again() -> None:
            state = reader.session.default_buffer.complete_state
            if state and not offered:
                offered.extend(each.text for each in state.completions)
                reader._complete_again(CompleteEvent(text_inserted=True))
                keys.send_text("\t;\r")

        after_each_screen(reader, again)
        keys.send_text("select * from playl")
        assert read(reader) == f"select * from {offered[0]};"


def test_news_of_a_moment_make_one_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema is learnt in several steps, and each menu takes as long as a key."""
    made: list[CompleteEvent] = []
    monkeypatch.setattr(menu, "show", lambda buffer, event: made.append(event) or keys.send_text("\r"))
    with reading(completer()) as (keys, reader):
        hurried: list[bool] = []

        def tell() -> None:
            if reader.session.default_buffer.text and not made:
                for _ in range(3):
                    reader._complete_again(CompleteEvent())
                if not hurried:  # this prompt ends before there is a menu
                    hurried.append(True)
                    keys.send_text("\r")

        after_each_screen(reader, tell)
        for count in (0, 1):
            keys.send_text("select 1;")
            assert read(reader) == "select 1;"
            assert len(made) == count


@pytest.mark.parametrize(
    "stray", ["\x1b[31m", "\x1b[1;31m", "\x1b[<0;1M", "\x1b[m", "\x1b[9;9;9m", "\x1b[<64;85;12M", "\x1b[MaB*"]
)
def test_a_stray_escape_sequence_is_no_text_and_no_traceback(stray: str, capfd: pytest.CaptureFixture[str]) -> None:
    with reading() as (keys, reader):
        keys.send_text(f"sel{stray}ect{stray} 1;\r\rselect 2;\r")
        assert read(reader) == "select 1;"
    assert "Unhandled" not in "".join(capfd.readouterr())
