"""SQL for the reader's eyes."""

from __future__ import annotations

import pytest
from shop import Shop

from dbx import language

CASES = {
    "genre": "SELECT genre.genre_id, genre.name FROM genre",
    "len(track)": "SELECT count(*) AS count FROM track AS t",
    "[t.name for t in track][:5]": "SELECT t.name FROM track AS t LIMIT 5",
    "[t.name for t in track if t.name == \"it's  FROM\"]":
        "SELECT t.name FROM track AS t WHERE t.name = 'it''s  FROM'",
    "[t.name for t in track if t.album.artist.name == 'AC/DC']": """SELECT t.name
FROM track AS t
JOIN album AS a ON t.album_id = a.album_id
JOIN artist AS ar ON a.artist_id = ar.artist_id
WHERE ar.name = 'AC/DC'""",
    "[(t.name, t.genre.name) for t in sorted(track, key=lambda t: t.ms) if t.ms in (1, 2)]":
        """SELECT t.name, g.name AS genre_name
FROM track AS t
LEFT JOIN genre AS g ON t.genre_id = g.genre_id
WHERE t.ms IN (1, 2)
ORDER BY t.ms""",
    "[a.name for a in artist if any(b.title == 'x' for b in a.album)]": """SELECT a.name
FROM artist AS a
WHERE EXISTS (SELECT 1 FROM album AS b WHERE b.artist_id = a.artist_id AND b.title = 'x')""",
    "insert(genre)": "INSERT INTO genre DEFAULT VALUES",
    "b'\\xff'": "SELECT X'ff' AS value",
    "[t.name for t in track if t.added > date(2024, 1, 2)]":
        "SELECT t.name FROM track AS t WHERE t.added > '2024-01-02'",
    "[(t.name, t.ms, 'a, b AND ' + t.name, (t.ms + 1) * (t.ms + 2)) for t in track if t.ms > 1000 and t.score > 20000"
    " and len([1 for g in genre if g.genre_id > t.ms and g.name != 'x']) > 3]": """SELECT t.name, t.ms, 'a, b AND ' || t.name AS column_3, (t.ms + 1) * (t.ms + 2) AS column_4
FROM track AS t
WHERE t.ms > 1000 AND t.score > 20000
    AND (SELECT count(*) AS count FROM genre AS g WHERE g.genre_id > t.ms AND g.name != 'x') > 3""",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sql"), CASES.items(), ids=list(CASES))
def test_shown(shop: Shop, text: str, sql: str) -> None:
    (query,) = shop.translate(text)
    assert language.shown(query.statement, shop.engine.dialect) == sql


def test_what_cannot_be_written_in_stays_a_parameter(shop: Shop) -> None:
    (query,) = shop.translate("b'x'")
    assert language.shown(query.statement, shop.engine.dialect).startswith("SELECT ")


def test_the_package_is_lazy_and_knows_its_names() -> None:
    assert language.translate.__name__ == "translate"
    with pytest.raises(AttributeError):
        language.nothing  # noqa: B018
