"""dbx doctor on real servers: what it says of a connection, and how far it came with one that cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import Done, execute, existing, good, run

from dbx import config, target


def told(done: Done) -> dict[str, list[str]]:
    return {cells[0]: cells[1:] for cells in (line.split("\t") for line in done.lines())}


@pytest.fixture(params=["pg_url", "maria_url"])
def remote(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


def test_a_server_that_is_reached(remote: str) -> None:
    execute(remote, "create table t (a int)")
    done = good(run(remote, "-f", "tsv", command="doctor"))
    found = told(done)
    assert [found[name][0] for name in ("network", "connect", "round trip", "TLS", "user", "mode")] == ["ok"] * 6
    assert found["connect"][1].partition(" · ")[2].startswith(("PostgreSQL ", "MariaDB "))
    assert found["TLS"][1] == "no TLS, on this machine"
    password = str(target.parse(remote, config.Config()).url.password)
    assert password not in done.text + done.err
    assert "1 of 1 tables" in str(found) or "1 that can be seen" in str(found)


def test_a_wrong_password(remote: str) -> None:
    url = target.parse(remote, config.Config()).url
    wrong = remote.replace(str(url.password), "opensesame")
    done = run(wrong, "-f", "tsv", command="doctor")
    assert done.code == 3
    found = told(done)
    assert found["network"][0] == "ok"
    assert found["connect"][0] == "failed"
    assert "--password-file" in found["connect"][2]
    assert "opensesame" not in done.text + done.err


def test_nobody_listens() -> None:
    done = run("postgresql://u@127.0.0.1:1/x", "-f", "tsv", command="doctor")
    assert (done.code, told(done)["network"][0]) == (3, "failed")
    assert "is it started" in told(done)["network"][2]


def test_what_a_role_may_not(pg_url: str) -> None:
    execute(
        pg_url, "create table t (a int)", "drop role if exists visitor", "create role visitor login password 'pw123'"
    )
    url = target.parse(pg_url, config.Config()).url
    try:
        found = told(good(run(f"postgresql://visitor:pw123@127.0.0.1:{url.port}/{url.database}", command="doctor")))
    finally:
        execute(pg_url, "drop role visitor")
    assert found["role"][1] == "no superuser"
    assert found["may"][1] == "read 0, insert into 0, update 0, delete from 0 of 1 tables"


def test_a_file(sqlite_url: str, tmp_path: Path) -> None:
    found = told(good(run(existing(sqlite_url), "-f", "tsv", command="doctor")))
    assert "test.db: 0 bytes" in found["file"][1]
    assert found["TLS"][1] == "not needed: nothing leaves this machine"
    done = run(f"sqlite:///{tmp_path}/none.db", "-f", "tsv", command="doctor")
    assert (done.code, told(done)["connect"][0]) == (3, "failed")
