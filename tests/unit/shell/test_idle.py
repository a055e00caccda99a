"""A transaction that is left alone is said to be."""

from __future__ import annotations

from typing import Any, cast

import pytest
from run_dbx import connected
from stepping import step

from dbx.shell import steps
from dbx.transaction.steps import Transaction


def test_an_idle_transaction_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(steps, "monotonic", lambda: now)
    with connected("sqlite:///:memory:") as connection:
        shell = steps.Steps(cast(Any, None), None)
        shell.rest()
        now += 100
        assert shell.idle() == ""  # nothing is open
        shell._current = Transaction(connection)
        step(shell._current, "select 1")
        shell.rest()
        now += steps.IDLE - 1
        assert shell.idle() == ""
        now += 1
        assert shell.idle() == f"idle {steps.IDLE} s, its locks are held"
        shell._current.rollback()
        assert shell.idle() == ""
