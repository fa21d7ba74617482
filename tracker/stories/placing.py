"""Decide where one version belongs: its copies, its story, and what is to be stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model.story import CopyPair, Home, StoryReading

from .cluster_article import ClusterArticle
from .decisions import CurrentDecisions
from .features import features_of

if TYPE_CHECKING:
    from tracker.model.version import Version

    from .clusters import StoryIndex
    from .shingles import Signature


@dataclass(frozen=True, slots=True)
class StoryContext:
    """What is known when an article is placed.

    Attributes:
        index: the articles of the last two weeks in their stories.
        stories: the stories of the articles that may hold the same text, those with a name first.
        decisions: what people decided.
        names: the stories that people named.
        elsewhere: the articles of other outlets.
        home: where the article is now.
    """

    index: StoryIndex
    stories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: CurrentDecisions = field(default_factory=CurrentDecisions)
    names: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    home: Home | None = None


def entry_of(version: Version, first_seen: datetime) -> ClusterArticle:
    """Return an article as it is compared with others, at the outlet's own time where that is not later than ours."""
    at, dated = _time_of(version, first_seen)
    return ClusterArticle(version.article, features_of(version.content), at, dated)


def _time_of(version: Version, first_seen: datetime) -> tuple[datetime, bool]:
    """Return when an article was published or first seen, and whether its outlet says when."""
    published = version.content.published
    return (min(published, first_seen), True) if published else (first_seen, False)


def enter(version: Version, home: Home, links: Sequence[CopyPair], index: StoryIndex, *, held: bool) -> None:
    """Enter an article that was placed before into *index*; a copy shares the text that it was placed by.

    Args:
        version: its newest version.
        home: where it is.
        links: the articles that hold the same text.
        index: the articles that came before it.
        held: whether people put it there.
    """
    if home.copy and not held:
        for link in sorted(links, key=lambda each: -each.contained):
            other = _other(link, version.article)
            of = index.home(other)
            if of is not None and of.story == home.story:
                at, dated = _time_of(version, version.seen)
                index.add_copy(version.article, other, at, home, dated=dated)
                return
    index.add(entry_of(version, version.seen), home, held=held)


def place(
    version: Version,
    signature: Signature,
    marks: tuple[int, ...],
    links: Sequence[CopyPair],
    context: StoryContext,
    first_seen: datetime,
    now: datetime,
) -> StoryReading:
    """Return what is to be stored of a version: its marks, its copies, and the articles that are in another story now.

    What people decided comes first, then the named stories that the article's source or address puts it into. A copy
    goes where its text is; another text goes to the story that it is most like, if it is alike enough, and what is like
    nothing is a story of its own. A version that brings little new leaves its article where it is.

    Args:
        version: the version.
        signature: its signature.
        marks: the marks of its signature that are to be stored.
        links: the articles that hold the same text.
        context: what is known of stories. The article is entered into its index.
        first_seen: when the article was first seen.
        now: the current time.
    """
    article = version.article
    homes: tuple[Home, ...] = ()
    if marks or context.home is None or not signature.marks or article not in context.index:
        homes = _homes(version, links, context, first_seen)
    return StoryReading(
        article=article,
        version=version.n,
        at=now,
        marks=marks,
        size=len(signature.marks),
        copies=tuple(links),
        homes=tuple(home for home in homes if home != context.home),
        joins=_joins(version, links, context),
    )


def _homes(
    version: Version, links: Sequence[CopyPair], context: StoryContext, first_seen: datetime
) -> tuple[Home, ...]:
    article, index = version.article, context.index
    named = tuple(story for story in version.stories if story in context.names)
    if held := context.decisions.held_in(article) or named:
        return index.place(entry_of(version, first_seen), Home(article, held[0]), held=True)
    if context.home is None or index.alone(context.home):
        # A copy goes with the text that it shares most with.
        for link in sorted(links, key=lambda each: -each.contained):
            other = _other(link, article)
            for story in context.stories.get(other) or (other,):
                name = context.decisions.name(story)
                if context.decisions.allows(article, name):
                    home = Home(article, name, round(link.contained, 4), (link.reason,), copy=True)
                    return _place_copy(index, version, other, home, first_seen)
    return index.place(entry_of(version, first_seen), context.home)


def _place_copy(index: StoryIndex, version: Version, of: str, home: Home, first_seen: datetime) -> tuple[Home, ...]:
    if of not in index:
        return index.place(entry_of(version, first_seen), home)
    at, dated = _time_of(version, first_seen)
    return index.place_copy(version.article, of, at, home, dated=dated)


def _joins(version: Version, links: Sequence[CopyPair], context: StoryContext) -> tuple[str, ...]:
    """Return the named stories of copies at other outlets: who follows a text follows all who print it."""
    named = {
        story
        for link in links
        if (other := _other(link, version.article)) in context.elsewhere
        for story in context.stories.get(other, ())
        if story in context.names and context.decisions.allows(version.article, story)
    }
    return tuple(sorted(named - set(version.stories)))


def _other(link: CopyPair, article: str) -> str:
    return link.second if link.first == article else link.first
