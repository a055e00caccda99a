"""The writers that lose nothing: ddl, json, jsonl."""

from __future__ import annotations

from collections.abc import Iterator

from dbx.rows import Rows
from dbx.schema import serial
from dbx.schema.ddl import statements
from dbx.schema.model import Schema
from dbx.schema.writers import Look, laid_out


def ddl(schema: Schema, look: Look) -> Rows:
    """The statements in the order in which they replay. Bytes that are no UTF-8 leave as the server keeps them."""
    return laid_out(f"{text}\n".encode("utf-8", "surrogateescape") for text in statements(schema))


def json(schema: Schema, look: Look) -> Rows:
    """One document, which is a SOURCE again; see dbx.schema.serial."""
    return laid_out(map(serial.encoded, serial.pieces(schema)))


def jsonl(schema: Schema, look: Look) -> Rows:
    """One object a line, with its kind; the first is the database where that has options of its own."""
    return laid_out(_lines(schema))


def _lines(schema: Schema) -> Iterator[bytes]:
    for line in serial.lines(schema):
        yield serial.encoded(line) + b"\n"
