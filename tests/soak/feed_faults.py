"""Feeds that are late, drop items, repeat or misdate them; a robots.txt that fails or is unusual."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from tracker.demo.http_server import HttpResponse
from tracker.demo.pages import ROBOTS_TXT, FeedItem

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
