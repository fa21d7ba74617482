"""What outlets tell machines that is not so: feeds that are late, flicker, repeat or misdate; an odd robots.txt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from .feeds import ROBOTS
from .server import Answer

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from .feeds import Item

LATEST: Final = 1200.0
"""Seconds of the play after which even a late feed names an article."""
CHANCE: Final = 0.05
_FLICKER: Final = 600.0
_LONG_AGO: Final = datetime(1675, 11, 10, 4, 30, tzinfo=UTC)


class Listing(StrEnum):
    """How the feed of its outlet treats an article."""

    PLAIN = "plain"
    LATE = "late"
    FLICKERING = "flickering"
    NEW_GUIDS = "new_guids"
    TWINS = "twins"
    LONG_AGO = "long_ago"
    TOMORROW = "tomorrow"


class Robots(StrEnum):
    """What stands at an outlet's robots.txt: rules, a failure for some hours, a web page, or more rules than usual."""

    PLAIN = "plain"
    DOWN = "down"
    PAGE = "page"
    CLOSED = "closed"


DOWN_UNTIL: Final = 7200.0
"""So many seconds into the play a robots.txt that is down comes back."""
CLOSED_TAIL: Final = "7"
"""Articles of a closed outlet whose address ends so may not be fetched."""


def listing(dice: random.Random) -> Listing:
    """Draw how an article is listed; each oddity has a chance of one in twenty."""
    odd = [each for each in Listing if each is not Listing.PLAIN]
    place = int(dice.random() / CHANCE)
    return odd[place] if place < len(odd) else Listing.PLAIN


def robots(number: int) -> Robots:
    """Return what the robots.txt of the *number*-th outlet is: the second, third and fourth have an odd one."""
    kinds = list(Robots)
    return kinds[number] if number < len(kinds) else Robots.PLAIN


def listed(item: Item, how: Listing, seconds: float, born: float, edition: int) -> Sequence[Item]:
    """Return the entries by which a feed names an article at *seconds* of the play."""
    if how is Listing.LATE and seconds < born + LATEST:
        return ()
    if how is Listing.FLICKERING and int(seconds / _FLICKER) % 2 and seconds > born + _FLICKER:
        return ()
    if how is Listing.NEW_GUIDS:
        return (replace(item, guid=f"{item.url}#{edition}"),)
    if how is Listing.TWINS:
        return (item, replace(item, tail="?utm_medium=social&fbclid=IwAR0", guid=f"{item.url}?twin"))
    if how is Listing.LONG_AGO:
        return (replace(item, published=_LONG_AGO),)
    if how is Listing.TOMORROW:
        return (replace(item, published=item.published + timedelta(days=2)),)
    return (item,)


def robots_txt(kind: Robots, base: str, seconds: float) -> Answer:
    """Answer for a robots.txt at *seconds* of the play."""
    if kind is Robots.DOWN and seconds < DOWN_UNTIL:
        return Answer(503, b"busy")
    if kind is Robots.PAGE:
        return Answer(200, b"<!doctype html><title>Welcome</title><p>Disallow: nothing", {"Content-Type": "text/html"})
    text = ROBOTS.format(base=base)
    if kind is Robots.CLOSED:
        text = text.replace(
            "Disallow: /ads/", f"Disallow: /ads/\nDisallow: /*{CLOSED_TAIL}$\nDisallow: /*{CLOSED_TAIL}?"
        )
    return Answer(200, text.encode(), {"Content-Type": "text/plain"})
