"""The configuration is checked key by key, and every fault names file, line and key."""

import tomllib
from pathlib import Path

import pytest

from dbx import config, config_file
from dbx.errors import UsageError


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        monkeypatch.setenv("DBX_CONFIG", str(path))
        return path

    return write


def test_a_full_file(write) -> None:
    write(
        """
        target = "@prod"
        row_limit = 50
        colors = {target = "bg:#aabbcc bold"}
        [profiles.prod]
        url = "postgresql://app@db/shop"
        password_file = "~/.secret"
        production = true
        timeout = 5
        startup = ["set search_path = shop"]
        pool = {size = 3, pre_ping = true, timeout = 1.5}
        """
    )
    found = config.load()
    assert (found.target, found.row_limit, found.colors.target) == ("@prod", 50, "bg:#aabbcc bold")
    profile = found.profile("prod")
    assert profile.pool == config.Pool(size=3, pre_ping=True, timeout=1.5)
    assert (profile.timeout, profile.startup) == (5, ["set search_path = shop"])


def test_no_file_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBX_CONFIG", str(tmp_path / "none"))
    assert config.load() == config.Config(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "where", "problem", "hint"),
    [
        ("x = \ny = 1", (1, 5), "no TOML: Invalid value", ""),
        ("a = 1\n[", (2, 2), "no TOML", ""),
        ("\ntarjet = 'x'", (2, 1), "'tarjet' is no key", "did you mean 'target'?"),
        ("row_limit = 'many'", (1, 1), "'row_limit' must be a whole number", "row_limit = 1000"),
        ("row_limit = true", (1, 1), "'row_limit' must be a whole number", ""),
        ("row_limit = -1", (1, 1), "'row_limit' must be at least 0", ""),
        ("path = '/etc'", (1, 1), "'path' is no key", ""),
        ("[profiles]\nprod = 1", (2, 1), "'profiles.prod' must be a table", "[profiles.prod]"),
        ("[profiles.prod]\nurl='x'\n  urrl = 'x'", (3, 3), "'profiles.prod.urrl' is no key", "did you mean 'url'?"),
        ("[profiles.prod]\npassword_file = 'x'", (1, 11), "'profiles.prod' has no url", "url = "),
        ("[profiles.p]\nurl='x'\npassword = 'abc'", (3, 1), "'profiles.p.password' is no key", "not for passwords"),
        ("[profiles.'../../x']\nurl='x'", (1, 12), "is no name", "a profile's name has"),
        ("[profiles.p]\nurl='x'\n[profiles.p.pool]\nsize='x'", (4, 1), "'profiles.p.pool.size' must be a whole", ""),
        ("[profiles.p]\nurl='x'\npool = {size='x'}", (3, 9), "'profiles.p.pool.size' must be a whole number", ""),
        ('profiles.p = {url = "x", raw = 1}', (1, 26), "'profiles.p.raw' must be true or false", ""),
        ("[profiles.p]\nurl='x'\nstartup = 'x'", (3, 1), "must be a list of texts", "startup = ["),
        ("[colors]\ntarget = 'very red'", (2, 1), "'colors.target' holds no colour: 'very'", "ansired"),
        ('a = """\nrow_limit = 1\n"""\n', (1, 1), "'a' is no key", ""),
    ],
)
def test_a_fault_names_file_line_and_key(write, text: str, where: tuple[int, int], problem: str, hint: str) -> None:
    path = write(text)
    with pytest.raises(UsageError) as caught:
        config.load()
    place = caught.value.place
    assert place is not None
    assert (place.source, place.line, place.column) == (str(path), *where)
    assert problem in str(caught.value)
    assert hint in caught.value.hint


def test_what_is_no_text_is_told(write) -> None:
    path = write(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read") as caught:
        config.load()
    assert str(path) in str(caught.value)


def test_a_fault_shows_no_secret(write) -> None:
    write("[profiles.p]\nurll = 'postgresql://u:CANARY-9f3b@h/d'")
    with pytest.raises(UsageError) as caught:
        config.load()
    assert caught.value.place is not None
    assert "CANARY" not in caught.value.place.text


def test_a_byte_order_mark_is_ignored(write) -> None:
    write(b"\xef\xbb\xbfrow_limit = 7\n")
    assert config.load().row_limit == 7


def test_a_file_that_everybody_may_write_is_not_trusted(write) -> None:
    write("row_limit = 7").chmod(0o666)
    with pytest.raises(UsageError, match="not trusted") as caught:
        config.load()
    assert "chmod" in caught.value.hint


def test_the_default_file_changes_nothing_and_its_examples_are_right(write) -> None:
    """As it is, and with every line taken in."""
    text = config_file.default()
    write(text)
    assert config.load() == config.Config(config.path())
    lines = [line.removeprefix("# ") for line in text.splitlines() if "=" in line or line.startswith("# [")]
    write("\n".join(lines))
    found = config.load()
    assert found.profile("shop").pool.size == 5
    assert len(tomllib.loads("\n".join(lines))["profiles"]["shop"]) == len(config_file.fields(config.Profile))
