"""No secret passes the redactor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbx import redact

CANARY = "CANARY-9f3b"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://u:{CANARY}@h/d",
        f"cannot read mysql+pymysql://u:{CANARY}@h:3306/d?charset=utf8 at all",
        f"postgresql://u:p@{CANARY}@h/d",
        f"postgresql://h/d?password={CANARY}&sslmode=require",
        f"?sslpassword={CANARY}",
        f"host=h password='{CANARY} x' user=u",
        f'{{"password": "{CANARY}"}}',
        f"token={CANARY}",
        f"PGPASSWORD={CANARY}",
    ],
)
def test_a_secret_in_a_known_shape_is_hidden(text: str) -> None:
    assert CANARY not in redact.redact(text)
    assert "***" in redact.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "postgresql://u@h/d",
        "a key is a key",
        "Duplicate entry '1' for key 'PRIMARY'",
        "the password was wrong",
        'unrecognized token: "x"',
        "denied for user (using password: YES)",
        "x:y@z",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact.redact(text) == text


@given(st.text("abcXYZ0189%@:/?#&= é", min_size=4))
def test_a_remembered_secret_is_hidden_however_it_is_written(secret: str) -> None:
    redact.remember(secret)
    try:
        assert secret not in redact.redact(f"before {secret} after") or secret in "before  after***"
    finally:
        redact.forget()


def test_the_name_of_a_key_is_no_secret() -> None:
    assert redact.redact("Duplicate entry '1' for key 'PRIMARY'") == "Duplicate entry '1' for key 'PRIMARY'"
    assert "hidden" not in redact.redact("ATTACH 'x.db' AS y KEY 'hidden'")
