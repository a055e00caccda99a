"""One SELECT under construction: what it reads from, joined how, under which conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import FromClause, true

from dbx.language.values.kinds import Ordering, Row, Scalar, Sql
from dbx.schema.model import ForeignKey, Table


@dataclass(slots=True, eq=False)
class Anchor:
    """A table, view or subquery in a FROM clause, by its alias.

    `on` joins it to `base` when both end up in the same SELECT; when `base` is outside, it correlates them.
    `optional` says that the row may be missing, because this or something before it is a LEFT JOIN.
    """

    frame: Frame
    selectable: FromClause
    columns: Mapping[str, Scalar]
    model: Table | None = None
    on: Sql | None = None
    base: Anchor | None = None
    left: bool = False
    optional: bool = False
    joined: list[Anchor] = field(default_factory=list)
    hops: dict[ForeignKey, Anchor] = field(default_factory=dict)
    hop: bool = False
    unique: tuple[Sql, ...] = ()
    """Columns of a subquery that no two of its rows share: what it was grouped by."""

    @property
    def root(self) -> Anchor:
        """The first of the chain of joins this one is part of."""
        anchor = self
        while anchor.base is not None and anchor.frame.home is anchor.base.frame.home:
            anchor = anchor.base
        return anchor

    def line(self) -> Iterable[Anchor]:
        """This row and those it was reached through: all missing when the first is."""
        anchor: Anchor | None = self
        while anchor is not None and anchor.optional:
            yield anchor
            anchor = anchor.base


@dataclass(slots=True, eq=False)
class Frame:
    """`roots` are separate FROM elements; `joined` of each are those joined to it, in the order they were needed."""

    roots: list[Anchor] = field(default_factory=list)
    where: list[Sql] = field(default_factory=list)
    having: list[Scalar] = field(default_factory=list)
    windowed: list[Scalar] = field(default_factory=list)
    order: list[Ordering] = field(default_factory=list)
    presort: list[Ordering] = field(default_factory=list)
    """The order in which rows have to reach an aggregate that cannot sort them itself."""
    merged: Frame | None = None

    @property
    def home(self) -> Frame:
        """The frame this one became part of, when a query was the source of another."""
        frame = self
        while frame.merged is not None:
            frame = frame.merged
        return frame

    def add(self, anchor: Anchor) -> None:
        """Read from one more: joined to its base if that is here, else side by side."""
        anchor.frame = self
        if anchor.base is not None and anchor.base.frame.home is self:
            anchor.base.root.joined.append(anchor)
        else:
            self.roots.append(anchor)

    def attach(self, anchor: Anchor, on: Sql, left: bool) -> None:
        """Join one that has no base of its own to everything read so far."""
        first = self.roots[0]
        for other in self.roots[1:]:
            other.base, other.on = first, true()
            first.joined += [other, *other.joined]
            other.joined = []
        del self.roots[1:]
        anchor.frame, anchor.base, anchor.on, anchor.left, anchor.optional = self, first, on, left, left
        first.joined.append(anchor)

    def absorb(self, other: Frame) -> None:
        """Make another frame's sources and conditions part of this one."""
        roots = other.roots
        other.merged = self
        for root in roots:
            joined, root.joined = root.joined, []
            if root.base is not None and root.base.frame.home is self and root.base is not root:
                root.base.root.joined += [root, *joined]
            else:
                root.joined = joined
                self.roots.append(root)
        self.where += other.where
        self.having += other.having
        self.windowed += other.windowed
        self.order += other.order
        self.presort += other.presort

    def anchors(self) -> Iterable[Anchor]:
        for root in self.roots:
            yield root
            yield from root.joined

    def correlated(self) -> list[Sql]:
        """The ON conditions of those whose base is outside: they become part of WHERE."""
        return [root.on for root in self.roots if root.on is not None]

    def from_clauses(self) -> list[FromClause]:
        clauses: list[FromClause] = []
        for root in self.roots:
            clause: FromClause = root.selectable
            for anchor in root.joined:
                clause = clause.join(anchor.selectable, anchor.on, isouter=anchor.left)
            clauses.append(clause)
        return clauses

    def require(self, anchors: Iterable[Anchor]) -> None:
        """A condition fails where these rows are missing: their LEFT JOINs are as good as inner ones.

        Only for joins along a foreign key: whoever wrote outer() gets the LEFT JOIN shown that was asked for.
        """
        for anchor in anchors:
            if anchor.frame.home is self and anchor.hop:
                anchor.left = anchor.optional = False


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """A foreign key that an expression has followed, for who asks why there is a join.

    `anchor` is None where none was needed. What made it optional then: `nullable` columns of the key, or that its base
    may be `missing` itself.
    """

    base: Row
    name: str
    key: ForeignKey
    anchor: Anchor | None
    nullable: tuple[str, ...] = ()
    missing: bool = False
    collection: bool = False
