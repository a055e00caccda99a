"""Reading one input with prompt_toolkit, its keys from a pipe and its screens kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from dbx import registry
from dbx.shell.completion import ShellCompleter
from dbx.shell.input import Reader
from dbx.shell.settings import SETTINGS


@contextmanager
def reading(completer: ShellCompleter | None = None) -> Iterator[tuple[PipeInput, Reader]]:
    settings = {name: setting.default for name, setting in SETTINGS.items()}
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
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
