"""A SQLite file that is to be made: nothing makes one by accident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbx.target import Url


def to_create(url: Url) -> Url:
    """The URL, of which opening makes the file if it is not there; of another kind of database as it is."""
    if url.backend != "sqlite" or "mode" in url.query:
        return url
    return url.replace(query={**url.query, "mode": "rwc"})


@contextmanager
def made(url: Url, *, keep: bool) -> Iterator[None]:
    """A file that was not there is not there again behind it, after an error or without `keep`."""
    file = Path(url.database or "")
    fresh = url.backend == "sqlite" and url.query.get("mode") == "rwc" and not file.exists()
    try:
        yield
    except BaseException:
        keep = False
        raise
    finally:
        if fresh and not keep:
            file.unlink(missing_ok=True)
