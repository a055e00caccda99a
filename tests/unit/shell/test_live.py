"""The thread behind the SQL under the prompt: the latest text counts, and nothing waits for it."""

from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest

from dbx.shell import live
from dbx.shell.live import Live
from dbx.shell.preview import Preview

SOON = 20


class Source:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.stamp = 0
        self.asked: list[str] = []
        self.begun = Event()
        self.go = Event()
        self.unread: set[str] = set()
        self.none: set[str] = set()

    def __call__(self, text: str, columns: int) -> Preview:
        assert current_thread() is not main_thread()
        self.asked.append(text)
        self.begun.set()
        assert self.go.wait(SOON)
        return Preview(text, "" if text in self.none | self.unread else f"sql of {text}", waits=text in self.unread)


class Watched(Live):
    """`drawn` after each redraw."""

    def __init__(self) -> None:
        self.drawn = Event()
        super().__init__(self.drawn.set)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(live, "PAUSE", 0)
    monkeypatch.setattr(live, "AGAIN", 0.01)
    yield


def begun() -> tuple[Watched, Source]:
    found, source = Watched(), Source()
    found.begin(source)
    return found, source


def test_a_key_after_a_key_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread looks at the time by itself; to wake it would hold up the key."""
    monkeypatch.setattr(live, "PAUSE", 1000)
    found, source = begun()
    woken, really = [], found._changed.notify
    monkeypatch.setattr(found._changed, "notify", lambda: woken.append(True) or really())
    for text in ("a", "ab", "abc"):
        found.ask(text, 80)
    assert len(woken) == 1 and not source.asked


def test_what_is_typed_is_looked_at_on_another_thread() -> None:
    found, source = begun()
    source.go.set()
    found.ask("a", 80)
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("a", "sql of a")


def test_the_answer_to_an_older_text_is_dropped() -> None:
    found, source = begun()
    found.ask("a", 80)
    assert source.begun.wait(SOON)
    found.ask("ab", 80)
    source.go.set()
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("ab", "sql of ab")
    assert source.asked == ["a", "ab"]


def test_of_what_is_typed_fast_only_the_last_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAUSE", 0.2)
    found, source = begun()
    source.go.set()
    for text in ("l", "le", "len"):
        found.ask(text, 80)
    assert found.drawn.wait(SOON)
    assert source.asked == ["len"]


def test_what_comes_after_the_prompt_is_gone_is_dropped() -> None:
    found, source = begun()
    found.ask("a", 80)
    assert source.begun.wait(SOON)
    found.end()
    other = Source()
    other.go.set()
    found.begin(other)
    found.ask("b", 80)
    source.go.set()
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("b", "sql of b")


def test_nothing_is_asked_without_a_prompt_or_a_text() -> None:
    found, source = Watched(), Source()
    found.ask("a", 80)
    found.begin(source)
    found.ask("  \n", 80)
    assert found.shown is None and not source.asked


def test_a_table_that_was_not_known_is_waited_for() -> None:
    found, source = begun()
    source.go.set()
    source.unread = {"t"}
    found.ask("t", 80)
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("t", waits=True)
    found.drawn.clear()
    source.unread = set()
    source.stamp += 1
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("t", "sql of t")


def test_sql_stays_while_the_text_has_none_and_is_still_like_it() -> None:
    found, source = begun()
    source.go.set()
    source.none = {"len(t", "lower(x)"}
    found.ask("len(t)", 80)
    assert found.drawn.wait(SOON)
    found.drawn.clear()
    found.ask("len(t", 80)
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("len(t", "sql of len(t)", old=True)
    found.drawn.clear()
    found.ask("lower(x)", 80)
    assert found.drawn.wait(SOON)
    assert found.shown == Preview("lower(x)")


def test_after_the_prompt_nothing_is_shown_or_asked() -> None:
    found, source = begun()
    found.ask("a", 80)
    assert source.begun.wait(SOON)
    found.end()
    found.ask("b", 80)
    source.go.set()
    assert not found.drawn.wait(0.3)
    assert found.shown is None and source.asked == ["a"]
