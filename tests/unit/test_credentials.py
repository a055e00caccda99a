"""Where passwords come from: in which order, and what is said when there is none."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dbx import config, credentials, redact
from dbx.errors import UsageError
from dbx.target import Target, parse_url

CANARY = "CANARY-9f3b"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DBX_PASSWORD", raising=False)
    yield
    redact.forget()


def password(url: str = "postgresql://u@h/d", given: str = "", **keys: object) -> str | None:
    profile = config.Profile(**keys)  # type: ignore[arg-type]
    return credentials.complete(Target(parse_url(url), "@p", profile), given).url.password


def test_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("of-file\nrest")
    file.chmod(0o600)
    monkeypatch.setenv("DBX_PASSWORD", "of-dbx")
    monkeypatch.setenv("SHOP", "of-env")
    command = [sys.executable, "-c", "print('of-command')"]
    assert password() == "of-dbx"
    assert password(password_command=command) == "of-command"
    assert password(password_env="SHOP", password_command=command) == "of-env"
    assert password(password_file=str(file), password_env="SHOP") == "of-file"
    assert password("postgresql://u:of-url@h/d", password_file=str(file)) == "of-url"
    assert password("postgresql://u:of-url@h/d", str(file)) == "of-file"
    assert "of-command" not in redact.redact("of-command")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"password_env": "NOT_SET_AT_ALL"}, "is not set"),
        ({"password_command": ["/nowhere/at/all"]}, "No such file"),
        ({"password_command": [sys.executable, "-c", f"print('{CANARY}'); raise SystemExit(3)"]}, "ended with 3"),
        ({"password_command": [sys.executable, "-c", ""]}, "printed nothing"),
        ({"password_file": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_a_place_without_one_is_told_by_name(keys: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        password(**keys)
    assert CANARY not in str(caught.value)


def test_a_program_is_run_by_no_shell(tmp_path: Path) -> None:
    assert password(password_command=["echo", f"$(touch {tmp_path}/pwned)", ";"]) == f"$(touch {tmp_path}/pwned) ;"
    assert list(tmp_path.iterdir()) == []


def test_the_keyring_is_asked_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def answer(service: str, name: str) -> str:
        asked.append((service, name))
        return CANARY

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=answer))
    assert password() is None
    assert asked == []
    assert password(keyring=True) == CANARY
    assert asked == [("dbx", "@p")]
    assert password("postgresql://u:own@h/d", keyring=True) == "own"
    assert len(asked) == 1


def test_a_keyring_that_is_missing_or_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="keyring is not installed") as caught:
        password(keyring=True)
    assert "pip install" in caught.value.hint

    def fail(*_: str) -> str:
        raise RuntimeError("no backend")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=fail))
    with pytest.raises(UsageError, match="does not answer: no backend"):
        password(keyring=True)


def test_a_program_that_dbx_starts_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", CANARY)
    monkeypatch.setenv("MYSQL_PWD", CANARY)
    monkeypatch.setenv("SHOP", CANARY)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:{CANARY}@h/d")
    monkeypatch.setenv("LESS", "-S")
    redact.remember(CANARY)
    given = redact.environment()
    assert given["LESS"] == "-S"
    assert "PATH" in given
    assert not any(CANARY in value for value in given.values())
