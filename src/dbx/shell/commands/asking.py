"""Help, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dbx.errors import UsageError
from dbx.nearest import nearest
from dbx.rows import Rows
from dbx.shell import commands
from dbx.shell.commands.command import Command, Leave

if TYPE_CHECKING:
    from dbx.shell.loop import Shell

_TABLES, _EXAMPLES = "dbx.language.evaluation.callables", "dbx.language.examples"
"""By name: they bring SQLAlchemy, which is imported while the user types."""


def _quit(shell: Shell, rest: str) -> None:
    raise Leave


def _help(shell: Shell, rest: str) -> Rows:
    word = rest.strip().removesuffix("()").removeprefix(".")
    if not word:
        return _listed()
    if word in ("functions", "methods"):
        return _vocabulary(word)
    for command in commands.COMMANDS:
        if word in command.names or f"\\{word}" in command.names:
            return _told(command)
    return _of_the_language(word)


def _listed() -> Rows:
    """Every command under its heading; as rows, where a format was asked for."""
    rows = [(title, _usage(command), command.summary) for title, group in commands.GROUPS.items() for command in group]
    width = max(len(usage) for _, usage, _ in rows)
    lines = []
    for title, group in commands.GROUPS.items():
        lines += ["", title, *(f"  {_usage(command):{width}}  {command.summary}" for command in group)]
    lines += ["", "\\? NAME tells more of one; \\? functions and \\? methods list those of the language"]
    return Rows.of("group", "command", "what it does", rows=rows).drawn("\n".join(lines[1:]))


def _usage(command: Command) -> str:
    names = ", ".join(command.names) + (f"[{command.extras}]" if command.extras else "")
    return " ".join(filter(None, [names, command.arguments]))


def _told(command: Command) -> Rows:
    lines = [_usage(command), f"  {command.summary}", *(f"  {line}" for line in command.help.splitlines())]
    rows = [(_usage(command), command.summary, command.help)]
    return Rows.of("command", "what it does", "more", rows=rows).drawn("\n".join(lines))


def _vocabulary(which: str) -> Rows:
    """All functions, or all methods and what they are of, with an example of each."""
    examples, tables = import_module(_EXAMPLES), import_module(_TABLES)
    if which == "functions":
        rows = [(f"{name}()", _example(examples.FUNCTIONS, name)) for name in sorted(tables.FUNCTIONS)]
        return Rows.of("function", "example", rows=rows)
    owners = sorted({name for methods in tables.METHODS.values() for name in methods})
    found = [(f".{name}()", ", ".join(_owners(name)), _example(examples.METHODS, name)) for name in owners]
    return Rows.of("method", "of", "example", rows=found)


def _of_the_language(word: str) -> Rows:
    """A function, a method, or both. Raises UsageError for what is neither, nor a command."""
    examples, tables = import_module(_EXAMPLES), import_module(_TABLES)
    rows = list(_meanings(word, examples, tables))
    if not rows:
        methods = {name for group in tables.METHODS.values() for name in group}
        names = [name for command in commands.COMMANDS for name in command.names]
        near = nearest(word, [*tables.FUNCTIONS, *methods, *names])
        hint = f"did you mean \\? {near}" if near else "\\? lists the commands, \\? functions the functions"
        raise UsageError(f"no command, function or method '{word}'", hint=hint)
    text = "\n".join(f"{what}\n  {example}" for what, _, example in rows)
    return Rows.of("what", "of", "example", rows=rows).drawn(text)


def _meanings(word: str, examples: Any, tables: Any) -> Iterator[tuple[str, str, str]]:
    if word in tables.FUNCTIONS:
        yield f"{word}(), a function", "", _example(examples.FUNCTIONS, word)
    if owners := _owners(word):
        yield f".{word}(), a method of {', '.join(owners)}", ", ".join(owners), _example(examples.METHODS, word)


def _owners(method: str) -> list[str]:
    tables = import_module(_TABLES)
    kinds = {"core": "Core expressions", "any": "anything", "write": "writes", "change": "changes"}
    return [kinds.get(kind, kind) for kind, methods in tables.METHODS.items() if method in methods]


def _example(known: dict[str, str], name: str) -> str:
    alike: dict[str, str] = import_module(_EXAMPLES).ALIKE
    return known.get(name) or known[alike[name]].replace(alike[name], name)


COMMANDS = (
    Command(
        ("\\?", "help"), "[NAME]", "these commands; or one of them, or a function or method of the language", _help
    ),
    Command(("\\q", "exit", "quit"), "", "leave (Ctrl-D too)", _quit),
)
