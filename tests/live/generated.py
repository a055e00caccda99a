"""Schemas, data and comprehensions made at random, and the same data as Python's objects."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

WORDS = [None, "", "a", "A", "ab", "b%", "_", "o'o", "ö x", "10"]
NUMBERS = [None, 0, 1, 2, 3, -1, -7, 100]
REALS = [None, 0.0, 0.5, -2.5, 3.25]
TRUTHS = [None, True, False]
DAYS = [None, dt.date(2023, 12, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 1)]


@dataclass(frozen=True)
class World:
    """A parent and a child table; the child refers to the parent, or to nothing, and to another of its own kind."""

    parents: tuple[tuple[Any, ...], ...]
    children: tuple[tuple[Any, ...], ...]
    required: bool

    @property
    def ddl(self) -> str:
        need = " not null" if self.required else ""
        return f"""
create table owner (id integer primary key, name varchar(20), size integer);
create table item (id integer primary key, owner_id integer{need}, next_id integer, n integer not null, m integer,
    word varchar(20) not null, note varchar(20), x {{double}}, flag boolean, day date,
    foreign key (owner_id) references owner (id), foreign key (next_id) references item (id));
"""

    @property
    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        return {"owner": list(self.parents), "item": sorted(self.children, key=lambda row: row[0])}


class Row:
    """A row for Python: its columns, what its keys lead to, and what refers to it. True, as any object is."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and vars(self)["id"] == vars(other)["id"]

    def __hash__(self) -> int:
        return hash(vars(self)["id"])


class Nothing:
    """What a foreign key that is NULL leads to: every column of it is None, and it leads on to nothing."""

    def __getattr__(self, name: str) -> Any:
        return Nothing() if name in ("owner", "next") else None

    def __bool__(self) -> bool:
        return False


OWNER = ("id", "name", "size")
ITEM = ("id", "owner_id", "next_id", "n", "m", "word", "note", "x", "flag", "day")


def python(world: World) -> dict[str, list[Any]]:
    owners = {row[0]: Row(**dict(zip(OWNER, row, strict=True)), items=[]) for row in world.parents}
    items = {row[0]: Row(**dict(zip(ITEM, row, strict=True))) for row in world.children}
    for item in items.values():
        held = vars(item)
        held["owner"] = owners.get(held["owner_id"], Nothing())
        held["next"] = items.get(held["next_id"], Nothing())
        if held["owner_id"] is not None:
            vars(owners[held["owner_id"]])["items"].append(item)
    return {"owner": list(owners.values()), "item": list(items.values())}


def worlds() -> st.SearchStrategy[World]:
    @st.composite
    def make(draw: Any) -> World:
        pick = st.sampled_from
        parents = tuple(
            (number, draw(pick(WORDS)), draw(pick(NUMBERS))) for number in range(1, draw(st.integers(1, 4)) + 1)
        )
        required = draw(st.booleans())
        owners = [row[0] for row in parents] + ([] if required else [None])
        children = tuple(
            (
                number, draw(pick(owners)), draw(pick([None, *range(1, number)])),
                draw(pick([n for n in NUMBERS if n is not None])), draw(pick(NUMBERS)),
                draw(pick([w for w in WORDS if w is not None])), draw(pick(WORDS)), draw(pick(REALS)),
                draw(pick(TRUTHS)), draw(pick(DAYS)),
            )
            for number in range(1, draw(st.integers(0, 7)) + 1)
        )  # fmt: skip
        return World(parents, children, required)

    return make()


# Whatever may be NULL stands only where Python's None does the same as SQL's NULL: in tests of truth, `is`, == and in.
numbers = st.sampled_from(["i.n", "i.id", "len(i.word)", "i.n * 2 - 3", "i.n // 2", "i.n % 3", "-i.n", "abs(i.n)",
                           "(i.m or 7)", "(i.n if i.flag else 0)", "max(i.n, 1)", "i.word.find('a')", "int(i.n / 2)",
                           "(i.n & 3)", "i.n // -3", "i.n % -3", "len([j for j in item if j.n == i.n])",
                           "sum(j.n for j in item if j.word == i.word)", "len({j.note for j in item})"])  # fmt: skip
texts = st.sampled_from(["i.word", "i.word + '!'", "i.word[1:]", "i.word[:-1]", "i.word[0:1]", "f'{i.word}/{i.n}'",
                         "(i.note or 'none')", "i.word.replace('a', 'xy')", "i.word.zfill(3)", "str(i.n)",
                         "('big' if i.n > 2 else 'small')", "i.word.removeprefix('a')", "i.word.rjust(4, '.')"])  # fmt: skip
tests = st.one_of(
    st.builds("{0} {1} {2}".format, numbers, st.sampled_from(["<", "<=", "==", "!=", ">", ">="]),
              st.sampled_from(["0", "1", "2", "i.id"])),
    st.builds("{0} {1} {2!r}".format, texts, st.sampled_from(["==", "<", ">"]), st.sampled_from(["a", "ab", "", "10!"])),
    st.builds("{0!r} {1} {2}".format, st.sampled_from(["a", "%", "_", "'", ""]), st.sampled_from(["in", "not in"]), texts),
    st.builds("({0}).{1}({2!r})".format, texts, st.sampled_from(["startswith", "endswith"]),
              st.sampled_from(["a", "", "%", "_"])),
    st.sampled_from([
        "i.note", "i.m", "i.x", "i.flag", "i.day", "i.owner", "i.next", "i.note is None", "i.m is not None",
        "i.flag is True", "i.flag is not False", "i.note and i.note == 'a'", "i.m is not None and i.m == 2", "i.m in (1, 2, None)",
        "i.note is not None and i.note in ('a', 'ab')",
        "i.owner.name and i.owner.name == 'a'", "i.next and i.next.word == 'a'",
        "i.next.next.n is not None and i.next.next.n == 1", "i.owner.size is None", "i.next.owner.name",
        "i.owner and len(i.owner.items) > 1", "i.owner and any(j.n > 1 for j in i.owner.items)", "i.note is i.word",
        "i.m is not i.n", "i.n in [j.m for j in item]", "i.m not in [j.m for j in item if j.m is not None] or i.m is None",
        "i.n not in [j.n for j in item if j.flag]", "i.day and i.day.year == 2024", "i.n in range(-3, 3, 2)",
        "i.word in {o.name for o in owner}", "any(j.n > i.n for j in item)", "all(j.n <= i.n for j in item)",
        "i.n == max(j.n for j in item)", "i.next_id is not None", "0 < i.n < 3",
        "i.owner and i.owner in [o for o in owner if o.size]", "(i.m or 0) in [j.m for j in item]",
    ]),
)  # fmt: skip
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.builds("(({0}) {1} ({2}))".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({0})".format, inner),
    ),
    max_leaves=4,
)
items = st.one_of(
    numbers, texts, st.builds("({0}, {1})".format, numbers, texts), st.builds("({0}, bool({1}))".format, numbers, tests),
    st.sampled_from(["(i.id, i.note, i.m)", "(i.word, i.owner.name)", "(i.id, i.next.owner.size)"]),
)  # fmt: skip
SHAPES = [
    "[{0} for i in item if {1}]",
    "{{{0} for i in item if {1}}}",
    "[{0} for o in owner for i in o.items if {1}]",
    "[{0} for i in sorted(item, key=lambda i: (-i.n, i.id)) if {1}][:3]",
    "[x for x in [i for i in item if {1}] if x.n > 0][:0]",
    "[x for x in {{{0} for i in item if {1}}}]",
    "len([{0} for i in item if {1}])",
    "len({{{0} for i in item if {1}}})",
    "any({1} for i in item)",
    "all({1} for i in item)",
    "[({0}, o.name) for o in owner for i in item if i.owner_id == o.id and ({1})]",
    "[o.name for o in owner if any({1} for i in o.items)]",
    "[(o.id, len(o.items), sum(i.n for i in o.items if {1})) for o in owner]",
    "[o.id for o in owner if not o.items or all({1} for i in o.items)]",
]
queries = st.builds(
    lambda shape, item, test: shape.format(item, test),
    st.sampled_from(SHAPES),
    items,
    conditions,
)
