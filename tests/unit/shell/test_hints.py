"""No hint in the shell names what cannot be typed there."""

from pathlib import Path

import pytest
from typing_in import typing

from dbx.dialects.base import State
from dbx.errors import DbxError
from dbx.shell.hints import HERE, here

SOURCES = [
    path.read_text() for path in (Path(__file__).parents[3] / "src/dbx").rglob("*.py") if path.name != "hints.py"
]


@pytest.mark.parametrize("hint", HERE)
def test_each_hint_is_one_that_is_given(hint: str) -> None:
    assert any(f'"{hint}"' in source for source in SOURCES)
    assert "--" not in HERE[hint]
    assert here(hint, scripted=True) == hint


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        (["select * from t where a = :y"], r"\ns NAME STATEMENT keeps it, and \n NAME asks for its values"),
        (["begin", "vacuum"], "commit or rollback first; then it runs"),
        (["\\i {folder}/all.sql"], "leave out BEGIN and COMMIT, or begin with BEGIN"),
    ],
)
def test_what_is_told(lines: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "all.sql").write_text("insert into t values (1);\nbegin;\ncommit;\n")
    with typing("sqlite:///:memory:", tmp_path, monkeypatch) as typed:
        typed("create table t (a int)", *lines[:-1])
        assert typed.state is (State.OPEN if lines[:-1] else State.IDLE)
        text = lines[-1].format(folder=tmp_path)
        with pytest.raises(DbxError) as error:
            typed.shell._run(text)
        typed.shell._tell(error.value, text)
        assert f"| {hint}" in typed.told[-1]
