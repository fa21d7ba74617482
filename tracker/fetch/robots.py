"""What a host's robots.txt lets us fetch; pure. Source: RFC 9309.

An answer of 4xx lets everything through, 5xx or none at all lets nothing through, 429 means later.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from ..model import Capture, Failure, FailureKind, FetchResult, RobotsRecord
from ..urls import host_of, origin_of

TOKEN: Final = "writethru"  # noqa: S105 - the product token of RFC 9309, no secret
MAX_BYTES: Final = 512 * 1024
KEPT: Final = timedelta(hours=24)
KEPT_UNREACHABLE: Final = timedelta(minutes=5)

_UNREACHABLE: Final = 0
_TOO_MANY: Final = 429
_MAX_CRAWL_DELAY: Final = 3_600.0
_UNAVAILABLE: Final = 404
_NO_ANSWER: Final = frozenset(
    {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT, FailureKind.BLOCKED_ADDRESS}
)


def robots_url(url: str) -> str:
    """Return the address of the robots.txt that speaks for *url*."""
    return f"{origin_of(url)}/robots.txt"


def record(result: FetchResult, now: datetime) -> RobotsRecord:
    """Return what to remember of fetching a robots.txt: its status and at most 512 KiB of its text."""
    if isinstance(result, Capture):
        # A byte order mark would hide the first line; the cut may fall inside a character or a rule.
        body = result.body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
        if len(result.body) > MAX_BYTES:
            body = body[: max(body.rfind("\n"), body.rfind("\r")) + 1]
        return RobotsRecord(result.status, body, now)
    status = _status(result)
    # Why a host could not be reached is worth more to a reader than what the standard makes of it.
    why = f"{result.kind}: {result.reason}" if isinstance(result, Failure) and result.kind in _NO_ANSWER else ""
    return RobotsRecord(status, why, now)


def is_stale(known: RobotsRecord | None, now: datetime) -> bool:
    """Say whether a robots.txt must be fetched again: after 24 hours, after 5 minutes where it did not answer."""
    if known is None:
        return True
    age = now - known.fetched_at
    return age >= (KEPT_UNREACHABLE if _is_down(known.status) else KEPT) or age < timedelta(0)


def verdict(known: RobotsRecord, url: str) -> Failure | None:
    """Return why *url* may not be fetched, or None where it may."""
    host = host_of(url)
    if known.status == _TOO_MANY:
        return Failure(
            FailureKind.HOST_WAITS, f"{host} asks for a pause even for its robots.txt; it is tried again later", url
        )
    if known.status == _UNREACHABLE and known.body:
        kind, _, reason = known.body.partition(": ")
        return Failure(FailureKind(kind), reason, url)
    if _is_down(known.status):
        what = f"answered {known.status}" if known.status else "could not be read"
        # It passes, as nothing does that a robots.txt says: who takes it for a ban comes back days later.
        return Failure(
            FailureKind.HOST_WAITS,
            f"the robots.txt of {host} {what}, which by its standard forbids everything; it is tried again later",
            url,
        )
    if urlsplit(url).path == "/robots.txt" or not known.body or _parsed(known.body).can_fetch(url, TOKEN):
        return None
    return Failure(
        FailureKind.ROBOTS,
        f"the robots.txt of {host} does not let {TOKEN} fetch this page; ask the outlet, or take the page off the list",
        url,
    )


def crawl_delay(known: RobotsRecord) -> float | None:
    """Return the seconds robots.txt asks to leave between two requests, at most an hour; None where it says nothing."""
    seconds = _parsed(known.body).crawl_delay(TOKEN) if known.body and not _is_down(known.status) else None
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return min(float(seconds), _MAX_CRAWL_DELAY)


def _is_down(status: int) -> bool:
    return status in {_UNREACHABLE, _TOO_MANY} or status >= 500


def _status(result: FetchResult) -> int:
    if not isinstance(result, Failure):
        return _UNREACHABLE
    if result.kind is FailureKind.STATUS and result.status is not None:
        # A status that gives no text and is no error (204, 206, 304) says no more than a missing file.
        return result.status if result.status >= 400 else _UNAVAILABLE
    if result.kind is FailureKind.REDIRECTS:
        # RFC 9309, 2.3.1.2: one that redirects without end may be taken for missing.
        return _UNAVAILABLE
    return _TOO_MANY if result.kind is FailureKind.HOST_WAITS else _UNREACHABLE


@lru_cache(maxsize=64)
def _parsed(body: str) -> Protego:
    return Protego.parse(body)
