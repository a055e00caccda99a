"""Cancels that come at the wrong moment."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from run_dbx import connected

from dbx.canceller import Canceller
from dbx.dialects.sqlite.dialect import Sqlite
from dbx.errors import Interrupted, StatementFailed
from dbx.rows import Statement


def test_what_was_to_end_before_it_began_does_not_begin() -> None:
    """Between the look at the signals and the statement's start nothing could be cancelled yet."""
    canceller = Canceller(Sqlite())
    canceller.raw = sqlite3.connect(":memory:")
    canceller.on_signal(2)
    with pytest.raises(StatementFailed), canceller.running():
        raise AssertionError("it has begun")


def test_it_is_told_as_the_signal_and_the_connection_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with connected(f"sqlite:///{tmp_path / 'x.db'}") as connection:
        begin = connection._start

        def late(outcome: object) -> None:
            connection.canceller.on_signal(2)
            begin(outcome)  # type: ignore[arg-type]

        monkeypatch.setattr(connection, "_start", late)
        with pytest.raises(Interrupted):
            connection.run(
                Statement("with recursive e(n) as (select 1 union all select n + 1 from e) select max(n) from e")
            )
        monkeypatch.undo()
        assert connection.run(Statement("select 1")).rows is not None
