"""A name that the server does not know is told the one most like it, and F2 puts that in."""

from pathlib import Path

import pytest
from run_dbx import execute
from typing_in import typing

from dbx.errors import DbxError
from dbx.schema import read
from dbx.shell.fix import fixed


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("select nme from track;", "select name from track;"),
        ("select name\nfrom trak", "select name\nfrom track"),
        ("select t.track_id, t.nme from track t", "select t.track_id, t.name from track t"),
        ("select zzz from track", None),
        ("selct 1 frm track", None),
    ],
)
def test_what_was_meant(
    text: str, better: str | None, any_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(any_url, "create table track (track_id int, name varchar(20))", "create table other (nmes int)")
    with typing(any_url, tmp_path, monkeypatch) as typed:
        typed.shell.known.learn_all(read.schema(typed.shell.database))
        with pytest.raises(DbxError) as error:
            typed.shell.run(text)
        typed.shell._tell(error.value, text)
        assert fixed(text, error.value) == better
