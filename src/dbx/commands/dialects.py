"""dbx dialects"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, packages_distributions, version
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from dbx.dialects.known import DBAPIS, KNOWN, OTHERS, Dbapi, Known, install_command, near, says
from dbx.errors import UsageError
from dbx.redact import redact
from dbx.rows import Cell, Column, Rows

Line = tuple[Cell, ...]

_BUILT_IN = {
    "sqlite": ("SQLite", "sqlite3"),
    "postgresql": ("PostgreSQL, Citus, YugabyteDB", "psycopg"),
    "mysql": ("MySQL, MariaDB, TiDB", "pymysql"),
}
_THREADS = ("nothing", "the module", "connections", "cursors")

GENERIC = "dbx.dialects.generic"
"""By name: it brings SQLAlchemy."""


def run(
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Only these schemes, and load them: what an installed driver says."),
    ] = None,
) -> Rows:
    """List the databases that can be reached from here, and what to install for the others.

    `threads share` is what the driver lets threads have in common. Nothing is imported to make the list; a dialect
    that is asked for by name is loaded, and says itself what it is.
    """
    # what can be used stands first
    lines = {str(line[0]): line for line in sorted(_lines(), key=lambda line: line[7] == "missing")}
    if name:
        lines = {f"{scheme}://": _loaded(scheme, lines) for scheme in (each.removesuffix("://") for each in name)}
    columns = ("scheme", "database", "driver", "version", "DBAPI", "paramstyle", "threads share", "state", "to install")
    return Rows.of(*map(Column, columns), rows=lines.values())


def _lines() -> Iterator[Line]:
    for scheme, (title, module) in _BUILT_IN.items():
        yield _line(scheme, title, module, "built in")
    for scheme, known in OTHERS.items():
        yield _own(scheme, known)
    present = {point.name: point.dist for point in entry_points(group="sqlalchemy.dialects") if "." not in point.name}
    for scheme in sorted(present.keys() | KNOWN.keys()):
        if scheme in present:
            found: Any = present[scheme]
            name = KNOWN[scheme].title if scheme in KNOWN else None
            facts = DBAPIS.get(scheme)
            told = f"{found.name} {found.version}" if found else None
            yield f"{scheme}://", name, told, _version(scheme), *_told(facts), "installed", None
        else:
            yield _own(scheme, KNOWN[scheme])


def _own(scheme: str, known: Known) -> Line:
    """A dialect that is SQLAlchemy's own, or not there."""
    if known.driver and find_spec(known.driver):
        return _line(scheme, known.title, known.driver, "installed")
    install = install_command(known.install, alone=known.alone)
    return f"{scheme}://", known.title, known.driver or None, None, *_told(None), "missing", install


def _line(scheme: str, title: str | None, module: str, state: str) -> Line:
    # Python's own is there anyway, and how its threads may be used depends on how it was built
    facts = says(import_module(module)) if module == "sqlite3" else DBAPIS.get(module)
    return f"{scheme}://", title, module, _version(module), *_told(facts), state, None


def _told(facts: Dbapi | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if facts is None else (facts.level, facts.paramstyle, _THREADS[facts.threads])


def _version(module: str) -> str | None:
    """The version of what a module came with; of SQLite that of the library, not of the module."""
    if module == "sqlite3":
        return str(import_module(module).sqlite_version)
    for name in packages_distributions().get(module, [module]):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _loaded(scheme: str, lines: dict[str, Line]) -> Line:
    """The line of a dialect with what its driver itself tells. Raises UsageError for one that there is not."""
    line = lines.get(f"{scheme}://")
    if line is None:
        meant = near(scheme, [*_BUILT_IN, *OTHERS])
        raise UsageError(
            f"no dialect '{scheme}'", hint=f"did you mean {meant}?" if meant else "dbx dialects lists them"
        )
    if line[7] == "missing":
        return line
    module = _BUILT_IN[scheme][1] if scheme in _BUILT_IN else OTHERS[scheme].driver if scheme in OTHERS else ""
    try:
        driver = import_module(module) if module else import_module(GENERIC).driver(scheme)
    except Exception as error:  # whatever somebody's package does when it is imported
        reason = " ".join(str(error).split())[:200]
        return *line[:7], f"does not load: {redact(reason)}", line[8]
    told = line[3] or getattr(driver, "__version__", None)
    return *line[:3], str(told) if told else None, *_told(says(driver)), *line[7:]
