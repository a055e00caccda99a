"""The SQL that a text would become, of what is known only."""

from pathlib import Path
from typing import Any

import pytest
from completing import python, sql

from dbx import sample
from dbx.config import Config
from dbx.database import Database
from dbx.language.translator import Translator
from dbx.rows import Statement
from dbx.schema import read
from dbx.schema.known import Known
from dbx.shell.preview import Preview, Previewer
from dbx.sql.texts import units
from dbx.target import parse

EXPRESSIONS = [
    "len(track)",
    "track[:3]",
    "[t.name for t in track if t.album.artist.name == 'AC/DC'][:2]",
    "{i.customer.country: sum(i.total) for i in invoice if i.customer.state is not None}",
    "[', '.join(sorted(t.name for t in a.track)) for a in album]",
    "sorted(track, key=lambda t: nulls_last(t.composer))",
    "select(track.c.name).where(track.c.track_id.in_([1, 2]))",
    "[t.update(unit_price=1.29) for t in track if t.genre.name == 'Rock']",
    "[(c.first_name, len(c.invoice)) for c in customer if 'x' in c.email]",
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    sample.create(tmp_path / "shop.db")
    return Database(parse(str(tmp_path / "shop.db"), Config()))


def known(database: Database) -> Known:
    found = Known()
    found.learn_all(read.schema(database))
    return found


def previewer(database: Database, **session: Any) -> Previewer:
    translate = Translator(database, {})
    translate.session.update(session)
    return Previewer(database, known(database), translate)


def preview(database: Database, text: str) -> Preview:
    return previewer(database)(text, 80)


@pytest.mark.parametrize("connected", [False, True], ids=["before the engine is made", "after"])
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_it_is_the_sql_that_will_run(database: Database, text: str, connected: bool) -> None:
    if connected:
        assert database.engine
    found = previewer(database)(text, 100)
    assert bool(database.engine_made) is connected
    (unit,) = units([text], database.dialect.syntax)
    assert [found.sql] == [statement.shown for statement in Translator(database, {})(unit)]


def test_nothing_is_ever_sent(database: Database) -> None:
    made = previewer(database)
    sent: list[str] = []
    database.connection.call(lambda raw: raw.set_trace_callback(sent.append))
    for text in [*EXPRESSIONS, "[t.nme for t in track]", "nothing", "[t for t in track if t.x"]:
        made(text, 80)
    assert sent == [] and database.engine_made is None


def test_a_table_that_was_not_read_is_waited_for(database: Database) -> None:
    learning = Known()
    made = Previewer(database, learning, Translator(database, {}))
    assert made("len(track)", 80) == Preview("len(track)", waits=True)
    learning.learn_all(read.schema(database))
    assert made("len(track)", 80).sql == "SELECT count(*) AS count FROM track AS t"


def test_the_names_of_the_session_are_known_and_stay_as_they_are(database: Database) -> None:
    translate = Translator(database, {"n": 3})
    (unit,) = units(["rock = select(track.c.name).where(track.c.genre_id == n)"], database.dialect.syntax)
    assert list(translate(unit)) == []
    made = Previewer(database, known(database), translate)
    found = made("rock.where(track.c.track_id > 5)", 200)
    # one table, not the same one twice
    assert found.sql == "SELECT track.name FROM track WHERE track.genre_id = 3 AND track.track_id > 5"
    assert made("x = track[:2]; x", 200).sql
    assert made("len(x)", 200).message.startswith("there is no 'x'")
    assert "x" not in translate.session and "_" not in translate.session


def test_of_a_question_about_an_expression_it_is_the_expressions(database: Database) -> None:
    assert preview(database, "explain(track[:2])").sql == preview(database, "track[:2]").sql
    assert "`" not in preview(database, "sql(track, 'sqlite')").sql
    assert preview(database, "sql(track[:1], 'mysql')").sql.endswith("LIMIT 1")


def test_why_there_is_none_and_where(database: Database) -> None:
    found = preview(database, "[t.titel for t in track]")
    assert found.place and (found.place.column, found.place.end_column) == (2, 9)
    assert found.message.startswith("'track' has no column, reference or collection 'titel'  did you mean")
    assert found.fix == "[t.album.title for t in track]" and found.message.endswith("(F2)")
    assert preview(database, "[t.name for t in trak]").fix == "[t.name for t in track]"
    assert preview(database, "lenn(track)").fix == "len(track)"
    assert preview(database, "[1 2]").message.startswith("invalid syntax")
    assert preview(database, "x = " + "(" * 100).message.startswith("brackets nested deeper than 64")


def test_while_something_is_open_it_is_that_of_the_text_that_closes_it(database: Database) -> None:
    found = preview(database, "[t.name for t in track if t.name == 'x")
    assert found.place and found.sql == "SELECT t.name FROM track AS t WHERE t.name = 'x'"
    assert preview(database, "[t.name for t in").message == "'[' was never closed"


def test_a_name_that_is_being_typed_is_not_found_fault_with(database: Database) -> None:
    assert preview(database, "trac") == Preview("trac")
    assert preview(database, "[t.name for t in trac").message == "'[' was never closed"


def test_of_sql_commands_and_long_texts_there_is_none(database: Database) -> None:
    for text in ("select 1", "\\d track", "len(track)" + " " * 10_000, ""):
        assert preview(database, text) == Preview(text)


def test_a_key_that_was_declared_is_in_the_menus_and_in_the_sql(database: Database) -> None:
    made = "create view sale as select invoice_id, customer_id as buyer from invoice"
    database.connection.run(Statement(made))
    what = known(database)
    translate = Translator(database, {})
    show = Previewer(database, what, translate)
    texts = ("[s.buyer.email for s in sale]", "[len(c.sale) for c in customer]")
    assert not any(show(text, 80).sql for text in texts)
    translate.declare("sale.buyer -> customer.customer_id")
    what.declare(translate.declared)
    for text in texts:
        (unit,) = units([text], database.dialect.syntax)
        (statement,) = translate(unit)
        assert show(text, 100).sql == statement.shown
    assert python("[s.buyer.em| for s in sale]", what=what)[:1] == ["email"]
    assert "sale" in python("[c.sal| for c in customer]", what=what)
    assert sql("select * from customer c join sale s on |", what=what)[:1] == ["s.buyer = c.customer_id"]
    assert sql("select * from customer c join sal|", what=what)[:1] == ["sale on sale.buyer = c.customer_id"]
    sql("select * from sale where buyer = |", what=what)
    goals = list(what.referenced.wanted)
    assert [(goal.table, goal.column, goal.beside) for goal in goals] == [("customer", "customer_id", "first_name")]
