"""The request that a page function gets, with the versions that its reader has seen, and the view that it returns.

A reader has seen all versions stored before they last marked all as read, and those opened since. Both are kept in a
cookie, which is set when a reader asks for it and not before. For users whom a proxy names, the time when all was
marked is also kept in the archive, so that it is the same in all their browsers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.errors import NotKnown, UsageError, did_you_mean
from tracker.model.version import Version, VersionSummary
from tracker.model.watch import WatchedArticle
from tracker.views.json import SCHEMA, Part

from .data import CachedArchive
from .links import MAX_VERSION_DIGITS, whole_number

READING_COOKIE: Final = "writethru-read"
READING_COOKIE_SECONDS: Final = 400 * 24 * 3600
"""Browsers keep no cookie for longer (draft RFC 6265bis, 5.6.2)."""
MAX_OPENED: Final = 400
MAX_COUNTED: Final = 1000
MAX_ROW_DIGITS: Final = 15
# Browsers drop a cookie of more than 4,096 bytes, name and attributes included.
_MAX_CHARACTERS: Final = 3800


@dataclass(frozen=True, slots=True)
class Reading:
    """The versions that a reader has seen.

    Attributes:
        row: the newest version stored when all was last marked as read; 0 if it never was: then nothing is unread.
        at: the time of that mark.
        opened: the rows of later versions that were opened.
    """

    row: int = 0
    at: datetime | None = None
    opened: frozenset[int] = frozenset()

    def is_unread(self, seen: VersionSummary) -> bool:
        """Return whether a version is new to the reader."""
        return bool(self.at) and seen.id > self.row and seen.id not in self.opened

    def after(self, rows: Iterable[int]) -> Reading:
        """Return the reading after these rows of versions were opened; very old ones are unread again."""
        known = sorted(self.opened.union(each for each in rows if each > self.row))
        return replace(self, opened=frozenset(known[-MAX_OPENED:]))

    def text(self) -> str:
        """Return it as the value of a cookie: row, seconds, and the differences between the rows that were opened."""
        seconds = int(self.at.timestamp()) if self.at else 0
        before, parts = self.row, []
        for each in sorted(self.opened):
            parts.append(each - before)
            before = each
        return ".".join(map(str, (self.row, seconds, *parts)))


def read_text(text: str) -> Reading:
    """Return the Reading that `Reading.text` wrote; an empty one if the text is anything else."""
    numbers = [whole_number(part, MAX_ROW_DIGITS) for part in text.split(".")] if len(text) <= _MAX_CHARACTERS else []
    known = [number for number in numbers if number is not None]
    if len(known) < 2 or len(known) < len(numbers):
        return Reading()
    row, seconds, *steps = known[: 2 + MAX_OPENED]
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return Reading()
    opened, place = set(), row
    for step in steps:
        place += step
        opened.add(place)
    return Reading(row, at, frozenset(opened))


@dataclass(frozen=True)
class View:
    """The content of a page. Its template renders it as HTML, `answer` returns its JSON.

    Every view has a `title`, as a field or for all pages of its class. It does not include the name of the program.
    """

    template: ClassVar[str] = ""

    def answer(self) -> Part | Mapping[str, Any]:
        """Return the JSON object of the page: all that it shows, unless the page declares another."""
        return {"schema": SCHEMA} | {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True)
class PageRequest:
    """A request for a page.

    Attributes:
        path: the parameters in the path.
        base: the beginning of this site's addresses, such as "https://example.org".
        here: the requested path and query.
        admin: whether the user may use forms that change something.
        reading: the versions that the reader has seen.
        read_only_reason: why the forms that change the configuration would fail, or "".
    """

    cache: CachedArchive
    now: datetime
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    config: Config | None = None
    base: str = ""
    here: str = ""
    admin: bool = False
    read_only_reason: str = ""
    reading: Reading = field(default_factory=Reading)

    @property
    def address(self) -> str:
        """Return the requested path without its query."""
        return self.here.partition("?")[0]

    @property
    def archive(self) -> Archive:
        """Return the archive itself, for questions that need no cache."""
        return self.cache.archive

    def article(self) -> WatchedArticle:
        """Return the article that the path names. Raises NotKnown."""
        return get_article(self.archive, self.path["ident"])

    def version(self, tracked: WatchedArticle, n: int, hint: str = "") -> Version:
        """Return a version that can be shown. Raises NotKnown, with the `hint`, if it was taken down."""
        found = get_version(self.archive, tracked.id, n)
        if found.removed:
            raise NotKnown(f"version {n} was taken down: {found.removed}", resource=tracked.url, hint=hint)
        return self.cache.shown_version(found)

    def number(self, name: str) -> int:
        """Return the version number in the path. Raises NotKnown if it is out of range."""
        text = self.path[name]
        number = whole_number(text, MAX_VERSION_DIGITS)
        if not number:
            raise NotKnown("there is no such version", resource=text[:80])
        return number

    def instant(self, name: str) -> datetime | None:
        """Return a query parameter that must be an ISO time; None if it is not given. Raises UsageError."""
        given = self.query.get(name, "")
        if not given:
            return None
        try:
            at = datetime.fromisoformat(given.replace(" ", "+"))  # a plus sign means a space in a query
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise UsageError(f"{name} must be a time as in 2026-11-25T09:00:00Z", resource=given[:80]) from None

    def one_of(self, name: str, values: tuple[str, ...]) -> str:
        """Return a query parameter that must be one of `values`; the first is the default. Raises UsageError."""
        given = self.query.get(name, "") or values[0]
        if given not in values:
            raise UsageError(f"{name} must be one of {', '.join(values)}", resource=given[:80])
        return given

    def place(self, pattern: str) -> tuple[str, ...] | None:
        """Return the parts of `after`, where a page of a list begins; None for the first page. Raises UsageError."""
        given = self.query.get("after", "")
        found = re.fullmatch(pattern, given, re.ASCII)
        if given and found is None:
            raise UsageError("not a valid place in the list", resource=given[:80])
        return found.groups() if found else None

    def count(self, name: str, default: int, most: int) -> int:
        """Return a query parameter that must be a whole number from 0 to `most`. Raises UsageError."""
        given = self.query.get(name, "")
        if not given:
            return default
        number = whole_number(given)
        if number is None or number > most:
            raise UsageError(f"{name} must be a number from 0 to {most}", resource=given[:80])
        return number


def check_names(given: Sequence[str], known: Collection[str]) -> None:
    """Raise UsageError if a query parameter is unknown or given twice. Ignoring it would show the wrong list."""
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
            raise UsageError("there is no such parameter", resource=name[:80], hint=hint)
        if given.count(name) > 1:
            raise UsageError("the parameter is given twice", resource=name)
