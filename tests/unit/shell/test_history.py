"""The history file: private, without secrets, and never in the way."""

import stat
from pathlib import Path

import pytest

from dbx.redact import holds_secret
from dbx.shell.history import History

CANARY = "CANARY-9f3b"


@pytest.fixture
def told() -> list[str]:
    return []


def test_it_keeps_statements_and_only_the_owner_reads_them(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "state" / "history"
    history = History(path, told.append)
    history.store_string("select 1\nfrom t")
    history.store_string("len(track)")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(History(path, told.append).load_history_strings()) == ["len(track)", "select 1\nfrom t"]
    assert told == []


def test_a_file_that_others_can_read_is_closed_to_them(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "history"
    path.touch(0o644)
    path.chmod(0o644)
    History(path, told.append).store_string("select 1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        f"create user u password '{CANARY}'",
        f"ALTER ROLE u\nPASSWORD '{CANARY}'",
        f"create user u identified by '{CANARY}'",
        f"create user u identified /* x */ by '{CANARY}'",
        f"SET PASSWORD = '{CANARY}'",
        f"\\connect postgresql://u:{CANARY}@h/d",
        f"select dblink('host=h password={CANARY}', 'select 1')",
        f"create subscription s connection 'host=h password={CANARY}' publication p",
        f"create user mapping for u server s options (password '{CANARY}')",
        f"pragma key='{CANARY}'",
        f"attach 'x.db' as y key '{CANARY}'",
        f"create user u identified -- x\n by '{CANARY}'",
        f"create user u identified # x\n by '{CANARY}'",
        f"set aws_secret_access_key to '{CANARY}'",
        f"pragma main.rekey('{CANARY}')",
        f" select '{CANARY}'",
    ],
)
def test_a_statement_with_a_secret_is_not_kept(tmp_path: Path, told: list[str], statement: str) -> None:
    path = tmp_path / "history"
    history = History(path, told.append)
    history.store_string(statement)
    history.store_string("select 1")
    assert CANARY not in path.read_text()
    assert "select 1" in path.read_text()


@pytest.mark.parametrize(
    "statement", ["select key, value from settings", "select * from passenger", "[k.name for k in keys]"]
)
def test_ordinary_statements_are_kept(statement: str) -> None:
    assert not holds_secret(statement)


def test_a_history_that_cannot_be_written_is_told_once(tmp_path: Path, told: list[str]) -> None:
    history = History(tmp_path, told.append)  # a directory
    assert list(history.load_history_strings()) == []
    history.store_string("select 1")
    history.store_string("select 2")
    assert len(told) == 1
    assert str(tmp_path) in told[0]


def test_a_symbolic_link_is_not_followed(tmp_path: Path, told: list[str]) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "history").symlink_to(victim)
    History(tmp_path / "history", told.append).store_string("select 1")
    assert victim.read_text() == "mine"
    assert len(told) == 1


def test_a_damaged_file_loads_what_is_whole(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "history"
    path.write_bytes(b"\n# 2026\n+select 1\n\xff\xfe\0\n\n# 2026\n+sel\xffect 2\n+x")
    assert "select 1" in list(History(path, told.append).load_history_strings())


def test_two_shells_write_whole_entries(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "history"
    one, other = History(path, told.append), History(path, told.append)
    for number in range(50):
        one.store_string(f"select {number}\nfrom a")
        other.store_string(f"select {number}\nfrom b")
    assert len(list(one.load_history_strings())) == 100
    assert path.stat().st_size > 0


def test_the_same_statement_in_a_row_is_there_once(tmp_path: Path, told: list[str]) -> None:
    history = History(tmp_path / "history", told.append)
    for statement in ("select 1", "select 1", "select 2", "select 1"):
        history.store_string(statement)
    assert list(history.load_history_strings()) == ["select 1", "select 2", "select 1"]


def test_of_a_long_file_the_end_is_read(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "history"
    path.write_text("".join(f"\n# x\n+select {number}\n+from t\n" for number in range(250_000)))
    statements = list(History(path, told.append).load_history_strings())
    assert len(statements) == 10_000
    assert statements[0] == "select 249999\nfrom t"
    assert all(statement.startswith("select ") for statement in statements)


def test_a_pasted_file_is_not_kept(tmp_path: Path, told: list[str]) -> None:
    history = History(tmp_path / "history", told.append)
    history.store_string("select 1;" * 100_000)
    assert list(history.load_history_strings()) == []
