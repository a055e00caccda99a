"""Dialects without a server: what an expression would be elsewhere is compiled here, and nothing is connected to."""

from __future__ import annotations

import re
import warnings
from typing import Any

from sqlalchemy import Dialect, make_url
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from dbx.language.refusal import Unfit, near

BUILT_IN = ("sqlite", "postgresql", "mysql", "mariadb")
_SHORT = {"pg": "postgresql", "postgres": "postgresql", "maria": "mariadb"}
_OTHERS = ("mssql", "oracle")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\+[a-z0-9_]+)?")


def offline(word: str, like: Dialect, *, strict: bool = False) -> Dialect:
    """The dialect of that name; `like` itself, which has seen its server, where that is the one.

    A stranger's text (`strict`) names those that come with SQLAlchemy: a further one is a package to be imported.
    """
    name = _SHORT.get(word.lower(), word.lower())
    if name == ("mariadb" if getattr(like, "is_mariadb", False) else like.name):
        return like
    known = (*BUILT_IN, *_OTHERS)
    if not _NAME.fullmatch(name) or (strict and name not in known):
        raise _unknown(word, known)
    try:
        return _made(name)
    except (SQLAlchemyError, ImportError, TypeError):
        raise _unknown(word, known) from None


def unconnected(server: str) -> Dialect | None:
    """The dialect of a server that calls itself so ("MariaDB 10.11.6"), without asking it anything; None for one of
    another kind."""
    product, _, version = server.partition(" ")
    if product.lower() not in BUILT_IN:
        return None
    # what SQLAlchemy says of a dialect that it has not connected would be written on the terminal
    warnings.filterwarnings("ignore", category=SAWarning)
    made: Any = _made(product.lower())
    made.server_version_info = tuple(int(part) for part in re.findall(r"\d+", version))
    if hasattr(made, "_support_float_cast"):  # MySQL's dialect finds it out when it connects
        made._support_float_cast = made.server_version_info >= (8, 0, 17)
    return made  # type: ignore[no-any-return]


def _made(name: str) -> Dialect:
    # Without a driver nothing asks for its way of marking parameters, which would double every %.
    found: Any = make_url(f"{name}://").get_dialect()
    made: Dialect = found(paramstyle="named")
    return made


def _unknown(word: str, known: tuple[str, ...]) -> Unfit:
    close = near(word, known)
    hint = f"did you mean '{close}'?" if close else f"{', '.join(known)}, or any dialect of SQLAlchemy's"
    return Unfit("E-DIALECT", f"there is no dialect '{word}' here", hint)
