"""Favourites: kept for their owner alone, without secrets, and their parameters known."""

from pathlib import Path

import pytest

from dbx.errors import Refused, UsageError
from dbx.shell import favourites


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "dbx"


def test_one_is_kept_for_its_owner_alone_and_comes_back(state: Path) -> None:
    favourites.keep("big", "select * from t where n > :n")
    favourites.keep("all", "t")
    assert (state / "favourites.json").stat().st_mode & 0o777 == 0o600
    assert favourites.load() == {"all": "t", "big": "select * from t where n > :n"}
    favourites.keep("big", "other")
    favourites.forget("all")
    assert favourites.load() == {"big": "other"}
    assert [path.name for path in state.iterdir()] == ["favourites.json"]


def test_what_holds_a_password_is_not_kept(state: Path) -> None:
    with pytest.raises(Refused):
        favourites.keep("pw", "alter user x identified by 'CANARY'")
    assert not state.exists()


def test_a_name_is_a_word() -> None:
    for name in ("a b", "../x", ""):
        with pytest.raises(UsageError):
            favourites.keep(name, "select 1")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("select :a, ':b', x::int, :c -- :d", ["a", "c"]),
        ("[t.name for t in track if t.n > param('least') and t.n < param('least')]", ["least"]),
        ("select 1", []),
    ],
)
def test_parameters(text: str, names: list[str]) -> None:
    assert favourites.parameters(text) == names


def test_a_damaged_file_is_told_by_name(state: Path) -> None:
    state.mkdir()
    for text in ("{", "[]", '{"a": 1}'):
        (state / "favourites.json").write_text(text)
        with pytest.raises(UsageError, match=r"favourites\.json"):
            favourites.load()
    with pytest.raises(UsageError, match=r"favourites\.json"):
        favourites.keep("x", "select 1")
    assert (state / "favourites.json").read_text() == '{"a": 1}'
