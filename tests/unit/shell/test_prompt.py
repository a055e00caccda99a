"""The prompt's parts, and what a reconnect can tell of what is lost."""

from types import SimpleNamespace
from typing import Any

import pytest

from dbx import config
from dbx.dialects.base import State
from dbx.dialects.postgresql.dialect import PostgreSQL
from dbx.shell import prompt
from dbx.shell.losses import Losses
from dbx.shell.prompt import Prompt, age
from dbx.sql.unit import Unit
from dbx.sql.words import words


def shell(state: State, steps: str = "", label: str = "shop", **profile: Any) -> Any:
    target = SimpleNamespace(label=label, profile=config.Profile(**profile))
    return SimpleNamespace(
        database=SimpleNamespace(target=target),
        connection=SimpleNamespace(state=state),
        steps=SimpleNamespace(prompt=steps),
    )


def text(drawn: Prompt) -> str:
    return "".join(part[1] for part in drawn())


def test_the_age_of_a_transaction_counts_from_its_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(prompt, "monotonic", lambda: now)
    there = shell(State.IDLE)
    drawn = Prompt(there, config.Colors())
    assert text(drawn) == "shop> "
    now = 2000.0
    there.connection.state, there.steps.prompt = State.OPEN, " [tx 1 step]"
    assert text(drawn) == "shop [tx 1 step]> "
    now += 45
    assert text(drawn) == "shop [tx 1 step · 45 s]> "
    there.connection.state, there.steps.prompt = State.FAILED, ""
    assert text(drawn) == "shop [tx failed · 45 s]> "
    there.connection.state = State.IDLE
    assert text(drawn) == "shop> "
    there.connection.state = State.OPEN
    assert text(drawn) == "shop [tx]> "


def test_production_read_only_and_a_lost_connection_are_told() -> None:
    drawn = Prompt(shell(State.LOST, production=True, read_only=True), config.Colors(read_only="ansiblue"))
    assert text(drawn) == "shop production  read-only [not connected]> "
    assert ("ansiblue", " read-only") in drawn()


def test_a_hostile_name_is_made_visible() -> None:
    assert text(Prompt(shell(State.IDLE, label="\x1b]0;PWNED\x07\u202e"), config.Colors())).isprintable()


@pytest.mark.parametrize(("seconds", "told"), [(10.4, "10 s"), (59, "59 s"), (185, "3 min"), (7300, "2 h")])
def test_ages(seconds: float, told: str) -> None:
    assert age(seconds) == told


def test_what_a_session_loses() -> None:
    losses = Losses()
    for each in (
        "set search_path = shop, public",
        "SET search_path TO x",
        "set local work_mem = 5",
        "create temp table held (x int)",
        "create temporary table if not exists again as select 1",
        "prepare p as select 1",
        "select pg_advisory_lock(5)",
        "select 1",
        "use other",
    ):
        losses.note(Unit("sql", each, words(each, PostgreSQL.syntax)))
    assert losses.told() == (
        "SET search_path, temporary table held, temporary table again, prepare p, pg_advisory_lock(5), use other"
    )
    assert losses.told() == ""
