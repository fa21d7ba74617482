"""What a response's status and headers mean; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from ..model import FailureKind
from .stop import Stop

if TYPE_CHECKING:
    from ..model import Headers

MAX_RETRY_AFTER: Final = 86_400.0
MAX_HEADERS: Final = 200

_SECONDS: Final = re.compile(r"\d{1,12}")
_MEANINGS: Final = {
    401: "the page asks for a login",
    402: "the page asks for payment",
    403: "the server refuses to show the page to writethru",
    404: "there is no page at this address",
    406: "the server has no form of the page that can be read",
    407: "a proxy asks for a login",
    410: "the page was taken down for good",
    429: "the server says that it is asked too often",
    451: "the page is withheld for legal reasons",
    500: "the server failed",
    502: "the server's own source failed",
    503: "the server is overloaded or under maintenance",
    504: "the server's own source did not answer",
}
_HTML: Final = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_END_TAG: Final = re.compile(rb"</\s*html\s*>", re.IGNORECASE)
_TAIL: Final = 4_096


def first(headers: Headers, name: str) -> str:
    """Return the first header of that name (lower case), or an empty string."""
    return next((value for key, value in headers if key.lower() == name), "")


def joined(headers: Headers, name: str) -> str:
    """Return every header of that name (lower case) as one list."""
    return ", ".join(value for key, value in headers if key.lower() == name)


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, as seconds from *now*: 0 to a day; None where it says nothing."""
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now) / timedelta(seconds=1)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def explain(status: int, wait: float | None) -> str:
    """Say what a status that gives no page means, and when the server wants to be asked again."""
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    meaning = _MEANINGS.get(status, "this is no page that can be read")
    again = f"; it asks to wait {wait:.0f} s" if wait else ""
    return f"the server answered {status}{phrase}: {meaning}{again}"


def check_headers(headers: Headers) -> None:
    """Raise Stop where a response has more headers than any honest one."""
    if len(headers) > MAX_HEADERS:
        raise Stop(
            FailureKind.PROTOCOL,
            f"the server sent {len(headers)} headers, more than the {MAX_HEADERS} that are read; nothing was kept",
        )


def check_end(headers: Headers, body: bytes) -> None:
    """Raise Stop where nothing proves that an HTML page is whole: no length, no chunks, no coding and no ``</html>``.

    Such a page ends when the connection does, so a broken line would look like an edit that cut the last paragraphs.
    """
    proven = ("content-length", "transfer-encoding", "content-encoding")
    if not _HTML.match(first(headers, "content-type")) or any(first(headers, name) for name in proven):
        return
    if not _END_TAG.search(body[-_TAIL:]):
        raise Stop(
            FailureKind.TRUNCATED,
            "the connection ended before </html>, and the server had named no length; it cannot be told whether the "
            "page is whole, so nothing was kept",
        )
