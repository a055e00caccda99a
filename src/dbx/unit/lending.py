"""The Engine that a Session has: the user's own connection, and a dialect that begins and ends nothing.

SQLAlchemy's Session wants a transaction around all it does, and would roll back the user's with its own. Here it may
say BEGIN, COMMIT and ROLLBACK as it likes: none of them is sent. `dbx.unit.work` sends them, when they are asked for.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.pool import StaticPool

from dbx.connection import Connection


def silent(dialect: Dialect) -> Dialect:
    """A copy of an initialised dialect. Each row is inserted by a statement of its own: many in one, whose keys come
    back in an order that has to be arranged, would be nothing to read."""
    own: Any = copy(dialect)
    for name in ("do_begin", "do_commit", "do_rollback"):
        setattr(own, name, lambda connection: None)
    own.use_insertmanyvalues = own.use_insertmanyvalues_wo_returning = False
    own.insert_executemany_returning = own.insert_executemany_returning_sort_by_parameter_order = False
    own.update_executemany_returning = own.delete_executemany_returning = False
    return own  # type: ignore[no-any-return]


def lent(connection: Connection, ordinary: Engine) -> Engine:
    """An Engine whose every connection is the user's, to be used on that connection's worker."""
    dialect = silent(ordinary.dialect)
    pool = StaticPool(lambda: connection.dialect.dbapi(connection.raw), reset_on_return=None, dialect=dialect)
    return Engine(pool, dialect, ordinary.url)
