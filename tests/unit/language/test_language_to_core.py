"""to_core(q): run as a program, it makes the statement that dbx made, on every server."""

from __future__ import annotations

import re
from typing import Any

import pytest
from shop import Shop
from snapshot_cases import CASES, dialects
from sqlalchemy import Dialect, column, select, table
from test_language_examples import CASES as EXAMPLES

from dbx.errors import LanguageError
from dbx.language.program.to_core import program
from dbx.language.translation import Answer, translate

MARK = re.compile(r"%%|%\((?P<name>\w+)\)s|:(?P<other>[a-z_]\w*)|\?|%s")
DIALECTS = dialects()
TEXTS = {**CASES, **{text: text for text in EXAMPLES}}


@pytest.fixture(scope="module")
def core_shop() -> Shop:
    return Shop()


def compiled(statement: Any, dialect: Dialect) -> tuple[str, list[Any]]:
    """The SQL with marks for its parameters, and their values in order as the driver would get them."""
    found = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    values: list[Any] = []

    def mark(match: re.Match[str]) -> str:
        name = match["name"] or match["other"]
        if name in found.params:
            values.append(sent(found, name, found.params[name]))
            return "¿"
        return match[0]

    sql = MARK.sub(mark, str(found))
    if found.positional:
        values = [sent(found, name, found.params[name]) for name in found.positiontup or ()]
    return sql, values


def sent(found: Any, name: str, value: Any) -> Any:
    process = found._bind_processors.get(name)
    value = process(value) if callable(process) else value
    return str(value) if type(value).__name__ in ("Decimal", "float") else value


def run(code: str, shop: Shop) -> Any:
    space: dict[str, Any] = {"engine": shop.engine}
    exec(code, space)
    return space["query"]


def check(shop: Shop, text: str, dialect: Dialect) -> str:
    """The program of a text, which makes the same SQL with the same values."""
    try:
        query = [each for each in translate(text, shop.names, {}, dialect=dialect) if not isinstance(each, Answer)][-1]
    except LanguageError as error:
        assert error.code in ("E-DIALECT", "E-TYPE", "E-WRITE"), error
        return ""
    code = program(query.statement, dialect)
    again = run(code, shop)
    expected, found = compiled(query.statement, dialect), compiled(again, dialect)
    assert found == expected, code
    return code


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("case", TEXTS)
def test_the_program_makes_the_same_statement(case: str, name: str, core_shop: Shop) -> None:
    check(core_shop, TEXTS[case], DIALECTS[name])


NAVIGATION = """\
from sqlalchemy import MetaData, Table, select

metadata = MetaData()
track = Table("track", metadata, autoload_with=engine)
t = track.alias("t")
artist = Table("artist", metadata, autoload_with=engine)
ar = artist.alias("ar")
album = Table("album", metadata, autoload_with=engine)
a = album.alias("a")

query = (
    select(t.c.name, ar.c.name.label("album_artist_name"))
    .select_from(t.outerjoin(a).outerjoin(ar))
    .where(t.c.ms > 300)
    .limit(5)
)"""


def code(shop: Shop, text: str, dialect: str = "sqlite") -> str:
    (query,) = translate(text, shop.names, {}, dialect=DIALECTS[dialect])
    assert not isinstance(query, Answer)
    return program(query.statement, DIALECTS[dialect])


def test_it_reads_like_what_people_write(core_shop: Shop) -> None:
    found = code(core_shop, "[(t.name, t.album.artist.name) for t in track if t.ms > 300][:5]")
    joins = (
        "t.join(a, t.c.album_id == a.c.album_id, isouter=True).join(ar, a.c.artist_id == ar.c.artist_id, isouter=True)"
    )
    assert found == NAVIGATION.replace("t.outerjoin(a).outerjoin(ar)", joins)


def test_equal_parameters_of_a_grouping_are_one(core_shop: Shop) -> None:
    found = code(core_shop, "{t.composer or 'n/a': count(t) for t in track}", "postgresql")
    assert found.count('"n/a"') == 1
    assert 'value = literal("n/a", String)' in found


def test_odd_names(core_shop: Shop) -> None:
    found = code(
        core_shop, '[(x.count, x["unit price"], x.update) for x in db["order line"] if x["class"] == "a\\"\'\\n"]'
    )
    assert 'order_line = Table("order line", metadata, autoload_with=engine)' in found
    assert (
        "x.c.count" in found and 'x.c["unit price"]' in found and 'x.c["update"]' in found and 'x.c["class"]' in found
    )
    assert """"a"'\\n""" not in found


def test_what_there_are_no_words_for(core_shop: Shop) -> None:
    with pytest.raises(Exception, match="no words for the table nowhere"):
        program(select(table("nowhere", column("x"))), DIALECTS["sqlite"])


def test_as_a_function(core_shop: Shop) -> None:
    (answer,) = core_shop.translate("to_core(track)")
    rows = answer.report.rows  # type: ignore[attr-defined]
    assert [row for batch in rows.here() for row in batch] == [(rows.text,)]
    assert rows.text.endswith("query = select(track)")
    run(rows.text, core_shop)
    assert core_shop.refusal("to_core(1, 2)").code == "E-CALL"
    assert core_shop.refusal("[to_core(t) for t in track]").code == "E-CALL"
    assert core_shop.refusal("to_core(t.name for t in trak)").code == "E-NAME"
