"""A schema in which every field of the model has a value that is not its default."""

from __future__ import annotations

from dbx.schema.model import (
    Column,
    Exclusion,
    ForeignKey,
    Identity,
    Index,
    Key,
    Part,
    Partition,
    Partitioning,
    Schema,
    Table,
)
from dbx.schema.objects import (
    Attribute,
    Check,
    Composite,
    Domain,
    Enum,
    Event,
    Extension,
    Grant,
    Missing,
    Name,
    Namespace,
    Other,
    Policy,
    Range,
    Reference,
    Routine,
    Sequence,
    Server,
    Trigger,
)

O = (("option", "value"),)  # noqa: E741
G = (Grant("reader", ("SELECT",), True, "app"),)
D = (Reference("needed", "s", "function", "integer"),)
PART = Part("a", None, True, "last", "C", "text_ops", 7, O)
KEY = Key("k", (PART, Part(None, "lower(a)")), ("b",), "DEFERRABLE", False, "hash", "note", O)
LINK = ForeignKey("f", ("a",), "s", "goal", ("id",), "CASCADE", "SET NULL", ("a",), "FULL", "DEFERRABLE", False, False, True, "note", O)  # fmt: skip
COLUMN = Column("a", "integer", False, "int", "1", "", False, None, None, "C", False, True, "note", G, O)
TABLE = Table(
    "t",
    "s",
    (
        COLUMN,
        Column("b", "integer", family="int", generated="stored", expression="a + 1"),
        Column("counted", "integer", family="int", automatic=True),
        Column("unseen", "integer", family="int", hidden=True),
        Column("c", "integer", family="int", identity=Identity(True, 2, 3, 1, 9, 5, True, O, G)),
    ),
    KEY,
    (LINK,),
    (KEY,),
    "table",
    (Check("c", "a > 0", "a", False, False, True, True, "note", O),),
    (Exclusion("x", "gist", (PART,), ("=",), ("b",), "a > 0", "DEFERRABLE", "note", O),),
    (Index("i", (PART,), True, "gin", "a > 0", ("b",), False, False, "CREATE INDEX", "note", Name("up", "s"), O),),
    Partitioning("HASH (a)", "KEY (b)", (Partition("p", "0", "note", O, (("sub", O),)),)),
    (Name("parent", "s"),),
    None,
    "CREATE TABLE",
    None,
    "app",
    "note",
    G,
    D,
    O,
)
CHILD = Table("child", "s", (Column("a", "integer"),), parents=(Name("t", "s"),), bound="FOR VALUES IN (1)")
GOAL = Table("goal", "s", (Column("id", "integer", False),), Key("", (Part("id"),)))
VIEW = Table("v", "s", (Column("a", "integer"),), kind="view", query="SELECT 1 AS a")
SAMPLE = Schema(
    "other",
    (TABLE, CHILD, GOAL, VIEW),
    (Namespace("s", "app", "note", G, O),),
    (Extension("e", "s", "1", "note", O),),
    (Enum("mood", "s", ("sad",), "app", "note", G),),
    (Domain("d", "s", "text", False, "'x'", "C", (Check("c", "VALUE <> ''"),), "app", "note", G, D, O),),
    (Composite("place", "s", (Attribute("street", "text", "C", "note"),), "app", "note", G, D),),
    (Range("span", "s", "integer", "app", "note", G, D, O),),
    (Sequence("q", "s", "bigint", 1, 2, 3, 4, 5, True, ("t", "a"), "app", "note", G, O),),
    (Routine("f", "s", "procedure", "x integer", "integer", "sql", "CREATE FUNCTION", "app", "note", G, D, O),
     Routine("g", "s", "function", "y integer")),
    (Trigger("r", "s", "t", "BEFORE", ("INSERT",), "STATEMENT", "a > 0", "s.f", "CREATE TRIGGER", "disabled", "DEFERRABLE", "note", D, O),),
    (Policy("p", "s", "t", "SELECT", ("app",), False, "a > 0", "a > 1", "note"),),
    (Event("n", "s", "EVERY 1 DAY", "ENABLED", "CREATE EVENT", "note", O),),
    (Server("far", "fdw", "type", "1", "app", "note", G, O),),
    (Other("o", "s", "rule", "CREATE RULE", "t", "app", "note", D, O),),
    (Missing("gone", "s", "table", "denied"),),
    O,
)  # fmt: skip
