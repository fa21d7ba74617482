"""Memento (RFC 7089): which version stood at a time, and the headers and lists that say so. Pure.

Addresses of mementos are made by whoever serves them; *original* is the address of the article itself.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.model import Headers

LINK_FORMAT: Final = "application/link-format"
_PLAIN: Final = "!#$&'()*+,/:;=?@[]~%"


@dataclass(frozen=True, slots=True)
class Memento:
    """One version: the address it is served at, and when it was first seen."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    """Where one article's Memento resources are: the article itself, its TimeGate and its TimeMap."""

    original: str
    timegate: str
    timemap: str


def accepted(header: str, now: datetime) -> datetime:
    """Return the time that an Accept-Datetime header asks for; *now* where it is empty.

    Raises ValueError where it is no date as HTTP writes them: the answer is then 400.
    """
    if not header.strip():
        return now
    try:
        when = parsedate_to_datetime(header.strip())
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        raise ValueError(f"Accept-Datetime is no date: {header[:60]!r}") from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def standing(mementos: Sequence[Memento], when: datetime) -> Memento | None:
    """Return the version that stood at *when*: the newest seen until then, else the first; None where there is none.

    *mementos* are oldest first. A date of HTTP has no parts of a second, so those of a version do not count.
    """
    if not mementos:
        return None
    place = bisect_right(mementos, when, key=lambda each: each.at.replace(microsecond=0))
    return mementos[max(place - 1, 0)]


def time_map(home: Home, mementos: Sequence[Memento]) -> str:
    """Return a TimeMap in link format: all *mementos*, oldest first."""
    about = [_link(home.original, "original"), _link(home.timegate, "timegate")]
    span = ""
    if mementos:
        span = f'; from="{_date(mementos[0].at)}"; until="{_date(mementos[-1].at)}"'
    about.append(f'{_link(home.timemap, "self")}; type="{LINK_FORMAT}"{span}')
    return ",\n".join([*about, *(_named(mementos, place) for place in range(len(mementos)))]) + "\n"


def gate_headers(home: Home, mementos: Sequence[Memento], chosen: Memento | None) -> Headers:
    """Return the headers of a TimeGate's answer: 302 to *chosen*, or 404 where there is none."""
    links = [_link(home.original, "original"), _map(home), *_ends(mementos)]
    moved = () if chosen is None else (("Location", _address(chosen.url)),)
    return (("Vary", "accept-datetime"), *moved, ("Link", ", ".join(links)))


def memento_headers(home: Home, mementos: Sequence[Memento], place: int) -> Headers:
    """Return the headers that the memento at *place* is served with."""
    links = [_link(home.original, "original"), _link(home.timegate, "timegate"), _map(home)]
    near = dict.fromkeys((0, place - 1, place, place + 1, len(mementos) - 1))
    links += [_named(mementos, each, place) for each in sorted(near) if 0 <= each < len(mementos)]
    return (("Memento-Datetime", _date(mementos[place].at)), ("Link", ", ".join(links)))


def _ends(mementos: Sequence[Memento]) -> Iterator[str]:
    for place in dict.fromkeys((0, len(mementos) - 1)) if mementos else ():
        yield _named(mementos, place)


def _named(mementos: Sequence[Memento], place: int, here: int | None = None) -> str:
    """Return the link to a memento, by what it is among them, and as seen from the one at *here*."""
    names = [("first", place == 0), ("last", place == len(mementos) - 1)]
    if here is not None:
        names += [("prev", place == here - 1), ("next", place == here + 1)]
    rel = " ".join([*(name for name, holds in names if holds), "memento"])
    return f'{_link(mementos[place].url, rel)}; datetime="{_date(mementos[place].at)}"'


def _map(home: Home) -> str:
    return f'{_link(home.timemap, "timemap")}; type="{LINK_FORMAT}"'


def _link(url: str, rel: str) -> str:
    return f'<{_address(url)}>; rel="{rel}"'


def _address(url: str) -> str:
    """Return an address that can stand in a header and between < and >."""
    return quote(url, safe=_PLAIN)


def _date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0), usegmt=True)
