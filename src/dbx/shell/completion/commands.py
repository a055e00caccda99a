r"""What could go on in a line that begins with a backslash: commands, and arguments by what their table says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dbx.schema.known import Known, Unread
from dbx.shell.commands.command import Command
from dbx.shell.completion.candidate import Candidate
from dbx.shell.completion.matching import LIMIT, rank

_ARGUMENT = re.compile(r"[A-Z]+|[a-z]+")
_LISTED = 2000
"""Entries of a folder that are looked at."""

Words = Callable[[], Iterable[str]]
Deeper = Callable[[str], tuple[int, list[Candidate]]]


class Commands:
    """`words` gives the values of an argument by its name in capitals; `names` the names in a schema that fit;
    `deeper` completes a statement."""

    def __init__(
        self,
        commands: Sequence[Command],
        known: Known,
        words: Mapping[str, Words],
        names: Callable[[str | None, str], list[str]],
    ) -> None:
        self.commands = commands
        self.known = known
        self.words = words
        self.names = names

    def complete(self, before: str, deeper: Deeper) -> tuple[int, list[Candidate]]:
        line = before.lstrip()
        word, space, rest = line.partition(" ")
        if not space:
            return len(word), list(self._commands(word))[:LIMIT]
        command = next((each for each in self.commands if _names(each, word)), None)
        if command is None:
            return 0, []
        kinds = ["HELP"] if command.names[0] == "\\?" else _ARGUMENT.findall(command.arguments)
        if "TEXT" in kinds and not ("FILE" in kinds and not rest):
            length, found = deeper(rest)
            own = [] if " " in rest.strip() else list(self._arguments(kinds, rest))
            return (len(rest), own) if own and not found else (length, found)
        typed = rest.rpartition(" ")[2]
        return len(typed), list(self._arguments(kinds, typed))[:LIMIT]

    def _commands(self, word: str) -> Iterator[Candidate]:
        for command in self.commands:
            for name in command.names:
                if name.startswith(word):
                    label = f"{name} {command.arguments}".strip()
                    yield Candidate(name, "command", command.summary, label)

    def _arguments(self, kinds: Sequence[str], typed: str) -> Iterator[Candidate]:
        for kind in kinds:
            if kind.islower():
                if kind.startswith(typed) and kind not in (typed, "or"):
                    yield Candidate(kind, "keyword")
            elif kind == "FILE":
                yield from files(typed)
            elif kind in ("NAME", "TABLE"):
                yield from self._objects(typed)
            elif kind in self.words:
                fitting = [(rank(typed, word), word) for word in self.words[kind]()]
                yield from (Candidate(word, "value") for level, word in sorted(fitting) if level or not typed)

    def _objects(self, typed: str) -> Iterator[Candidate]:
        """What a bare name means, and of other schemas what stands behind their dot."""
        schema, dot, name = typed.rpartition(".")
        if dot and schema:
            yield from (Candidate(f"{schema}.{each}", "table", label=each) for each in self.names(schema, name))
            return
        yield from (Candidate(each, "table") for each in self.names(None, typed))
        try:
            schemas = self.known.schemas()[1]
        except Unread:
            return
        yield from (Candidate(f"{each}.", "schema") for each in schemas if typed and each.startswith(typed))


def _names(command: Command, word: str) -> bool:
    r"""Whether a word is one of a command's names, maybe with letters behind it: \d+."""
    return word in command.names or any(
        word.startswith(name) and set(word.removeprefix(name)) <= set(command.extras) for name in command.names
    )


def files(typed: str) -> Iterator[Candidate]:
    """Files and folders that go on from what is typed; hidden ones only when a dot asks for them."""
    folder, name = os.path.split(typed)
    try:
        with os.scandir(Path(folder).expanduser() if folder else ".") as entries:
            found = [(entry.name, entry.is_dir()) for entry, _ in zip(entries, range(_LISTED), strict=False)]
    except (OSError, RuntimeError):
        return
    for each, is_folder in sorted(found):
        if each.startswith(name) and (name or not each.startswith(".")):
            label = each + "/" * is_folder
            yield Candidate(os.path.join(folder, label), "file", "folder" if is_folder else "", label)  # noqa: PTH118
