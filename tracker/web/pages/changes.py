"""The list of changes and its filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from tracker.archive.summaries import Cursor, page_of_summaries
from tracker.archive.versions import newest_row
from tracker.errors import UsageError
from tracker.views.values import SCHEMA
from tracker.web.page_request import PageRequest, View

from .. import links
from .filters import Filter, filter_of
from .lines import VersionLine, entries

SIZE: Final = 30
MAX_SHOWN_EDITS: Final = 15
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    after = cursor(request.query.get("after", ""))
    page = page_of_summaries(archive.opened, chosen.query(reading.row), after, SIZE)
    return Changes(
        entries=entries(archive, page.glances, shown=MAX_SHOWN_EDITS, reading=reading),
        filter=chosen,
        after=written(page.after),
        now=request.now,
        row=newest_row(archive.opened),
    )


def cursor(text: str) -> Cursor | None:
    """Return where a page begins, from its text. Raises UsageError."""
    if not text:
        return None
    at, _, row = text.partition("-")
    if not (at.isascii() and at.isdigit() and row.isascii() and row.isdigit()) or len(at) > 14 or len(row) > 15:
        raise UsageError("not a valid place in the list", resource=text[:80])
    return _EPOCH + timedelta(milliseconds=int(at)), int(row)


def written(place: Cursor | None) -> str:
    """Return where the next page begins, as text; "" on the last page."""
    return f"{round((place[0] - _EPOCH) / timedelta(milliseconds=1))}-{place[1]}" if place else ""
