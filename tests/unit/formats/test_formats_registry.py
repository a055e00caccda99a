"""Formats by name."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from dbx.errors import UsageError
from dbx.formats import FORMATS, Format, load, plugins

MINE = Format("mine", lambda rows, style: iter([b"mine"]))


def _entry(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    entries = [EntryPoint(name, value, plugins.GROUP)]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries if group == "dbx.formats.v1" else [])


def test_every_name_loads() -> None:
    assert {name: load(name).name for name in FORMATS} == {name: name for name in FORMATS}


def test_unknown_name_lists_the_formats() -> None:
    with pytest.raises(UsageError, match="no format 'zzz'") as caught:
        load("zzz")
    assert (
        caught.value.hint == "formats: arrow, csv, html, insert, json, jsonl, markdown, parquet, table, tsv, vertical"
    )
    assert caught.value.exit_code == 2


def test_near_name_is_suggested() -> None:
    with pytest.raises(UsageError) as caught:
        load("CSV")
    assert caught.value.hint.startswith("did you mean csv? formats: arrow, csv, ")


def test_script_is_not_a_format() -> None:
    with pytest.raises(UsageError, match=r"no format 'x\.sql'") as caught:
        load("x.sql")
    assert caught.value.hint == "to run a file: dbx run TARGET x.sql"


def test_existing_file_is_not_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my query").write_text("select 1")
    with pytest.raises(UsageError) as caught:
        load("my query")
    assert caught.value.hint == "to run a file: dbx run TARGET 'my query'"


@pytest.mark.parametrize("name", ["", "\x1b[2J", "a\x00b", "caf\udcff", "\x1b.sql"])
def test_name_is_made_visible(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(name)
    assert (caught.value.message + caught.value.hint).isprintable()


def test_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry(monkeypatch, "mine", "test_formats_registry:MINE")
    assert load("mine").name == "mine"
    with pytest.raises(UsageError) as caught:
        load("zzz")
    assert "mine" in caught.value.hint


def test_plugin_does_not_replace_a_built_in_format(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry(monkeypatch, "csv", "test_formats_registry:MINE")
    assert load("csv").name == "csv"


def test_plugin_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry(monkeypatch, "mine", "no_such_module_anywhere:X")
    with pytest.raises(UsageError, match="the format 'mine' cannot be loaded: No module named"):
        load("mine")


def test_plugin_with_controls_in_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("pathlib:Path", "no_such_module_anywhere\x1b:X"):
        _entry(monkeypatch, "a\x1b", value)
        for name in ("a\x1b", "zzz", "a\x1bb"):
            with pytest.raises(UsageError) as caught:
                load(name)
            assert (caught.value.message + caught.value.hint).isprintable()


def test_plugin_that_is_no_format_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _entry(monkeypatch, "mine", "pathlib:Path")
    with pytest.raises(UsageError, match=r"the format 'mine' \(pathlib:Path\) is no dbx.formats.Format"):
        load("mine")


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl", "markdown", "html", "insert"])
def test_data_formats_import_neither_rich_nor_plugins(name: str) -> None:
    code = f"import sys, dbx.formats; dbx.formats.load({name!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "dbx.formats" in modules
    assert not modules & {
        "rich",
        "pyarrow",
        "importlib.metadata",
        "sqlalchemy",
        "dbx.formats.plugins",
        "dbx.formats.table",
    }
