"""x"""

from __future__ import annotations

from dbx.schema import diff
from dbx.schema.diff import Diff
from dbx.schema.model import Schema


def compare(before: Schema, after: Schema, ignore: set[str]) -> Diff:
    return diff.compare(before, after, ignore)
