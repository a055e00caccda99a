"""What PyMySQL, and mysqlclient after it, is told of a URL."""

from __future__ import annotations

from typing import Any

from pymysql.constants import CLIENT

from dbx.dialects.mysql import my_cnf
from dbx.errors import UsageError
from dbx.target import Url


def arguments(url: Url) -> dict[str, Any]:
    """PyMySQL's arguments of a URL: as SQLAlchemy's pymysql dialect reads it, ~/.my.cnf beneath. Raises UsageError."""
    given = url.stated("database")
    given.update({name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()})
    for name in ("connect_timeout", "read_timeout", "write_timeout", "client_flag"):
        if name in given:
            given[name] = _number(name, given[name])
    tls = {
        name[4:]: given.pop(name)
        for name in ("ssl_ca", "ssl_key", "ssl_cert", "ssl_capath", "ssl_cipher")
        if name in given
    }
    if "ssl_check_hostname" in given:
        tls["check_hostname"] = _true(given.pop("ssl_check_hostname"))
    for name in ("ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"):
        if name in given:
            given[name] = _true(given[name])
    if tls:
        given["ssl"] = tls
    files = my_cnf.options()
    for name, option in (
        ("user", "user"),
        ("password", "password"),
        ("host", "host"),
        ("port", "port"),
        ("unix_socket", "socket"),
    ):
        if name not in given and option in files and not (name == "unix_socket" and "host" in given):
            given[name] = int(files[option]) if name == "port" else files[option]
    given.setdefault("charset", "utf8mb4")
    # FOUND_ROWS: an UPDATE counts the rows it matched, as every other server does
    given["client_flag"] = given.get("client_flag", 0) | CLIENT.FOUND_ROWS
    return {**given, "autocommit": True, "local_infile": False}


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"the URL option '{name}' is no number") from None


def _true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on", "t", "y")
