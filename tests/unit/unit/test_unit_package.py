"""The user's own models: found, compared with the database, and told of when they cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import Done, good, run

from dbx import sample, trust

GOOD = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
print("printed while imported")
class Base(DeclarativeBase): pass
class Artist(Base):
    __tablename__ = "artist"
    artist_id: Mapped[int] = mapped_column(primary_key=True)
    called: Mapped[str] = mapped_column("name")
    records: Mapped[list["Album"]] = relationship(back_populates="band")
class Album(Base):
    __tablename__ = "album"
    album_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.artist_id"))
    band: Mapped[Artist] = relationship(back_populates="records")
"""
DIFFERENT = (
    GOOD
    + """
class Genre(Base):
    __tablename__ = "genre"
    genre_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[int]
    color: Mapped[str]
class Gone(Base):
    __tablename__ = "gone"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
)
BROKEN = {
    "import nothing_like_it": "1:1: E-USAGE mine cannot be imported: ModuleNotFoundError",
    "def f():\n    raise RuntimeError('boom \\x1b[31m')\nf()": "2:1: E-USAGE mine cannot be imported: RuntimeError: boom \\x1b[31m",
    "x = = 1": "1:5: E-USAGE mine cannot be imported: SyntaxError",
    "import sys\nsys.exit(7)": "mine wanted to exit (7)",
    "x = 1": "mine has no mapped classes",
    GOOD + "\nclass Bad(Base):\n    __tablename__ = 'bad'\n    x: Mapped[int]\n": "could not assemble any primary key",
    GOOD.replace('back_populates="records"', 'back_populates="nope"'): "has no property 'nope'",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    sample.create(tmp_path / "shop.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def session(folder: Path, module: str, text: str) -> Done:
    (folder / "mine.py").write_text(module)
    return run(str(folder / "shop.db"), "--models", "mine", "-", command="session", stdin=text.encode())


def test_its_own_names_are_used(folder: Path) -> None:
    done = good(session(folder, GOOD, "a = album.get(1)\na.band.called\nlen(a.band.records) > 0\n"))
    assert done.lines()[:2] == ["value", "The Paper Lanterns"]
    assert "printed while imported" in done.err and "printed" not in done.text
    assert "mine: 2 classes" in done.err and "Album (album): column 'released' is not mapped\n" in done.err


OWN = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): pass
class Style(Base):
    __tablename__ = "genre"
    genre_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    @property
    def shout(self):
        raise SystemExit("EXECUTED")
    def loud(self):
        raise SystemExit("EXECUTED")
"""


def test_a_class_is_called_by_its_own_name_too(folder: Path) -> None:
    done = good(session(folder, OWN, "genre.get(1) is Style.get(1)\n[s.name for s in style if s.genre_id == 1]\n"))
    assert done.lines()[1::2] == ["true", "Rock"]
    done = session(folder, OWN, "Stile.get(1)\n")
    assert done.code == 1 and "there is no 'Stile'" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("genre.get(1).shout", "1:1: E-ATTR 'shout' is a property of Style: only what is mapped can be asked for"),
        ("genre.get(1).loud()", "1:1: E-ATTR 'loud' is a method of Style: only what is mapped can be asked for"),
        ("genre.get(1).nothing()", "'genre' has no column, reference or collection 'nothing'"),
        ("genre.get(1).name()", "an object has no method 'name'"),
    ],
)
def test_python_of_the_users_own_classes_is_not_run(folder: Path, text: str, told: str) -> None:
    done = session(folder, OWN, text + "\n")
    assert done.code == 1 and told in done.err and "EXECUTED" not in done.err


def test_what_differs_is_told(folder: Path) -> None:
    done = session(folder, DIFFERENT, "genre.get(1)\n")
    for told in ("Genre (genre): no column 'color' in the database", "'name' is int, in the database str",
                 "the database has no table 'gone'", "which differ:"):  # fmt: skip
        assert told in done.err
    assert done.code == 1 and "no such column: genre.color" in done.err


@pytest.mark.parametrize("module", BROKEN)
def test_what_cannot_be_had_is_told_and_nothing_is_sent(folder: Path, module: str) -> None:
    database = folder / "shop.db"
    database.write_bytes(b"no database at all")  # whatever were sent would fail at this
    done = session(folder, module, "album.get(1)\n")
    assert done.code == 2 and BROKEN[module] in done.err, done.err
    assert "Traceback" not in done.err and "\x1b" not in done.err


def test_nothing_is_imported_unless_it_is_named(folder: Path) -> None:
    (folder / "models.py").write_text("raise RuntimeError('imported')")
    assert good(run("shop.db", "-", command="session", stdin=b"album.get(1).title\n")).lines()[1] == "100% Magnet"


def of_profile(folder: Path, text: str, *lines: str, models: str = "") -> Done:
    (folder / "config.toml").write_text("\n".join(["[profiles.shop]", f'url = "{folder / "shop.db"}"', *lines]))
    options = ["--models", models] if models else []
    stdin, settings = text.encode(), str(folder / "config.toml")
    return run("@shop", *options, "-", command="session", stdin=stdin, DBX_CONFIG=settings)


def test_a_profile_names_them_and_their_folder(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "mine.py").write_text(GOOD)
    settings = ('models = "mine"', f'models_path = "{folder / "src"}"')
    done = good(of_profile(folder, "album.get(1).band.called\n", *settings))
    assert done.lines()[1] == "The Paper Lanterns" and "mine: 2 classes" in done.err
    (folder / "other.py").write_text(GOOD)
    done = good(of_profile(folder, "album.get(1).band.called\n", *settings, models="other"))
    assert "other: 2 classes" in done.err


def test_what_stands_in_a_strangers_folder_is_not_imported_for_a_profile(folder: Path) -> None:
    (folder / "mine.py").write_text("raise RuntimeError('imported')")
    done = of_profile(folder, "album.get(1)\n", 'models = "mine"')
    assert done.code == 2 and "no module 'mine'" in done.err and "models_path" in done.err


def test_a_trusted_projects_profile_imports_from_its_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = {"HOME": str(folder / "home"), "XDG_STATE_HOME": str(folder / "home")}
    monkeypatch.setenv("XDG_STATE_HOME", home["XDG_STATE_HOME"])
    (folder / ".dbx.toml").write_text('[profiles.dev]\nurl = "shop.db"\nmodels = "mine"\n')
    (folder / "mine.py").write_text(GOOD)
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    script = b"album.get(1)\n"
    assert run("@dev", "-", command="session", stdin=script, **home).code == 2  # nobody has trusted it
    trust.remember(trust.read(folder / ".dbx.toml"))
    assert "mine: 2 classes" in good(run("@dev", "-", command="session", stdin=script, **home)).err


def test_a_script_of_sql_has_no_models(folder: Path) -> None:
    done = run("shop.db", "--models", "mine", command="connect", stdin=b"select 1")
    assert done.code == 2 and "dbx session" in done.err
