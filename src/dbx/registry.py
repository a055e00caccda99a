"""Dialects by the name in a URL: the built-in ones first, then entry points, then whatever SQLAlchemy knows."""

from __future__ import annotations

from importlib import import_module
from typing import Any

BUILT_IN = {
    "sqlite": "dbx.dialects.sqlite.dialect",
    "sqlite+pysqlite": "dbx.dialects.sqlite.dialect",
    "postgresql": "dbx.dialects.postgresql.dialect",
    "postgres": "dbx.dialects.postgresql.dialect",
    "postgresql+psycopg": "dbx.dialects.postgresql.dialect",
    "mysql": "dbx.dialects.mysql.dialect",
    "mariadb": "dbx.dialects.mysql.dialect",
    "mysql+pymysql": "dbx.dialects.mysql.dialect",
    "mariadb+pymysql": "dbx.dialects.mysql.dialect",
    "mysql+mysqldb": "dbx.dialects.mysql.mysqlclient",
    "mariadb+mysqldb": "dbx.dialects.mysql.mysqlclient",
}
GROUP = "dbx.dialects.v1"


def load(driver: str) -> Any:
    """The Dialect for a URL's driver name. Anything unknown is left to SQLAlchemy."""
    if driver in BUILT_IN:
        return import_module(BUILT_IN[driver]).dialect
    for found in import_module("importlib.metadata").entry_points(  # 40 ms, so only on a miss
        group=GROUP, name=driver
    ):
        return found.load()
    return import_module("dbx.dialects.generic").dialect
