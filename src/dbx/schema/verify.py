"""The proof: what a writer wrote is made again in a scratch database, which is read and compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbx import config, target
from dbx.database import Database
from dbx.dialects.traits import traits
from dbx.errors import DbxError, Place, StatementFailed, UsageError
from dbx.schema import dump, read, scratch, select
from dbx.schema.diff.changes import Change, compare
from dbx.schema.model import Schema, Table
from dbx.schema.writers import WRITERS, Look
from dbx.schema.writers.losses import Loss

VERIFIED = ("ddl", "orm", "sqlalchemy")


def changes(name: str, schema: Schema, losses: Sequence[Loss], servers: Sequence[Database]) -> list[Change]:
    """What differs between a schema and what `-f name` of it makes, without what the losses name. Owners and privileges
    are those of whoever makes it.

    Raises UsageError for a format that makes nothing, and where there is no server to make it on; StatementFailed where
    the server refuses what was written.
    """
    if name not in VERIFIED:
        raise UsageError(f"--verify: nothing can be made of {name}", hint=f"formats: {', '.join(VERIFIED)}")
    # a subscription belongs to the whole server, and its database could not be dropped
    kept = tuple(other for other in schema.others if other.kind != "subscription")
    schema = schema._replace(others=kept)
    data = b"".join(WRITERS[name].load()(schema, Look()).raw or ())
    with _empty(schema.dialect, servers) as database:
        (_run_script if name == "ddl" else _run_module)(name, database, data)
        found = read.schema(database)
    compared = compare(*select.comparable(comparable(schema), comparable(found)), ("owner", "grants"))
    return [change for change in compared.changes if not is_named(change, losses)]


@contextmanager
def _empty(dialect: str, servers: Sequence[Database]) -> Iterator[Database]:
    kind = traits(dialect).family
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            path = Path(folder) / "scratch.db"
            path.touch()
            database = Database(target.parse(str(path), config.Config()))
            try:
                yield database
            finally:
                database.close()
        return
    server = next((each for each in servers if each.dialect.name == kind), None)
    if server is None:
        raise UsageError(
            f"--verify makes the schema again on a {kind} server, and none is named",
            hint=f"--scratch {kind}://… names one: an empty database is made there, and dropped afterwards",
        )
    with scratch.scratch(server) as database:
        yield database


def _run_script(name: str, database: Database, data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "schema.sql"
        path.write_bytes(data)
        try:
            dump.load(database, str(path), trusted=True)
        except UsageError as error:
            raise _refused(name, error) from None


def _run_module(name: str, database: Database, data: bytes) -> None:
    """The module is dbx's own, of names that are quoted and texts that are strings."""
    names: dict[str, Any] = {"__name__": "schema"}
    exec(compile(data, "schema.py", "exec", dont_inherit=True), names)
    try:
        import_module("dbx.engine").create_all(database, names["metadata"])
    except StatementFailed as error:
        raise _refused(name, error) from error


def _refused(name: str, error: DbxError) -> StatementFailed:
    """The schema is one that its server would not make, as where keys lead to what has been changed behind them."""
    where = error.place
    if where is not None:
        where = Place(where.text, where.line, where.column, where.end_line, where.end_column, name)
    return StatementFailed(
        f"not verified: what {name} wrote cannot be made: {error.message}",
        code=error.code,
        hint=error.hint,
        detail=error.detail,
        place=where,
    )


def comparable(schema: Schema) -> Schema:
    """Without the texts of statements whose facts are compared one by one, SQLite's spelling of types, and what the
    client of whoever wrote it sent letters in: what is written here is UTF-8."""
    bodies: dict[str, Any] = {
        field: tuple(map(_in_utf8, getattr(schema, field))) for field in ("routines", "triggers", "events", "others")
    }
    return schema._replace(tables=tuple(_plain(table, schema.dialect) for table in schema.tables), **bodies)


def _in_utf8(found: Any) -> Any:
    if (found.definition or "").isascii():
        return found
    return found._replace(options=tuple(each for each in found.options if each[0] != "character_set_client"))


def _plain(table: Table, dialect: str) -> Table:
    here = traits(dialect).tables
    if not here.kept_as_statement or table.is_view:
        shown: Table = _in_utf8(table)
        return shown
    indexes = tuple(index._replace(definition=None) for index in table.indexes)
    columns = table.columns
    if not here.typed:
        columns = tuple(each._replace(type="".join(each.type.split()).upper()) for each in columns)
    return table._replace(definition=None, indexes=indexes, columns=columns)


def is_named(change: Change, losses: Sequence[Loss]) -> bool:
    """Whether a loss is of this very thing: an object that is not made, or that part of one."""
    shown = f"{change.kind} {change.name}"
    for loss in losses:
        if shown == loss.object and loss.what.startswith("option grant"):
            return True
        if shown == loss.object and {fact.name for fact in change.facts} == {loss.what}:
            return True
        if not loss.what and (shown == loss.object or loss.object.startswith(f"{shown}(")):
            return True
        if change.within is not None and loss.object.endswith(f" {change.within.shown}"):
            part = change.name.rpartition(".")[2]
            if loss.what.startswith(f"{change.kind} {part}"):
                return True
    return False
