"""A known schema, and what is completed in a text where | is the cursor."""

from __future__ import annotations

from dbx import registry
from dbx.schema.known import Known
from dbx.schema.model import Column, ForeignKey, Key, Part, Schema, Table
from dbx.schema.objects import Check, Enum, Routine
from dbx.shell.completion.python import Python
from dbx.shell.completion.sql import Sql


def table(
    name: str, columns: str, *keys: ForeignKey, schema: str | None = None, primary: str = "", **more: object
) -> Table:
    """`columns`: 'album_id int, title str?'"""
    made = [part.split() for part in columns.split(",")]
    found = tuple(
        [
            Column(each[0].replace("~", " "), each[1].rstrip("?"), each[1].endswith("?"), each[1].rstrip("?"))
            for each in made
        ]
    )
    first = primary or found[0].name
    return Table(name, schema, found, Key("", tuple([Part(each) for each in first.split("+")])), keys, **more)  # type: ignore[arg-type]


def key(columns: str, target: str, theirs: str = "", schema: str | None = None) -> ForeignKey:
    return ForeignKey("", tuple(columns.split("+")), schema, target, tuple((theirs or columns).split("+")))


def music(schema: str | None = None) -> tuple[Table, ...]:
    def to(columns: str, target: str, theirs: str = "") -> ForeignKey:
        return key(columns, target, theirs, schema)

    status = (Check("", "status IN ('new', 'paid', 'it''s off')"),)
    return (
        table("artist", "artist_id int, name str", schema=schema),
        table("album", "album_id int, title str, artist_id int", to("artist_id", "artist"), schema=schema),
        table(
            "track",
            "track_id int, name str, album_id int?, milliseconds int, explicit bool, released date?",
            to("album_id", "album"),
            schema=schema,
        ),
        table("playlist", "playlist_id int, name str", schema=schema),
        table(
            "playlist_track",
            "playlist_id int, track_id int",
            to("playlist_id", "playlist"),
            to("track_id", "track"),
            schema=schema,
            primary="playlist_id+track_id",
        ),
        table(
            "invoice",
            "invoice_id int, customer_id int, total decimal, status str, mood enum",
            to("customer_id", "customer"),
            schema=schema,
            checks=status,
        ),
        table(
            "customer",
            "customer_id int, name str, support_id int?",
            to("support_id", "employee", "employee_id"),
            schema=schema,
        ),
        table(
            "employee",
            "employee_id int, last_name str, reports_to int?",
            to("reports_to", "employee", "employee_id"),
            schema=schema,
        ),
        table("Order Line", "id int, Unit~Price decimal, group str", schema=schema),
    )


def known(dialect: str = "sqlite") -> Known:
    found = Known()
    place = "public" if dialect == "postgresql" else None
    tables = music(place)
    mood = [each._replace(type="mood") if each.name == "mood" else each for each in tables[5].columns]
    tables = (*tables[:5], tables[5]._replace(columns=tuple(mood)), *tables[6:])
    if dialect == "postgresql":
        found.learn_schemas("public", ("log", "public"))
        tables = (*tables, table("entry", "entry_id int, text str", schema="log"))
    enums = (Enum("mood", place, ("sad", "so-so", "happy")),)
    found.learn_all(Schema(dialect, tables, enums=enums, routines=(Routine("total_of", place, arguments="id int"),)))
    return found


def sql(text: str, dialect: str = "sqlite", *, asked: bool = True, what: Known | None = None) -> list[str]:
    """The candidates at | in their order; the whole text up to and with the candidate, if it replaces something."""
    before, _, after = text.partition("|")
    engine = registry.load(dialect)
    _, found = Sql(what or known(dialect), engine).complete(before, after, asked=asked)
    return [each.text for each in found]


def python(
    text: str, *, asked: bool = True, what: Known | None = None, session: dict[str, object] | None = None
) -> list[str]:
    found = what or known()
    before, _, after = text.partition("|")
    return [
        each.text
        for each in Python(found, Sql(found, registry.load("sqlite")).names).complete(
            before, after, session or {}, asked=asked
        )[1]
    ]
