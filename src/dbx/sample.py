"""A sample database: a music shop of our own invention, the same rows every time."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from dbx import sample_names as names
from dbx.errors import OutputFailed, Refused

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

SCHEMA = """
CREATE TABLE genre (
    genre_id INTEGER PRIMARY KEY,
    name VARCHAR(40) NOT NULL UNIQUE
);
CREATE TABLE media_type (
    media_type_id INTEGER PRIMARY KEY,
    name VARCHAR(40) NOT NULL UNIQUE
);
CREATE TABLE artist (
    artist_id INTEGER PRIMARY KEY,
    name VARCHAR(120) NOT NULL UNIQUE,
    country VARCHAR(40),
    founded INTEGER,
    active BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
);
CREATE TABLE album (
    album_id INTEGER PRIMARY KEY,
    title VARCHAR(160) NOT NULL,
    artist_id INTEGER NOT NULL REFERENCES artist (artist_id),
    released DATE
);
CREATE TABLE track (
    track_id INTEGER PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    album_id INTEGER NOT NULL REFERENCES album (album_id),
    genre_id INTEGER REFERENCES genre (genre_id),
    media_type_id INTEGER NOT NULL REFERENCES media_type (media_type_id),
    composer VARCHAR(220),
    milliseconds INTEGER NOT NULL CHECK (milliseconds > 0),
    unit_price NUMERIC(10, 2) NOT NULL
);
CREATE TABLE playlist (
    playlist_id INTEGER PRIMARY KEY,
    name VARCHAR(120) NOT NULL
);
CREATE TABLE playlist_track (
    playlist_id INTEGER NOT NULL REFERENCES playlist (playlist_id) ON DELETE CASCADE,
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    PRIMARY KEY (playlist_id, track_id)
);
CREATE TABLE employee (
    employee_id INTEGER PRIMARY KEY,
    last_name VARCHAR(40) NOT NULL,
    first_name VARCHAR(40) NOT NULL,
    title VARCHAR(60),
    reports_to INTEGER REFERENCES employee (employee_id),
    hired DATE NOT NULL,
    email VARCHAR(80) NOT NULL UNIQUE
);
CREATE TABLE customer (
    customer_id INTEGER PRIMARY KEY,
    first_name VARCHAR(40) NOT NULL,
    last_name VARCHAR(40) NOT NULL,
    company VARCHAR(80),
    city VARCHAR(60) NOT NULL,
    state VARCHAR(40),
    country VARCHAR(40) NOT NULL,
    phone VARCHAR(24),
    email VARCHAR(80) NOT NULL UNIQUE,
    newsletter BOOLEAN CHECK (newsletter IN (0, 1)),
    support_rep_id INTEGER REFERENCES employee (employee_id)
);
CREATE TABLE address (
    address_id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (customer_id) ON DELETE CASCADE,
    street VARCHAR(80) NOT NULL,
    city VARCHAR(60) NOT NULL,
    postal_code VARCHAR(12)
);
CREATE TABLE invoice (
    invoice_id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (customer_id),
    invoice_date DATETIME NOT NULL,
    billing_address_id INTEGER NOT NULL REFERENCES address (address_id),
    shipping_address_id INTEGER REFERENCES address (address_id),
    paid BOOLEAN NOT NULL DEFAULT 0 CHECK (paid IN (0, 1)),
    total NUMERIC(10, 2) NOT NULL
);
CREATE TABLE invoice_line (
    invoice_id INTEGER NOT NULL REFERENCES invoice (invoice_id) ON DELETE CASCADE,
    line_no INTEGER NOT NULL,
    track_id INTEGER NOT NULL REFERENCES track (track_id),
    unit_price NUMERIC(10, 2) NOT NULL,
    quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity > 0),
    PRIMARY KEY (invoice_id, line_no)
);
CREATE TABLE refund (
    refund_id INTEGER PRIMARY KEY,
    invoice_id INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    refunded DATE NOT NULL,
    amount NUMERIC(10, 2) NOT NULL,
    reason TEXT,
    FOREIGN KEY (invoice_id, line_no) REFERENCES invoice_line (invoice_id, line_no)
);
CREATE INDEX album_artist ON album (artist_id);
CREATE INDEX track_album ON track (album_id);
CREATE INDEX track_genre ON track (genre_id);
CREATE INDEX playlist_track_track ON playlist_track (track_id);
CREATE INDEX customer_name ON customer (last_name, first_name);
CREATE INDEX invoice_customer ON invoice (customer_id);
CREATE INDEX invoice_unpaid ON invoice (invoice_date) WHERE paid = 0;
CREATE INDEX invoice_line_track ON invoice_line (track_id);
CREATE VIEW best_seller AS
    SELECT track.track_id, track.name AS track, artist.name AS artist,
           sum(invoice_line.quantity) AS sold,
           round(sum(invoice_line.quantity * invoice_line.unit_price), 2) AS revenue
    FROM invoice_line
    JOIN track ON track.track_id = invoice_line.track_id
    JOIN album ON album.album_id = track.album_id
    JOIN artist ON artist.artist_id = album.artist_id
    GROUP BY track.track_id, track.name, artist.name;
"""


class _Dice:
    """Made of `random()` alone, the one method that promises the same numbers on every version of Python."""

    def __init__(self) -> None:
        self._random = random.Random("a music shop").random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.between(0, len(choices) - 1)]

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """So many different ones, in their order of appearance."""
        left = list(choices)
        return [left.pop(self.between(0, len(left) - 1)) for _ in range(count)]

    def day(self, first_year: int, last_year: int) -> str:
        return f"{self.between(first_year, last_year)}-{self.between(1, 12):02}-{self.between(1, 28):02}"


def create(path: str | os.PathLike[str]) -> None:
    """Write the sample database to `path`, which must not be there yet."""
    final = Path(path)
    if os.path.lexists(final):
        raise Refused(f"{final} is already there", hint="name another file, or remove this one first")
    if not final.parent.is_dir():
        raise OutputFailed(f"cannot write {final}: no folder {final.parent}", hint="make the folder first")
    beside = final.with_name(f".{final.name}.{os.getpid()}.part")
    try:
        connection = sqlite3.connect(beside)
        try:
            _fill(connection)
        finally:
            connection.close()
        beside.replace(final)
    except (OSError, sqlite3.OperationalError) as error:
        raise OutputFailed(f"cannot write {final}: {error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection) -> None:
    """No journal: a failure removes the whole file."""
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;" + SCHEMA)
    dice = _Dice()
    music = _music(dice)
    people = _people(dice)
    sales = _sales(dice, music["track"], people["customer"], people["address"])
    with connection:
        for table, rows in (music | people | sales).items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _music(dice: _Dice) -> dict[str, Rows]:
    artists = _artists(dice)
    albums: Rows = []
    for artist, _, _, founded, _ in artists[:-3]:  # the last three have not recorded yet
        for _ in range(dice.between(1, 4)):
            released = None if dice.chance(0.06) else dice.day(max(founded or 1970, 1970), 2024)
            albums.append((len(albums) + 1, _title(dice), artist, released))
    tracks = _tracks(dice, albums)
    playlists: Rows = [(number, name) for number, name in enumerate(names.PLAYLISTS, 1)]
    chosen: Rows = []
    for number, _ in playlists[:-1]:  # the last one is empty, as it says
        chosen += sorted((number, track[0]) for track in dice.some(tracks, dice.between(20, 110)))
    return {
        "genre": [(number, name) for number, (name, _, _) in enumerate(names.GENRES, 1)],
        "media_type": [(number, name) for number, name in enumerate(names.MEDIA_TYPES, 1)],
        "artist": artists,
        "album": albums,
        "track": tracks,
        "playlist": playlists,
        "playlist_track": chosen,
    }


def _artists(dice: _Dice) -> Rows:
    found: dict[str, None] = {"The Paper Lanterns": None, "Élodie Marchetti": None}
    while len(found) < 64:
        adjective, noun = dice.pick(names.ADJECTIVES), dice.pick(names.NOUNS)
        shapes = (
            f"The {adjective} {noun}s",
            f"{noun} & {dice.pick(names.NOUNS)}",
            f"{adjective} {noun} {dice.pick(names.ENSEMBLES)}",
            f"{dice.pick(names.FIRST_NAMES)} {dice.pick(names.LAST_NAMES)}",
        )
        found[dice.pick(shapes)] = None
    return [
        (
            number,
            name,
            None if dice.chance(0.15) else dice.pick(list(names.CITIES)),
            None if dice.chance(0.2) else dice.between(1948, 2021),
            dice.chance(0.7),
        )
        for number, name in enumerate(found, 1)
    ]


def _tracks(dice: _Dice, albums: Rows) -> Rows:
    tracks: Rows = []
    habits: dict[int, int] = {}
    for album, _, artist, released in albums:
        usual = habits.setdefault(artist, dice.between(1, len(names.GENRES)))
        genre = usual if dice.chance(0.85) else dice.between(1, len(names.GENRES))
        media = 4 if dice.chance(0.04) else dice.between(1, 3)
        # SQLite adds binary fractions; of quarters every sum is exact.
        price = "1.75" if media == 4 else "1.25" if (released or "") >= "2019" else "0.75"
        shortest, longest = names.GENRES[genre - 1][1:]
        for _ in range(dice.between(5, 16)):
            composer = None if dice.chance(0.28) else " / ".join(_person(dice) for _ in range(dice.between(1, 2)))
            length = dice.between(shortest * 1000, longest * 1000)
            known = None if dice.chance(0.03) else genre
            tracks.append((len(tracks) + 1, _title(dice), album, known, media, composer, length, price))
    return tracks


def _people(dice: _Dice) -> dict[str, Rows]:
    employees: Rows = [
        (number, last, first, title, boss, dice.day(2015, 2023), _mail(first, last, "shop.example"))
        for number, (last, first, title, boss) in enumerate(names.EMPLOYEES, 1)
    ]
    customers: Rows = []
    addresses: Rows = []
    mails: set[str] = set()
    while len(customers) < 90:
        number, first, last = len(customers) + 1, dice.pick(names.FIRST_NAMES), dice.pick(names.LAST_NAMES)
        mail = _mail(first, last, dice.pick(("mail.example", "post.example", "example.org")))
        if mail in mails:
            continue
        mails.add(mail)
        country = dice.pick(list(names.CITIES))
        city, state, postal = dice.pick(names.CITIES[country])
        company = dice.pick(names.COMPANIES) if dice.chance(0.15) else None
        phone = None if dice.chance(0.25) else f"+{dice.between(1, 99)} 555 {dice.between(0, 9999):04}"
        newsletter = None if dice.chance(0.1) else dice.chance(0.5)
        agent = None if dice.chance(0.08) else dice.between(3, 5)
        customers.append((number, first, last, company, city, state, country, phone, mail, newsletter, agent))
        for _ in range(1 if dice.chance(0.7) else 2):
            street = f"{dice.pick(names.STREETS)} {dice.between(1, 180)}"
            code = f"{postal}{dice.between(10, 99)}" if postal else None
            addresses.append((len(addresses) + 1, number, street, city, code))
    return {"employee": employees, "customer": customers, "address": addresses}


def _sales(dice: _Dice, tracks: Rows, customers: Rows, addresses: Rows) -> dict[str, Rows]:
    homes: dict[int, list[int]] = {}
    for address, customer, *_ in addresses:
        homes.setdefault(customer, []).append(address)
    invoices: Rows = []
    lines: Rows = []
    for month in range(60):  # the five years from 2020 on
        days = sorted((dice.between(1, 28), dice.between(8 * 3600, 22 * 3600)) for _ in range(dice.between(5, 10)))
        for day, second in days:
            number, customer = len(invoices) + 1, dice.between(1, len(customers) - 4)  # four have only looked around
            moment = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            date = f"{2020 + month // 12}-{month % 12 + 1:02}-{day:02} {moment}"
            cents = 0
            for line, track in enumerate(dice.some(tracks, dice.between(1, 7)), 1):
                quantity = 2 if dice.chance(0.07) else 1
                lines.append((number, line, track[0], track[7], quantity))
                cents += quantity * int(track[7].replace(".", ""))
            shipping = None if dice.chance(0.6) else dice.pick(homes[customer])
            paid = month < 57 or dice.chance(0.5)
            total = f"{cents // 100}.{cents % 100:02}"
            invoices.append((number, customer, date, homes[customer][0], shipping, paid, total))
    refunds: Rows = []
    for invoice, line, _, price, _ in sorted(dice.some(lines, 32)):
        reason = dice.pick(names.REASONS)
        refunds.append((len(refunds) + 1, invoice, line, dice.day(2025, 2025), price, reason))
    return {"invoice": invoices, "invoice_line": lines, "refund": refunds}


def _title(dice: _Dice) -> str:
    if dice.chance(0.015):
        return dice.pick(names.FOREIGN_TITLES)
    noun, other = dice.some(names.NOUNS, 2)
    return dice.pick(names.TITLE_SHAPES).format(
        adjective=dice.pick(names.ADJECTIVES),
        noun=noun,
        other=other,
        place=dice.pick(names.PLACES),
        number=dice.between(1, 99),
    )


def _person(dice: _Dice) -> str:
    return f"{dice.pick(names.FIRST_NAMES)} {dice.pick(names.LAST_NAMES)}"


def _mail(first: str, last: str, host: str) -> str:
    return f"{first}.{last}@{host}".translate(names.FOLDED).lower()
