"""Databases beyond the built-in ones: what to install for each. Floors are versions seen with SQLAlchemy 2.1."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from dbx.nearest import nearest


class Known(NamedTuple):
    """`driver` is the module of the driver where the dialect is SQLAlchemy's own. `alone`: to be installed without what
    it asks for, which would put an older SQLAlchemy in the place of this one."""

    title: str
    install: str
    driver: str = ""
    alone: bool = False


class Dbapi(NamedTuple):
    """What PEP 249 has a driver say of itself: the level of the standard, how its parameters are written, and what its
    threads may share (0 nothing, 1 the module, 2 connections, 3 cursors)."""

    level: str
    paramstyle: str
    threads: int


KNOWN = {
    "awsathena": Known("Amazon Athena", "pyathena[sqlalchemy]>=4.2"),
    "bigquery": Known("Google BigQuery", "sqlalchemy-bigquery>=1.17"),
    "clickhousedb": Known("ClickHouse", "clickhouse-connect[sqlalchemy]>=1.12"),
    "cockroachdb": Known("CockroachDB", "sqlalchemy-cockroachdb>=2.0.4", alone=True),
    "crate": Known("CrateDB", "sqlalchemy-cratedb>=0.44"),
    "databricks": Known("Databricks", "databricks-sqlalchemy>=2.0.10"),
    "doris": Known("Apache Doris", "pydoris>=1.2"),
    "duckdb": Known("DuckDB", "duckdb-sqlalchemy>=1.5.6"),
    "exa": Known("Exasol", "sqlalchemy-exasol>=7.2"),
    "hana": Known("SAP HANA", "sqlalchemy-hana>=5.0"),
    "hive": Known("Apache Hive", "pyhive[hive-pure-sasl]>=0.7"),
    "ibm_db_sa": Known("IBM Db2", "ibm-db-sa>=0.4.4"),
    "impala": Known("Apache Impala", "impyla>=0.24"),
    "mssql": Known("Microsoft SQL Server", "pyodbc>=5.2", "pyodbc"),
    "oracle": Known("Oracle", "oracledb>=2.5", "oracledb"),
    "presto": Known("Presto", "pyhive[presto]>=0.7"),
    "redshift": Known("Amazon Redshift", "sqlalchemy-redshift>=1.0"),
    "snowflake": Known("Snowflake", "snowflake-sqlalchemy>=2.1"),
    "starrocks": Known("StarRocks", "starrocks>=1.3.4"),
    "teradatasql": Known("Teradata", "teradatasqlalchemy>=20.0"),
    "trino": Known("Trino", "trino[sqlalchemy]>=0.340"),
}

DRIVERS = {
    "MySQLdb": "mysqlclient>=2.2.4",
    "aiosqlite": "aiosqlite>=0.20",
    "asyncmy": "asyncmy>=0.2.10",
    "asyncpg": "asyncpg>=0.30",
    "cx_Oracle": "oracledb>=2.5",
    "mariadb": "mariadb>=1.1.10",
    "oracledb": "oracledb>=2.5",
    "pg8000": "pg8000>=1.31",
    "psycopg2": "psycopg2-binary>=2.9.10",
    "pyodbc": "pyodbc>=5.2",
    "pymssql": "pymssql>=2.3",
}


OTHERS = {
    "mysql+mysqldb": Known("MariaDB, by the C driver", DRIVERS["MySQLdb"], "MySQLdb"),
    "mysql+mariadbconnector": Known("MariaDB, by its own driver", DRIVERS["mariadb"], "mariadb"),
    "postgresql+psycopg2": Known("PostgreSQL, by psycopg2", DRIVERS["psycopg2"], "psycopg2"),
    "postgresql+pg8000": Known("PostgreSQL, by pg8000", DRIVERS["pg8000"], "pg8000"),
    "mssql+pymssql": Known("Microsoft SQL Server, by pymssql", DRIVERS["pymssql"], "pymssql"),
}
"""Other drivers of the databases that have one."""

DBAPIS = {
    "MySQLdb": Dbapi("2.0", "format", 1),
    "duckdb": Dbapi("2.0", "numeric_dollar", 1),
    "psycopg": Dbapi("2.0", "pyformat", 2),
    "pymysql": Dbapi("2.0", "pyformat", 1),
}
"""By module, or by scheme where the dialect has the last word: what these say of themselves, without importing them."""


def says(driver: Any) -> Dbapi | None:
    """What an imported driver says of itself; None for one that has no word for it."""
    try:
        return Dbapi(str(driver.apilevel), str(driver.paramstyle), int(driver.threadsafety))
    except (AttributeError, TypeError, ValueError):
        return None


def install_command(requirement: str, *, alone: bool = False) -> str:
    """The command that installs into the interpreter that runs dbx, wherever that is."""
    if "/pipx/" in sys.prefix:
        return f"pipx inject dbx-shell{' --pip-args=--no-deps' if alone else ''} '{requirement}'"
    if "/uv/tools/" in sys.prefix and not alone:
        return f"uv tool install dbx-shell --with '{requirement}'"
    return f"{sys.executable} -m pip install{' --no-deps' if alone else ''} '{requirement}'"


def near(backend: str, others: list[str]) -> str:
    """The scheme a mistyped one was meant to be, or ''."""
    return nearest(backend, [*KNOWN, *others])
