"""The one redactor: what may be a secret leaves dbx only as ***, and is not kept in a history."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

_NETLOC = re.compile(r"(?P<head>(?<![\w+.-])[\w+.-]{1,40}://[^\s:/@]*:)(?P<secret>[^\s/]*@[^\s/]*(?=@)|[^\s@]*)(?=@)")
_NAMED = re.compile(
    r"(?P<head>(?<![\w-])[\w-]*(?:pass(?:word|wd)?|pwd|secret|token|(?:api|ssl|private|access)[_-]?key)[\w-]*\s*=\s*|[\"'](?:password|passwd|secret|token|api_?key)[\"']\s*:\s*)"
    r"(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&'\";,)]+)",
    re.IGNORECASE,
)
# CREATE USER … PASSWORD 'x', IDENTIFIED BY 'x', IDENTIFIED WITH plugin AS 'x', ATTACH … KEY 'x';
# but MariaDB's own words are: Duplicate entry 'x' for key 'y'
_CLAUSE = re.compile(
    r"(?P<head>\b(?:password|identified\s+(?:by|(?:via|with)\s+\w+\s+(?:by|as|using))(?:\s+password)?"
    r"|(?<!\bfor )(?:hex)?(?:re)?key)\s*\(?\s*)"
    r"(?P<secret>'(?:[^'\\]|''|\\.)*+'|\"(?:[^\"\\]|\\.)*+\")",
    re.IGNORECASE,
)
_SHAPES = (_NETLOC, _NAMED, _CLAUSE)

# words of statements that set or use a secret, however it is written
_SPEAKS_OF = re.compile(
    r"passw|\bpwd\b|identified\s+(by|via|with)|(?<![a-z])secret(?!ar)|(?<![a-z])token(?![a-z])|(api|private|access)_?key"
    r"|pragma\s+(\w+\s*\.\s*)?(hex)?(re)?key|\bkey\s*(=|'|\")|://[^\s/]*:[^\s/]*@",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/|(?:--|#)[^\n]*|\s+", re.DOTALL)
_known: set[str] = set()


def remember(secret: str | None) -> None:
    """Keep a secret's text, and how it looks in a URL, from ever being printed."""
    if secret and len(secret) >= 3:
        _known.update({secret, quote(secret, safe=""), quote_plus(secret)})


def forget() -> None:
    """Forget every remembered secret."""
    _known.clear()


def is_secret(name: str) -> bool:
    """Whether a URL option, or a variable, of this name holds a secret."""
    return _NAMED.match(f"{name}=x") is not None


def redact(text: str) -> str:
    """`text` with passwords of URLs and statements, secret options and every remembered secret replaced by ***."""
    return _replaced(text, lambda secret: "***")


def hide(text: str) -> str:
    """The same, but each character of a secret becomes one *: what stands behind it keeps its place."""
    return _replaced(text, lambda secret: "*" * len(secret))


def _replaced(text: str, mask: Callable[[str], str]) -> str:
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, mask(secret))
    for shape in _SHAPES:
        text = shape.sub(lambda found: found["head"] + mask(found["secret"]), text)
    return text


def holds_secret(text: str) -> bool:
    """Whether a statement looks as if it carried a secret; then it is not kept. Comments hide nothing."""
    plain = _COMMENT.sub(" ", text)
    return any(_SPEAKS_OF.search(each) for each in (text, plain)) or any(secret in text for secret in _known)


def environment() -> dict[str, str]:
    """The environment for a program that dbx starts: without what is, or holds, a password."""
    return {
        name: value
        for name, value in os.environ.items()
        if not is_secret(name) and not _NETLOC.search(value) and not any(secret in value for secret in _known)
    }
