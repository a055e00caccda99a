"""Dialects by the name in a URL: the built-in ones first, then entry points, then whatever SQLAlchemy knows."""

from __future__ import annotations

from importlib import import_module
from typing import Any

BUILT_IN = {
    "sqlite": "dbx.dialects.sqlite",
    "sqlite+pysqlite": "dbx.dialects.sqlite",
    "postgresql": "dbx.dialects.postgresql",
    "postgres": "dbx.dialects.postgresql",
    "postgresql+psycopg": "dbx.dialects.postgresql",
    "mysql": "dbx.dialects.mysql",
    "mariadb": "dbx.dialects.mysql",
    "mysql+pymysql": "dbx.dialects.mysql",
    "mariadb+pymysql": "dbx.dialects.mysql",
    "mysql+mysqldb": "dbx.dialects.mysqlclient",
    "mariadb+mysqldb": "dbx.dialects.mysqlclient",
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
