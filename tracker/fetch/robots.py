"""Decide which pages a host's robots.txt allows us to fetch (RFC 9309). Pure functions.

A status of 4xx allows everything, 5xx or no response allows nothing, and 429 means later.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from tracker.addresses.urls import host_of, origin_of
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, RobotsRecord

USER_AGENT_TOKEN: Final = "writethru"  # noqa: S105 - the product token of RFC 9309, not a secret
MAX_ROBOTS_BYTES: Final = 512 * 1024
MAX_CRAWL_DELAY_SECONDS: Final = 3_600.0
VALID_FOR: Final = timedelta(hours=24)
RETRY_UNREACHABLE_AFTER: Final = timedelta(minutes=5)

_OTHER_AGENT: Final = "-"  # the agent of groups for other agents; matches no product token
_LINE_END: Final = re.compile(r"\r\n?|\n")
_RULE: Final = re.compile(
    # Including the misspellings that Protego accepts.
    r"\s*(?:(?P<agent>user[- ]?agent)|allow|dis+al+ow|diasllow|disallaw)\s*(?::|(?<=\s))\s*",
    re.IGNORECASE,
)
_RULE_OR_DELAY: Final = re.compile(_RULE.pattern + r"|\s*crawl[- ]delay\b", re.IGNORECASE)
_SITEMAP: Final = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(https?://\S+)", re.IGNORECASE | re.MULTILINE)
_AGENT: Final = re.compile(r"\*(?=[\s#]|$)|[a-z_-]+", re.IGNORECASE)
_UNREACHABLE: Final = 0  # the status of a RobotsRecord for which there was no response
_UNAVAILABLE: Final = 404
_TOO_MANY_REQUESTS: Final = 429
_NO_RESPONSE: Final = frozenset(
    {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TLS, FailureKind.TIMEOUT, FailureKind.BLOCKED_ADDRESS}
)


def robots_url(url: str) -> str:
    """Return the URL of the robots.txt that applies to `url`."""
    return f"{origin_of(url)}/robots.txt"


def record(result: FetchResult, now: datetime) -> RobotsRecord:
    """Return the record of a fetched robots.txt: its status and at most 512 KiB of its text.

    Without a response, the status is 0 and the text is the reason.
    """
    if isinstance(result, Capture):
        # A byte order mark would hide the first line; the cut may fall inside a character or a rule.
        body = result.body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
        if len(result.body) > MAX_ROBOTS_BYTES:
            body = body[: max(body.rfind("\n"), body.rfind("\r")) + 1]
        return RobotsRecord(result.status, body, now)
    status, reason = _UNREACHABLE, ""
    if isinstance(result, Failure):
        if result.kind is FailureKind.STATUS and result.status is not None:
            # A status without a text that is not an error (204, 206, 304) says no more than a missing file.
            status = result.status if result.status >= 400 else _UNAVAILABLE
        elif result.kind is FailureKind.REDIRECTS:
            # RFC 9309, section 2.3.1.2: after too many redirects it may be treated as missing.
            status = _UNAVAILABLE
        elif result.kind is FailureKind.HOST_WAITS:
            status = _TOO_MANY_REQUESTS
        elif result.kind in _NO_RESPONSE:
            reason = f"{result.kind}: {result.reason}"
    return RobotsRecord(status, reason, now)


def is_stale(known: RobotsRecord | None, now: datetime) -> bool:
    """Return whether a robots.txt must be fetched again: after 24 hours, or 5 minutes if it could not be read."""
    if known is None:
        return True
    age = now - known.fetched_at
    return age >= (RETRY_UNREACHABLE_AFTER if _is_down(known.status) else VALID_FOR) or age < timedelta(0)


def verdict(known: RobotsRecord, url: str) -> Failure | None:
    """Return a Failure with the reason why `url` may not be fetched, or None if it may."""
    host = host_of(url)
    if known.status == _TOO_MANY_REQUESTS:
        return Failure(FailureKind.HOST_WAITS, f"{host} answered 429 (too many requests) even for its robots.txt", url)
    if known.status == _UNREACHABLE and known.body:
        kind, _, reason = known.body.partition(": ")
        return Failure(FailureKind(kind), reason, url)
    if _is_down(known.status):
        problem = f"returned status {known.status}" if known.status else "could not be read"
        # Not ROBOTS: articles that robots.txt forbids are not checked for days, but this may pass within minutes.
        return Failure(
            FailureKind.HOST_WAITS, f"the robots.txt of {host} {problem}, so nothing may be fetched for now", url
        )
    if not known.body or _allows(known.body, url):
        return None
    return Failure(
        FailureKind.ROBOTS,
        f"the robots.txt of {host} does not let {USER_AGENT_TOKEN} fetch this page; ask the outlet for permission",
        url,
    )


def crawl_delay(known: RobotsRecord) -> float | None:
    """Return the seconds between two requests that robots.txt asks for, at most an hour; None if it does not say."""
    if not known.body or _is_down(known.status):
        return None
    seconds = _parsed(known.body, _RULE_OR_DELAY).crawl_delay(USER_AGENT_TOKEN)
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return None
    return min(float(seconds), MAX_CRAWL_DELAY_SECONDS)


def sitemaps(known: RobotsRecord) -> list[str]:
    """Return the sitemaps that a robots.txt names, in its order."""
    return [] if _is_down(known.status) else _SITEMAP.findall(known.body)


def _is_down(status: int) -> bool:
    return status in {_UNREACHABLE, _TOO_MANY_REQUESTS} or status >= 500


@lru_cache(maxsize=64)  # asked before the pause for a page, and again before its request
def _allows(text: str, url: str) -> bool:
    return urlsplit(url).path == "/robots.txt" or _parsed(text, _RULE).can_fetch(url, USER_AGENT_TOKEN)


@lru_cache(maxsize=128)
def _parsed(text: str, kept: re.Pattern[str]) -> Protego:
    """Parse the lines of a robots.txt that `kept` matches, with the agents of its groups as the RFC compares them.

    Other lines must not end a group (RFC 9309, section 2.2.4), which they would in Protego. An agent is a whole product
    token (2.2.1), up to the first character that cannot be in one; Protego would take "write" for "writethru".
    """
    lines = []
    for line in _LINE_END.split(text.removeprefix("\ufeff")):
        found = kept.match(line)
        if found is None:
            continue
        if found["agent"]:
            token = _AGENT.match(line, found.end())
            agent = token[0].lower() if token else ""
            lines.append(f"User-agent: {agent if agent in {'*', USER_AGENT_TOKEN} else _OTHER_AGENT}")
        else:
            lines.append(line)
    return Protego.parse("\n".join(lines))
