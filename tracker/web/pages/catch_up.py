"""The page of changes since the reader last looked: each article once, with the diff from the version they read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from tracker.archive.archive import Archive
from tracker.archive.summaries import changed_articles, count_newer, list_summaries, newer_rows
from tracker.archive.versions import newest_row
from tracker.model.version import VersionQuery, VersionSummary
from tracker.service.shown_versions import shown_since
from tracker.web.page_request import MAX_ROW_DIGITS, PageRequest, Reading

from .changes import SIZE, Changes, Filter, entries

MAX_CAUGHT_UP_CHANGES: Final = 5000
"""Only the newest changes are read, so that the page is fast for a reader who was away for a year."""


def since_looked(archive: Archive, reading: Reading, article: str, newest: int) -> tuple[int, list[int]] | None:
    """Return the newest version of an article that its reader has seen (0: none), and the numbers to compare.

    These are that version, or the newest before it that was not taken down, and all later ones up to `newest`. None for
    a reader who never marked all as read.
    """
    if reading.at is None:
        return None
    newer = newer_rows(archive, article, range(1, newest + 1), reading.row)
    opened = [n for row, n in newer.items() if row in reading.opened]
    known = max(opened, default=min(newer.values(), default=newest + 1) - 1)
    return known, shown_since(archive, article, known, newest)


@dataclass(frozen=True)
class CatchUp(Changes):
    """The newest version of each article, with the words and labels of all versions that are new to the reader.

    `looked` is when they last marked all as read; `articles` counts all that changed, of the newest changes alone if
    `is_complete` is not set.
    """

    template: ClassVar[str] = "catch_up.html"
    looked: datetime | None
    articles: int
    is_complete: bool


def catch_up(request: PageRequest) -> CatchUp:
    """Return the page. Raises UsageError."""
    archive, reading = request.archive, request.reading
    place = request.place(rf"(\d{{1,{MAX_ROW_DIGITS}}})")
    found = changed_articles(archive, reading.row, MAX_CAUGHT_UP_CHANGES) if reading.at else {}
    unread = {article: row for article, row in found.items() if row not in reading.opened}
    left = [article for article, row in unread.items() if place is None or row < int(place[0])]
    page = left[:SIZE]
    query = VersionQuery(articles=tuple(page), newer_than=reading.row, changes_only=True)
    stored = list_summaries(archive, query) if page else []
    lines: list[VersionSummary] = []
    since: dict[str, tuple[int, int]] = {}  # the version that is compared with, and how many came after it
    for article in page:
        versions = sorted((each for each in stored if each.article == article), key=lambda each: -each.n)
        known, shown = since_looked(archive, reading, article, versions[0].n) or (0, [])
        unseen = [each for each in versions if each.n > known and not each.removed]
        if unseen:  # none if the reader has opened a later version that was taken down since
            lines.append(_together(unseen))
        since[article] = (shown[0], len(shown) - 1) if len(shown) > 1 else (0, 0)
    listed = [(each, since[each.summary.article]) for each in entries(request.cache, lines)]
    return CatchUp(
        title="Since you last looked",
        entries=tuple(replace(each, since=known, versions_since=count) for each, (known, count) in listed),
        filter=Filter(),
        after=str(unread[page[-1]]) if len(left) > SIZE else "",
        row=newest_row(archive),
        address=request.address,
        looked=reading.at,
        articles=len(unread) - len(page) + len(lines),
        is_complete=count_newer(archive, reading.row, MAX_CAUGHT_UP_CHANGES + 1) <= MAX_CAUGHT_UP_CHANGES,
    )


def _together(versions: list[VersionSummary]) -> VersionSummary:
    """Return the first of some versions of an article with the words and labels of all of them."""
    newest = versions[0]
    return replace(
        newest,
        words=sum(each.words for each in versions),
        kinds=tuple(dict.fromkeys(kind for each in versions for kind in each.kinds)),
        announced=newest.announced if len(versions) == 1 else None,
    )
