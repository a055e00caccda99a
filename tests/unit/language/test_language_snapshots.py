"""The SQL on each server: what is in the snapshots, all of it, and nothing else."""

from __future__ import annotations

import pytest
from snapshot_cases import SNAPSHOTS, snapshots

FOUND = snapshots()


@pytest.mark.parametrize("file", sorted(FOUND))
def test_snapshot(file: str) -> None:
    assert FOUND[file] == (SNAPSHOTS / file).read_text()


def test_no_snapshot_is_left_over() -> None:
    assert {str(path.relative_to(SNAPSHOTS)) for path in SNAPSHOTS.rglob("*.sql")} == set(FOUND)
