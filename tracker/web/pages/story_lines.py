"""The entries of the list of stories, most recently changed first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.articles import summarise_articles
from tracker.archive.stories import get_story_book
from tracker.archive.story_lists import count_stories, get_decided_story_book, get_story_book_of, newest_story_articles
from tracker.archive.values import from_ms, to_ms
from tracker.stories.current_stories import CurrentStories, current_stories, is_ident, story_view
from tracker.views.values import iso

if TYPE_CHECKING:
    from tracker.views.story import StoryView

    from ..data import CachedArchive
    from ..page_request import PageRequest

CACHE_SECONDS: Final = 600.0
MAX_MEMBERSHIPS_AT_ONCE: Final = 1000
"""With fewer memberships, all stories are read: finding the newest ones could take a walk over all articles."""
ARTICLES_PER_STORY: Final = 2
"""How many of the newest articles are looked up for each story of the list; twice as many if that was too few."""


PLACE: Final = r"(\d{1,14})-(\d{1,9})-(.{1,200})"


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
class LinesPage:
    """A page of the list of stories, how many more there are, and where the next page begins."""

    lines: tuple[StoryLine, ...]
    more: int
    after: StoryCursor | None


@dataclass(frozen=True, slots=True)
class StoryCursor:
    """Where a page of stories ended: its last story, when that changed last, and how many stories came until there."""

    last: datetime
    ident: str
    listed: int

    @property
    def text(self) -> str:
        """Return it as `PLACE` matches it in an address."""
        return f"{to_ms(self.last)}-{self.listed}-{self.ident}"

    def precedes(self, line: StoryLine) -> bool:
        """Return whether a story comes after this place in the list."""
        return line.last < self.last or (line.last == self.last and line.ident > self.ident)


def cursor_of(request: PageRequest) -> StoryCursor | None:
    """Return where the requested page of stories begins; None for the first page. Raises UsageError."""
    place = request.place(PLACE)
    return StoryCursor(from_ms(int(place[0])), place[2], int(place[1])) if place else None


def book(cache: CachedArchive) -> CurrentStories:
    """Return all stories with all decisions applied."""
    return cache.kept("book", lambda: current_stories(get_story_book(cache.archive)))


def lines(cache: CachedArchive) -> list[StoryLine]:
    """Return every story as an entry of the list, most recently changed first."""
    return cache.kept("stories", lambda: _lines(cache, book(cache)))


def lines_of(cache: CachedArchive, articles: Collection[str]) -> list[StoryLine]:
    """Return the stories that any of `articles` is in, most recently changed first."""
    settled = current_stories(get_story_book_of(cache.archive, articles))
    return _lines(cache, settled, {story for each in articles for story in settled.of_article.get(each, ())})


def newest_lines(
    cache: CachedArchive,
    size: int,
    after: StoryCursor | None = None,
    *,
    at_once: int = MAX_MEMBERSHIPS_AT_ONCE,
    per_story: int = ARTICLES_PER_STORY,
) -> LinesPage:
    """Return at most `size` stories from `after` on, most recently changed first.

    Where there are more than `at_once` memberships, only the stories of the newest articles are read, and those that
    people decided about: decisions may put an article into a story that the database does not know of.
    """
    counts = count_stories(cache.archive)
    if counts.memberships <= at_once or any(map(is_ident, counts.names_like_ids)):
        return page_of_lines(lines(cache), size, after)
    decided = get_decided_story_book(cache.archive)
    undecided = current_stories(replace(decided, decisions=()))
    settled = {each.ident: each for each in _lines(cache, current_stories(decided))}
    total = counts.stories - len(undecided.stories) + len(settled)
    limit = size * per_story
    while True:
        newest = newest_story_articles(cache.archive, limit, after.last if after else None)
        parts = current_stories(get_story_book_of(cache.archive, [ident for ident, _ in newest]))
        found = _newest_first({each.ident: each for each in _lines(cache, parts)} | settled)
        page = page_of_lines(found, size, after, total)
        # Of the stories that changed at the very time of the last article, others may be missing.
        if len(newest) < limit or (page.after is not None and page.after.last > newest[-1][1]):
            return page
        limit *= 2


def page_of_lines(
    found: Sequence[StoryLine], size: int, after: StoryCursor | None = None, total: int | None = None
) -> LinesPage:
    """Return the stories of a list from `after` on; the list may lack some of `total` stories that come later."""
    rest = found if after is None else [each for each in found if after.precedes(each)]
    shown = tuple(rest[:size])
    if len(rest) <= size:
        return LinesPage(shown, 0, None)
    listed = after.listed if after else 0
    # Stories that changed since the first page moved to it, so that it may be a few off on later ones.
    more = len(rest) - size if total is None else max(total - listed - size, 1)
    return LinesPage(shown, more, StoryCursor(shown[-1].last, shown[-1].ident, listed + size))


def _newest_first(stories: Mapping[str, StoryLine]) -> list[StoryLine]:
    return sorted((stories[ident] for ident in sorted(stories)), key=lambda each: each.last, reverse=True)


def _lines(cache: CachedArchive, settled: CurrentStories, only: Iterable[str] | None = None) -> list[StoryLine]:
    chosen = {story: settled.stories[story] for story in (settled.stories if only is None else only)}
    briefs = summarise_articles(cache.archive, [each for members in chosen.values() for each in members])
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
                _read=partial(_brief, cache, settled, ident, versions),
            )
    return _newest_first(found)


def _brief(cache: CachedArchive, settled: CurrentStories, ident: str, versions: int) -> StoryView:
    """Return a story for a list; `versions` counts those of all its articles, so that a new one is read."""
    from tracker.service.story_timelines import gather

    def make() -> StoryView:
        return story_view(gather(cache.archive, settled, ident, most=1), settled, brief=True)

    return cache.kept(("brief", ident, settled.stories[ident], versions), make, CACHE_SECONDS)
