"""Who comes from another shell is told what does it here."""

import re

import pytest

from dbx.errors import UsageError
from dbx.menu import COMMANDS as MENU
from dbx.shell import habits
from dbx.shell.commands import COMMANDS, find
from dbx.shell.settings import SETTINGS

OWN = {name for command in COMMANDS for name in command.names}


@pytest.mark.parametrize(("habit", "here"), habits.HABITS.items())
def test_what_is_said_is_there(habit: str, here: str) -> None:
    assert habit not in OWN
    for name in re.findall(r"\\\w+", here):
        assert find(name)[0].names
    for name in re.findall(r"dbx (\w+)", here):
        assert name in MENU
    for name in re.findall(r"\\set ([a-z]+)", here):
        assert name in SETTINGS or name == "alone"


def test_what_is_no_habit_is_told_as_before() -> None:
    with pytest.raises(UsageError) as wrong:
        find("\\copy genre to 'x'")
    assert wrong.value.hint.startswith("here: \\g FILE")
    with pytest.raises(UsageError) as wrong:
        find("\\conect")
    assert wrong.value.hint.startswith("did you mean")
    assert habits.hint("SHOW tables;").startswith("here: \\dt")
    assert habits.hint("show tables", client="mysql") == ""
    assert habits.hint("select 1 \\gset", "\\gset is a command of psql, not SQL").startswith("here: name =")
    assert habits.hint("select * from shows", "no such table: shows") == habits.hint("", "") == ""
