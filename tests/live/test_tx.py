"""dbx tx on real servers: what a script of steps leaves, and what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_dbx import execute, existing, good, run
from stepping import TABLE, rows, tx

SCRIPT = r"""begin;
insert into account values (1, 'Ada', 100);
insert into account values (2, 'Ben', 50), (3, 'Cid', 0);
update account set balance = balance - 30 where id = 1;
insert into account values (1, 'again', 0);
update account set balance = balance + 30 where id = 2;
delete from account where id = 3;
\undo 2
\redo
update account set name = upper(name) where balance > 60;
insert into account values (4, 'Dot', 7);
\undo
delete from account where id = 1;
\undo
insert into account values (5, 'Eve', 9);
"""
BY_HAND = """
insert into account values (1, 'Ada', 100);
insert into account values (2, 'Ben', 50), (3, 'Cid', 0);
update account set balance = balance - 30 where id = 1;
update account set balance = balance + 30 where id = 2;
update account set name = upper(name) where balance > 60;
insert into account values (5, 'Eve', 9);
"""


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), TABLE)
    return any_url


def test_a_script_leaves_what_one_by_hand_leaves(url: str, tmp_path: Path) -> None:
    """Ten steps; one fails, some are undone, one is redone."""
    done = tx(url, tmp_path, SCRIPT, "--commit", "--on-error", "continue")
    assert done.code == 1
    assert "1 step failed and left out; the others: committed" in done.err
    left = rows(url)
    execute(url, "delete from account")
    (tmp_path / "hand.sql").write_text(BY_HAND)
    good(run(url, str(tmp_path / "hand.sql"), command="run"))
    assert left == rows(url)
    assert len(left) == 4


def test_a_step_that_fails_ends_it_all(url: str, tmp_path: Path) -> None:
    done = tx(url, tmp_path, SCRIPT, "--commit")
    assert done.code == 1
    assert "step 4 · insert into account values (1, 'again', 0) · failed" in done.err
    assert "hint: all of it was rolled back" in done.err
    assert rows(url) == []


@pytest.mark.parametrize(
    ("options", "code", "words", "kept"),
    [
        (("--commit",), 0, "2 steps · 2 rows changed · committed", 2),
        (("--rollback",), 0, "2 rows changed · rolled back", 0),
        (("--dry-run",), 0, "2 rows changed · rolled back", 0),
        ((), 6, "neither --commit nor --rollback", 0),
        (("--commit", "--max-rows", "1"), 6, "2 rows changed, more than --max-rows 1", 0),
        (("--commit", "--expect", "3"), 6, "2 rows changed, and --expect says 3", 0),
        (("--commit", "--expect", "2"), 0, "committed", 2),
        (("--commit", "--rollback"), 2, "not both", 0),
        (("--commit", "--isolation", "chaos"), 6, "no isolation level CHAOS", 0),
    ],
)
def test_how_it_ends(url: str, tmp_path: Path, options: tuple[str, ...], code: int, words: str, kept: int) -> None:
    script = "insert into account values (1, 'a', 1);\ninsert into account values (2, 'b', 2);\n"
    done = tx(url, tmp_path, script, *options)
    assert (done.code, words in done.err) == (code, True), done.err
    assert len(rows(url)) == kept


def test_a_script_may_end_itself(url: str, tmp_path: Path) -> None:
    good(tx(url, tmp_path, "begin; insert into account values (1, 'a', 1); commit;"))
    good(tx(url, tmp_path, "insert into account values (2, 'a', 1); rollback;"))
    assert [row[0] for row in rows(url)] == [1]
    done = tx(url, tmp_path, "insert into account values (3, 'a', 1); commit;\ninsert into account values (4, 'a', 1);")
    assert (done.code, "COMMIT in the middle" in done.err) == (6, True), done.err
    assert [row[0] for row in rows(url)] == [1]


def test_expectations_are_part_of_a_step(url: str, tmp_path: Path) -> None:
    script = "insert into account values (1, 'a', 1);\n\\expect value = 2\nselect count(*) from account;\n"
    done = tx(url, tmp_path, script, "--commit")
    assert (done.code, "expected value = 2, got 1" in done.err) == (1, True), done.err
    assert rows(url) == []


def test_records(url: str, tmp_path: Path) -> None:
    done = tx(url, tmp_path, SCRIPT, "--commit", "--on-error", "continue", "--steps", "-f", "jsonl", "--diff", "5")
    records = [json.loads(line) for line in done.lines()]
    assert [(record["step"], record["state"]) for record in records][:4] == [
        (1, "done"), (2, "done"), (3, "done"), (4, "failed"),
    ]  # fmt: skip
    (change,) = records[2]["effect"]["changes"]
    assert str(change["before"]["balance"]), str(change["after"]["balance"]) == ("100", "70")
    assert records[3]["error"]["code"]
    assert (records[-1]["step"], records[-1]["state"]) == (None, "committed")


def test_a_script_from_a_pipe(url: str) -> None:
    done = run(url, command="tx", stdin=b"insert into account values (1, 'a', 1);\n\\undo\n\\redo\ncommit;\n")
    assert done.code == 0, done.err
    assert len(rows(url)) == 1


def test_a_saved_script_leaves_the_same(url: str, tmp_path: Path) -> None:
    script = SCRIPT.replace("insert into account values (1, 'again', 0);\n", "") + f"\\save {tmp_path}/saved.sql\n"
    good(tx(url, tmp_path, script, "--commit"))
    left = rows(url)
    execute(url, "delete from account")
    good(run(url, str(tmp_path / "saved.sql"), "--commit", command="tx"))
    assert rows(url) == left


@pytest.mark.parametrize("text", ["commit", "rollback", "begin"])
def test_an_edited_step_cannot_end_the_transaction(url: str, tmp_path: Path, text: str) -> None:
    script = tmp_path / "script.sql"
    script.write_text(
        f"insert into account values (1, 'a', 1);\ninsert into account values (2, 'b', 2);\n\\edit 2 {text}\n"
    )
    done = run(url, str(script), "--dry-run", command="tx")
    assert done.code == 6, done.err
    assert execute(url, "select count(*) from account")[0][0] == 0
