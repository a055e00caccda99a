"""The one redactor: what may be a secret leaves dbx only as ***."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

_NETLOC = re.compile(r"(?P<head>(?<![\w+.-])[\w+.-]{1,40}://[^\s:/@]*:)(?P<secret>[^\s/]*@[^\s/]*(?=@)|[^\s@]*)(?=@)")
_NAMED = re.compile(
    r"(?P<head>(?<![\w-])[\w-]*(?:pass(?:word|wd)?|pwd|secret|token|(?:api|ssl|private|access)[_-]?key)[\w-]*\s*=\s*|[\"'](?:password|passwd|secret|token|api_?key)[\"']\s*:\s*)"
    r"(?P<secret>'[^']*'|\"[^\"]*\"|[^\s&'\";,)]+)",
    re.IGNORECASE,
)
_known: set[str] = set()


def remember(secret: str | None) -> None:
    """Keep a secret's text, and how it looks in a URL, from ever being printed."""
    if secret and len(secret) >= 3:
        _known.update({secret, quote(secret, safe=""), quote_plus(secret)})


def forget() -> None:
    """Forget every remembered secret."""
    _known.clear()


def is_secret(name: str) -> bool:
    """Whether a URL option of this name holds a secret."""
    return _NAMED.match(f"{name}=x") is not None


def redact(text: str) -> str:
    """`text` with passwords of URLs, secret options and every remembered secret replaced by ***."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _NETLOC.sub(r"\g<head>***", text)
    return _NAMED.sub(r"\g<head>***", text)
