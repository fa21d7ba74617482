"""The list of changes and its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from tracker.archive.sources import list_sources
from tracker.archive.summaries import Cursor, page_of_summaries
from tracker.errors import UsageError
from tracker.model.labels import LabelKind
from tracker.model.version import VersionQuery
from tracker.views.values import SCHEMA
from tracker.web.page_request import PageRequest, View

from .. import links
from .lines import VersionLine, entries

SIZE: Final = 30
MAX_SHOWN_EDITS: Final = 15
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Changes(View):
    """Changes, newest first. `after` is where the next page begins."""

    template: ClassVar[str] = "changes.html"
    entries: tuple[VersionLine, ...]
    source: str
    story: str
    kind: str
    min_words: int
    sources: tuple[str, ...]
    after: str
    now: datetime

    @property
    def title(self) -> str:
        """Return the page title."""
        return " · ".join(part for part in (self.kind, self.source, self.story) if part) or "Changes"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return every kind of label."""
        return tuple(kind.value for kind in LabelKind)

    @property
    def given(self) -> dict[str, object]:
        """Return the filters of the list."""
        return {"kind": self.kind, "source": self.source, "story": self.story, "min_words": self.min_words or ""}

    @property
    def next(self) -> str:
        """Return the address of the next page, or ""."""
        return links.changes(**self.given, after=self.after) if self.after else ""

    @property
    def feed(self) -> str:
        """Return the feed of the same changes."""
        return f"/changes.atom{links.query(self.given)}"

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        return {
            "schema": SCHEMA,
            "changes": [each.as_json() for each in self.entries],
            "given": {name: value for name, value in self.given.items() if value},
            "next": f"/changes.json{links.query(self.given | {'after': self.after})}" if self.after else None,
        }


def changes(request: PageRequest) -> Changes:
    """Return a page of changes. Raises UsageError."""
    archive = request.archive
    query = restricted(request.query)
    after = cursor(request.query.get("after", ""))
    page = page_of_summaries(archive.opened, query, after, SIZE)
    return Changes(
        entries=entries(archive, page.glances, shown=MAX_SHOWN_EDITS),
        source=query.source,
        story=query.story,
        kind=query.kinds[0].value if query.kinds else "",
        min_words=query.min_words,
        sources=tuple(list_sources(archive.opened)),
        after=written(page.after),
        now=request.now,
    )


def restricted(given: Mapping[str, str]) -> VersionQuery:
    """Return the changes a query string asks for. Raises UsageError."""
    kind = given.get("kind", "")
    if kind and kind not in set(LabelKind):
        raise UsageError("no such label", resource=kind[:80], hint=f"labels are {', '.join(LabelKind)}")
    words = given.get("min_words", "") or "0"
    if not words.isascii() or not words.isdigit() or len(words) > 7:
        raise UsageError("min_words must be a number", resource=words[:80])
    return VersionQuery(
        source=given.get("source", "")[:200],
        story=given.get("story", "")[:200],
        kinds=(LabelKind(kind),) if kind else (),
        min_words=int(words),
        changes_only=True,
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
