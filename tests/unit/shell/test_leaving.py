"""Leaving with a transaction open: what has become of it is told."""

from pathlib import Path

import pytest
from typing_in import typing

from dbx.dialects.base import State
from dbx.shell.leaving import may_leave


@pytest.mark.parametrize(("answer", "leaves"), [(None, True), ("r", True), ("\\q", True), ("", False), ("s", False)])
def test_who_leaves_a_transaction_is_told_what_was_rolled_back(
    answer: str | None, leaves: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with typing("sqlite:///:memory:", tmp_path, monkeypatch) as typed:
        typed("create table t (a int)", "begin", "insert into t values (1)")
        typed.answers = [answer]
        assert may_leave(typed.shell) is leaves
        assert (typed.state is State.IDLE) is leaves
        assert ("rolled back · 1 step" in typed.told) is leaves
