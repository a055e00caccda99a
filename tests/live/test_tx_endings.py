r"""How a script for dbx tx ends: by its own last word, by an option, by what speaks against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_dbx import execute, existing, run
from stepping import TABLE, rows, tx

INSERT = "insert into account values (1, 'a', 1);\n"


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), TABLE)
    return any_url


@pytest.fixture
def lite(sqlite_url: str) -> str:
    execute(existing(sqlite_url), TABLE)
    return sqlite_url


@pytest.mark.parametrize(
    ("last", "options", "code", "words", "kept"),
    [
        ("rollback work;", (), 0, "rolled back", 0),
        ("commit work;", ("--expect", "1"), 0, "1 row changed · committed", 1),
        ("rollback;", ("--commit",), 6, "the script ends with ROLLBACK, and --commit was said: rolled back", 0),
        ("commit;", ("--rollback",), 0, "the script ends with COMMIT, and --rollback was said: rolled back", 0),
        ("commit;", ("--dry-run",), 0, "the script ends with COMMIT, and --rollback was said: rolled back", 0),
    ],
)
def test_rollback_wins_and_it_is_said(
    sqlite_url: str, tmp_path: Path, last: str, options: tuple[str, ...], code: int, words: str, kept: int
) -> None:
    url = sqlite_url
    execute(existing(url), TABLE)
    if "work" in last:
        last = last.replace("work", "transaction")
    done = tx(url, tmp_path, INSERT + last, *options)
    assert (done.code, words in done.err) == (code, True), done.err
    assert len(rows(url)) == kept


@pytest.mark.parametrize(
    "last", ["prepare transaction 'x'", "abort", "commit and chain", "rollback and chain", "end", "commit work"]
)
def test_an_ending_is_what_it_says(pg_url: str, tmp_path: Path, last: str) -> None:
    """PREPARE TRANSACTION is no COMMIT, and what would begin another transaction is refused."""
    execute(pg_url, TABLE)
    done = tx(pg_url, tmp_path, INSERT + last + ";")
    refused = "prepare" in last or "chain" in last
    assert (done.code, len(rows(pg_url))) == (6 if refused else 0, int(last in ("end", "commit work"))), done.err


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("with x as (select 1 as y) update account set balance = 2 where id in (select y from x)", "--expect"),
        ("create table other as select * from account", "--expect"),
        ("select * into other from account", "--max-rows"),
    ],
)
def test_what_is_not_counted_cannot_be_expected(pg_url: str, tmp_path: Path, text: str, option: str) -> None:
    execute(pg_url, TABLE, INSERT)
    done = tx(pg_url, tmp_path, text + ";", "--commit", option, "0")
    assert (done.code, f"is not counted, so {option} cannot hold" in done.err) == (6, True), done.err
    assert rows(pg_url) == [(1, "a", 1)]


def test_a_dry_run_allows_nothing_permanent(sqlite_url: str, tmp_path: Path) -> None:
    execute(existing(sqlite_url), TABLE)
    done = tx(sqlite_url, tmp_path, INSERT, "--dry-run", "--allow-permanent")
    assert (done.code, "leave out one of them" in done.err) == (2, True), done.err


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_an_error_among_rows_is_a_failed_step(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The server sends some rows, and then an error."""
    url = request.getfixturevalue(fixture)
    execute(url, TABLE)
    failing = (
        "select 1 / (20000 - n) from generate_series(1, 30000) as g(n)"
        if fixture == "pg_url"
        else "select (select 1 union select if(n.seq < 20000, 1, 2)) from seq_1_to_30000 as n"
    )
    script = f"{INSERT}{failing};\ninsert into account values (2, 'b', 2);\n"
    done = tx(url, tmp_path, script, "--commit", "--on-error", "continue", "-f", "tsv")
    assert (done.code, [row[0] for row in rows(url)]) == (1, [1, 2]), done.err
    assert "step 2 · select" in done.err and "· failed" in done.err
    assert "script.sql:2:" in done.err
    execute(url, "delete from account")
    done = tx(url, tmp_path, script, "--commit")
    assert (done.code, "all of it was rolled back" in done.err, rows(url)) == (1, True, []), done.err


def test_a_failing_edit_leaves_the_step_as_it_was(url: str, tmp_path: Path) -> None:
    script = INSERT + "insert into account values (2, 'b', 2);\n\\edit 1 insert into nosuch values (1)\n"
    done = tx(url, tmp_path, script, "--commit", "--on-error", "continue")
    assert (done.code, [row[0] for row in rows(url)]) == (1, [1, 2]), done.err
    assert "step 1 is what it was" in done.err


def test_only_what_stands_is_counted(lite: str, tmp_path: Path) -> None:
    script = INSERT + "insert into account values (2, 'b', 2);\n\\undo\nselect 1;\n"
    done = tx(lite, tmp_path, script, "--commit")
    assert "2 of 3 steps · 1 row changed · committed" in done.err


@pytest.mark.parametrize("order", ["\\steps", "\\save FILE", "\\diff 1"])
def test_what_looks_back_knows_all_steps(lite: str, tmp_path: Path, order: str) -> None:
    """Though nothing in the script undoes."""
    file = tmp_path / "saved.sql"
    script = INSERT + "insert into account values (2, 'b', 2);\n" + order.replace("FILE", str(file)) + "\n"
    done = tx(lite, tmp_path, script, "--rollback", "-f", "tsv")
    assert done.code == 0, done.err
    if order == "\\steps":
        assert [line.split("\t")[0] for line in done.lines()] == ["step", "1", "2"]
    elif order == "\\diff 1":
        assert "+\t1\ta\t1" in done.lines()
    else:
        assert file.read_text().count("insert") == 2


def test_savepoints_of_the_scripts_own_want_no_undo_in_it(url: str, tmp_path: Path) -> None:
    script = (
        INSERT + "savepoint s;\ninsert into account values (2, 'b', 2);\ninsert into account values (4, 'd', 4);\n"
        "rollback to savepoint s;\n"
        "insert into account values (3, 'c', 3);\nrelease savepoint s;\n"
    )
    done = tx(url, tmp_path, script, "--commit", "--expect", "2")
    assert done.code == 0, done.err
    assert [row[0] for row in rows(url)] == [1, 3]


def test_orders_may_stand_behind_a_statement_on_its_line(lite: str, tmp_path: Path) -> None:
    done = tx(lite, tmp_path, INSERT.strip() + " \\undo\n", "--commit")
    assert (done.code, rows(lite)) == (0, []), done.err


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_a_script_may_set_its_own_isolation_level(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Nothing that dbx asks for itself stands before it; on MySQL it means the next transaction."""
    url = request.getfixturevalue(fixture)
    execute(url, TABLE)
    level = (
        "select current_setting('transaction_isolation')"
        if fixture == "pg_url"
        else "select lower(trx_isolation_level) from information_schema.innodb_trx"
        " where trx_mysql_thread_id = connection_id()"
    )
    script = f"set transaction isolation level serializable;\n{INSERT}\\expect value = 'serializable'\n{level};\n"
    done = tx(url, tmp_path, script, "--commit")
    assert (done.code, len(rows(url))) == (0, 1), done.err


def test_what_does_nothing_in_a_transaction_goes_before_it(sqlite_url: str, tmp_path: Path) -> None:
    child = "create table child (a int references account(id) on delete cascade)"
    execute(existing(sqlite_url), TABLE, child, INSERT, "insert into child values (1)")
    script = "pragma foreign_keys = on;\nbegin;\ndelete from account;\n"
    done = tx(sqlite_url, tmp_path, script, "--commit")
    assert (done.code, execute(sqlite_url, "select * from child")) == (0, []), done.err
    done = tx(sqlite_url, tmp_path, "begin;\npragma foreign_keys = off;\n", "--commit")
    assert (done.code, "does nothing in a transaction" in done.err) == (6, True), done.err


def test_behind_a_release_undo_says_why_it_cannot(lite: str, tmp_path: Path) -> None:
    script = INSERT + "savepoint s;\ninsert into account values (2, 'b', 2);\nrelease savepoint s;\n\\undo\n"
    done = tx(lite, tmp_path, script, "--commit")
    assert done.code == 6
    assert "step 3 cannot be undone any more: its savepoint is gone with release savepoint s" in done.err, done.err


def test_output_that_cannot_be_written_rolls_back_and_says_so(sqlite_url: str, tmp_path: Path) -> None:
    execute(existing(sqlite_url), TABLE)
    numbers = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 100000) select x from n"
    (tmp_path / "script.sql").write_text(f"{INSERT}{numbers};\n")
    with Path("/dev/full").open("wb") as full:
        done = run(sqlite_url, str(tmp_path / "script.sql"), "--commit", command="tx", stdout=full)
    assert (done.code, "all of it was rolled back" in done.err) == (5, True), done.err
    assert rows(sqlite_url) == []
