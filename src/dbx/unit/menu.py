r"""The orders to a Session, by name: for the shell's `\?` and a script's check, without SQLAlchemy."""

from __future__ import annotations

from typing import NamedTuple


class Order(NamedTuple):
    arguments: str
    summary: str
    help: str = ""


ORDERS = {
    r"\session": Order(
        "[commit|rollback|…]",
        "what the ORM Session holds that is not written yet; commit writes it and makes it lasting",
        r"""\session            new, changed and deleted objects, attribute by attribute
\session commit     flush, and commit what the Session began
\session rollback   give up what was not flushed, and take back what was
\session map        the identity map: every object that was loaded
\session check      compare the loaded objects with their rows (also --check)
\session expire x   read x again when it is next looked at; without x everything
\session refresh x  read x again now; what was changed in it is given up
\session merge x    the object in the Session with the key and the values of x
\session expunge x  let x leave the Session
\session close      let everything leave""",
    ),
    r"\flush": Order(
        "[--plan]",
        "write what has changed in the Session; --plan only shows the statements",
        r"""A flush begins a transaction unless one is open; \session commit or rollback ends it.
In --plan, <key of new track 1> is a key that the server will make.""",
    ),
}
