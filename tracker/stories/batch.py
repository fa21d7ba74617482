"""Place several versions in one go: what is to be read of the archive for all of them, and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model.story import Home, StoryPostings, StoryReading

from .copies import candidates, confirm_copies, new_marks
from .decisions import is_ident
from .placing import StoryContext, place
from .shingles import Signature, sign
from .words import Text, text_of

if TYPE_CHECKING:
    from tracker.model.version import Version

    from .clusters import StoryIndex
    from .decisions import CurrentDecisions
    from .editions import VersionKey


@dataclass(frozen=True, slots=True)
class UnreadVersion:
    """A version that is to be read for its story.

    Attributes:
        text: the words by which it is compared with others.
        marks: the marks of its signature that are to be stored.
        candidates: the articles that may hold the same text.
    """

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
    """Return *versions* with what may be copies of them, in their order.

    Args:
        versions: the versions of the batch.
        signed: the text and the signature of each.
        stored: the stored articles for the marks of all signatures; those of the batch are added.
    """
    articles, least = stored.articles, stored.least
    prepared = []
    for version, (text, signature) in zip(versions, signed, strict=True):
        size = len(signature.marks)
        new = new_marks(version.article, signature, stored)
        # Of an article that was read before, a version that brings little has no other copies than the one before.
        known = version.article in least
        likely = candidates(version.article, signature, stored) if new or not known else ()
        prepared.append(UnreadVersion(version, text, signature, new, tuple(each.article for each in likely)))
        for mark in new:
            articles.setdefault(mark, []).append(version.article)
        least[version.article] = min(least.get(version.article, size), size)
    return prepared


def place_all(
    unread: Sequence[UnreadVersion],
    index: StoryIndex,
    decisions: CurrentDecisions,
    named: frozenset[str],
    homes: Mapping[str, Home],
    compared: Mapping[str, Sequence[Version]],
    now: datetime,
) -> list[StoryReading]:
    """Return what is to be stored of each version; the versions are entered into *index* one after another.

    Args:
        unread: the versions.
        index: the recent articles in their stories.
        decisions: what people decided.
        named: the stories that people named.
        homes: where the articles of the versions and of their candidates are so far.
        compared: the newest versions of the candidates, newest first.
        now: the current time.
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
        # Those in a story with a name come first: only so many copies are looked for, and copies join such a story.
        order = sorted(others, key=lambda article: not others[article][0].stories)
        links = confirm_copies(
            version.article,
            each.text,
            {article: (text_at(old) for old in others[article] if not old.removed) for article in order},
        )
        context = StoryContext(
            index=index,
            stories={article: found[0].stories or _story_of(known.get(article)) for article, found in others.items()},
            decisions=decisions,
            names=named | {story for story in version.stories if not is_ident(story)},
            elsewhere=frozenset(article for article, found in others.items() if found[0].source != version.source),
            home=known.get(version.article),
        )
        reading = place(
            version, each.signature, each.marks, links, context, index.time_of(version.article) or version.seen, now
        )
        known |= {home.article: home for home in reading.homes}
        known.setdefault(version.article, Home(version.article, version.article))
        readings.append(reading)
    return readings


def _story_of(home: Home | None) -> tuple[str, ...]:
    return (home.story,) if home else ()
