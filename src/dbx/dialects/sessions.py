"""What a server tells about its sessions: who is connected, how many may be, and who asks. The dialects' files fill it
in; queries are plain SQL, change nothing, and have no parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar


class Sessions:
    """A database without sessions, or one that does not tell of them."""

    listing: ClassVar[str] = ""
    """Of each session that the user may see: number, user, database, client, program, state, seconds in that state. No
    statements: what other people run may hold anything."""
    limits: ClassVar[tuple[str, ...]] = ()
    """Queries for names and values of what bounds the number and the life of sessions."""
    reserved: ClassVar[tuple[str, ...]] = ()
    """Those of the limits that are kept free for administrators."""
    idle: ClassVar[str] = ""
    """That of the limits which is the seconds after which an idle session is ended."""
    about: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What a session can say of itself and its rights: a name, and a query for lines of text."""

    verify: ClassVar[str] = ""
    """The option of a URL that has the server's certificate checked."""

    def verified(self, options: Mapping[str, Any]) -> bool:
        """Whether a URL's options had the certificate checked."""
        return False

    def number(self, connection: Any) -> int:
        """The session's number on its server, known to the driver without asking; 0 where sessions have none."""
        return 0

    def present(self, numbers: Collection[int]) -> str:
        """A query for those of these sessions that the server has."""
        return ""

    def told(self, line: str) -> str:
        """A line of an answer of `about`, without what nobody should see."""
        return line

    def end(self, number: int) -> str:
        """The statement that ends a session."""
        return ""
