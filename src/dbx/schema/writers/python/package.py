"""A package in the place of one module: a file for each table or class, one for what they share, one for what is made
beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dbx.schema.writers.python.layout import WIDTH, array, laid, string
from dbx.schema.writers.python.module import BASE, STATEMENTS, TABLES, Part, Source, docstring, framed, without_strings

_DEFINED = re.compile(r"^(?:class |def )(\w+)|^(\w+) = ", re.MULTILINE)
_HEADS = {
    BASE: '"""What the modules of this package share."""',
    TABLES: '"""Tables that have no class."""',
    STATEMENTS: '"""What is made beside the tables, and in which order."""',
}


def files(source: Source) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of the package's files."""
    modules: dict[str, list[Part]] = {}
    for part in source.parts:
        modules.setdefault(part.module, []).append(part)
    homes = {name: module for module, parts in modules.items() for name in _defined(module, parts)}
    yield "__init__.py", _initial(source, modules, homes)
    for module, parts in modules.items():
        yield f"{module}.py", _module(module, parts, homes)


def _defined(module: str, parts: Iterable[Part]) -> list[str]:
    found = [one or other for part in parts for one, other in _DEFINED.findall(without_strings(part.text))]
    return [name for name in found if module != BASE or not name.startswith("_")]


def _initial(source: Source, modules: Mapping[str, Sequence[Part]], homes: Mapping[str, str]) -> bytes:
    """All tables or classes under the name of the package."""
    shown = [name for name, module in homes.items() if module != BASE or name in ("Base", "metadata")]
    lines = ["from . import statements  # noqa: F401"] if STATEMENTS in modules else []
    lines += _imports({name: homes[name] for name in shown})
    exported = laid(array(map(string, sorted(shown))), before="__all__ = ")
    return framed(docstring(source.plan.schema), [exported], _block(lines))


def _module(module: str, parts: Sequence[Part], homes: Mapping[str, str]) -> bytes:
    """A class names others in strings only: what it imports of them is for those who check types."""
    code = "\n".join(without_strings(part.text) for part in parts)
    open_ = {BASE: (), TABLES: (BASE,), STATEMENTS: tuple(homes.values())}.get(module, (BASE, TABLES))
    words = set(re.findall(r"\w+", code))
    if module not in _HEADS:  # a class may have an attribute of that name
        words -= {name for name in words if homes.get(name) == TABLES and not re.search(rf"(?:: |= ){name}\b", code)}
    used = {name: home for name, home in homes.items() if home != module and home in open_ and name in words}
    hinted = {name: homes[name] for part in parts for name in part.hints}
    hints = _block(f"    {line}" for line in _imports(hinted, indent=4))
    head = _HEADS.get(module, '"""A table or view."""')
    texts = [part.text for part in parts]
    return framed(head, texts, _block(_imports(used)), f"if TYPE_CHECKING:\n{hints}" if hints else "")


def _block(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _imports(names: Mapping[str, str], indent: int = 0) -> list[str]:
    """`from .module import names`, a line for each module."""
    by_module: dict[str, list[str]] = {}
    for name, module in names.items():
        by_module.setdefault(module, []).append(name)
    found = []
    for module, listed in sorted(by_module.items()):
        line = f"from .{module} import {', '.join(sorted(listed))}"
        if indent + len(line) > WIDTH:
            inner = "".join(f"{' ' * indent}    {name},\n" for name in sorted(listed))
            line = f"from .{module} import (\n{inner}{' ' * indent})"
        found.append(line)
    return found
