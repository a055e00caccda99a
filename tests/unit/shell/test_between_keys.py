"""What is imported while the user types gives way to the keys."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from threading import Event, Thread

import pytest

from dbx.shell.between_keys import imported_between_keys

WAIT = 20


class Answered(Event):
    """Of a key whose answer takes as long as the test likes; `wanted` for the seconds that somebody waits at most."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[float | None] = []
        self.asked = Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.wanted.append(timeout)
        self.asked.set()
        return super().wait(WAIT)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(str(tmp_path))
    Path(tmp_path, "imported_late.py").write_text("found = True\n")
    monkeypatch.delitem(sys.modules, "imported_late", raising=False)
    return "imported_late"


def test_a_module_waits_until_the_key_is_answered_but_not_for_long(module: str) -> None:
    answered, imported, before = Answered(), Event(), list(sys.meta_path)

    def work() -> None:
        with imported_between_keys(answered):
            import_module(module)
        imported.set()

    Thread(target=work, daemon=True).start()
    assert answered.asked.wait(WAIT)
    assert module not in sys.modules
    answered.set()
    assert imported.wait(WAIT) and module in sys.modules
    assert answered.wanted and all(0 < seconds < 0.1 for seconds in answered.wanted if seconds is not None)
    assert None not in answered.wanted and sys.meta_path == before


def test_other_threads_import_as_ever(module: str) -> None:
    answered, entered, left = Answered(), Event(), Event()

    def work() -> None:
        with imported_between_keys(answered):
            entered.set()
            left.wait(WAIT)

    thread = Thread(target=work, daemon=True)
    thread.start()
    assert entered.wait(WAIT)
    import_module(module)
    assert not answered.wanted
    left.set()
    thread.join(WAIT)
