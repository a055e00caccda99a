"""Where a transaction stands."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    """UNKNOWN: COMMIT was sent and not answered."""

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


def fate(stage: Stage, stays: list[str], unanswered: str) -> str:
    """What has become of a transaction, in words: `stays` is what no rollback takes back, `unanswered` the statement
    after which the connection was lost."""
    if stage is Stage.UNKNOWN:
        return f"outcome unknown: {unanswered} was sent and not answered"
    if stage is Stage.ROLLED_BACK and stays:
        return f"rolled back, but for what cannot be: {', '.join(stays)}"
    return str(stage.value)
