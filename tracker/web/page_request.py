"""The request that a page function gets, and the view that it returns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, ClassVar

from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.errors import NotKnown, UsageError, did_you_mean
from tracker.model.version import Version
from tracker.model.watch import Tracked
from tracker.views.json import SCHEMA, Part

from .data import CachedArchive
from .links import version_number, whole_number
from .reading import Reading


@dataclass(frozen=True)
class View:
    """What a page shows, as frozen values. Its template renders them as HTML; `answer` is its JSON.

    Every view has a `title`, without the name of the program: its own, or that of all pages of its class.
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
        reading: what the reader has seen.
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
        """Return the archive itself, to ask what need not be cached."""
        return self.cache.archive

    def article(self) -> Tracked:
        """Return the article that the path names. Raises NotKnown."""
        return get_article(self.archive, self.path["ident"])

    def version(self, tracked: Tracked, n: int, hint: str = "") -> Version:
        """Return a version that can be shown. Raises NotKnown, with the `hint`, if it was taken down."""
        found = get_version(self.archive, tracked.id, n)
        if found.removed:
            raise NotKnown(f"version {n} was taken down: {found.removed}", resource=tracked.url, hint=hint)
        return found

    def number(self, name: str) -> int:
        """Return the version number in the path. Raises NotKnown if it is out of range."""
        text = self.path[name]
        number = version_number(text)
        if number is None:
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
    """Raise UsageError if a query parameter is not `known`, or given twice: ignoring it would show the wrong list."""
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
            raise UsageError("there is no such parameter", resource=name[:80], hint=hint)
        if given.count(name) > 1:
            raise UsageError("the parameter is given twice", resource=name)
