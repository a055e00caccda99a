"""Writes what can be generated: README's transcripts and option tables, and the files in completions/.

    python tests/docs.py          bring them up to date
    python tests/docs.py --check  say what is out of date, and exit 1

In README, a block fenced as ```console holds commands behind `$ ` and their output, where $PG is the URL of an empty
database on a PostgreSQL server (a block that names it stays as it is where there is no such server); a block behind
`<!-- terminal: one | two -->` shows the shell after those inputs, the last of them not yet run where it ends in `…`; `<!-- options: NAME -->` stands before a table, `<!-- options: NAME beyond OTHER -->` before one of what OTHER has not.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pty_screen import Terminal
from servers import MissingError, PostgreSQL

import completions
from dbx import cli, menu, sample

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
TERMINAL = re.compile(r"(<!-- terminal: (.*?) -->\n)```text\n.*?```", re.DOTALL)
OPTIONS = re.compile(r"(<!-- options: (\w+)(?: beyond (\w+))? -->\n)(?:\|.*\n)*")
PROMPT = r"^shop\.db[^>]*>$"


def main() -> int:
    check = "--check" in sys.argv
    stale = {}
    for path, text in generated():
        if kept(path) != text:
            stale[path] = text
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'out of date; run make docs' if check else 'written'}")
        if check:
            sys.stdout.writelines(difflib.unified_diff(*(side.splitlines(True) for side in (kept(path), stale[path]))))
    return 1 if check and stale else 0


def kept(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def generated() -> Iterator[tuple[Path, str]]:
    commands = {name: cli._load(name) for name in menu.COMMANDS}
    for name, text in completions.files(commands).items():
        yield ROOT / "completions" / name, text
    yield ROOT / "README.md", readme((ROOT / "README.md").read_text(), commands)


def readme(text: str, commands: dict[str, Any]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        sample.create(Path(folder, "shop.db"))
        state = Path(folder, ".local/state/dbx")
        state.mkdir(parents=True)
        (state / "warned").touch()  # "$PG" is a URL with a password
        with contextlib.ExitStack() as stack:
            url = server(stack) if "$PG" in text else ""
            text = CONSOLE.sub(lambda match: f"```console\n{transcript(match[1], folder, url)}```", text)
        text = TERMINAL.sub(lambda match: f"{match[1]}```text\n{screen(match[2], folder)}\n```", text)
    return OPTIONS.sub(lambda match: match[1] + options(commands[match[2]], commands.get(match[3])), text)


def server(stack: contextlib.ExitStack) -> str:
    """The URL of a database on a server that runs as long as the stack; '' where there is none on this machine."""
    try:
        running = stack.enter_context(PostgreSQL())
    except MissingError:
        return ""
    return str(running.url(database=running.create_database()))


def transcript(block: str, folder: str, url: str) -> str:
    """The commands of a block, each with what it prints now."""
    if "$PG" in block and not url:
        return block
    lines = []
    for command in re.findall(r"^\$ (.*(?:\n> .*)*)", block, re.MULTILINE):
        script = command.replace("\n> ", "\n")
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environment(folder) | {"PG": url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines.append(f"$ {command}\n{done.stdout}")
    return "".join(lines)


def screen(inputs: str, folder: str) -> str:
    """What the shell's screen shows after the inputs; times and versions are not what a reader should compare."""
    with Terminal(
        [str(BIN / "dbx"), "shop.db"], cwd=folder, env=environment(folder), columns=110, rows=120
    ) as terminal:
        terminal.wait_for(PROMPT)
        for number, line in enumerate(inputs.split(" | "), 2):
            if line.endswith("…"):  # looked at while it stands at the prompt
                terminal.type(line.removesuffix("…"))
                terminal.wait_for(r"^ +(SELECT|\^|\S.* (table|foreign key|→))")
                terminal.settle()
                break
            terminal.type(line + "\r")
            # each answer ends in a new prompt
            while len(re.findall(r"^shop\.db[^>]*>", terminal.settle(), re.MULTILINE)) < number:
                pass
        shown = terminal.text()
    shown = re.sub(r"^shop\.db[^>]*>\Z", "", shown, flags=re.MULTILINE).rstrip()
    shown = re.sub(r"^SQLite [\d.]+", "SQLite 3.40.1", shown, flags=re.MULTILINE)
    return re.sub(r"\d+\.\d+ ms|\d\.\d\d s", "1.8 ms", shown)


def environment(folder: str) -> dict[str, str]:
    """Nobody's configuration, no colours, this dbx first on the path."""
    names = ("LANG", "LC_ALL", "TZ")
    return {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": folder,
        "NO_COLOR": "1",
        **{name: os.environ[name] for name in names if name in os.environ},
    }


def options(command: Any, other: Any = None) -> str:
    rows = ["| option | meaning |", "|---|---|"]
    known = {"--help"}.union(*(parameter.opts for parameter in other.params)) if other else {"--help"}
    for parameter in command.params:
        if parameter.param_type_name == "option" and known.isdisjoint(parameter.opts):
            rows.append(
                f"| {completions.signature(parameter)} | {(parameter.help or '').replace('|', chr(92) + '|')} |"
            )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
