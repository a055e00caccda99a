"""Budgets: too much is refused, by counting, before it costs anything."""

from __future__ import annotations

import pytest
from shop import Shop

from dbx.language.syntax import scan

TOO_MUCH = {
    "bytes": "'" + "x" * (64 * 1024) + "'",
    "words and signs": "1;" * 3000,
    "brackets": "(" * 65 + "1" + ")" * 65,
    "brackets, unclosed": "[" * 60_000,
    "brackets in an f-string": "f'" + "{[" * 40 + "1" + "]}" * 40 + "'",
    "prefix operators": "-" * 65 + "1",
    "not not not": "not " * 65 + "1",
    "a long number": "0x" + "f" * 20_000,
    "an integer beyond 64 bits": "9223372036854775808",
    "nodes": "[" + ",".join(["1"] * 2400) + "]" + "; track.c.name" * 3,
    "depth": "track" + ".c" * 120,
    "deep lambdas": "lambda: " * 70 + "1",
    "a shift": "1 << 10**9",
    "a power": "10 ** 10 ** 10",
    "a repeated literal": "'x' * 10**9",
    "a repeated column": "[t.name * 1000000000 for t in track]",
    "a width": "[t.name.ljust(1000000000) for t in track]",
    "foreign keys in a row": "[e" + ".boss" * 10 + ".name for e in employee]",
    "sources": "[1 " + "".join(f"for t{i} in track " for i in range(9)) + "]",
    "queries": "+".join(["len(track)"] * 17),
    "names that double queries": "\n".join(
        ["a0 = [t for t in track]", *(f"a{i} = [x for x in a{i - 1} for y in a{i - 1}]" for i in range(1, 9)), "a8"]
    ),
    "names that double columns": "\n".join(
        ["a0 = track.c.ms + 1", *(f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 25)), "select(a24)"]
    ),
    "names that double unions": "\n".join(
        ["a0 = select(track)", *(f"a{i} = union(a{i - 1}, a{i - 1})" for i in range(1, 25)), "a24"]
    ),
    "names that double tables": "\n".join(
        ["a0 = select(track)", *(f"a{i} = select(a{i - 1}.subquery(), a{i - 1}.subquery())" for i in range(1, 25))]
    ),
    "names that double rows": "\n".join(
        ["a0 = [t for t in track]", *(f"a{i} = [(x, x) for x in a{i - 1}]" for i in range(1, 25))]
    ),
    "SQL that repeats its parts": "[" + " // ".join(["t.ms"] * 30) + " for t in track]",
    "starred": "select(" + ", ".join(["*track.c"] * 30) + ")",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=list(TOO_MUCH))
def test_too_much_is_refused(shop: Shop, text: str) -> None:
    assert shop.refusal(text).code in ("E-LIMIT",)


ENOUGH = {
    "brackets": "(" * 60 + "1" + ")" * 60,
    "prefix operators": "-" * 60 + "1",
    "a list": "[t for t in track if t.ms in [" + ",".join(map(str, range(2000))) + "]]",
    "a sum": "[" + " + ".join(["t.ms"] * 90) + " for t in track]",
    "conditions": "[t for t in track if " + " or ".join(f"t.ms == {i}" for i in range(300)) + "]",
    "choices": "[" + "".join(f"{i} if t.ms == {i} else " for i in range(80)) + "0 for t in track]",
    "foreign keys": "[e" + ".boss" * 8 + ".name for e in employee]",
    "sources": "[1 " + "".join(f"for t{i} in genre " for i in range(8)) + "]",
    "the smallest integer": "-9223372036854775808",
    "the largest integer": "9223372036854775807",
    "statements": "1;" * 1000,
    "brackets in strings": "'" + "(" * 1000 + "'",
    "brackets in comments": "1 # " + "(" * 1000,
}


@pytest.mark.parametrize("text", ENOUGH.values(), ids=list(ENOUGH))
def test_what_is_within_the_budget_runs(shop: Shop, text: str) -> None:
    shop.rows(text)


def test_the_parser_sees_nothing_that_the_scan_refused(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("ast.parse", parse)
    for name in ("bytes", "words and signs", "brackets", "brackets, unclosed", "prefix operators", "a long number"):
        assert shop.refusal(TOO_MUCH[name]).code == "E-LIMIT"


def test_the_scan_takes_every_text() -> None:
    """It stops at nothing but a budget: what is not Python is for the parser to say."""
    for text in (
        "'",
        '"""',
        "f'{",
        "\\",
        "0x",
        "é" * 100,
        "€",
        "'\\",
        "1e",
        "]]]]",
        "f'{x!r:{'",
        "#",
        "\n\n",
        "a\\\nb",
    ):
        scan.scan(text)
