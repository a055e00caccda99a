"""What psycopg's cursors do not do: any one statement as a stream, COPY among them, and many statements at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import postgres, pq
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import copy_to, fetch, fetch_many, send
from psycopg.types.string import TextLoader
from psycopg.waiting import Ready, Wait

from dbx.dialects.base import Result
from dbx.errors import Refused
from dbx.rows import BATCH, Batch, Column, Statement

_STATUS = pq.ExecStatus
_ROWS = (_STATUS.TUPLES_CHUNK, _STATUS.SINGLE_TUPLE, _STATUS.TUPLES_OK)
_BLOCK = 64 * 1024
_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "float4", "float8", "numeric"), "number"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    "bool": "boolean",
    "bytea": "binary",
}
_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")

Query = tuple[str, Any]
"""A statement's text, and its parameters or None."""


def _text_loaders() -> AdaptersMap:
    """psycopg's adapters with every result type, and every array of it, loaded as text."""
    adapters = AdaptersMap(psycopg.adapters)
    for info in postgres.types:
        for oid in (info.oid, info.array_oid):
            if oid:
                adapters.register_loader(oid, TextLoader)
    return adapters


_TEXT = _text_loaders()


class StreamCursor(psycopg.Cursor[Any], Result):
    """Chunked rows of any one statement.

    psycopg's own `Cursor.stream` runs a write and then raises because it has no rows, forgets the columns of an empty
    result, and hides the command tag; this one keeps all three. It uses psycopg's private `_stream_send_gen`, `_tx`
    and `_raise_for_result`, which tests pin.
    """

    def start(self, statement: Statement) -> StreamCursor:
        self._adapters = AdaptersMap(_TEXT)
        self._ended = False
        self._data = statement.data
        self._conn.wait(self._stream_send_gen(statement.text, statement.parameters, size=BATCH))
        self._first = self._take()
        if self._first is not None and self._first.status in _ROWS:
            self.pgresult = self._first
            self._tx.set_pgresult(self._first, set_loaders=True)
            self.columns = [_column(column) for column in self.description or ()]
        return self

    def _take(self) -> Any:
        """The next chunk, or None at the end. An error is raised when the connection is free for the next statement."""
        result = self._conn.wait(fetch(self._pgconn))
        if result is None:
            self._ended = True
            return None
        if result.command_status:
            # libpq puts the tag on the last, partly filled chunk or on an empty final one
            self.tag = result.command_status.decode()
            changes = self.tag.startswith(_WRITES) and self.copied is None
            self.changed = result.command_tuples if changes else None
        if result.status in (_STATUS.TUPLES_CHUNK, _STATUS.SINGLE_TUPLE):
            return result
        if result.status == _STATUS.COPY_OUT:
            self.copied = self._copy_out()
            return None
        if result.status == _STATUS.COPY_IN:
            return self._copy_in()
        # the commit of a statement on its own comes after its tag, and may fail: deferred constraints, serialization
        last = self._drain() or result
        if last.status in (_STATUS.TUPLES_OK, _STATUS.COMMAND_OK, _STATUS.EMPTY_QUERY):
            return last
        self._raise_for_result(last)
        raise AssertionError(f"unexpected result status {last.status}")

    def _drain(self) -> Any:
        """Read to the end, so that the connection is free. Returns the error that came on the way, if one did."""
        failed = None
        while (result := self._conn.wait(fetch(self._pgconn))) is not None:
            if result.status == _STATUS.FATAL_ERROR:
                failed = failed or result
        self._ended = True
        return failed

    def _copy_in(self) -> Any:
        """Send the rows that follow COPY … FROM stdin. When they cannot be read to their end, none is kept."""
        reason = b"no rows follow" if self._data is None else None
        try:
            for block in self._data or ():
                self._conn.wait(copy_to(self._pgconn, block.encode()))
        except BaseException:
            self._end_copy(b"the rows end too early")
            with suppress(psycopg.Error):
                self._take()
            raise
        self._end_copy(reason)
        if reason:
            self._drain()
            raise Refused(
                "COPY … FROM stdin has its rows in the script, on the lines behind it", hint="dbx run TARGET FILE"
            )
        return self._take()

    def _end_copy(self, reason: bytes | None) -> None:
        while self._pgconn.put_copy_end(reason) == 0:
            self._conn.wait(send(self._pgconn))
        self._conn.wait(send(self._pgconn))

    def _copy_out(self) -> Iterator[bytes]:
        """The rows of COPY … TO STDOUT as the server writes them, in blocks."""
        block: list[bytes] = []
        size = 0
        while True:
            length, row = self._pgconn.get_copy_data(1)
            if length > 0:
                block.append(bytes(row))
                size += length
                if size >= _BLOCK:
                    yield b"".join(block)
                    block, size = [], 0
            elif length == 0:
                self._conn.wait(_readable(self._pgconn))
            else:
                break
        if block:
            yield b"".join(block)
        self._take()

    def batches(self) -> Iterator[Batch]:
        result, self._first = self._first, None
        while result is not None and (rows := result.ntuples):
            self._tx.set_pgresult(result, set_loaders=False)
            yield self._tx.load_rows(0, rows, tuple)
            result = None if self._ended else self._take()

    def stop(self) -> bool:
        if self._ended or self._conn.closed:
            return self._ended
        self._conn.cancel_safe(timeout=5)
        try:
            for _ in self.copied or ():
                pass
            while not self._ended:
                self._take()
        except psycopg.Error:  # the cancellation itself
            return False
        return True


def _readable(pgconn: pq.abc.PGconn) -> Generator[Wait, Ready | int, None]:
    """Wait until the server has sent something, as psycopg's own generators do."""
    while not (yield Wait.R):
        continue
    pgconn.consume_input()


class _Counted(Result):
    """A statement of many: it has changed rows, and shows none."""

    def __init__(self, result: Any) -> None:
        self.tag = (result.command_status or b"").decode()
        self.changed = result.command_tuples


def _column(column: psycopg.Column) -> Column:
    info = postgres.types.get(column.type_code)
    scalar = info is not None and info.oid == column.type_code  # the registry finds arrays under their element's name
    return Column(column.name, column.type_display, _KINDS.get(info.name, "text") if info and scalar else "text")


def pipeline(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> Iterator[Result]:
    """All of them are on the wire before the first is answered (libpq's pipeline mode)."""
    cursor = StreamCursor(connection)
    cursor._tx = Transformer(cursor)
    pairs = [(statement.text, statement.parameters) for statement in statements]
    return map(_Counted, _answers(connection, cursor, pairs))


def pipelined_rows(connection: psycopg.Connection[Any], queries: Sequence[Query]) -> Iterator[list[Any]]:
    """The rows of each, typed by psycopg, taken while the server works on the next; psycopg's own pipeline would keep
    all of them until the last is there."""
    cursor = StreamCursor(connection)
    loading = cursor._tx = Transformer(cursor)
    for result in _answers(connection, cursor, queries):
        loading.set_pgresult(result)
        yield loading.load_rows(0, result.ntuples, tuple) if result.nfields else []


def _answers(connection: psycopg.Connection[Any], cursor: StreamCursor, queries: Sequence[Query]) -> Iterator[Any]:
    pgconn = connection.pgconn
    converted = [cursor._convert_query(text, parameters) for text, parameters in queries]
    pgconn.enter_pipeline_mode()
    try:
        for query in converted:
            pgconn.send_query_params(query.query, query.params, query.types, query.formats)
        pgconn.pipeline_sync()
        connection.wait(send(pgconn))
        try:
            for _ in converted:
                (result,) = connection.wait(fetch_many(pgconn))
                if result.status == _STATUS.FATAL_ERROR:
                    raise error_from_result(result, encoding=connection.info.encoding)
                yield result
        finally:
            while pgconn.status == pq.ConnStatus.OK:
                if connection.wait(fetch_many(pgconn))[0].status == _STATUS.PIPELINE_SYNC:
                    break
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
