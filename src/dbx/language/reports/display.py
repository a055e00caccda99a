"""SQL for the reader's eyes: values in place, broken into lines. Never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Insert
from sqlalchemy.exc import SQLAlchemyError

from dbx.language.refusal import Unfit

WIDTH = 100
INDENT = "    "

_BREAKS = re.compile(
    r"\b((?<=\) )SELECT|(?<!DISTINCT )(?<!DELETE )FROM|"
    r"WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|UNION ALL|UNION|INTERSECT|EXCEPT|"
    r"LEFT JOIN|FULL JOIN|CROSS JOIN|JOIN|(?<!UPDATE )SET|VALUES(?= )|"
    r"ON CONFLICT|ON DUPLICATE KEY|RETURNING)\b"
)
_QUOTED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`"
_PLACES = re.compile(rf"{_QUOTED}|[()]|(?P<place>\n|, | (?=(?:AND|OR)\b))")
_NO_OFFSET = re.compile(r"\s+OFFSET 0(?=\s*(\)|$))")
_SPACE = re.compile(r"\s+")


def shown(statement: Any, dialect: Dialect, *, strict: bool = False, width: int = WIDTH) -> str:
    """The statement as SQL with its values written in where they can be, and parameters left where they cannot.

    `strict`: what the dialect cannot say at all is refused. `width` is what one line may have.
    """
    sql = _text(statement, dialect, strict)
    if dialect.identifier_preparer._double_percents:
        sql = sql.replace("%%", "%")
    # SQLAlchemy always gives SQLite's LIMIT an OFFSET.
    return laid_out(_NO_OFFSET.sub("", sql) if dialect.name == "sqlite" else sql, width)


def _text(statement: Any, dialect: Dialect, strict: bool) -> str:
    reason = ""
    plain: Any = dialect.statement_compiler
    # Without values it has no columns, and not all of them.
    keys: list[str] | None = [] if isinstance(statement, Insert) else None
    for compiler, options in ((_literal(plain), {"render_postcompile": True}), (plain, {"render_postcompile": True}),
                              (plain, {})):  # fmt: skip
        try:
            return str(compiler(dialect, statement, column_keys=keys, compile_kwargs=options))
        except (SQLAlchemyError, NotImplementedError, ValueError, TypeError) as error:
            reason = str(error).partition("\n")[0]
    if strict:
        raise Unfit("E-DIALECT", f"{dialect.name} cannot say this: {reason}")
    return str(statement)


@cache
def _literal(compiler: Any) -> Any:
    """The compiler with every value written in: some of its methods drop `literal_binds` on the way to their parts."""

    def visit(self: Any, parameter: Any, **options: Any) -> str:
        return str(compiler.visit_bindparam(self, parameter, **{**options, "literal_binds": True}))

    return type(f"Literal{compiler.__name__}", (compiler,), {"visit_bindparam": visit})


def laid_out(sql: str, width: int = WIDTH) -> str:
    """One clause a line, outside brackets and quotes; short statements stay on one line."""
    pieces = _pieces(sql)
    flat = "".join(text for _, text in pieces).strip()
    if len(flat) <= width:
        return flat
    out: list[str] = []
    depth = 0
    for kind, text in pieces:
        if kind == "quoted":
            out.append(text)
            continue
        out.append(_broken(text, depth))
        depth += text.count("(") - text.count(")")
    return "\n".join(_wrapped("".join(out).strip(), width))


def _wrapped(sql: str, width: int) -> Iterator[str]:
    """The lines; those longer than `width` go on in the next, where they can."""
    line = ""
    for unit in _units(sql):
        if unit == "\n" or (line and len(line) + len(unit.rstrip()) > width):
            yield line.rstrip()
            line = "" if unit == "\n" else INDENT + unit
        else:
            line += unit
    yield line.rstrip()


def _units(sql: str) -> Iterator[str]:
    """The text between the places, outside of brackets and quotes, where a line may end; and its ends of lines."""
    depth = start = 0
    for found in _PLACES.finditer(sql):
        if found[0] in "()":
            depth += 1 if found[0] == "(" else -1
        elif found["place"] and depth == 0:
            yield sql[start : found.end()].rstrip("\n")
            start = found.end()
            if found[0] == "\n":
                yield "\n"
    yield sql[start:]


def _broken(text: str, depth: int) -> str:
    found: list[str] = []
    position = 0
    for match in _BREAKS.finditer(text):
        before = text[position : match.start()]
        depth += before.count("(") - before.count(")")
        found.append(before.rstrip() + "\n" if depth == 0 and (before.strip() or not found) else before)
        found.append(match[0])
        position = match.end()
    return "".join(found) + text[position:]


def _short(text: str) -> str:
    """Even white space, and the joins by their short names."""
    text = _SPACE.sub(" ", text)
    return (
        text.replace("LEFT OUTER JOIN", "LEFT JOIN")
        .replace("FULL OUTER JOIN", "FULL JOIN")
        .replace("INNER JOIN", "JOIN")
    )


def _pieces(sql: str) -> list[tuple[str, str]]:
    """The text outside quotes, its white space evened out, and what stands in quotes, untouched."""
    pieces = []
    for part in re.split(f"({_QUOTED})", sql):
        quoted = part[:1] in ("'", '"', "`") and len(part) > 1
        pieces.append(("quoted" if quoted else "", part if quoted else _short(part)))
    return pieces
