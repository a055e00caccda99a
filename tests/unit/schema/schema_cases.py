"""A small schema with something of every kind, made by hand, for those who write it or read it back.

`python tests/unit/schema/schema_cases.py` writes the snapshots anew.
"""

from __future__ import annotations

from pathlib import Path

from dbx.formats import Style, load
from dbx.schema.listing import ordered
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
from dbx.schema.writers import WRITERS, Look

BUYER = Table(
    "buyer",
    "shop",
    (
        Column("id", "integer", False, "int", automatic=True, identity=Identity(True, 1, 1, 1, 2147483647)),
        Column("name", "text", collation="C", comment="as on the bill"),
        Column("mood", "shop.mood", default="'so-so'::shop.mood", family="enum"),
    ),
    Key("buyer_pkey", (Part("id"),)),
    unique=(Key("buyer_name_key", (Part("name"), Part("mood")), deferrable="INITIALLY DEFERRED"),),
    checks=(Check("name_given", "name <> ''::text"),),
    owner="app",
    comment="who pays",
    grants=(Grant("", ("SELECT",)),),
    options=(("row security", "enabled"),),
)
BILL = Table(
    "bill",
    "shop",
    (
        Column("id", "bigint", False, "int"),
        Column("buyer_id", "integer", False, "int"),
        Column("net", "numeric(12,2)", family="decimal", default="0"),
        Column("gross", "numeric", family="decimal", generated="stored", expression="net * 1.19"),
    ),
    Key("bill_pkey", (Part("id"), Part("buyer_id"))),
    (ForeignKey("bill_buyer", ("buyer_id",), "shop", "buyer", ("id",), on_delete="CASCADE", deferrable="DEFERRABLE"),),
    exclusions=(Exclusion("one_at_a_time", "gist", (Part("buyer_id"),), ("=",)),),
    indexes=(
        Index("by_net", (Part("net", descending=True, nulls="last"),), predicate="net > 0", include=("gross",)),
        Index("by_text", (Part(None, "lower(x)", opclass="gin_trgm_ops"),), unique=True, method="gin"),
    ),
    partitioning=Partitioning("HASH (id)", partitions=(Partition("p0", "0", parts=(("s0", ()),)),)),
)
PART = Table("bill_1", "shop", BILL.columns[:1], parents=(Name("bill", "shop"),), bound="FOR VALUES IN (1)")
VIEW = Table(
    "rich",
    None,
    (Column("id", "integer"),),
    kind="view",
    query="SELECT id FROM shop.bill",
    depends=(Reference("bill", "shop"),),
)

SCHEMA = Schema(
    "other",
    tables=(VIEW, BILL, PART, BUYER),
    namespaces=(Namespace("shop", "app"),),
    extensions=(Extension("pg_trgm", "public", "1.6"),),
    enums=(Enum("mood", "shop", ("sad", "so-so", "happy")),),
    domains=(Domain("zip", "shop", "text", False, checks=(Check("zip_check", "VALUE ~ '^[0-9]+$'"),)),),
    composites=(Composite("place", "shop", (Attribute("street", "text"), Attribute("zip", "shop.zip"))),),
    ranges=(Range("span", "shop", "integer"),),
    sequences=(Sequence("numbers", "shop", "bigint", 1, 1, 1, 9223372036854775807, 1, owned_by=("bill", "id")),),
    routines=(
        Routine("add", "shop", arguments="a integer, b integer", returns="integer", definition="CREATE FUNCTION …"),
    ),
    triggers=(Trigger("stamp", "shop", "bill", "BEFORE", ("INSERT", "UPDATE OF net"), function="shop.stamp"),),
    policies=(Policy("own", "shop", "buyer", "SELECT", ("app",), using="(name = CURRENT_USER)"),),
    events=(Event("nightly", None, "EVERY 1 DAY", "ENABLED"),),
    servers=(Server("elsewhere", "postgres_fdw"),),
    others=(Other("keep", "shop", "rule", "CREATE RULE …", "bill"),),
    missing=(Missing("secret", "shop", "table", "permission denied for table secret"),),
    options=(("encoding", "UTF8"),),
)

SNAPSHOTS = Path(__file__).parents[2] / "snapshots" / "schema"


def written(name: str, schema: Schema, look: Look = Look()) -> bytes:  # noqa: B008  (a NamedTuple cannot change)
    """What `-f name` puts out."""
    writer = WRITERS[name]
    rows, style = writer.load()(schema, look), Style()
    return b"".join(rows.written(lambda source: load(writer.format or "tsv").write(source, style)))


def snapshots() -> dict[str, bytes]:
    """What each writer makes of the sample."""
    whole, look = ordered(SCHEMA), Look(estimates={Name("bill", "shop"): 12345})
    found = {f"whole.{name}": written(name, whole, look) for name in WRITERS}
    for name in ("tree", "table", "csv"):
        for columns in ("keys", "none"):
            found[f"{columns}.{name}"] = written(name, whole, look._replace(columns=columns))
    return found


if __name__ == "__main__":
    SNAPSHOTS.mkdir(exist_ok=True)
    for file, data in snapshots().items():
        (SNAPSHOTS / file).write_bytes(data)
