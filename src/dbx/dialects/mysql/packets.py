"""The rows of many statements at once, read from the server's packets: who asks five thousand times for two cells has
no use for what their columns are called, which PyMySQL finds out each time at twice the cost of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymysql.constants import COMMAND, SERVER_STATUS
from pymysql.err import raise_mysql_exception

from dbx.dialects.mysql.dialect import Connection

Rows = list[tuple[str | None, ...]]
_NULL, _TWO, _THREE, _END, _ERROR = 0xFB, 0xFC, 0xFD, 0xFE, 0xFF
_WHOLE = 0xFFFFFF  # a packet of this length goes on in the next one


def answers(connection: Any, text: str) -> Iterator[Any]:
    """The rows of each statement, every one of which has some; all cells are text. Within `several`; a connection of
    another driver answers as it does. Raises the driver's errors, and then no more is to come."""
    if not isinstance(connection, Connection):
        cursor = connection.cursor()
        cursor.execute(text)
        yield cursor.fetchall()
        while cursor.nextset():
            yield cursor.fetchall()
        return
    connection._execute_command(COMMAND.COM_QUERY, text.encode(connection.encoding))
    more = True
    try:
        while more:
            more = False  # unless it is said
            rows, more = _result(connection)
            yield rows
    finally:
        while more:  # whoever leaves early leaves nothing on the wire
            more = _result(connection)[1]


def _result(connection: Connection) -> tuple[Rows, bool]:
    """The rows of one statement, and whether another's follow."""
    width = _packet(connection)[0]
    for _ in range(width + 1):
        _packet(connection)
    rows: Rows = []
    while True:
        packet = _packet(connection)
        if packet[0] == _END and len(packet) < 9:
            return rows, bool(packet[3] & SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS)
        rows.append(_row(packet, width, connection.encoding))


def _packet(connection: Connection) -> bytes:
    read = connection._read_bytes  # which knows of timeouts and lost connections
    head = read(4)
    size = head[0] | head[1] << 8 | head[2] << 16
    packet: bytes = read(size)
    while size == _WHOLE:
        head = read(4)
        size = head[0] | head[1] << 8 | head[2] << 16
        packet += read(size)
    if packet[0] == _ERROR:
        raise_mysql_exception(packet)
    return packet


def _row(packet: bytes, width: int, encoding: str) -> tuple[str | None, ...]:
    cells: list[str | None] = []
    at = 0
    for _ in range(width):
        size = packet[at]
        at += 1
        if size == _NULL:
            cells.append(None)
            continue
        if size >= _TWO:
            digits = {_TWO: 2, _THREE: 3}.get(size, 8)
            size = int.from_bytes(packet[at : at + digits], "little")
            at += digits
        cells.append(packet[at : at + size].decode(encoding, "surrogateescape"))
        at += size
    return tuple(cells)
