"""The SQL of an expression under the prompt, while it is typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_screen import Terminal
from run_dbx import DBX, environment

from dbx import sample

PROMPT = r"^shop\.db[^>]*>$"
F2, CLEAR = "\x1bOQ", "\x15"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Terminal]:
    sample.create(tmp_path / "shop.db")
    settings = environment(XDG_STATE_HOME=str(tmp_path / "state"), HOME=str(tmp_path))
    with Terminal([DBX, "shop.db"], cwd=str(tmp_path), env=settings, rows=30, columns=100) as terminal:
        terminal.wait_for(PROMPT)
        yield terminal


def colours(terminal: Terminal, text: str) -> set[str]:
    """Those of the last place at which the screen shows a text."""
    row, line = next((y, line) for y, line in reversed(list(enumerate(terminal.screen.display))) if text in line)
    start = line.index(text)
    return {terminal.screen.buffer[row][column].fg for column in range(start, start + len(text))}


def test_it_follows_what_is_typed_with_its_values_in_a_colour_and_leaves_nothing(shop: Terminal) -> None:
    shop.type("[t.name for t in track if t.track_id == 7")
    shop.wait_for(r"^ {9}\^ '\[' was never closed\n {9}SELECT t\.name FROM track AS t WHERE t\.track_id = 7")
    shop.type("7]")
    shop.wait_for(r"== 77\]\n {9}SELECT t\.name FROM track AS t WHERE t\.track_id = 77$")
    assert colours(shop, "SELECT t.name") == {"default"}
    assert colours(shop, "77") == {"cyan"}
    assert b"\x1b[0;2m" in shop.raw
    shop.type("\r")
    screen = shop.wait_for(r"1 row · ")
    assert screen.count("SELECT") == 1
    assert "\n         SELECT" not in screen


def test_why_there_is_none_is_under_the_place_and_f2_mends_it(shop: Terminal) -> None:
    shop.type("[t.nme for t in track]")
    shop.wait_for(r"nme for t in track\]\n {10}\^{5} .*did you mean 't\.name'\? \(F2\)")
    shop.type(F2)
    shop.wait_for(r"shop\.db> \[t\.name for t in track\]\n {9}SELECT t\.name FROM track AS t$")
    shop.type(CLEAR + "lenn(track)\r")
    shop.wait_for("E-NAME")
    shop.wait_for(PROMPT)
    shop.type(F2)
    shop.wait_for(r"^shop\.db> len\(track\)$")


def test_a_table_made_elsewhere_or_here_is_known_to_it(shop: Terminal) -> None:
    shop.type("create table gadget (id integer primary key, label text);\r")
    shop.wait_for(r"done|CREATE")
    shop.wait_for(PROMPT)
    shop.type("[g.label for g in gadget]")
    shop.wait_for(r"^ {9}SELECT g\.label FROM gadget AS g$")


def test_it_can_be_switched_off(shop: Terminal) -> None:
    shop.type("len(track)")
    shop.wait_for(r"^ {9}SELECT count")
    shop.type(CLEAR + "\\set live off\r")
    shop.wait_for(r"live is off\n(.*\n)*shop\.db>\Z")
    shop.type("len(track)")
    shop.wait_for(r"^shop\.db> len\(track\)$")
    assert "SELECT" not in shop.settle()
    shop.type("\r")
    shop.wait_for("1 row · ")


def test_it_fits_a_terminal_that_shrinks(shop: Terminal) -> None:
    shop.type("[t.name for t in track if t.album.artist.name == '漢字漢字漢字']")
    shop.wait_for(r"WHERE ar\.name = ")
    shop.resize(12, 24)
    shop.wait_until(lambda: 0 < len(re.findall("^(?:SELECT|FROM|JOIN|WHERE)", shop.text(), re.M)) <= 4, "not fitted")
    shop.resize(3, 24)
    shop.settle()
    shop.resize(30, 100)
    shop.type("[:1]")
    shop.wait_for(r"^ {9}LIMIT 1$")


def test_keys_that_names_make_likely_are_proposed_until_they_are_declared(shop: Terminal) -> None:
    shop.type("\\fk\r")
    shop.wait_for(r"^best_seller\.track_id -> track\.track_id +proposed$")
    shop.wait_for(PROMPT)
    shop.type("\\fk best_seller.track_id -> track.track_id\r")
    shop.wait_for(PROMPT)
    shop.type("\\fk\r")
    screen = shop.wait_for(r" declared$")
    assert "proposed" not in screen.rpartition("shop.db> \\fk")[2]
    shop.type("[b.track_id.composer for b in best_seller]")
    shop.wait_for(r"^ +SELECT t\.composer FROM best_seller AS b LEFT JOIN track AS t ON b\.track_id = t\.track_id$")
