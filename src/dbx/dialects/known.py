"""Databases beyond the built-in ones: what to install for each. Floors are versions seen with SQLAlchemy 2.1."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import NamedTuple


class Known(NamedTuple):
    title: str
    install: str


KNOWN = {
    "awsathena": Known("Amazon Athena", "pyathena[sqlalchemy]>=4.2"),
    "bigquery": Known("Google BigQuery", "sqlalchemy-bigquery>=1.17"),
    "clickhousedb": Known("ClickHouse", "clickhouse-connect[sqlalchemy]>=1.12"),
    "crate": Known("CrateDB", "sqlalchemy-cratedb>=0.44"),
    "databricks": Known("Databricks", "databricks-sqlalchemy>=2.0.10"),
    "doris": Known("Apache Doris", "pydoris>=1.2"),
    "duckdb": Known("DuckDB", "duckdb-sqlalchemy>=1.5.6"),
    "exa": Known("Exasol", "sqlalchemy-exasol>=7.2"),
    "hana": Known("SAP HANA", "sqlalchemy-hana>=5.0"),
    "hive": Known("Apache Hive", "pyhive[hive-pure-sasl]>=0.7"),
    "ibm_db_sa": Known("IBM Db2", "ibm-db-sa>=0.4.4"),
    "impala": Known("Apache Impala", "impyla>=0.24"),
    "mssql": Known("Microsoft SQL Server", "pyodbc>=5.2"),
    "oracle": Known("Oracle", "oracledb>=2.5"),
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


def install_command(requirement: str) -> str:
    """The command that installs into the interpreter that runs dbx, wherever that is."""
    if "/pipx/" in sys.prefix:
        return f"pipx inject dbx-shell '{requirement}'"
    if "/uv/tools/" in sys.prefix:
        return f"uv tool install dbx-shell --with '{requirement}'"
    return f"{sys.executable} -m pip install '{requirement}'"


def near(backend: str, others: list[str]) -> str:
    """The scheme a mistyped one was meant to be, or ''."""
    found = get_close_matches(backend, [*KNOWN, *others], 1)
    return found[0] if found else ""
