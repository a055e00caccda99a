"""The user's own editor: its file is private and goes away, and an error of its means never mind."""

import stat
from pathlib import Path
from typing import Any, cast

import pytest

from dbx.errors import UsageError
from dbx.shell import editor
from dbx.shell.commands import editing


def script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBX_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    monkeypatch.setenv("EDITOR", f"'{script(tmp_path, body)}' --wait")


def test_what_the_editor_leaves_comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, '[ "$1" = --wait ] && tr a-z A-Z < "$2" > "$2.new" && mv "$2.new" "$2"')
    assert editor.edit("select 'ü'\nfrom t") == "SELECT 'ü'\nFROM T"
    assert editor.edit("") == ""


def test_an_editor_that_ends_with_an_error_gives_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, 'echo changed > "$2"; exit 1')
    assert editor.edit("select 1") is None


def test_the_file_is_the_users_alone_and_gone_afterwards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    use(monkeypatch, tmp_path, f'ls -ln "$2" | cut -c1-10 > {seen}; echo "$2" >> {seen}; echo backup > "$2~"')
    editor.edit("select 1", ".py")
    mode, name = seen.read_text().splitlines()
    assert mode == "-rw-------" and name.endswith(".py")
    assert not Path(name).exists() and not Path(f"{name}~").exists() and not Path(name).parent.exists()


def test_bytes_that_are_no_text_come_back_as_they_went(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, "true")
    assert editor.edit("select '\udcff'") == "select '\udcff'"


def test_one_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/nowhere/vi")
    with pytest.raises(UsageError, match=r"/nowhere/vi: No such file"):
        editor.edit("")
    monkeypatch.delenv("VISUAL")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="there is no editor"):
        editor.edit("")


def test_a_file_of_the_users_is_edited_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, 'echo len > "$2"')
    file = tmp_path / "q.sql"
    file.touch(0o640)
    assert editor.run(editor.command(), file)
    assert file.read_text() == "len\n" and stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize(("octal", "byte"), [("000", "00"), ("377", "FF")])
def test_what_is_no_text_is_not_taken(octal: str, byte: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use(monkeypatch, tmp_path, f"printf 'select\\n\\{octal}bad' > \"$2\"")
    with pytest.raises(UsageError, match=f"line 2 .* byte {byte}"):
        editor.edit("select 1")
    monkeypatch.setenv("DBX_EDITOR", "true")
    (tmp_path / "bad.sql").write_bytes(b"select 1\n\xff")
    with pytest.raises(UsageError, match=r"line 2 .* byte FF"):
        editing._edited_file(cast(Any, None), tmp_path / "bad.sql")
