"""The sample database: what the README, the demo and other tests build on."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dbx import sample
from dbx.errors import OutputFailed, Refused

COUNTS = {
    "genre": 12,
    "media_type": 4,
    "artist": 64,
    "album": 154,
    "track": 1614,
    "playlist": 12,
    "playlist_track": 763,
    "employee": 9,
    "customer": 90,
    "address": 124,
    "invoice": 433,
    "invoice_line": 1723,
    "refund": 32,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "shop.db"
    sample.create(path)
    return path


def ask(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def digest(path: Path) -> str:
    """Of the schema and every row in its order."""
    parts: list[object] = ask(path, "SELECT type, name, sql FROM sqlite_master")
    parts += [ask(path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in COUNTS]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def test_counts(shop: Path) -> None:
    assert {table: ask(shop, f"SELECT count(*) FROM {table}")[0][0] for table in COUNTS} == COUNTS
    tables = ask(shop, "SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {name for (name,) in tables} == set(COUNTS)


def test_it_is_whole(shop: Path) -> None:
    assert ask(shop, "PRAGMA foreign_key_check") == []
    assert ask(shop, "PRAGMA integrity_check") == [("ok",)]


def test_the_same_content_every_time_on_every_python(shop: Path, tmp_path: Path) -> None:
    sample.create(tmp_path / "again.db")
    assert digest(tmp_path / "again.db") == digest(shop)
    assert digest(shop) == "9754c5ad4f8042bc0e4fd70980289c5eb93b1ffd3094066a544a52a549928943"


def test_nothing_is_left_beside_it(shop: Path) -> None:
    assert [path.name for path in shop.parent.iterdir()] == ["shop.db"]


@pytest.mark.parametrize("kind", ["file", "directory", "dangling link"])
def test_what_is_there_is_never_touched(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mine.db"
    if kind == "file":
        path.write_text("precious")
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refused, match="already there") as caught:
        sample.create(path)
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["mine.db"]
    assert kind != "file" or path.read_text() == "precious"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed, match=r"no folder .*such$") as caught:
        sample.create(tmp_path / "no" / "such" / "shop.db")
    assert caught.value.hint == "make the folder first"


def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "SCHEMA", sample.SCHEMA.replace("TABLE refund", "TABLE other"))
    with pytest.raises(OutputFailed, match="refund"):
        sample.create(tmp_path / "shop.db")
    assert list(tmp_path.iterdir()) == []


def test_it_imports_little() -> None:
    program = "import sys\nbefore = set(sys.modules)\nimport dbx.sample\nprint(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert not {"sqlalchemy", "rich", "typer", "prompt_toolkit"} & {name.split(".")[0] for name in loaded.split()}


# --- what it has to show ---------------------------------------------------------------------------------------------


def test_columns_of_track_and_invoice(shop: Path) -> None:
    columns = {name for (name,) in ask(shop, "SELECT name FROM pragma_table_info('track')")}
    needed = "track_id name album_id genre_id media_type_id composer milliseconds unit_price"
    assert columns == set(needed.split())
    assert ("NUMERIC(10, 2)",) in ask(shop, "SELECT type FROM pragma_table_info('invoice') WHERE name = 'total'")


@pytest.mark.parametrize(
    "column",
    [
        "artist.country",
        "artist.founded",
        "album.released",
        "track.genre_id",
        "track.composer",
        "employee.reports_to",
        "customer.company",
        "customer.state",
        "customer.phone",
        "customer.newsletter",
        "customer.support_rep_id",
        "address.postal_code",
        "invoice.shipping_address_id",
        "refund.reason",
    ],
)
def test_nulls_and_values(shop: Path, column: str) -> None:
    table, name = column.split(".")
    assert ask(shop, f"SELECT count(*) FROM {table} WHERE {name} IS NULL")[0][0]
    assert ask(shop, f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL")[0][0]


def test_keys_of_every_kind(shop: Path) -> None:
    keys = 'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(\'{}\') ORDER BY 1, seq'
    assert [row[1:] for row in ask(shop, keys.format("employee"))] == [("employee", "reports_to", "employee_id")]
    assert {row[2] for row in ask(shop, keys.format("invoice")) if row[1] == "address"} == {
        "billing_address_id",
        "shipping_address_id",
    }
    assert ask(shop, keys.format("refund")) == [
        (0, "invoice_line", "invoice_id", "invoice_id"),
        (0, "invoice_line", "line_no", "line_no"),
    ]
    many = ask(shop, "SELECT name FROM pragma_table_info('playlist_track') WHERE pk ORDER BY pk")
    assert many == [("playlist_id",), ("track_id",)]


def test_values_are_of_their_types(shop: Path) -> None:
    assert not ask(shop, "SELECT 1 FROM invoice WHERE datetime(invoice_date) IS NOT invoice_date")
    for column in ("album.released", "employee.hired", "refund.refunded"):
        table, name = column.split(".")
        assert not ask(shop, f"SELECT {name} FROM {table} WHERE date({name}) IS NOT {name}")
    for column in ("artist.active", "invoice.paid"):
        table, name = column.split(".")
        assert ask(shop, f"SELECT DISTINCT {name} FROM {table} ORDER BY 1") == [(0,), (1,)]
    assert {price for (price,) in ask(shop, "SELECT DISTINCT unit_price FROM track")} == {0.75, 1.25, 1.75}


def test_text_is_not_all_ascii_but_mail_addresses_are(shop: Path) -> None:
    texts = "SELECT name FROM track UNION SELECT name FROM artist UNION SELECT city FROM customer"
    found = {name for (name,) in ask(shop, texts) if not str(name).isascii()}
    assert any(re.search("[぀-ヿ一-鿿]", str(name)) for name in found)
    assert len(found) > 20
    for (mail,) in ask(shop, "SELECT email FROM customer UNION SELECT email FROM employee"):
        assert re.fullmatch(r"[a-z]+\.[a-z]+@[a-z.]+", str(mail))


def test_totals_add_up(shop: Path) -> None:
    assert not ask(
        shop,
        "SELECT invoice_id, total, sum(unit_price * quantity) AS added FROM invoice JOIN invoice_line"
        " USING (invoice_id) GROUP BY 1 HAVING total <> added",
    )
    assert not ask(
        shop,
        "SELECT 1 FROM invoice JOIN address ON address_id = shipping_address_id"
        " WHERE invoice.customer_id <> address.customer_id",
    )


def test_some_have_none(shop: Path) -> None:
    """For outer joins."""
    for parent, child in (("artist", "album"), ("customer", "invoice"), ("playlist", "playlist_track")):
        without = f"SELECT count(*) FROM {parent} WHERE {parent}_id NOT IN (SELECT {parent}_id FROM {child})"
        assert ask(shop, without)[0][0]


def test_the_view(shop: Path) -> None:
    rows = ask(shop, "SELECT sum(sold), round(sum(revenue), 2) FROM best_seller")
    assert rows == ask(shop, "SELECT sum(quantity), round(sum(unit_price * quantity), 2) FROM invoice_line")
