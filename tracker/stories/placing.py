"""Decide where versions belong: find their copies and their stories, and make the reading to store for each.

Versions come in batches: `sign_all` returns the marks to look up in the archive, `prepare` the articles to read there,
`place_all` the result for each version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracker.model.story import CopyPair, Home, StoryPostings, StoryReading
from tracker.model.version import Version

from .clusters import StoryIndex
from .copies import Signature, candidates, confirm_copies, new_marks, sign
from .current_stories import CurrentDecisions, is_ident
from .editions import VersionKey
from .features import Features, Text, features_of, text_of
from .recent_texts import ClusterArticle


@dataclass(frozen=True, slots=True)
class UnreadVersion:
    """A version that has no story yet, the marks to store, and the articles that may have the same text."""

    version: Version
    text: Text
    signature: Signature
    marks: tuple[int, ...]
    candidates: tuple[str, ...]


def sign_all(versions: Sequence[Version]) -> list[tuple[Text, Signature]]:
    """Return the text of each version, and its signature."""
    texts = [text_of(version.content) for version in versions]
    return [(text, sign(text)) for text in texts]


def prepare(
    versions: Sequence[Version], signed: Sequence[tuple[Text, Signature]], stored: StoryPostings
) -> list[UnreadVersion]:
    """Return `versions` in their order, each with its likely copies; add their new marks to `stored`."""
    articles, least = stored.articles, stored.least
    prepared = []
    for version, (text, signature) in zip(versions, signed, strict=True):
        size = len(signature)
        new = new_marks(version.article, signature, stored)
        # A later version with little new text has the same copies as the version before.
        known = version.article in least
        likely = candidates(version.article, signature, stored) if new or not known else ()
        prepared.append(UnreadVersion(version, text, signature, new, likely))
        for mark in new:
            articles.setdefault(mark, []).append(version.article)
        least[version.article] = min(least.get(version.article, size), size)
    return prepared


def needs_index(unread: UnreadVersion, homes: Mapping[str, Home]) -> bool:
    """Return whether a version must be compared with recent articles; a later one with little new text need not be."""
    return bool(unread.marks or unread.candidates or unread.version.article not in homes or not unread.signature)


def leave(unread: UnreadVersion, now: datetime) -> StoryReading:
    """Return the reading to store for a version that leaves its article where it is."""
    return StoryReading(unread.version.article, unread.version.n, now, (), len(unread.signature))


def place_all(
    unread: Sequence[UnreadVersion],
    index: StoryIndex,
    decisions: CurrentDecisions,
    named: frozenset[str],
    homes: Mapping[str, Home],
    compared: Mapping[str, Sequence[Version]],
    now: datetime,
) -> list[StoryReading]:
    """Return the reading to store for each version; the versions are entered into `index` one after another.

    `named` are the stories that people named, `homes` the homes so far of the articles and their candidates, `compared`
    the newest versions of the candidates, newest first.
    """
    known = dict(homes)
    texts: dict[VersionKey, Text] = {(each.version.article, each.version.n): each.text for each in unread}

    def text_at(old: Version) -> Text:
        # Several versions of a batch are compared with the same text.
        key = (old.article, old.n)
        if key not in texts:
            texts[key] = text_of(old.content)
        return texts[key]

    readings = []
    for each in unread:
        version = each.version
        others = {article: compared[article] for article in each.candidates if compared.get(article)}
        # Only the first copies are looked for, so candidates in a named story, which copies join, come first.
        order = sorted(others, key=lambda article: not others[article][0].stories)
        links = confirm_copies(
            version.article,
            each.text,
            {article: (text_at(old) for old in others[article] if not old.removed) for article in order},
        )
        context = StoryContext(
            index=index,
            stories={
                article: found[0].stories or ((known[article].story,) if article in known else ())
                for article, found in others.items()
            },
            decisions=decisions,
            names=named | {story for story in version.stories if not is_ident(story)},
            elsewhere=frozenset(article for article, found in others.items() if found[0].source != version.source),
            home=known.get(version.article),
        )
        reading = place(each, links, context, now)
        known |= {home.article: home for home in reading.homes}
        known.setdefault(version.article, Home(version.article, version.article))
        readings.append(reading)
    return readings


@dataclass(frozen=True, slots=True)
class StoryContext:
    """Everything known when an article is placed.

    Attributes:
        index: the articles of the last two weeks in their stories.
        stories: the stories of the articles that may have the same text, named ones first.
        decisions: the decisions of people.
        names: the stories that people named.
        elsewhere: the articles of other outlets.
        home: the story that the article is in now.
    """

    index: StoryIndex
    stories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: CurrentDecisions = field(default_factory=CurrentDecisions)
    names: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    home: Home | None = None


def entry_of(version: Version, first_seen: datetime, copy_of: str = "") -> ClusterArticle:
    """Return an article in the form that is compared with others.

    Its time is the outlet's, if that is earlier than our first check. `copy_of` is an article of the index with the
    same text.
    """
    published = version.content.published
    features = Features() if copy_of else features_of(version.content, version.source)
    at = min(published, first_seen) if published else first_seen
    return ClusterArticle(version.article, features, at, dated=published is not None, copy_of=copy_of)


def enter(version: Version, home: Home, links: Sequence[CopyPair], index: StoryIndex, *, held: bool) -> None:
    """Enter an article with a known home into `index`; a copy shares the text of an article in the same story.

    `links` are its links to articles with the same text, `held` is whether people put it into its story.
    """
    copy_of = ""
    if home.copy and not held:
        likely = [_other(link, version.article) for link in sorted(links, key=lambda each: -each.contained)]
        inside = (other for other in likely if (found := index.home(other)) and found.story == home.story)
        copy_of = next(inside, "")
    index.add(entry_of(version, version.seen, copy_of), home, held=held)


def place(unread: UnreadVersion, links: Sequence[CopyPair], context: StoryContext, now: datetime) -> StoryReading:
    """Return the reading to store for a version: its marks, its copies, and the articles that are in another story now.

    Decisions of people have precedence, then the named stories of the article's source or address. A copy goes into the
    story of its text; any other text into the most similar story, if it is similar enough, or else into a new one. A
    version with little new text leaves its article where it is.

    `links` are the links to articles with the same text. The article is entered into the index of `context`.
    """
    version = unread.version
    article = version.article
    homes: tuple[Home, ...] = ()
    if unread.marks or context.home is None or not unread.signature or article not in context.index:
        homes = _homes(version, links, context)
    # The named stories of copies at other outlets: a named story that has a text has all copies of it.
    joins = {
        story
        for link in links
        if (other := _other(link, article)) in context.elsewhere
        for story in context.stories.get(other, ())
        if story in context.names and context.decisions.allows(article, story)
    }
    return StoryReading(
        article=article,
        version=version.n,
        at=now,
        marks=unread.marks,
        size=len(unread.signature),
        copies=tuple(links),
        homes=tuple(home for home in homes if home != context.home),
        joins=tuple(sorted(joins - set(version.stories))),
    )


def _homes(version: Version, links: Sequence[CopyPair], context: StoryContext) -> tuple[Home, ...]:
    article, index = version.article, context.index
    first_seen = index.time_of(article) or version.seen
    named = tuple(story for story in version.stories if story in context.names)
    if held := context.decisions.held_in(article) or named:
        return index.place(entry_of(version, first_seen), Home(article, held[0]), held=True)
    if context.home is None or index.alone(context.home):
        # A copy goes into the story of the article with which it shares most text.
        for link in sorted(links, key=lambda each: -each.contained):
            other = _other(link, article)
            for story in context.stories.get(other) or (other,):
                name = context.decisions.name(story)
                if context.decisions.allows(article, name):
                    home = Home(article, name, round(link.contained, 4), (link.reason,), copy=True)
                    return index.place(entry_of(version, first_seen, other if other in index else ""), home)
    return index.place(entry_of(version, first_seen), context.home)


def _other(link: CopyPair, article: str) -> str:
    return link.second if link.first == article else link.first
