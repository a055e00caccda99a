"""What statements do to the transaction and the session."""

from __future__ import annotations

import pytest
from syntaxes import MY

from dbx.sql.effects import begins, ends, is_session_setting, is_transaction_control, sets_transaction
from dbx.sql.words import words

BEGINS = ["begin", "BEGIN WORK", "begin immediate", "start transaction read only", "xa start 'a'", "xa begin 'a'"]
AUTOCOMMIT = ["set autocommit = 0", "set @@autocommit=0", "set session autocommit=1", "set @@session.autocommit = 0"]
ENDS = ["commit", "commit and chain", "end", "rollback", "rollback work", "abort", "prepare transaction 'a'"]
ENDS += ["xa commit 'a'", "xa rollback 'a'", "/*! commit */"]
CONTROL = ["savepoint a", "release a", "rollback to a", "rollback work to savepoint a", "rollback transaction to a"]
CONTROL += ["commit prepared 'a'", "rollback prepared 'a'", "xa end 'a'", "xa prepare 'a'", "xa recover"]
SETS = ["set transaction read only", "set local transaction isolation level serializable"]
SETTINGS = ["set x = 1", "set names utf8", "set @a = 1", "set session transaction read only", "pragma a", "use a"]
SETTINGS += [
    "reset all",
    "set global x = 1",
    "/*!40101 set names utf8 */",
    "set session characteristics as transaction",
]
NEITHER = [
    "select 1",
    "insert into t values (1)",
    "begin not atomic select 1; end",
    "start slave",
    "prepare p as select 1",
]
NEITHER += ["set local x = 1", "set constraints all deferred", "set password = 'x'", "set statement a=1 for select 1"]
NEITHER += [
    "reset master",
    "reset query cache",
    "'begin'",
    "beginning",
    "xa",
    "lock tables t read",
    "set default role a",
]


@pytest.mark.parametrize("text", [*BEGINS, *AUTOCOMMIT, *ENDS, *CONTROL, *SETS, *SETTINGS, *NEITHER])
def test_effects(text: str) -> None:
    first = words(text, MY)
    assert begins(first) == (text in BEGINS + AUTOCOMMIT)
    assert ends(first) == (text in ENDS)
    assert sets_transaction(first) == (text in SETS)
    assert is_transaction_control(first) == (text not in SETTINGS + NEITHER)
    assert is_session_setting(first) == (text in SETTINGS)


def test_nothing_has_no_effect() -> None:
    assert not any(
        effect(()) for effect in (begins, ends, sets_transaction, is_transaction_control, is_session_setting)
    )
