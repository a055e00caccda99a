"""Laws of dbx tx on real servers: what stands is what was left standing, and the preview is the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_dbx import connected, execute, existing, good, read, run
from stepping import TABLE, drain, edit, rows, step
from watching import backend

from dbx.errors import Refused, StatementFailed
from dbx.transaction.stage import Stage
from dbx.transaction.steps import Transaction

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def url(any_url: str) -> str:
    execute(existing(any_url), TABLE)
    return any_url


_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.integers(1, 6)),
        st.tuples(st.just("add"), st.integers(1, 3)),
        st.tuples(st.just("delete"), st.integers(1, 6)),
        st.tuples(st.just("undo"), st.integers(1, 3)),
        st.tuples(st.just("redo"), st.just(1)),
        st.tuples(st.just("skip"), st.just(1)),
        st.tuples(st.just("edit"), st.integers(1, 8)),
        st.tuples(st.sampled_from(["savepoint", "rollback to savepoint", "release savepoint"]), st.integers(1, 2)),
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
                elif "savepoint" in action:
                    step(transaction, f"{action} own{number}")
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
        survivors = [each.text for each in transaction.done if not each.text.startswith("savepoint")]
        assert transaction.standing == len(transaction.done)
        assert transaction.changed == sum(each.changed or 0 for each in transaction.done)
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


@pytest.mark.parametrize(
    ("clause", "insert"),
    [
        ("primary key on conflict replace, b text", "insert into r values (1, 'z')"),
        ("primary key, b text unique on conflict replace", "insert into r values (3, 'y')"),
    ],
)
def test_rows_that_a_table_puts_in_the_place_of_others(sqlite_url: str, clause: str, insert: str) -> None:
    """SQLite counts only the row that is written, and not the one whose place it takes."""
    url = existing(sqlite_url)
    execute(url, f"create table r (a integer {clause})", "insert into r values (1, 'x'), (2, 'y')")
    with connected(url) as connection:
        transaction = Transaction(connection, limit=5)
        for text in (insert, "update r set b = 'y'"):
            effect = step(transaction, text).effect
            assert effect is not None
            assert effect.remarks[0] == "before not known: r lets a row take the place of others"
            transaction.undo()
        effect = step(transaction, "delete from r where a = 1").effect
        assert effect is not None
        assert [change.before for change in effect.changes] == [(1, "x")]


@pytest.mark.parametrize(
    "text",
    [
        "with x as (select 1 as y) update account set balance = 2 where id in (select y from x)",
        "with x as (select 1 as y) delete from account where id in (select y from x)",
        "with x as (select 9 as y) insert into account select y, 'i', 0 from x",
    ],
)
@pytest.mark.parametrize("fixture", ["sqlite_url", "pg_url"])
def test_what_begins_with_with_is_said_not_to_be_known(fixture: str, text: str, request: pytest.FixtureRequest) -> None:
    url = existing(request.getfixturevalue(fixture))
    execute(url, TABLE, "insert into account values (1, 'a', 1), (2, 'b', 2)")
    with connected(url) as connection:
        transaction = Transaction(connection, limit=5)
        done = step(transaction, text)
        assert done.effect is not None
        assert done.effect.remarks == ["before not known: it begins with WITH"]
        assert "1 row changed" in done.line()
        assert step(transaction, "with x as (select 'update' as y) select y from x").effect is None


def test_an_insert_sets_off_no_cascade(maria_url: str) -> None:
    """MariaDB does not count what else has changed; where nothing can have, nothing is said."""
    child = "create table child (a int, foreign key (a) references account(id) on delete cascade)"
    execute(maria_url, TABLE, child)
    with connected(maria_url) as connection:
        transaction = Transaction(connection, limit=5)
        said = {}
        for text in ("insert into account values (1, 'a', 1)", "update account set balance = 2", "delete from account"):
            effect = step(transaction, text).effect
            assert effect is not None
            said[text.split()[0]] = effect.remarks
    assert said == {
        "insert": [],
        "update": [],
        "delete": ["what triggers and cascades changed in other tables is not known"],
    }
