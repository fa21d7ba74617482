"""What servers do besides serving news: failures, walls, redirects, headline tests, lagging caches, wrong validators,
feeds that are late, drop items, repeat or misdate them, a robots.txt that fails or is unusual.

Every fault depends only on the seed, the article, the time and the number of the request. All times are simulated
seconds.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from tracker.demo.http_server import HttpResponse
from tracker.demo.pages import ROBOTS_TXT, FeedItem


class FaultKind(StrEnum):
    """What an address answers while a fault lasts."""

    UNAVAILABLE = "http503"
    GONE = "gone410"
    MISSING = "gone404"
    AWAY = "gone410_then_back"
    SOFT_MISSING = "soft404"
    HOME = "redirect_home"
    MOVED = "redirect_moved"
    LOOP = "redirect_loop"
    PAYWALL = "paywall"
    CONSENT = "consent"
    BOT_WALL = "bot_wall"
    EMPTY = "empty200"
    SHELL = "js_shell"
    CUT = "truncated"
    CHARSET = "charset_flip"


READABLE_FAULTS: Final = frozenset({FaultKind.MOVED, FaultKind.CHARSET})
"""Faults during which the text can still be read."""
MINUTE: Final = 60.0
HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A period in which an address answers otherwise."""

    kind: FaultKind
    start: float
    end: float = math.inf

    def covers(self, seconds: float) -> bool:
        """Return whether it is in force at that time."""
        return self.start <= seconds < self.end

    def seconds_within(self, start: float, end: float) -> float:
        """Return for how many seconds between `start` and `end` it is in force."""
        return max(min(self.end, end) - max(self.start, start), 0.0)


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """How an article's servers behave all the time.

    Attributes:
        other_title: a headline shown to every second request (a headline test); empty for none.
        lags: how far each of three caches is behind.
        validator: the ETag follows the text ("ok"), is missing ("none"), differs at every request ("request"), never
            changes ("frozen"), or differs between caches ("weak").
        modified: the same for Last-Modified, which may also be the current time ("now") or two hours ahead ("skew").
    """

    other_title: str = ""
    lags: tuple[float, float, float] = (0.0, 0.0, 0.0)
    validator: str = "none"
    modified: str = "none"

    @property
    def is_frozen(self) -> bool:
        """Whether a client that sends back the validators it was given never learns of an edit."""
        return self.validator == "frozen" or (self.validator == "none" and self.modified == "frozen")

    def lag(self, request: int) -> float:
        """Return how far behind the cache is that answers request number `request`."""
        return self.lags[request % 3]

    def etag(self, key: str, edition: int, request: int) -> str:
        """Return the ETag of a response; empty for none."""
        return {
            "ok": f'"{key}-{edition}"',
            "request": f'"{key}-r{request}"',
            "frozen": f'"{key}"',
            "weak": f'W/"{key}-{edition}-{request % 3}"',
        }.get(self.validator, "")

    def last_modified(self, born: float, edited: float, seconds: float) -> float | None:
        """Return the time that Last-Modified states; None for no such header."""
        return {"ok": edited, "now": seconds, "skew": edited + 2 * HOUR, "frozen": born}.get(self.modified)


_CHANCES: Final[tuple[tuple[FaultKind, float, float, float], ...]] = (
    # kind, probability for each article, shortest and longest duration
    (FaultKind.UNAVAILABLE, 0.08, MINUTE, 30 * MINUTE),
    (FaultKind.GONE, 0.03, math.inf, math.inf),
    (FaultKind.MISSING, 0.02, math.inf, math.inf),
    (FaultKind.AWAY, 0.02, 15 * MINUTE, 120 * MINUTE),
    (FaultKind.SOFT_MISSING, 0.03, 10 * MINUTE, 27 * HOUR),
    (FaultKind.HOME, 0.02, HOUR, 9 * HOUR),
    (FaultKind.MOVED, 0.04, math.inf, math.inf),
    (FaultKind.LOOP, 0.02, MINUTE, 15 * MINUTE),
    (FaultKind.PAYWALL, 0.06, HOUR / 2, 27 * HOUR),
    (FaultKind.CONSENT, 0.05, HOUR / 2, 4 * HOUR),
    (FaultKind.BOT_WALL, 0.03, HOUR / 2, 4 * HOUR),
    (FaultKind.EMPTY, 0.03, MINUTE, HOUR),
    (FaultKind.SHELL, 0.02, HOUR / 2, 4 * HOUR),
    (FaultKind.CUT, 0.03, MINUTE, HOUR),
    (FaultKind.CHARSET, 0.02, MINUTE, HOUR),
)


def random_faults(rng: random.Random, born: float, end: float) -> tuple[Fault, ...]:
    """Return an article's faults between its publication and `end`, in order; none overlap."""
    found: list[Fault] = []
    for kind, chance, shortest, longest in _CHANCES:
        if rng.random() >= chance:
            continue
        start = rng.uniform(born + 0.15 * (end - born), end)
        length = math.inf if math.isinf(shortest) else rng.uniform(shortest, longest)
        found.append(Fault(kind, start, start + length))
    apart: list[Fault] = []
    for fault in sorted(found, key=lambda each: each.start):
        if not apart or fault.start >= apart[-1].end:
            apart.append(fault)
    return tuple(apart)


def certain_fault(rng: random.Random, kind: FaultKind, born: float, end: float) -> Fault:
    """Return a fault of one kind in the second quarter of the time from an article's publication to `end`."""
    shortest, longest = next(lengths for each, _, *lengths in _CHANCES if each is kind)
    start = born + rng.uniform(0.25, 0.5) * (end - born)
    return Fault(kind, start, start + (math.inf if math.isinf(shortest) else rng.uniform(shortest, longest)))


def random_outages(rng: random.Random, duration: float) -> tuple[Fault, ...]:
    """Return the times when a whole site answers 503: three a day, five to twenty minutes long."""
    starts = sorted(rng.uniform(0, duration) for _ in range(max(round(3 * duration / (24 * HOUR)), 1)))
    return tuple(Fault(FaultKind.UNAVAILABLE, start, start + rng.uniform(5, 20) * MINUTE) for start in starts)


def random_traits(rng: random.Random, other_title: str) -> ServerTraits:
    """Return how an article's servers behave; `other_title` is used for one article in ten."""
    lags = (0.0, 0.0, rng.uniform(1, 15) * MINUTE if rng.random() < 0.15 else 0.0)
    return ServerTraits(
        other_title=other_title if rng.random() < 0.10 else "",
        lags=lags,
        validator=rng.choice(("ok", "none", "request", "frozen", "weak")),
        modified=rng.choice(("ok", "none", "now", "skew", "frozen")),
    )


MAX_LISTING_DELAY_SECONDS: Final = 1200.0
"""Simulated seconds after which even a late feed lists an article."""
FEED_FAULT_CHANCE: Final = 0.05
FLICKER_SECONDS: Final = 600.0
ROBOTS_DOWN_SECONDS: Final = 7200.0
"""Simulated seconds after which a robots.txt that is down at the start comes back."""
DISALLOWED_SUFFIX: Final = "7"
"""End of the addresses that a robots.txt with extra rules disallows."""
_LONG_AGO: Final = datetime(1675, 11, 10, 4, 30, tzinfo=UTC)


class FeedFault(StrEnum):
    """How the feed of its outlet lists an article."""

    NONE = "plain"
    LATE = "late"
    FLICKERING = "flickering"
    NEW_GUIDS = "new_guids"
    TWICE = "twins"
    LONG_AGO = "long_ago"
    TOMORROW = "tomorrow"


class RobotsFault(StrEnum):
    """What an outlet's robots.txt is: the usual rules, a failure for two hours, a web page, or extra rules."""

    NONE = "plain"
    DOWN = "down"
    PAGE = "page"
    EXTRA_RULES = "closed"


def random_feed_fault(rng: random.Random) -> FeedFault:
    """Return how an article is listed; each fault has a chance of one in twenty."""
    faults = [each for each in FeedFault if each is not FeedFault.NONE]
    place = int(rng.random() / FEED_FAULT_CHANCE)
    return faults[place] if place < len(faults) else FeedFault.NONE


def robots_fault(number: int) -> RobotsFault:
    """Return the robots.txt of outlet `number`: the second, third and fourth have an unusual one."""
    kinds = list(RobotsFault)
    return kinds[number] if number < len(kinds) else RobotsFault.NONE


def listed(item: FeedItem, fault: FeedFault, seconds: float, born: float, edition: int) -> Sequence[FeedItem]:
    """Return the items by which a feed lists an article, published at `born`, at `seconds`."""
    if fault is FeedFault.LATE and seconds < born + MAX_LISTING_DELAY_SECONDS:
        return ()
    if fault is FeedFault.FLICKERING and int(seconds / FLICKER_SECONDS) % 2 and seconds > born + FLICKER_SECONDS:
        return ()
    if fault is FeedFault.NEW_GUIDS:
        return (replace(item, guid=f"{item.url}#{edition}"),)
    if fault is FeedFault.TWICE:
        return (item, replace(item, query="?utm_medium=social&fbclid=IwAR0", guid=f"{item.url}?twin"))
    if fault is FeedFault.LONG_AGO:
        return (replace(item, published=_LONG_AGO),)
    if fault is FeedFault.TOMORROW:
        return (replace(item, published=item.published + timedelta(days=2)),)
    return (item,)


def robots_txt(fault: RobotsFault, base: str, seconds: float) -> HttpResponse:
    """Return the response for the robots.txt of the outlet at `base`."""
    if fault is RobotsFault.DOWN and seconds < ROBOTS_DOWN_SECONDS:
        return HttpResponse(503, b"busy")
    if fault is RobotsFault.PAGE:
        page = b"<!doctype html><title>Welcome</title><p>Disallow: nothing"
        return HttpResponse(200, page, {"Content-Type": "text/html"})
    text = ROBOTS_TXT.format(base=base)
    if fault is RobotsFault.EXTRA_RULES:
        extra = f"Disallow: /*{DISALLOWED_SUFFIX}$\nDisallow: /*{DISALLOWED_SUFFIX}?"
        text = text.replace("Disallow: /ads/", f"Disallow: /ads/\n{extra}")
    return HttpResponse(200, text.encode(), {"Content-Type": "text/plain"})
