"""The shell on databases of 5,000 tables: what it costs until the prompt stands, what it takes from key to screen while
it completes, and memory, with that of the process which reads the schema. The first start finds no cache, the second
one does.
"""

from __future__ import annotations

import os
import re
import select
import tempfile
import time
from pathlib import Path

from pty_screen import Terminal
from schemas import SIZES, mariadb, postgresql, sqlite

TEXTS = (
    "select x.id, x.b from t00012 x join t00024 on t00024.up = x.id where x.c = 'a' order by x.d",
    "[x.b for x in t00012 if x.up.b == 'a' and len(x.t00024) > 2]",
    "sorted(t04999, key=lambda t: t.d)",
)
QUIET = 0.05
"""Seconds without output after which a key has done all it does."""


def shell(dbx: list[str]) -> None:
    for title, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql), ("MariaDB", mariadb)):
        with opened(SIZES[-1]) as case, tempfile.TemporaryDirectory() as folder:
            for start in ("first", "second"):
                session(f"shell, {title}, {start} start", [*dbx, case.target], case.environment, Path(folder))


def session(title: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
    homes = {f"XDG_{name}_HOME": str(folder) for name in ("CACHE", "STATE", "CONFIG")}
    with Terminal(command, env={**environment, **homes}, columns=120, rows=40) as terminal:
        terminal.wait_for(r"> *$")
        prompt = used(terminal.pid)
        early = keys(terminal, TEXTS[0])  # while the schema is read
        while terminal.read(3):
            pass
        late = [each for text in TEXTS for each in keys(terminal, text)]
        peak = max(each[3] for each in (*early, *late))
    print(
        f"{title:<34} prompt after {prompt:4.2f} s CPU   aim ≤ 0.5 over Python   peak {peak:4.0f} MB   aim ≤ 150",
        flush=True,
    )
    for when, found in (("while reading", early), ("once read", late)):
        parts = [part(sorted(each[at] * 1000 for each in found)) for at in range(3)]
        print(
            f"  key to screen, {when:<14} {parts[0]}   with its menu {parts[1]}   of which CPU {parts[2]}   aim p99 ≤ 16",
            flush=True,
        )


def part(values: list[float]) -> str:
    return f"p50 {values[len(values) // 2]:5.1f} p99 {values[int(len(values) * 0.99)]:6.1f} ms"


def keys(terminal: Terminal, text: str) -> list[tuple[float, float, float, float]]:
    """Type a text; for each key the seconds until it was on the screen, until nothing more came, and those that the
    thread which answers it has worked, whatever else the machine did; and the memory afterwards."""
    found = []
    for key in text:
        started, before = time.perf_counter(), main_thread(terminal.pid)
        terminal.send(key)
        select.select([terminal.fd], [], [], 5)
        echo = last = time.perf_counter()
        while terminal.read(0) or select.select([terminal.fd], [], [], QUIET)[0]:
            last = time.perf_counter()
        worked = main_thread(terminal.pid) - before
        found.append((echo - started, last - started, worked, memory(terminal.pid)))
    terminal.type("\x03")
    while terminal.read(QUIET * 4):
        pass
    return found


def used(pid: int) -> float:
    """Seconds of CPU."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main_thread(pid: int) -> float:
    """Seconds of CPU that the first thread has used, to the nanosecond."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9


def memory(pid: int) -> float:
    """MB of a process and its children, what they share counted once."""
    folder = Path(f"/proc/{pid}")
    try:
        children = [int(child) for task in folder.glob("task/*/children") for child in task.read_text().split()]
        found = re.search(r"Pss:\s+(\d+)", Path(folder, "smaps_rollup").read_text())
    except OSError:  # it has ended
        return 0.0
    return (int(found[1]) / 1024 if found else 0.0) + sum(map(memory, children))
