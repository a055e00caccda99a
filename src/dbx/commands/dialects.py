"""dbx dialects"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec

from dbx.dialects.known import KNOWN, install_command
from dbx.rows import Rows

_BUILT_IN = (
    ("sqlite", "SQLite", "sqlite3"),
    ("postgresql", "PostgreSQL", "psycopg"),
    ("mysql", "MySQL and MariaDB", "pymysql"),
)


def run() -> Rows:
    """List the databases that can be reached from here, and what to install for the others."""
    lines = [
        (f"{scheme}://", title, f"{driver} {_version(driver)}".strip(), "built in")
        for scheme, title, driver in _BUILT_IN
    ]
    present = {point.name: point.dist for point in entry_points(group="sqlalchemy.dialects") if "." not in point.name}
    for scheme, dist in sorted(present.items()):
        title = KNOWN[scheme].title if scheme in KNOWN else ""
        lines.append((f"{scheme}://", title, f"{dist.name} {dist.version}" if dist else "", "installed"))
    for scheme, known in sorted(KNOWN.items()):
        if scheme not in present:
            lines.append((f"{scheme}://", known.title, "", install_command(known.install)))
    return Rows.of("scheme", "database", "driver", "state", rows=lines)


def _version(module: str) -> str:
    try:
        return version(module)
    except PackageNotFoundError:
        return "" if find_spec(module) else "missing"
