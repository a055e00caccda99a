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
