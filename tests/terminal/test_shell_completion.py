"""Completion as a person sees it, on a real terminal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    homes = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("STATE", "CACHE")}
    settings = environment(HOME=str(tmp_path), **homes)
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, columns=100) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def clear(terminal: Terminal) -> None:
    terminal.type("\x03")
    terminal.wait_for(r"> *\Z")


def test_a_menu_opens_while_sql_is_typed_and_tab_and_enter_choose(shop: Terminal) -> None:
    shop.type("select * from tr")
    shop.wait_for(r"^ +track +table *\n +playlist_track +table")
    shop.type("\t")
    shop.wait_for(r"^shop\.db> select \* from track *\n")
    shop.type("\t")
    shop.wait_for(r"^shop\.db> select \* from playlist_track *\n")
    shop.type("\r")  # takes it, and does not run
    shop.wait_for(r"^shop\.db> select \* from playlist_track *(\n *)*\Z")
    shop.type(" p join ")
    shop.type("tr")
    shop.wait_for(r"^ +track on track\.track_id = p\.track_id +foreign key")


def test_enter_runs_what_is_typed_whatever_the_menu_offers(shop: Terminal) -> None:
    shop.type("select 41 + 1 as answer, name from genre order by na")
    shop.wait_for(r"^ +name +VARCHAR")
    shop.type("me limit 1\r")
    shop.wait_for(r"^ +42 ")


def test_an_expression_completes_columns_references_and_methods(shop: Terminal) -> None:
    shop.type("[t. for t in track]" + "\x1b[D" * len(" for t in track]"))
    shop.type("\t")
    screen = shop.wait_for(r"^ +album_id +\S.*→ album\.album_id")
    assert re.search(r"^ +track_id +\S.* key", screen, re.MULTILINE)
    shop.type("alb")
    shop.wait_for(r"^ +album +→ album *$")
    shop.type("\t")
    shop.wait_for(r"\[t\.album(_id)? for t in track\]")
    clear(shop)
    shop.type("[t.name.star")
    clear(shop)
    shop.type("[t for t in track if t.name.star")
    shop.wait_for(r"startswith")


def test_a_table_made_just_now_is_completed(shop: Terminal) -> None:
    shop.type("create table brand_new (fresh_column int)\r")
    shop.wait_for(PROMPT)
    shop.type("select fresh from brand_n")
    shop.wait_for(r"^ +brand_new +table")
    shop.type("ew" + "\x1b[D" * len(" from brand_new"))
    shop.type("_")
    shop.wait_for(r"^ +fresh_column +INT")


def test_commands_and_files(shop: Terminal, tmp_path: Path) -> None:
    shop.type("\\conn")
    shop.wait_for(r"^ +\\conninfo +\S")
    clear(shop)
    shop.type("\\d tra")
    shop.wait_for(r"^ +track *$")
