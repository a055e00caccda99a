"""Python source as Ruff and Black would lay it out: what is in brackets on one line where it fits, else one a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from unicodedata import east_asian_width

WIDTH = 88


class Group(NamedTuple):
    """Brackets with items between them; an item has a prefix (`name=` or `"key": `)."""

    opening: str
    items: tuple[tuple[str, Node], ...]
    closing: str


Node = Group | str

Keywords = dict[str, Node]


def call(function: str, *arguments: Node, **keywords: Node) -> Group:
    items = [("", each) for each in arguments] + [(f"{name}=", each) for name, each in keywords.items()]
    return Group(f"{function}(", tuple(items), ")")


def array(items: Iterable[Node]) -> Group:
    return Group("[", tuple(("", each) for each in items), "]")


def pairs(items: Mapping[str, Node]) -> Group:
    return Group("{", tuple((f"{string(name)}: ", each) for name, each in items.items()), "}")


def row(items: Iterable[Node]) -> Group:
    """A tuple; one of a single item has its comma."""
    listed = tuple(("", each) for each in items)
    return Group("(", listed, ",)" if len(listed) == 1 else ")")


def laid(node: Node, indent: int = 0, before: str = "", behind: str = "") -> str:
    """The source of `before` and a node and `behind`, from column `indent` on, without the first line's indent."""
    flat = f"{before}{_flat(node)}{behind}"
    if isinstance(node, str) or (indent + _width(flat) <= WIDTH and "\n" not in flat):
        return flat
    closing = node.closing.removeprefix(",")
    inner = indent + 4
    if not node.items:
        return flat
    between = ", ".join(prefix + _flat(item) for prefix, item in node.items)
    short = len(node.items) > 1 or not isinstance(node.items[0][1], Group)
    if short and node.closing != ",)" and "\n" not in between and inner + _width(between) <= WIDTH and _hugs(node):
        lines = [" " * inner + between]
    else:
        lines = [" " * inner + laid(item, inner, prefix, ",") for prefix, item in node.items]
    return "\n".join([f"{before}{node.opening}", *lines, " " * indent + closing + behind])


def assigned(before: str, node: Node, indent: int = 0) -> str:
    """`before` = a value; where the line has no room for its start, it stands in brackets or the annotation is cut."""
    start = f"{before} = "
    if isinstance(node, str):
        fits = indent + _width(start + node) <= WIDTH or indent + 4 + _width(node) > WIDTH
        return start + node if fits else f"{start}(\n{' ' * (indent + 4)}{node}\n{' ' * indent})"
    if indent + _width(f"{start}{node.opening}") <= WIDTH or "\n" in node.opening:
        return laid(node, indent, start)
    if indent + _width(f"{start}(") <= WIDTH:
        return f"{start}(\n{' ' * (indent + 4)}{laid(node, indent + 4)}\n{' ' * indent})"
    name, _, inner = before.partition("[")
    if not inner:
        return laid(node, indent, start)
    cut = f"{name}[\n{' ' * (indent + 4)}{inner.removesuffix(']')}\n{' ' * indent}] = "
    tail = laid(node, indent, "] = ").removeprefix("] = ")
    return cut + tail


def _hugs(node: Group) -> bool:
    """Only calls put all their arguments on one line of their own."""
    return node.opening.endswith("(") and len(node.opening) > 1


def _flat(node: Node) -> str:
    if isinstance(node, str):
        return node
    between = ", ".join(prefix + _flat(item) for prefix, item in node.items)
    return f"{node.opening}{between}{node.closing}"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


# --- strings --------------------------------------------------------------------------------------------------------


def string(text: str) -> str:
    """A literal on one line, in double quotes unless that costs more backslashes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_char(char, quote) for char in text) + quote


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _char(char: str, quote: str) -> str:
    if char == quote:
        return f"\\{char}"
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return (
        f"\\x{ord(char):02x}"
        if ord(char) < 256
        else f"\\u{ord(char):04x}"
        if ord(char) < 65536
        else f"\\U{ord(char):08x}"
    )


def text(found: str) -> str:
    """A literal that keeps its lines: three quotes where there are several lines, else as `string`."""
    if "\n" not in found:
        return string(found)
    lines = found.split("\n")
    escaped = "\n".join("".join(_char(char, "") for char in line) for line in lines).replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = f'{escaped[:-1]}\\"'
    # the blanks at the end of a line would be lost to whoever tidies the file
    escaped = "\n".join(f"{line[:-1]}\\x20" if line.endswith(" ") else line for line in escaped.split("\n"))
    return f'"""{escaped}"""'


def comment(found: str) -> str:
    """A text that is safe behind # or in a docstring."""
    return "".join(char if char.isprintable() else "?" for char in found).replace("\\", "/").replace('"""', "'''")


_BIND = re.compile(r"(?<![:\w\\]):\w+(?![:\w])|\\:")


def sql(found: str) -> Node:
    """A text of SQL; where SQLAlchemy's text() would see a parameter, as it stands."""
    return call("sa.literal_column" if _BIND.search(found) else "sa.text", text(found))


def sql_or_string(found: str) -> Node:
    return sql(found) if _BIND.search(found) else text(found)
