"""The Engine that a Session has: the user's own connection, and a dialect that begins and ends nothing.

SQLAlchemy's Session wants a transaction around all it does, and would roll back the user's with its own. Here it may
say BEGIN, COMMIT and ROLLBACK as it likes: none of them is sent. `dbx.unit.work` sends them, when they are asked for.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from dbx.connection import Connection
from dbx.engine import shared


def lent(connection: Connection, ordinary: Engine) -> Engine:
    """An Engine whose every connection is the user's, to be used on that connection's worker.

    Each row is inserted by a statement of its own: many in one, whose keys come back in an order that has to be
    arranged, would be nothing to read.
    """
    engine = shared(connection, ordinary)
    own: Any = engine.dialect
    own.use_insertmanyvalues = own.use_insertmanyvalues_wo_returning = False
    own.insert_executemany_returning = own.insert_executemany_returning_sort_by_parameter_order = False
    own.update_executemany_returning = own.delete_executemany_returning = False
    return engine
