"""What was looked at, and how it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dbx.errors import DbxError
from dbx.redact import redact
from dbx.rows import Batch, Cell, Column, Rows

OK, NOTE, WARNING, FAILED = "ok", "note", "warning", "failed"


class Finding(NamedTuple):
    """`state`: ok, note (could be otherwise), warning (should be otherwise) or failed. `todo` says what to do."""

    check: str
    state: str
    found: str
    todo: str = ""


def rows(findings: Iterable[Finding]) -> Rows:
    """The findings as they may be shown: each a line, without secrets."""
    return Rows(list(map(Column, ("check", "state", "found", "what to do"))), _batches(findings))


def _batches(findings: Iterable[Finding]) -> Iterator[Batch]:
    """One batch, before the error that ended them."""
    lines: list[tuple[Cell, ...]] = []
    try:
        for found in findings:
            lines.append((found.check, found.state, _plain(found.found), _plain(found.todo) or None))
    except DbxError:
        yield lines
        raise
    yield lines


def _plain(text: str) -> str:
    return redact(" ".join(text.split()))
