"""The colours of what is typed: Python or SQL, and never more of it than stands around the lines that are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles.pygments import pygments_token_to_classname
from pygments.lexer import RegexLexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.sql import SqlLexer

from dbx.formats.visible import visible
from dbx.sql.kind import kind

BEGINNING = 4096
"""Characters from which the language of a long text is told."""
BLOCK = 20
"""Lines that are coloured at once, and again only when one of them has changed."""
CONTEXT = 40
"""Lines before them that are read too: a string of more lines loses its colour."""
LONG = 2000
"""Characters of a line that is shown whole and in colours; of a longer one, what stands around the cursor."""

_JOINERS = "\u200c\u200d"
_HIDDEN = "\N{REPLACEMENT CHARACTER}"


class Highlighter(Lexer):
    """By the same rule that decides how the text is run. What hides, or turns the writing round, is shown as �."""

    def __init__(self) -> None:
        python, sql = PythonLexer(), SqlLexer()
        self._lexers: dict[str, RegexLexer] = {"sql": sql, "expression": python, "nothing": python}
        self._block = lru_cache(64)(_coloured)

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lexer = self._lexers.get(kind(document.text[:BEGINNING], shell=True))
        lines = document.lines

        def line(number: int) -> StyleAndTextTuples:
            if not 0 <= number < len(lines):
                return []
            if lexer is None or len(lines[number]) > LONG:
                return [("", _shown(lines[number]))]
            first = number - number % BLOCK
            before = "\n".join(_short(lines[max(0, first - CONTEXT) : first]))
            found = self._block(lexer, before, "\n".join(_short(lines[first : first + BLOCK])))
            return found[number - first]

        return line


class Plain(Lexer):
    """No colours, for what is searched for; what hides is shown as �."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = document.lines
        return lambda number: [("", _shown(lines[number]))] if number < len(lines) else []


def _short(lines: Sequence[str]) -> Iterator[str]:
    """Without the text of very long lines, which have no colours and give none."""
    return ("" if len(line) > LONG else line for line in lines)


def _coloured(lexer: RegexLexer, before: str, text: str) -> list[StyleAndTextTuples]:
    """The lines of a text that stands behind another one."""
    found: list[StyleAndTextTuples] = [[]]
    skip = before.count("\n") + 1 if before else 0
    for _, token, value in lexer.get_tokens_unprocessed(f"{before}\n{text}" if skip else text):
        style = _style(token)
        for index, part in enumerate(value.split("\n")):
            if index:
                found.append([])
            if len(found) > skip:
                found[-1].append((style, _shown(part)))
    return found[skip:]


_style = cache(lambda token: "class:" + pygments_token_to_classname(token))


def _shown(text: str) -> str:
    """One cell for each character that a terminal would obey or hide, so that what is typed keeps its places."""
    if text.isascii():
        return text  # prompt_toolkit itself shows the controls among these, as ^[
    return "".join(char if char in _JOINERS or visible(char) == char else _HIDDEN for char in text)


class AroundCursor(Processor):
    """Of a very long line the part in which the cursor is: a megabyte in one line is not laid out at every key."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        given = transformation_input
        size = sum(len(part[1]) for part in given.fragments)
        if size <= LONG:
            return Transformation(given.fragments)
        here = given.document.cursor_position_row == given.lineno
        # in steps, so that the line does not run past under the cursor
        start = max(0, given.document.cursor_position_col // (LONG // 2) * (LONG // 2) - LONG // 2) if here else 0
        text = "".join(part[1] for part in given.fragments)
        before, behind = "…" if start else "", "…" if start + LONG < size else ""
        return Transformation(
            [("", before + text[start : start + LONG] + behind)],
            lambda column: min(max(column - start, 0), LONG) + len(before),
            lambda column: min(max(column - len(before), 0) + start, size),
        )
