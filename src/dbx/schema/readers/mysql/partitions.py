"""What MySQL and MariaDB write behind PARTITION BY."""

from __future__ import annotations

from dbx.schema.model import Partition, Partitioning
from dbx.schema.objects import Options
from dbx.schema.text.mysql import Tokens, options

_OPTIONS = ("ENGINE", "COMMENT", "DATA", "INDEX", "MAX_ROWS", "MIN_ROWS", "TABLESPACE", "NODEGROUP", "STORAGE")


def partitioning(text: str, at: int) -> Partitioning:
    """Where only the number of partitions is written, the server has named them itself: p0, p1, …, p0sp0, …"""
    tokens = Tokens(text, at)
    tokens.skip("PARTITION", "BY")
    by = _method(tokens)
    number = int(tokens.take()) if tokens.skip("PARTITIONS") else 0
    subpartition, subnumber = "", 0
    if tokens.skip("SUBPARTITION", "BY"):
        subpartition = _method(tokens)
        subnumber = int(tokens.take()) if tokens.skip("SUBPARTITIONS") else 0
    found = _list(tokens) or [Partition(f"p{each}") for each in range(number)]
    if subnumber:
        found = [each if each.parts else _subdivided(each, subnumber) for each in found]
    return Partitioning(by, subpartition, tuple(found))


def _subdivided(partition: Partition, number: int) -> Partition:
    return partition._replace(parts=tuple([(f"{partition.name}sp{each}", ()) for each in range(number)]))


def _method(tokens: Tokens) -> str:
    """RANGE COLUMNS (…), or SYSTEM_TIME and what goes with it, which has no parentheses."""
    start = tokens.start
    by_time = tokens.word == "SYSTEM_TIME"
    while tokens.kind and tokens.word not in ("PARTITIONS", "SUBPARTITION", "("):
        tokens.take()
    words = " ".join(tokens.text[start : tokens.end].split())
    return words if by_time else f"{words} ({tokens.group()})"


def _list(tokens: Tokens) -> list[Partition]:
    found = []
    if tokens.skip("("):
        while tokens.skip("PARTITION") or tokens.skip("SUBPARTITION"):
            found.append(_partition(tokens))
            tokens.skip(",")
        tokens.skip(")")
    return found


def _partition(tokens: Tokens) -> Partition:
    name, bound = tokens.name(), ""
    if tokens.kind == "word" and tokens.word not in _OPTIONS:
        bound = tokens.expression("(", *_OPTIONS)
        if bound.endswith(("THAN", "IN")):
            bound += f" ({tokens.group()})"
    said = options(tokens)
    comment = said.pop("comment", None)
    parts = [(each.name, _with_comment(each)) for each in _list(tokens)]
    return Partition(name, bound, comment, tuple(sorted(said.items())), tuple(parts))


def _with_comment(part: Partition) -> Options:
    comment = (("comment", part.comment),) if part.comment is not None else ()
    return tuple(sorted((*part.options, *comment)))
