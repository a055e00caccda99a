"""Where a transaction stands."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Stage(Enum):
    """UNKNOWN: COMMIT was sent and not answered, or a procedure has ended the transaction in its own way."""

    IDLE = "idle"
    OPEN = "open"
    FAILED = "failed"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


NEXT = {
    Stage.IDLE: "begin opens one",
    Stage.OPEN: "commit or rollback ends it",
    Stage.FAILED: "rollback ends it",
    Stage.COMMITTED: "begin opens another one",
    Stage.ROLLED_BACK: "begin opens another one",
    Stage.UNKNOWN: "look at the data: the commit may have taken effect or not",
}


def fate(stage: Stage, stays: Sequence[str], doubt: str) -> str:
    """What has become of a transaction, in words: `stays` is what no rollback takes back, `doubt` why nobody knows."""
    if stage is Stage.UNKNOWN:
        return f"outcome unknown: {doubt}"
    if stage is Stage.ROLLED_BACK and stays:
        return f"rolled back, but for what cannot be: {', '.join(stays)}"
    if stage is Stage.IDLE and stays:
        return f"committed by the server: {', '.join(stays)}"
    return str(stage.value)
