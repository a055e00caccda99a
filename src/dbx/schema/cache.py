"""Schemas that were read before: files of the user's own cache with names, types and keys, no data and no texts of
statements, which might hold a secret.

A file is believed only while the database's fingerprint is the one it was written with; one that is damaged, of
another version, or open to others is as good as none.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from dbx import __version__, config
from dbx.database import Database
from dbx.dialects.base import State
from dbx.errors import UsageError
from dbx.redact import redact
from dbx.schema import kept, read, serial
from dbx.schema.listing import without_texts
from dbx.schema.model import Schema
from dbx.target import Url


def schema(database: Database, schemas: Sequence[str] = ()) -> Schema:
    """A whole database without its texts, from the cache where that is still true. Raises as dbx.schema.read.schema.

    Not within a transaction, whose tables may never be; and what was missing is asked for again each time.
    """
    mark = read.fingerprint(database) if database.connection.state is State.IDLE else ""
    path = place(database, schemas)
    found = load(path, mark) if mark else None
    if found is None:
        found = without_texts(read.schema(database, (), schemas))
        if mark and not found.missing:
            store(path, mark, kept.lines(found))
    return found


def known(database: Database, schemas: Sequence[str] = ()) -> Schema | None:
    """What the cache has of a database, if that is still true; nothing is read for it but the fingerprint."""
    mark = read.fingerprint(database) if database.connection.state is State.IDLE else ""
    return load(place(database, schemas), mark) if mark else None


def place(database: Database, schemas: Sequence[str] = ()) -> Path:
    """The file for a target, its user and these schemas."""
    return file(database.target.url, schemas)


def file(url: Url, schemas: Sequence[str] = ()) -> Path:
    """The file of that URL. Its name tells nobody which: it is a hash."""
    name = str(Path(url.database).absolute()) if url.backend == "sqlite" and url.database else url.database
    key = [url.backend, url.host, url.port, name, url.user or "", sorted(schemas)]
    digest = sha256(json.dumps(key).encode("utf-8", "backslashreplace")).hexdigest()
    return config.cache_path() / "schema" / f"{digest[:40]}.json"


def load(path: Path, mark: str) -> Schema | None:
    """What was stored under this fingerprint by this version; None when there is nothing of the kind."""
    with suppress(*_DAMAGED):
        found = _read(path)
        if found and found[0] == _head(mark, found[1]):
            return kept.whole(found[1].splitlines())
    return None


def held(database: Database, schemas: Sequence[str] = ()) -> tuple[str, kept.Kept] | None:
    """What was stored last, and its fingerprint: whether that is still true is yet to be asked. Nothing is sent."""
    with suppress(*_DAMAGED):
        found = _read(place(database, schemas))
        if found:
            mark = str(json.loads(found[0])["fingerprint"])
            if found[0] == _head(mark, found[1]):
                return mark, kept.kept(found[1].splitlines())
    return None


_DAMAGED = (OSError, UsageError, ValueError, TypeError, KeyError)


def names(url: Url) -> Iterator[str]:
    """What has rows in the schema that was kept of a URL, whether that is still true or not. Raises OSError,
    ValueError for a damaged file."""
    _, document = _read(file(url)) or (b"", b"")
    return kept.names(document.splitlines())


def _read(path: Path) -> tuple[bytes, bytes] | None:
    """The first line and the rest of a file that is the user's own."""
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            return None
        return stream.readline(), stream.read()


def store(path: Path, mark: str, written: Iterable[str]) -> None:
    """Write the lines of a schema, whole or not at all. What looks as if it held a secret is not kept."""
    lines = []
    for line in written:
        if redact(line) != line:
            return
        lines.append(serial.encoded(line))
    document = b"\n".join(lines)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = mkstemp(prefix=".", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_head(mark, document) + document)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)


def _head(mark: str, document: bytes) -> bytes:
    """The first line: who wrote the file, for which state of the database, and the hash of the rest."""
    head = {"dbx": __version__, "layout": 3, "fingerprint": mark, "sha256": sha256(document).hexdigest()}
    return json.dumps(head).encode() + b"\n"
