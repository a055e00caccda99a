"""dbx tx on real servers: what a script of steps leaves, what it says it has changed, and who was in its way."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_dbx import connected, driver, execute, existing, good, read, run
from stepping import drain, edit, step
from watching import backend

from dbx.dialects.base import State
from dbx.errors import DbxError, Refused, StatementFailed
from dbx.transaction.stage import Stage
from dbx.transaction.steps import Transaction

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

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
TABLE = "create table account (id int primary key, name varchar(60), balance int)"


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), TABLE)
    return any_url


@pytest.fixture
def maria(maria_url: str) -> str:
    execute(maria_url, TABLE)
    return maria_url


def tx(url: str, folder: Path, script: str, *options: str):  # type: ignore[no-untyped-def]
    (folder / "script.sql").write_text(script)
    return run(url, str(folder / "script.sql"), *options, command="tx")


def rows(url: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in execute(url, "select * from account order by id")]


# --- what a script leaves --------------------------------------------------------------------------------------------


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


# --- laws ------------------------------------------------------------------------------------------------------------

_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(1, 6)),
        st.tuples(st.just("add"), st.integers(1, 3)),
        st.tuples(st.just("delete"), st.integers(1, 6)),
        st.tuples(st.just("undo"), st.integers(1, 3)),
        st.tuples(st.just("redo"), st.just(1)),
        st.tuples(st.just("skip"), st.just(1)),
        st.tuples(st.just("edit"), st.integers(1, 8)),
    ),
    max_size=14,
)


def sql(action: str, number: int) -> str:
    return {
        "insert": f"insert into account values ({number}, 'n', {number})",
        "add": f"update account set balance = balance * 2 + {number} where id <= {number + 2}",
        "delete": f"delete from account where id = {number}",
    }[action]


@FEW
@given(actions=_ACTIONS, depth=st.sampled_from([2, 50]))
def test_what_stands_is_what_was_left_standing(url: str, actions: list[tuple[str, int]], depth: int) -> None:
    """For any sequence of steps and undos the state is that of running only the steps that survive."""
    execute(url, "delete from account")
    with connected(url) as connection:
        transaction = Transaction(connection, depth=depth, limit=3)
        transaction.begin()
        for action, number in actions:
            try:
                if action in ("insert", "add", "delete"):
                    step(transaction, sql(action, number))
                elif action == "undo":
                    transaction.undo(number)
                elif action == "redo":
                    drain(transaction.redo())
                elif action == "skip":
                    transaction.skip()
                else:
                    edit(transaction, number, sql("add", 9))
            except (Refused, StatementFailed):
                assert transaction.stage is Stage.OPEN
        survivors = [each.text for each in transaction.done]
        transaction.commit()
    left = rows(url)
    execute(url, "delete from account", *survivors)
    assert rows(url) == left


_VALUES = st.one_of(st.none(), st.integers(-3, 9))
_CONDITIONS = st.sampled_from(
    [
        "", "where id > {n}", "where balance = {n}", "where balance is null", "where name like 'a%' or balance < {n}",
        "where id in (select id from account where balance > {n})", "where not (balance <> {n})",
        "where coalesce(balance, {n}) = {n} and upper(name) <> 'B'", "where id between {n} and {n} + 2",
    ]
)  # fmt: skip
_WRITES = st.sampled_from(
    [
        "update account set balance = coalesce(balance, 0) + 1 {where}",
        "update account set name = 'z', balance = id {where};",
        "update account set balance = balance {where}",
        "delete from account {where}",
        "update account as a set name = null {where}",
        "insert into account select id + 100, name, balance from account {where}",
    ]
)


@FEW
@given(data=st.lists(st.tuples(st.sampled_from(["a", "ab", "b", None]), _VALUES), max_size=6),
       write=_WRITES, where=_CONDITIONS, number=st.integers(-1, 6), limit=st.sampled_from([2, 50]))  # fmt: skip
def test_the_preview_is_the_truth(
    url: str, data: list[tuple[str | None, int | None]], write: str, where: str, number: int, limit: int
) -> None:
    """What a step says it has changed equals a comparison of the whole table before and after."""
    values = [
        f"({n}, {'null' if name is None else repr(name)}, {'null' if b is None else b})"
        for n, (name, b) in enumerate(data)
    ]
    execute(url, "delete from account", *([f"insert into account values {', '.join(values)}"] if values else []))
    assert_truth(url, write.format(where=where.format(n=number)), limit)


def assert_truth(url: str, text: str, limit: int) -> None:
    with connected(url) as connection:
        transaction = Transaction(connection, limit=limit)
        transaction.begin()
        before = {row[0]: row for row in read(connection, "select * from account")}
        effect = step(transaction, text).effect
        after = {row[0]: row for row in read(connection, "select * from account")}
        transaction.rollback()
    assert effect is not None
    assert effect.unknown == "", effect.unknown
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    shown = {change.key[0]: (change.before, change.after) for change in effect.changes}
    assert all(pair == (before.get(key), after.get(key)) for key, pair in shown.items())
    if effect.total is not None and effect.total <= limit:
        assert changed <= shown.keys()
    assert len(shown) == min(limit, effect.total or 0)
    assert len(changed) <= (effect.total or 0)


EXPRESSIONS = [
    "[a.update(balance=a.balance + 1) for a in account if a.balance > 2]",
    "[a.delete() for a in account if a.name == 'b' or a.balance is None]",
    "[a.update(name='q') for a in account if a.id in (1, 3)]",
    "account.insert(id=50, name='new')",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_the_preview_of_an_expression_is_the_truth(url: str, text: str, tmp_path: Path) -> None:
    execute(url, "insert into account values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', null), (5, 'e''%:x', 5)")
    before = {str(row[0]): row for row in rows(url)}
    (tmp_path / "script.dbx").write_text(text + "\n")
    options = ("--steps", "-f", "jsonl", "--diff", "9", "--commit")
    done = good(run(url, str(tmp_path / "script.dbx"), *options, command="tx"))
    after = {str(row[0]): row for row in rows(url)}
    effect = json.loads(done.lines()[0])["effect"]
    assert "unknown" not in effect, effect
    shown = {str(change["key"]["id"]): change for change in effect["changes"]}
    assert shown.keys() == {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    for key, change in shown.items():
        for side, table in (("before", before), ("after", after)):
            cells = None if change[side] is None else [None if v is None else str(v) for v in change[side].values()]
            real = table.get(key)
            assert cells == (None if real is None else [None if v is None else str(v) for v in real])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("update account set balance = 1 where balance < {random} * 10", "may give another answer"),
        (
            "delete from account where id in (select id from account order by id limit 2)",
            "LIMIT|could not be read|subquery",
        ),
        ("update account set id = id + 100", "the key itself is changed"),
        ("with x as (select 1 as y) delete from account where id in (select y from x)", "no UPDATE, DELETE|WITH"),
    ],
)
def test_what_cannot_be_known_is_not_claimed(pg_url: str, text: str, reason: str) -> None:
    execute(pg_url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)")
    with connected(pg_url) as connection:
        transaction = Transaction(connection, limit=5)
        effect = step(transaction, text.format(random="random()")).effect
        if effect is None:
            return  # not even tried
        assert effect.changes == ()
        assert "before not known" in effect.remarks[0]
        transaction.rollback()


_SKIPS = {
    "sqlite": ["create trigger skip before update on account when old.id = 2 begin select raise(ignore); end"],
    "postgresql": [
        "create function skip() returns trigger language plpgsql as 'begin if old.id = 2 then return null; end if; return new; end'",
        "create trigger skip before update on account for each row execute function skip()",
    ],
}


@pytest.mark.parametrize("fixture", ["sqlite_url", "pg_url"])
def test_rows_that_a_trigger_leaves_out_are_not_claimed(fixture: str, request: pytest.FixtureRequest) -> None:
    """The condition finds two rows, the server changes one: then what was read before is not what was changed."""
    url = existing(request.getfixturevalue(fixture))
    execute(url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2)", *_SKIPS[backend(url)])
    with connected(url) as connection:
        effect = step(Transaction(connection, limit=5), "update account set balance = 0").effect
    assert effect is not None
    assert (effect.total, effect.changes) == (1, ())
    assert effect.remarks[0] == "before not known: the rows read before are not those that were changed"


def test_triggers_and_cascades_are_counted(url: str) -> None:
    kind = backend(url)
    tail = {"postgresql": "", "sqlite": "", "mysql": " engine=innodb"}[kind]
    execute(
        url,
        f"create table child (id int primary key, a int references account(id) on delete cascade{', constraint fk foreign key (a) references account(id) on delete cascade' if kind == 'mysql' else ''}){tail}",
    )
    execute(
        url, "insert into account values (1, 'a', 1), (2, 'b', 2)", "insert into child values (1, 1), (2, 1), (3, 2)"
    )
    with connected(url) as connection:
        if kind == "sqlite":
            read(connection, "pragma foreign_keys = on")
        transaction = Transaction(connection, limit=5)
        effect = step(transaction, "delete from account where id = 1").effect
        assert effect is not None
        remarks = "\n".join(effect.remarks)
        wanted = {
            "postgresql": "2 rows changed in child by triggers or cascades",
            "sqlite": "2 rows changed in other tables by triggers or cascades",
            "mysql": "what triggers and cascades changed in other tables is not known",
        }
        assert wanted[kind] in remarks
        assert [change.key[0] for change in effect.changes] in ([1], ["1"])
        transaction.rollback()


# --- what cannot be taken back ---------------------------------------------------------------------------------------


def test_what_mysql_commits_is_refused_before_it_is_sent(maria: str, tmp_path: Path) -> None:
    script = "insert into account values (1, 'a', 1);\ncreate table other (x int);\ninsert into account values (2, 'b', 2);\n"
    done = tx(maria, tmp_path, script, "--commit")
    assert (done.code, "CREATE cannot be rolled back on MariaDB" in done.err) == (6, True), done.err
    assert (rows(maria), execute(maria, "show tables like 'other'")) == ([], [])
    done = tx(maria, tmp_path, script, "--rollback", "--allow-permanent")
    assert "rolled back, but for what cannot be: steps up to 2" in done.err
    assert [row[0] for row in rows(maria)] == [1]


@pytest.mark.parametrize(
    "write",
    ["insert into log values (1)", "update log set x = 2", "delete log from log", "replace into log values (1)"],
)
def test_a_table_without_transactions_is_announced(maria: str, tmp_path: Path, write: str) -> None:
    execute(maria, "create table log (x int) engine=myisam", "insert into log values (7)")
    script = f"insert into account values (1, 'a', 1);\n{write};\n"
    done = tx(maria, tmp_path, script, "--commit")
    assert (done.code, "log is a MyISAM table" in done.err) == (6, True), done.err
    assert (rows(maria), execute(maria, "select * from log")) == ([], [(7,)])
    done = tx(maria, tmp_path, script, "--rollback", "--allow-permanent")
    assert "rolled back, but for what cannot be: step 2" in done.err, done.err
    assert rows(maria) == []
    with connected(maria) as connection:
        transaction = Transaction(connection, allow=True)
        step(transaction, write)
        with pytest.raises(Refused, match="step 1 cannot be undone: log is a MyISAM table"):
            transaction.undo()


def test_reading_a_table_without_transactions_is_nothing_to_fear(maria: str, tmp_path: Path) -> None:
    execute(maria, "create table log (x int) engine=myisam", "insert into log values (7)")
    good(tx(maria, tmp_path, "insert into account select x, 'a', 1 from log;", "--commit"))
    assert len(rows(maria)) == 1


# --- others are in the way -------------------------------------------------------------------------------------------


def test_a_lock_timeout_fails_one_step(url: str) -> None:
    execute(url, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    quick = {
        "postgresql": "set lock_timeout = 300",
        "mysql": "set innodb_lock_wait_timeout = 1",
        "sqlite": "pragma busy_timeout = 200",
    }
    with closing(driver(url)) as other, connected(url) as connection:
        cursor = other.cursor()
        cursor.execute("begin")
        cursor.execute("update account set balance = 0 where id = 1")
        read(connection, quick[backend(url)])
        transaction = Transaction(connection, limit=5)
        transaction.begin()
        with pytest.raises(StatementFailed) as caught:
            step(transaction, "update account set balance = 5 where id = 1")
        assert caught.value.conflict == "lock timeout"
        assert (transaction.stage, connection.state) == (Stage.OPEN, State.OPEN)
        cursor.execute("rollback")
        step(transaction, "update account set balance = 5 where id = 1")
        transaction.commit()
    assert rows(url)[0][2] == 5


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_a_deadlock_is_retried_from_the_beginning(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(fixture)
    execute(url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    for retry, code in (("0", 1), ("2", 0)):
        done = deadlocked(url, tmp_path, "--retry", retry)
        assert done.code == code, done.err
        assert "deadlock" in done.err
        if code:
            assert "all of it was rolled back" in done.err or "rolled the whole transaction back" in done.err
        assert rows(url)[0][2] == (100 if code == 0 else 10)
        execute(url, "update account set balance = 10")


def deadlocked(url: str, folder: Path, *options: str):  # type: ignore[no-untyped-def]
    """A script that locks row 1 and then row 2, while another connection does it the other way round, and wins."""
    nap = "select pg_sleep(6)" if backend(url) == "postgresql" else "select sleep(6)"
    script = f"update account set balance = 100 where id = 1;\n{nap};\nupdate account set balance = 100 where id = 2;\n"
    with closing(driver(url)) as other:
        cursor = other.cursor()
        cursor.execute("update account set balance = 10")
        if backend(url) == "postgresql":
            cursor.execute("set deadlock_timeout = '30s'")
        cursor.execute("begin")
        for _ in range(20):  # MariaDB gives up the transaction that has done less
            cursor.execute("update account set name = concat(name, 'x') where id = 2")
        holder = threading.Timer(
            4, lambda: (cursor.execute("update account set name = 'w' where id = 1"), cursor.execute("commit"))
        )
        holder.start()
        done = tx(url, folder, script, "--commit", *options)
        holder.join()
    return done


def test_a_serialization_failure_is_told(pg_url: str) -> None:
    execute(pg_url, TABLE, "insert into account values (1, 'a', 1)")
    with connected(pg_url) as connection:
        transaction = Transaction(connection, isolation="repeatable read")
        step(transaction, "select * from account")
        execute(pg_url, "update account set balance = 9")
        with pytest.raises(StatementFailed) as caught:
            step(transaction, "update account set balance = balance + 1")
        assert caught.value.conflict == "serialization failure"
        assert transaction.isolation == "REPEATABLE READ"
        transaction.rollback()


def test_a_deadlock_takes_the_whole_transaction_on_mysql(maria: str) -> None:
    execute(maria, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    with closing(driver(maria)) as other, connected(maria) as connection:
        cursor = other.cursor()
        cursor.execute("begin")
        for _ in range(20):
            cursor.execute("update account set name = concat(name, 'x') where id = 2")
        transaction = Transaction(connection)
        step(transaction, "update account set balance = 5 where id = 1")
        waits = threading.Timer(0.3, lambda: cursor.execute("update account set balance = 6 where id = 1"))
        waits.start()
        time.sleep(0.8)
        with pytest.raises(DbxError) as caught:
            step(transaction, "update account set balance = 5 where id = 2")
        assert getattr(caught.value, "conflict", "") == "deadlock"
        assert transaction.stage is Stage.ROLLED_BACK
        with pytest.raises(Refused, match="cannot undo: the transaction is rolled back"):
            transaction.undo()
        waits.join()
        cursor.execute("rollback")
    assert [row[2] for row in rows(maria)] == [1, 2]


def test_what_a_transaction_holds(url: str, tmp_path: Path) -> None:
    done = tx(url, tmp_path, "insert into account values (1, 'a', 1);\n\\locks\n", "--commit")
    if backend(url) == "sqlite":
        assert (done.code, "does not tell what a session locks" in done.err) == (6, True)
    else:
        good(done)
        assert "account" in done.text or "changed" in done.text


@pytest.mark.parametrize("fixture", ["pg_url", "maria_url"])
def test_who_is_in_the_way_is_told(fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(fixture)
    execute(url, TABLE, "insert into account values (1, 'a', 1)")
    patience = "set lock_timeout = 3000" if backend(url) == "postgresql" else "set innodb_lock_wait_timeout = 3"
    with closing(driver(url)) as other:
        cursor = other.cursor()
        cursor.execute("begin")
        cursor.execute("update account set balance = 4711 where id = 1")
        done = tx(url, tmp_path, f"{patience};\nupdate account set balance = 5 where id = 1;\n", "--commit")
    assert done.code == 1
    assert "waits for session" in done.err
    assert "hint" in done.err and "it waited for session" in done.err
    assert "outcome" not in done.err


@pytest.mark.parametrize("text", ["commit", "rollback", "begin"])
def test_an_edited_step_cannot_end_the_transaction(url: str, tmp_path: Path, text: str) -> None:
    script = tmp_path / "script.sql"
    script.write_text(
        f"insert into account values (1, 'a', 1);\ninsert into account values (2, 'b', 2);\n\\edit 2 {text}\n"
    )
    done = run(url, str(script), "--dry-run", command="tx")
    assert done.code == 6, done.err
    assert execute(url, "select count(*) from account")[0][0] == 0
