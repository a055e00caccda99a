"""PostgreSQL's own texts, before and after it has read them back."""

from __future__ import annotations

import pytest

from dbx.schema.diff.spelling import respelled

SAME = [
    (
        "((kind)::text = ANY ((ARRAY['a'::character varying, 'it''s, (b)'::character varying])::text[]))",
        "((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('it''s, (b)'::character varying)::text]))",
    ),
    ('(ARRAY[1, 2.5])::"Odd".d[]', 'ARRAY[(1)::"Odd".d, (2.5)::"Odd".d]'),
    ("SELECT NULL::integer UNION", "SELECT NULL::integer AS int4 UNION"),
    ("SELECT 'x'::character varying(9) UNION", "SELECT 'x'::character varying(9) AS \"varchar\" UNION"),
    ("SELECT NULL::jsonb UNION", "SELECT NULL::jsonb AS jsonb UNION"),
]
OTHER = [
    ("(ARRAY['a'::text, 'b'::text])::text[]", "ARRAY[('a'::text)::text, ('c'::text)::text]"),
    ("SELECT NULL::integer AS int8", "SELECT NULL::integer"),
    ("SELECT NULL::integer AS n", "SELECT NULL::integer"),
    ("SELECT x::integer AS int4", "SELECT x::integer"),
]


@pytest.mark.parametrize(("once", "twice"), SAME)
def test_what_is_read_back_is_the_same(once: str, twice: str) -> None:
    assert respelled(once) == respelled(twice)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_is_other_stays_other(one: str, other: str) -> None:
    assert respelled(one) != respelled(other)
