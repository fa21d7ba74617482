"""The entries of the list of stories, most recently changed first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.articles import summarise_articles
from tracker.archive.stories import get_story_book
from tracker.archive.story_lists import (
    count_stories,
    get_decided_story_book,
    get_story_book_of,
    newest_story_articles,
)
from tracker.stories import story_view
from tracker.stories.current_stories import CurrentStories, current_stories
from tracker.stories.decisions import is_ident
from tracker.views.values import iso

if TYPE_CHECKING:
    from tracker.views.story import StoryView

    from ..data import CachedArchive

CACHE_SECONDS: Final = 600.0
MAX_MEMBERSHIPS_AT_ONCE: Final = 1000
"""With fewer memberships, all stories are read: finding the newest ones could take a walk over all articles."""
ARTICLES_PER_STORY: Final = 2
"""So many of the newest articles are looked up for each story of the list, and twice as many where that was too few."""


@dataclass(frozen=True)
class StoryLine:
    """A story in the list. `named`: a person named it. `_read` returns what the JSON needs."""

    ident: str
    title: str
    named: bool
    articles: int
    sources: int
    versions: int
    first_seen: datetime
    last: datetime
    _read: Callable[[], StoryView] = field(compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the story as `stories --json` writes it, and what the list shows."""
        return {
            "ident": self.ident,
            "sources": self.sources,
            "versions": self.versions,
            "first_seen": iso(self.first_seen),
            "last": iso(self.last),
        } | self._read().as_json()


@dataclass(frozen=True)
class NewestLines:
    """The stories that changed last, and how many more there are."""

    lines: tuple[StoryLine, ...]
    more: int


def book(archive: CachedArchive) -> CurrentStories:
    """Return all stories with all decisions applied."""
    return archive.kept("book", lambda: current_stories(get_story_book(archive.opened)))


def lines(archive: CachedArchive) -> list[StoryLine]:
    """Return every story as an entry of the list, most recently changed first."""
    return archive.kept("stories", lambda: _lines(archive, book(archive)))


def lines_of(archive: CachedArchive, articles: Collection[str]) -> list[StoryLine]:
    """Return the stories that any of *articles* is in, most recently changed first."""
    settled = current_stories(get_story_book_of(archive.opened, articles))
    return _lines(archive, settled, {story for each in articles for story in settled.of_article.get(each, ())})


def newest_lines(
    archive: CachedArchive, size: int, at_once: int = MAX_MEMBERSHIPS_AT_ONCE, per_story: int = ARTICLES_PER_STORY
) -> NewestLines:
    """Return at most *size* stories, most recently changed first.

    Where there are more than *at_once* memberships, only the stories of the newest articles are read, and those that
    people decided about: decisions may put an article into a story that the database does not know of.
    """
    counts = count_stories(archive.opened)
    if counts.memberships <= at_once or any(map(is_ident, counts.names_like_ids)):
        found = lines(archive)
        return NewestLines(tuple(found[:size]), max(len(found) - size, 0))
    decided = get_decided_story_book(archive.opened)
    undecided = current_stories(replace(decided, decisions=()))
    settled = {each.ident: each for each in _lines(archive, current_stories(decided))}
    more = max(counts.stories - len(undecided.stories) + len(settled) - size, 0)
    limit = size * per_story
    while True:
        newest = newest_story_articles(archive.opened, limit)
        parts = current_stories(get_story_book_of(archive.opened, [ident for ident, _ in newest]))
        found = _newest_first({each.ident: each for each in _lines(archive, parts)} | settled)
        if len(newest) < limit:
            return NewestLines(tuple(found[:size]), more)
        # Of the stories that changed at the very time of the last article, others may be missing.
        if len(found) >= size and found[size - 1].last > newest[-1][1]:
            return NewestLines(tuple(found[:size]), more)
        limit *= 2


def _newest_first(stories: Mapping[str, StoryLine]) -> list[StoryLine]:
    return sorted((stories[ident] for ident in sorted(stories)), key=lambda each: each.last, reverse=True)


def _lines(archive: CachedArchive, settled: CurrentStories, only: Iterable[str] | None = None) -> list[StoryLine]:
    chosen = {story: settled.stories[story] for story in (settled.stories if only is None else only)}
    briefs = summarise_articles(archive.opened, [each for members in chosen.values() for each in members])
    found = {}
    for ident, members in chosen.items():
        there = [briefs[each] for each in members if each in briefs]
        if there:
            last = max(each.last_change or each.first_seen for each in there)
            first = min(there, key=lambda each: each.first_seen)
            title = settled.title(ident)
            versions = sum(each.versions for each in there)
            found[ident] = StoryLine(
                ident=ident,
                title=title or first.title,
                named=bool(title),
                articles=len(there),
                sources=len({each.source for each in there}),
                versions=versions,
                first_seen=first.first_seen,
                last=last,
                _read=partial(_brief, archive, settled, ident, versions),
            )
    return _newest_first(found)


def _brief(archive: CachedArchive, settled: CurrentStories, ident: str, versions: int) -> StoryView:
    """Return a story for a list; `versions` counts those of all its articles, so that a new one is read."""
    from tracker.service.story_timelines import gather

    def make() -> StoryView:
        return story_view(gather(archive.opened, settled, ident, most=1), settled, brief=True)

    return archive.kept(("brief", ident, settled.stories[ident], versions), make, CACHE_SECONDS)
