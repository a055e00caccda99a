"""Names of the drivers that they promise nobody, and dbx uses all the same: a new version that changes one fails here."""

from __future__ import annotations

import inspect
import socket

import psycopg
import pymysql
from psycopg._py_transformer import Transformer
from pymysql.cursors import SSCursor
from run_dbx import connected, finish, good, start

from dbx.dialects.postgresql import dialect as postgresql
from dbx.rows import BATCH, Statement


def test_psycopg_cursor() -> None:
    parameters = inspect.signature(psycopg.Cursor._stream_send_gen).parameters
    assert list(parameters) == ["self", "query", "params", "binary", "size"]
    assert parameters["size"].kind is inspect.Parameter.KEYWORD_ONLY
    assert list(inspect.signature(psycopg.Cursor._raise_for_result).parameters) == ["self", "result"]
    assert {"_adapters", "_tx", "_pgconn", "_conn", "pgresult"} <= set(psycopg.Cursor.__slots__) | set(
        dir(psycopg.Cursor)
    )
    assert list(inspect.signature(Transformer.set_pgresult).parameters) == ["self", "result", "set_loaders", "format"]
    assert list(inspect.signature(Transformer.load_rows).parameters) == ["self", "row0", "row1", "make_row"]


def test_psycopg_streams_in_chunks(pg_url: str) -> None:
    """libpq 17 has chunks; with an older one psycopg would send single rows, ten times as slowly."""
    assert psycopg.pq.version() >= 170000
    with connected(pg_url) as connection:
        cursor = connection.call(lambda raw: postgresql.StreamCursor(raw).start(Statement("select 1")))
        assert isinstance(cursor._tx, psycopg.adapt.Transformer)
        assert cursor._pgconn is connection.raw.pgconn
        assert connection.call(lambda raw: list(cursor.batches())) == [[("1",)]]
        rows = connection.run(Statement("select generate_series(1, 5000)")).rows
        assert rows is not None
        assert [len(batch) for batch in rows] == [BATCH, BATCH, 5000 - 2 * BATCH]


def test_pymysql_result(maria_url: str) -> None:
    with connected(maria_url) as connection:
        result = connection.call(_fields)
    assert result == [("a", 3, False), ("b", 253, False), ("c", 253, True), ("d", 12, True)]


def _fields(raw: pymysql.Connection) -> list[tuple[str, int, bool]]:
    cursor = SSCursor(raw)
    cursor.execute("select 1 as a, 'x' as b, x'ff' as c, now() as d")
    fields = [(field.name, field.type_code, field.charsetnr == 63) for field in cursor._result.fields]
    assert cursor._result.has_next is None
    fields[0] = (*fields[0][:2], False)  # numbers have the binary character set too
    cursor.fetchall()
    assert cursor._result.has_next == 0
    assert cursor._result.warning_count == cursor.warning_count == 0
    return fields


def test_pymysql_connection(maria_url: str) -> None:
    with connected(maria_url) as connection:
        assert isinstance(connection.raw._sock, socket.socket)
        assert connection.raw._read_timeout is None
    assert "self._sock.settimeout(self._read_timeout)" in inspect.getsource(pymysql.Connection._read_bytes)


def test_patience_while_connecting_is_none_while_running(pg_url: str, maria_url: str) -> None:
    """The handshake's time limit is over when the handshake is: a healthy query may take longer."""
    slept = [
        start(f"{url}?connect_timeout=4", query, "--no-header")
        for url, query in ((maria_url, "select sleep(4.6)"), (pg_url, "select pg_sleep(4.6)"))
    ]
    assert [good(finish(process)).out for process in slept] == [b"0\n", b"\n"]
