"""Why what a step changes cannot be told beforehand."""

from __future__ import annotations


class Unknown(Exception):
    """Its text is the reason, for people."""
