"""The list of changes and its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from tracker.archive.summaries import page_of_summaries
from tracker.archive.values import from_ms, to_ms
from tracker.archive.versions import newest_row
from tracker.views.values import SCHEMA
from tracker.web.page_request import PageRequest, View

from .. import links
from .filters import Filter, filter_of
from .lines import VersionLine, entries

SIZE: Final = 30
MAX_SHOWN_EDITS: Final = 15
PLACE: Final = r"(\d{1,14})-(\d{1,15})"
"""Where a page of the list begins: milliseconds since 1970, and the row of a version."""


@dataclass(frozen=True)
class Changes(View):
    """Changes, newest first. `after` is where the next page begins, `row` the newest version when it was made."""

    template: ClassVar[str] = "changes.html"
    entries: tuple[VersionLine, ...]
    filter: Filter
    after: str
    now: datetime
    row: int = 0

    @property
    def title(self) -> str:
        """Return the page title."""
        return self.filter.title or "Changes"

    @property
    def next(self) -> str:
        """Return the address of the next page, or ""."""
        return links.changes(**self.filter.given, after=self.after) if self.after else ""

    @property
    def feed(self) -> str:
        """Return the feed of the same changes."""
        return f"/changes.atom{links.query(self.filter.given | {'new': ''})}"

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        given = self.filter.given
        return {
            "schema": SCHEMA,
            "changes": [each.as_json() for each in self.entries],
            "given": {name: value for name, value in given.items() if value},
            "next": f"/changes.json{links.query(given | {'after': self.after})}" if self.after else None,
        }


def changes(request: PageRequest) -> Changes:
    """Return a page of changes. Raises UsageError."""
    archive, reading = request.archive, request.reading
    chosen = filter_of(request)
    place = request.place(PLACE)
    after = (from_ms(int(place[0])), int(place[1])) if place else None
    page = page_of_summaries(archive.opened, chosen.query(reading.row), after, SIZE)
    return Changes(
        entries=entries(archive, page.summaries, shown=MAX_SHOWN_EDITS, reading=reading),
        filter=chosen,
        after=f"{to_ms(page.after[0])}-{page.after[1]}" if page.after else "",
        now=request.now,
        row=newest_row(archive.opened),
    )
