"""The pager: only for what does not fit, with its arguments, without a shell, and free to be left."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from dbx.errors import OutputFailed
from dbx.pager import Pager, paged, pager_command
from dbx.sink import Sink

SIZE = os.terminal_size((40, 10))
LINES = b"".join(b"line %d\n" % number for number in range(50))


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


def program(told: Path, code: str) -> list[str]:
    """A pager that says what it was told and does what `code` says."""
    head = f"import os, sys; open({str(told)!r}, 'w').write(os.environ['LESS'] + ' ' + os.environ['LESSSECURE'])"
    return [sys.executable, "-c", f"{head}; {code}"]


def test_what_fits_goes_to_the_terminal(told: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pager = Pager(program(told, "pass"), SIZE)
    pager.write(b"one\n")
    pager.write(b"two\n")
    pager.end()
    assert capfd.readouterr().out == "one\ntwo\n"
    assert not told.exists()


def test_what_does_not_fit_goes_to_the_pager_in_order(told: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pager = Pager(program(told, "sys.stdout.write('P:' + sys.stdin.read())"), SIZE)
    pager.write(b"first\n")
    pager.write(LINES)
    pager.end()
    assert capfd.readouterr().out == "P:first\n" + LINES.decode()
    assert told.read_text() == "-FRX 1"


def test_a_line_that_is_too_wide_is_to_be_scrolled(told: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pager = Pager(program(told, "sys.stdin.read()"), SIZE)
    pager.write(b"\x1b[1m" + b"x" * 40 + b"\x1b[0m\n")  # colour takes no room
    assert pager.process is None
    pager.write(b"x" * 41 + b"\n")
    pager.end()
    assert told.read_text() == "-RSX 1"


def test_a_pager_that_is_left_closes_the_sink_without_an_error(told: Path) -> None:
    pager = Pager(program(told, "sys.stdin.readline()"), SIZE)
    for _ in range(200):
        pager.write(LINES * 100)
        if pager.closed:
            break
    assert pager.closed
    pager.write(LINES)
    pager.end()


@pytest.mark.parametrize("code", [0, 3])
def test_a_pager_that_fails_is_told(code: int, told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("DBX_PAGER", shlex.join(program(told, f"sys.exit({code})")))
    with pytest.raises(OutputFailed, match="ended with 3") if code else nullcontext(), paged(SIZE) as sink:
        for _ in range(200):
            sink.write(LINES * 100)


def test_without_the_program_the_terminal_will_do(capfd: pytest.CaptureFixture[str]) -> None:
    pager = Pager(["/no/such/pager"], SIZE)
    pager.write(LINES)
    pager.end()
    assert capfd.readouterr().out == LINES.decode()


def test_arguments_are_split_and_no_shell_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("DBX_PAGER", raising=False)
    monkeypatch.setenv("PAGER", "less -R --prompt='a b' ; rm x")
    assert pager_command() == ["less", "-R", "--prompt=a b", ";", "rm", "x"]
    monkeypatch.setenv("DBX_PAGER", "more -s")
    assert pager_command() == ["more", "-s"]
    for nothing in ("", "cat", "'"):
        monkeypatch.setenv("DBX_PAGER", nothing)
        assert pager_command() == []
    monkeypatch.setenv("DBX_PAGER", "less")
    monkeypatch.setenv("TERM", "dumb")
    assert pager_command() == []


def test_a_sink_for_a_program_is_closed_when_it_has_read_enough(capfd: pytest.CaptureFixture[str]) -> None:
    from dbx.sink import piped

    with piped("head -1") as sink:
        assert isinstance(sink, Sink)
        for _ in range(200):
            sink.write(LINES * 100)
            if sink.closed:
                break
        assert sink.closed
    assert capfd.readouterr().out == "line 0\n"
