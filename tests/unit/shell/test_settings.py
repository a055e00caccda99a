r"""The settings of the shell: one table, checked."""

from pathlib import Path

import pytest
from typing_in import typing

from dbx.errors import UsageError
from dbx.shell.settings import SETTINGS, find, parsed, shown


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("row_limit", "20", 20),
        ("row_limit", "off", 0),
        ("hold", "1.5", 1.5),
        ("semicolon", "ON", True),
        ("pager", "no", False),
        ("wide", "Wrap", "wrap"),
        ("null", "'(none)'", "(none)"),
        ("null", "∅", "∅"),
    ],
)
def test_a_value(name: str, text: str, value: object) -> None:
    found = parsed(find(name), text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("row_limit", "many", "row_limit is a number"),
        ("row_limit", "-1", "from 0 on"),
        ("hold", "nan", "number"),
        ("hold", "inf", "number"),
        ("semicolon", "maybe", "on or off"),
        ("wide", "warp", "cut, wrap, scroll"),
    ],
)
def test_no_value(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parsed(find(name), text)


def test_a_name_that_is_none_has_a_near_one() -> None:
    with pytest.raises(UsageError) as error:
        find("row_limits")
    assert error.value.hint == "did you mean 'row_limit'?"


def test_what_is_shown_reads_back() -> None:
    for setting in SETTINGS.values():
        assert parsed(setting, shown(setting.default)) == setting.default
        assert not setting.choices or setting.default in setting.choices


def test_the_default_of_null_is_what_each_format_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with typing("sqlite:///:memory:", tmp_path, monkeypatch) as typed:
        for number, line in enumerate(("", "\\set null default", "\\set null ''", "\\set null default")):
            if line:
                assert typed(line) == ""
            assert typed(f"select null as x, 'NULL' as y \\g {tmp_path}/{number}.csv") == ""
            assert (tmp_path / f"{number}.csv").read_text() == "x,y\n,NULL\n", line
        typed("\\set null NULL", f"select null as x \\g {tmp_path}/n.csv")
        assert (tmp_path / "n.csv").read_text() == "x\nNULL\n"
