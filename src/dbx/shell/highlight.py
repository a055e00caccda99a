"""The colours of what is typed: Python or SQL, and never more of it than stands around the lines that are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

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
LINES = 60
"""Lines that are read before and behind the one that is seen: a string of more lines loses its colour."""
LONG = 2000
"""Characters of a line that is shown whole and in colours; of a longer one, what stands around the cursor."""

_JOINERS = "\u200c\u200d"
_HIDDEN = "\N{REPLACEMENT CHARACTER}"


class Highlighter(Lexer):
    """By the same rule that decides how the text is run. What hides, or turns the writing round, is shown as �."""

    def __init__(self) -> None:
        self._python: RegexLexer = PythonLexer()
        self._sql: RegexLexer = SqlLexer()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        what = kind(document.text[:BEGINNING], shell=True)
        lexer = None if what == "command" else self._sql if what == "sql" else self._python
        lines = document.lines
        known: dict[int, StyleAndTextTuples] = {}

        def line(number: int) -> StyleAndTextTuples:
            if number not in known:
                if not 0 <= number < len(lines):
                    return []
                if lexer is None or len(lines[number]) > LONG:
                    return [("", _shown(lines[number]))]
                known.update(_coloured(lexer, lines, number))
            return known.get(number) or [("", _shown(lines[number]))]

        return line


def _coloured(lexer: RegexLexer, lines: Sequence[str], number: int) -> dict[int, StyleAndTextTuples]:
    """The lines around one, by their numbers."""
    first = number
    while first > max(0, number - LINES) and len(lines[first - 1]) <= LONG:
        first -= 1
    last = number + 1
    while last < min(len(lines), number + LINES) and len(lines[last]) <= LONG:
        last += 1
    found: list[StyleAndTextTuples] = [[]]
    text = "\n".join(islice(lines, first, last))
    for _, token, value in lexer.get_tokens_unprocessed(text):
        style = "class:" + pygments_token_to_classname(token)
        head, *further = value.split("\n")
        found[-1].append((style, _shown(head)))
        found += [[(style, _shown(part))] for part in further]
    # what was looked at from the middle is looked at again when it is the line itself that is wanted
    return {first + index: parts for index, parts in enumerate(found) if first == 0 or first + index >= number}


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
