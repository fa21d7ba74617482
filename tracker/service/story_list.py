"""Stories: list them, find one by its name or title, and record people's decisions, without reading all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, summarise_articles
from tracker.archive.stories import (
    count_stories,
    first_story_names,
    get_decided_story_book,
    get_story_book,
    get_story_book_of,
    newest_story_articles,
    save_decision,
    story_names_like,
)
from tracker.errors import NotKnown, UsageError, did_you_mean
from tracker.model.story import Decision, StoryDecisionKind
from tracker.stories.current_stories import (
    CurrentStories,
    begins_id,
    current_stories,
    find_story,
    is_ident,
    new_story_name,
)

# Names that are compared with a mistyped one.
MAX_LISTED_NAMES: Final = 2000
# With fewer memberships, all stories are read: finding the newest ones could take a walk over all articles.
MAX_MEMBERSHIPS_AT_ONCE: Final = 1000
# How many of the newest articles are looked up for each story of the list; twice as many if that was too few.
ARTICLES_PER_STORY: Final = 2


@dataclass(frozen=True)
class StoryLine:
    """A story in the list. `named`: a person named it. `settled` are the stories connected with it."""

    ident: str
    title: str
    named: bool
    articles: int
    outlets: frozenset[str]
    versions: int
    first_seen: datetime
    last: datetime
    settled: CurrentStories = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StoryCursor:
    """Where a page of stories ended: its last story, when that changed last, and how many stories came until there."""

    last: datetime
    ident: str
    listed: int = 0

    def precedes(self, line: StoryLine) -> bool:
        """Return whether a story comes after this place in the list."""
        return line.last < self.last or (line.last == self.last and line.ident > self.ident)


@dataclass(frozen=True)
class LinesPage:
    """A page of the list of stories, how many more there are, and where the next page begins."""

    lines: tuple[StoryLine, ...]
    more: int
    after: StoryCursor | None


def list_stories(archive: Archive) -> list[StoryLine]:
    """Return every story, most recently changed first."""
    return _lines(archive, current_stories(get_story_book(archive)))


def stories_of(archive: Archive, articles: Collection[str]) -> list[StoryLine]:
    """Return the stories that any of `articles` is in, most recently changed first."""
    settled = current_stories(get_story_book_of(archive, articles))
    return _lines(archive, settled, {story for each in articles for story in settled.of_article.get(each, ())})


def newest_stories(archive: Archive, size: int, after: StoryCursor | None = None) -> LinesPage:
    """Return at most `size` stories from `after` on, most recently changed first.

    Where there are many, only the stories of the newest articles are read, and those that people decided about:
    decisions may put an article into a story that the database does not know of.
    """
    counts = count_stories(archive)
    if counts.memberships <= MAX_MEMBERSHIPS_AT_ONCE or any(map(is_ident, counts.names_like_ids)):
        return page_of_stories(list_stories(archive), size, after)
    decided = get_decided_story_book(archive)
    undecided = current_stories(replace(decided, decisions=()))
    settled = {each.ident: each for each in _lines(archive, current_stories(decided))}
    total = counts.stories - len(undecided.stories) + len(settled)
    limit = size * ARTICLES_PER_STORY
    while True:
        newest = newest_story_articles(archive, limit, after.last if after else None)
        parts = current_stories(get_story_book_of(archive, [ident for ident, _ in newest]))
        found = _newest_first({each.ident: each for each in _lines(archive, parts)} | settled)
        page = page_of_stories(found, size, after, total)
        # Of the stories that changed at the very time of the last article, others may be missing.
        if len(newest) < limit or (page.after is not None and page.after.last > newest[-1][1]):
            return page
        limit *= 2


def page_of_stories(
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


def _lines(archive: Archive, settled: CurrentStories, only: Iterable[str] | None = None) -> list[StoryLine]:
    chosen = {story: settled.stories[story] for story in (settled.stories if only is None else only)}
    briefs = summarise_articles(archive, [each for members in chosen.values() for each in members])
    found = {}
    for ident, members in chosen.items():
        there = [briefs[each] for each in members if each in briefs]
        if there:
            first = min(there, key=lambda each: each.first_seen)
            title = settled.title(ident)
            found[ident] = StoryLine(
                ident=ident,
                title=title or first.title,
                named=bool(title),
                articles=len(there),
                outlets=frozenset(each.source for each in there),
                versions=sum(each.versions for each in there),
                first_seen=first.first_seen,
                last=max(each.last_change or each.first_seen for each in there),
                settled=settled,
            )
    return _newest_first(found)


def stories_with(archive: Archive, name: str) -> CurrentStories:
    """Return the stories among which `find_story` finds the same for `name` as among all, and some more."""
    called = current_stories(get_story_book_of(archive, stories=[name]))
    if called.decisions.name(name) in called.stories:
        return called
    # Titles are decisions of people, so that their stories are read with those that people decided about.
    alike = [name.casefold(), *story_names_like(archive, name, with_ids=begins_id(name))]
    return current_stories(get_decided_story_book(archive, stories=alike))


def get_story(archive: Archive, name: str) -> tuple[CurrentStories, str]:
    """Return the story that `find_story` finds for `name`, after the stories of `stories_with`. Raises NotKnown."""
    settled = stories_with(archive, name)
    story = find_story(settled, name)
    if story is None:
        raise unknown_story(archive, name)
    return settled, story


def get_or_name_story(archive: Archive, name: str) -> tuple[CurrentStories, str]:
    """Return the story that `name` means, or a new one of this name. Raises UsageError if that is no valid name."""
    settled = stories_with(archive, name)
    return settled, find_story(settled, name) or new_story_name(name)


def decide(
    archive: Archive,
    settled: CurrentStories,
    story: str,
    verdict: StoryDecisionKind,
    articles: Iterable[str] = (),
    title: str = "",
    *,
    at: datetime,
    by: str,
) -> Decision:
    """Record a person's decision about a story, and let articles join or leave it if it has a name.

    `settled` are the stories connected with it. `verdict` is PIN, REJECT or RENAME; the other kinds were made by
    release 0.1, and are only read. `articles` may be IDs or addresses.

    Raises UsageError if an article to remove is not in the story, or the title is empty; NotKnown for an article that
    is not watched.
    """
    idents = tuple(dict.fromkeys(get_article(archive, each).id for each in articles))
    title = " ".join(title.split())
    if verdict is StoryDecisionKind.RENAME and not title:
        raise UsageError("a title needs at least one character", resource=story)
    if verdict is StoryDecisionKind.REJECT:
        for each in idents:
            if each not in settled.stories[story]:
                raise UsageError("this article is not part of the story", resource=each[:8])
    decision = Decision(verdict, story, idents, title, at=at, by=by)
    # Rules can only ask for stories by name.
    name = settled.decisions.name(story)
    pairs = [] if is_ident(name) else [(each, name) for each in idents]
    joins, leaves = (pairs, []) if verdict is StoryDecisionKind.PIN else ([], pairs)
    save_decision(archive, decision, joins, leaves)
    return decision


def unknown_story(archive: Archive, wanted: str) -> NotKnown:
    """Return the error for a story that does not exist, with the most similar titles."""
    near = did_you_mean(wanted, _titles(archive, MAX_LISTED_NAMES).values(), most=2)
    hint = near or "run `writethru story` for a list, and give the whole title or the first letters of the ID"
    return NotKnown("no such story", resource=wanted, hint=hint)


def named_stories(archive: Archive, size: int) -> tuple[str, ...]:
    """Return the ids or names of the first `size` stories that people named, in the order of their titles."""
    titles = _titles(archive, size)
    return tuple(sorted(titles, key=lambda story: (titles[story].casefold(), story))[:size])


def _titles(archive: Archive, size: int) -> dict[str, str]:
    """Return the titles of stories that people named, at least the first `size` of them.

    Only the stories that people decided about are read; of the others, the names.
    """
    decided = current_stories(get_decided_story_book(archive))
    titles = {story: decided.title(story) for story in decided.stories if decided.title(story)}
    for name in first_story_names(archive, size):
        if not is_ident(name) and decided.decisions.name(name) == name:
            titles.setdefault(name, name)
    return titles
