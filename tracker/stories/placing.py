"""Decide where one version belongs: its copies, its story, and what is to be stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model.story import CopyPair, Home, StoryReading

from .clusters import ClusterArticle, propose
from .copies import new_marks
from .decisions import CurrentDecisions
from .features import features_of

if TYPE_CHECKING:
    from tracker.model.story import StoryPosting
    from tracker.model.version import Version

    from .clusters import StoryIndex
    from .shingles import Signature


@dataclass(frozen=True, slots=True)
class StoryContext:
    """What is known when an article is placed.

    Attributes:
        index: the articles of the last two weeks.
        stories: the stories of each article, those with a name first.
        decisions: what people decided.
        names: the stories that people named.
        elsewhere: the articles of other outlets.
        home: where the article is now.
        alone: whether it is the only article of its story.
    """

    index: StoryIndex
    stories: Mapping[str, tuple[str, ...]]
    decisions: CurrentDecisions = field(default_factory=CurrentDecisions)
    names: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    home: Home | None = None
    alone: bool = True


def entry_of(version: Version, first_seen: datetime) -> ClusterArticle:
    """Return an article as it is compared with others, at the outlet's own time where that is not later than ours."""
    published = version.content.published
    return ClusterArticle(
        version.article, features_of(version.content), min(published, first_seen) if published else first_seen
    )


def place(
    version: Version,
    entry: ClusterArticle,
    signature: Signature,
    postings: Sequence[StoryPosting],
    links: Sequence[CopyPair],
    context: StoryContext,
    now: datetime,
) -> StoryReading:
    """Return what is to be stored of a version: its marks, its copies, and its story where that is new.

    An article stays in the story that it came into, unless it is alone there. A copy goes where its text is; another
    text goes to the most likely story that people did not rule out; what is like nothing is a story of its own.

    Args:
        version: the version.
        entry: the same as `entry_of` gives it.
        signature: its signature.
        postings: which articles have the marks of the signature.
        links: the articles that hold the same text.
        context: what is known of stories.
        now: the current time.
    """
    home = _home(entry, links, context) if context.alone else None
    return StoryReading(
        article=version.article,
        version=version.n,
        at=now,
        marks=new_marks(version.article, signature, postings),
        size=len(signature.marks),
        copies=tuple(links),
        home=home if home != context.home else None,
        joins=_joins(version, links, context),
    )


def _home(entry: ClusterArticle, links: Sequence[CopyPair], context: StoryContext) -> Home:
    article = entry.article
    # What people decided comes first, then the named stories that its source or address puts it into.
    if held := context.decisions.held_in(article) or tuple(
        story for story in context.stories.get(article, ()) if story in context.names
    ):
        return Home(article, held[0])
    # A copy goes with the text that it shares most with.
    for link in sorted(links, key=lambda each: -each.contained):
        other = _other(link, article)
        for story in context.stories.get(other, (other,)):
            name = context.decisions.name(story)
            if context.decisions.allows(article, name):
                return Home(article, name, round(link.contained, 4), (link.reason,), copy=True)
    best = propose(entry, context.index, context.stories, context.decisions)[:1]
    return Home(article, best[0].story, best[0].score, best[0].reasons) if best else Home(article, article)


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
