"""arrow (an IPC file) and parquet, through pyarrow: the extra `arrow`.

The schema is what the server says of its columns, never what the first rows look like; `arrow_types` has it. Columns
whose cells bring their types with them, which are SQLite's, are learned from all rows before the first is written;
`arrow_spool` does that.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from dbx.errors import UsageError
from dbx.formats import Format, Style
from dbx.formats.cells import misfit, refuse_twice, turned
from dbx.rows import Batch, Rows

try:
    import pyarrow
    from pyarrow import ipc, parquet

    from dbx.formats.arrow_spool import learned
    from dbx.formats.arrow_types import Kind, kind_of
except ImportError:
    raise UsageError(
        "the formats arrow and parquet need pyarrow, which is not installed",
        hint="install: pip install 'dbx-shell[arrow]'",
    ) from None

Open = Callable[[Any, Any], AbstractContextManager[Any]]
"""Makes pyarrow's writer of a file and a schema."""

ROWS, BYTES = 2**16, 2**24
"""Rows are handed to pyarrow when there are so many, or so large: what a reader skips or reads as a whole."""


def write_arrow(rows: Rows, style: Style) -> Iterator[bytes]:
    """An IPC file, which readers map into memory; several record batches."""
    return _written(rows, style, "arrow", ipc.new_file)


def write_parquet(rows: Rows, style: Style) -> Iterator[bytes]:
    """A Parquet file; several row groups."""
    return _written(rows, style, "parquet", parquet.ParquetWriter)


def _written(rows: Rows, style: Style, name: str, opened: Open) -> Iterator[bytes]:
    refuse_twice((column.name for column in rows.columns), name)
    return _chunks(rows, style, opened)


def _chunks(rows: Rows, style: Style, opened: Open) -> Iterator[bytes]:
    kinds = [kind_of(style.dialect, column) for column in rows.columns]
    known, batches = learned(rows.columns, kinds, rows.here())
    fields = [
        pyarrow.field(column.name, kind.type, metadata={"sql_type": column.type} if column.type else None)
        for column, kind in zip(rows.columns, known, strict=True)
    ]
    schema = pyarrow.schema(fields)
    file = _File()
    with opened(file, schema) as writer:
        for table in _grouped(_tables(rows, known, schema, batches)):
            writer.write_table(table)
            yield file.taken()
    yield file.taken()


def _tables(rows: Rows, kinds: list[Kind], schema: Any, batches: Iterable[Batch]) -> Iterator[Any]:
    """Each batch as a table. Raises OutputFailed for the first cell that its column's type cannot hold."""
    before = 0
    for batch in filter(None, batches):
        arrays = []
        for column, kind, cells in zip(rows.columns, kinds, turned(batch, len(kinds)), strict=True):
            try:
                arrays.append(kind.array(cells))
            except (ValueError, TypeError, ArithmeticError) as error:
                raise misfit(column, cells, before, kind.one) or error from None
        before += len(batch)
        yield pyarrow.table(arrays, schema=schema)


def _grouped(tables: Iterable[Any]) -> Iterator[Any]:
    """The tables, many as one."""
    held: list[Any] = []
    for table in tables:
        held.append(table)
        if sum(part.num_rows for part in held) >= ROWS or sum(part.nbytes for part in held) >= BYTES:
            yield pyarrow.concat_tables(held).combine_chunks()
            held.clear()
    if held:
        yield pyarrow.concat_tables(held).combine_chunks()


class _File(io.RawIOBase):
    """What pyarrow writes to: it keeps the bytes until they are taken."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        self.length += len(data)
        return len(data)

    def tell(self) -> int:
        return self.length

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


ARROW = Format("arrow", write_arrow, many=False, binary=True)
PARQUET = Format("parquet", write_parquet, many=False, binary=True)
