"""dbx doctor: the installation, and the versions that fit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from run_dbx import DBX, Done, environment, finish

from dbx.dialects.mysql.sessions import MySQLSessions
from dbx.doctor import installation
from dbx.doctor.finding import Finding, rows


def doctor(*arguments: str, **more: str) -> Done:
    argv = [DBX, "doctor", *arguments, "-f", "tsv", "--no-header"]
    pipe = subprocess.PIPE
    return finish(subprocess.Popen(argv, env=environment(**more), stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL))


def told(done: Done) -> dict[str, list[str]]:
    return {cells[0]: cells[1:] for cells in (line.split("\t") for line in done.lines())}


def test_this_installation_is_whole() -> None:
    done = doctor()
    assert (done.code, done.err) == (0, "")
    found = told(done)
    for name in ("dbx", "Python", "psycopg", "pymysql", "sqlalchemy", "typer", "configuration", "terminal"):
        assert found[name][0] in ("ok", "warning"), found[name]
    assert found["Python"][1].endswith(sys.executable)


@pytest.mark.parametrize(
    ("there", "bounds", "fits"),
    [
        ("3.3.0", "<3.4,>=3.3.0", True),
        ("3.3", ">=3.3.0", True),
        ("3.4.0", "<3.4,>=3.3.0", False),
        ("3.2.9", ">=3.3.0", False),
        ("10.0", ">=9", True),
        ("2.1.0rc1", ">=2.1.0", True),
        ("1.1.20251105", ">=1.1.20240702", True),
        ("1", "", True),
    ],
)
def test_versions(there: str, bounds: str, fits: bool) -> None:
    assert installation.within(there, bounds) is fits


def test_a_package_that_is_missing_or_old(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["psycopg[binary]<3.4,>=99", "nowhere-at-all>=1", "nothing-here>=2; extra == 'some'"]
    monkeypatch.setattr(installation, "requires", lambda name: wanted)
    found = {finding.check: finding for finding in installation.findings()}
    assert found["psycopg"].state == found["nowhere-at-all"].state == "failed"
    assert found["psycopg"].todo.endswith("-m pip install 'psycopg[binary]<3.4,>=99'")
    assert (found["nothing-here"].state, found["nothing-here"].found) == ("note", "not installed: the extra some")


def test_files_that_others_may_read(tmp_path: Path) -> None:
    secret, state = tmp_path / "pass", tmp_path / "dbx"
    secret.write_text("")
    secret.chmod(0o644)
    state.mkdir(mode=0o755)
    found = told(doctor(PGPASSFILE=str(secret), XDG_STATE_HOME=str(tmp_path), DBX_PASSWORD="opensesame"))
    assert found["pass"][::2] == ["warning", f"chmod 600 {secret}"]
    assert found["history"][::2] == ["warning", f"chmod 700 {state}"]
    assert "DBX_PASSWORD" in found["environment"][1]
    assert "opensesame" not in str(found)


def test_a_configuration_that_is_wrong_is_told_first(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("nonsense = 1\n")
    done = doctor(DBX_CONFIG=str(tmp_path / "config.toml"))
    assert done.code == 2
    assert "nonsense" in done.err


def test_a_finding_is_a_line_without_secrets() -> None:
    finding = Finding("a", "ok", "postgresql://u:hidden@h/d\n\x1b[31m", "password=hidden")
    ((line,),) = rows([finding])
    assert "hidden" not in str(line)
    assert "\n" not in str(line[2])


def test_a_grant_without_the_hash_of_the_password() -> None:
    for text in ("IDENTIFIED BY PASSWORD '*94BD'", "IDENTIFIED VIA x USING '*94BD'", "IDENTIFIED WITH 'x' AS '*94BD'"):
        assert "94BD" not in MySQLSessions().told(f"GRANT USAGE ON *.* TO `a`@`%` {text}")


def test_the_configuration_is_named(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[profiles.a]\nurl = "sqlite://"\n')
    assert told(doctor(DBX_CONFIG=str(file)))["configuration"][1] == f"{file}: read · 1 profiles"
