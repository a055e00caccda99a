"""The completer as the prompt asks it: which language, and the shell's own commands."""

from pathlib import Path

import pytest
from completing import known
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from dbx import registry
from dbx.schema.known import Known
from dbx.schema.model import Column, Schema, Table
from dbx.schema.referenced import Goal
from dbx.shell.commands.command import Command
from dbx.shell.completion import ShellCompleter, sql

ASKED = CompleteEvent(completion_requested=True)


def _run(shell: object, rest: str) -> None:
    raise AssertionError("nothing runs while it is typed")


COMMANDS = (
    Command(("\\d",), "[NAME]", "describes", _run, extras="+S"),
    Command(("\\f",), "FORMAT", "how rows look", _run),
    Command(("\\g",), "[FILE or |PROGRAM]", "runs again", _run),
    Command(("\\explain",), "[analyze] TEXT", "the plan", _run),
    Command(("\\i", "\\include"), "FILE", "runs a file", _run),
)


@pytest.fixture
def completer() -> ShellCompleter:
    made = ShellCompleter(
        known(), registry.load("sqlite"), lambda: {"mine": 1}, COMMANDS, {"FORMAT": lambda: ("table", "csv", "tsv")}
    )
    made.load()
    return made


def offered(completer: ShellCompleter, text: str, *, asked: bool = True) -> list[str]:
    before, _, after = text.partition("|")
    event = CompleteEvent(text_inserted=not asked, completion_requested=asked)
    document = Document(before + after, len(before))
    found = completer.get_completions(document, event)
    return [f"{before[: len(before) + each.start_position]}{each.text}" for each in found]


def test_the_text_decides_which_language_it_is(completer: ShellCompleter) -> None:
    assert offered(completer, "select na| from track") == ["select name"]
    assert offered(completer, "[t.na| for t in track]")[:1] == ["[t.name"]
    assert offered(completer, "\\d alb|") == ["\\d album"]
    assert offered(completer, "\\d+ alb|") == ["\\d+ album"]
    assert offered(completer, "\\dx alb|") == []


def test_commands_take_names_of_other_schemas() -> None:
    made = ShellCompleter(known("postgresql"), registry.load("postgresql"), dict, COMMANDS, {})
    assert offered(made, "\\d log.en|") == ["\\d log.entry"]
    assert offered(made, "\\d lo|") == ["\\d log."]


def test_one_word_may_become_either(completer: ShellCompleter) -> None:
    found = offered(completer, "de|")
    assert {"delete", "delete("} <= set(found)
    assert offered(completer, "min|")[:2] == ["mine", "min("]


def test_what_stands_already_is_not_offered(completer: ShellCompleter) -> None:
    assert "select * from track" not in offered(completer, "select * from track|")


def test_commands_and_their_arguments(completer: ShellCompleter) -> None:
    assert offered(completer, "\\|") == ["\\d", "\\f", "\\g", "\\explain", "\\i", "\\include"]
    assert offered(completer, "\\e|") == ["\\explain"]
    assert offered(completer, "\\f c|") == ["\\f csv"]
    assert offered(completer, "\\f |") == ["\\f csv", "\\f table", "\\f tsv"]
    assert offered(completer, "\\nope x|") == []
    assert offered(completer, "\\g or|") == []
    assert offered(completer, "\\explain ana|")[0] == "\\explain analyze"
    assert offered(completer, "\\explain [t.na| for t in track]")[:1] == ["\\explain [t.name"]
    assert offered(completer, "\\explain select na| from track") == ["\\explain select name"]


def test_files_are_those_that_are_there(completer: ShellCompleter, tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "folder").mkdir()
    assert offered(completer, f"\\i {tmp_path}/|") == [f"\\i {tmp_path}/a.sql", f"\\i {tmp_path}/folder/"]
    assert offered(completer, f"\\i {tmp_path}/.h|") == [f"\\i {tmp_path}/.hidden"]
    assert offered(completer, "\\i /nowhere/at/all/|") == []


def test_before_expressions_are_loaded_there_is_sql() -> None:
    early = ShellCompleter(known(), registry.load("sqlite"), dict, COMMANDS, {})
    assert offered(early, "select * from tr|")[:1] == ["select * from track"]
    assert offered(early, "[t.na| for t in track]") == []


def test_what_a_name_shows_cannot_steer_the_terminal() -> None:
    what = Known()
    evil = "evil\x1b]0;PWNED\x07\u202e"
    column = Column("id", "int", comment="\x1b[2J")
    what.learn_all(Schema("sqlite", (Table(evil, None, (column,), comment=evil),)))
    completer = ShellCompleter(what, registry.load("sqlite"), dict, COMMANDS, {})
    document = Document("select * from ev")
    (found,) = completer.get_completions(document, CompleteEvent(completion_requested=True))
    shown = found.display_text + found.display_meta_text
    assert "PWNED" in shown and not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_neither_do_keys_and_what_stands_beside_them(completer: ShellCompleter) -> None:
    evil = "1\x1b]0;PWNED\x07\u202e"
    goal = Goal(None, "artist", "artist_id", "name")
    completer._known.referenced.learn(goal, [(evil, evil), (b"\x1b", evil), (None, evil)])
    (found,) = completer.get_completions(Document("select * from album where artist_id = 1p"), ASKED)
    shown = found.display_text + found.display_meta_text
    assert shown.count("PWNED") == 2 and not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_in_a_long_text_keys_are_not_held_up_and_tab_completes(completer: ShellCompleter) -> None:
    text = "select " + "name, " * 2000 + "na| from track"
    assert offered(completer, text, asked=False) == []
    assert offered(completer, text)[0].endswith("name")


def test_a_megabyte_is_not_looked_at(completer: ShellCompleter) -> None:
    assert offered(completer, "select '" + "x" * 1_000_000 + "' from tr|") == []


def test_what_could_not_be_told_is_told_as_soon_as_it_can() -> None:
    """A menu that had nothing to show is asked for again when a table has been read, or expressions are loaded."""
    what = Known()
    what.learn_schemas("main", ("main",))
    what.learn_names(None, {"track": "main"})
    completer = ShellCompleter(what, registry.load("sqlite"), dict, COMMANDS, {})
    again: list[CompleteEvent] = []
    completer.refresh = again.append
    assert offered(completer, "select na| from track") == [] and again == []
    what.learn("track", None, Table("track", None, (Column("name", "text"),)))
    assert [event.completion_requested for event in again] == [True]
    assert offered(completer, "select na| from track") == ["select name"]
    what.learn_names(None, {"track": "main", "album": "main"})
    assert len(again) == 1
    assert offered(completer, "[t.| for t in track]", asked=False) == []
    completer.load()
    assert [event.completion_requested for event in again] == [True, False]


def test_no_key_makes_the_index_of_all_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made by the thread that has learnt them: of thousands of names it takes as long as the rest of a key."""
    held, made = Known(), []
    completer = ShellCompleter(held, registry.load("sqlite"), dict, COMMANDS, {})
    really = sql.Index
    monkeypatch.setattr(sql, "Index", lambda names: made.append(names) or really(names))
    held.learn_schemas(None, ())
    assert not made and not held.wanted
    held.learn_all(Schema("sqlite", (Table("artist", None, (Column("id", "int"),)),)))
    assert made == [("artist",)]
    assert offered(completer, "select * from ar|") == ["select * from artist"]
    assert len(made) == 1
