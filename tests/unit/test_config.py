"""The configuration is checked key by key, and every fault names file and key."""

from pathlib import Path

import pytest

from dbx import config
from dbx.errors import UsageError


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
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
        [profiles.prod]
        url = "postgresql://app@db/shop"
        password_file = "~/.secret"
        production = true
        pool = {size = 3, pre_ping = true, timeout = 1.5}
        """
    )
    found = config.load()
    assert (found.target, found.row_limit) == ("@prod", 50)
    assert found.profile("prod").pool == config.Pool(size=3, pre_ping=True, timeout=1.5)


def test_no_file_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBX_CONFIG", str(tmp_path / "none"))
    assert config.load() == config.Config(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = \ny = 1", "at line 1"),
        ("tarjet = 'x'", "unknown key 'tarjet'"),
        ("row_limit = 'many'", "'row_limit' must be of type int"),
        ("row_limit = true", "'row_limit' must be of type int"),
        ("path = '/etc'", "unknown key 'path'"),
        ("[profiles]\nprod = 1", "profiles.prod must be a table"),
        ("[profiles.prod]\nurrl = 'x'", "unknown key 'profiles.prod.urrl'"),
        ("[profiles.prod]\npassword_file = 'x'", "profiles.prod has no url"),
        ("[profiles.prod]\nurl='x'\n[profiles.prod.pool]\nsize='x'", "'profiles.prod.pool.size' must be of type int"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_fault_names_file_and_key(write, text: str | bytes, problem: str) -> None:
    path = write(text)
    with pytest.raises(UsageError) as caught:
        config.load()
    assert problem in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_byte_order_mark_is_ignored(write) -> None:
    write(b"\xef\xbb\xbfrow_limit = 7\n")
    assert config.load().row_limit == 7


def test_a_file_that_everybody_may_write_is_not_trusted(write) -> None:
    write("row_limit = 7").chmod(0o666)
    with pytest.raises(UsageError, match="not trusted") as caught:
        config.load()
    assert "chmod" in caught.value.hint
