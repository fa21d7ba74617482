"""Where one version belongs: its copies among what the archive holds, its story, and what is to be kept of it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracker.model import CopyPair, Home, StoryReading

from .clusters import ClusterArticle, propose
from .copies import CROWD, Candidate, CopyLink, best_overlap, likely
from .decisions import CurrentDecisions
from .features import features_of
from .words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from tracker.model import Article, StoryPosting, Version

    from .clusters import StoryIndex
    from .shingles import Signature

_NEWS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around an article: recent texts, the stories of each article (named ones first), decisions.

    *names* are the stories that persons named; *elsewhere* are the articles of other outlets; *alone* says that nobody
    else is in the article's present story.
    """

    index: StoryIndex
    stories: Mapping[str, tuple[str, ...]]
    standing: CurrentDecisions = field(default_factory=CurrentDecisions)
    names: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    home: Home | None = None
    alone: bool = True


def candidates(article: str, signature: Signature, postings: Sequence[StoryPosting]) -> tuple[Candidate, ...]:
    """Return the articles that most likely hold the text of *signature*, by the *postings* of its marks."""
    counts = Counter(each.article for each in postings)
    sizes = {each.article: each.least for each in postings}
    own = len(signature.marks)
    return likely(counts, lambda other: max(1, min(own, sizes[other])), frozenset({article}))


def fresh_marks(article: str, signature: Signature, postings: Sequence[StoryPosting]) -> tuple[int, ...]:
    """Return the marks to be kept of a version: those new for *article*, where they are many, and in no crowd."""
    known = {each.mark for each in postings if each.article == article}
    fresh = [mark for mark in signature.marks if mark not in known]
    if known and len(fresh) <= _NEWS * len(signature.marks):
        return ()
    crowds = Counter(each.mark for each in postings)
    return tuple(mark for mark in fresh if crowds[mark] < CROWD)


def confirm(article: str, content: Article, others: Mapping[str, Iterable[Article]]) -> tuple[CopyLink, ...]:
    """Return the articles of *others* (their versions by id) that hold the same text as *content*, by alignment."""
    text = text_of(content)
    links = []
    for other, versions in others.items():
        if (found := best_overlap(text, (text_of(each) for each in versions))) and found.is_copy:
            first, second = sorted((article, other))
            links.append(CopyLink(first, second, found))
    return tuple(links)


def entry_of(version: Version, first_seen: datetime) -> ClusterArticle:
    """Return what stands for an article among recent ones: it appeared when the outlet says, or when it was seen."""
    published = version.content.published
    return ClusterArticle(
        version.article, features_of(version.content), min(published, first_seen) if published else first_seen
    )


def place(
    version: Version,
    entry: ClusterArticle,
    signature: Signature,
    postings: Sequence[StoryPosting],
    links: Sequence[CopyLink],
    around: Surroundings,
    now: datetime,
) -> StoryReading:
    """Return what is to be kept of *version*: marks, copies, and the story it is put into where it has none yet.

    An article stays in the story it came into unless it is there alone. A copy goes where its text is; else the
    likeliest story that a person did not rule out; else it is a story of its own.
    """
    home = _home(entry, links, around) if around.alone else None
    return StoryReading(
        article=version.article,
        version=version.n,
        at=now,
        marks=fresh_marks(version.article, signature, postings),
        size=len(signature.marks),
        copies=tuple(CopyPair(link.first, link.second, link.found.contained, link.found.reason) for link in links),
        home=home if home != around.home else None,
        joins=_joins(version, links, around),
    )


def _home(entry: ClusterArticle, links: Sequence[CopyLink], around: Surroundings) -> Home:
    article = entry.article
    if held := around.standing.held_in(article) or tuple(
        story for story in around.stories.get(article, ()) if story in around.names
    ):
        return Home(article, held[0])
    for link in sorted(links, key=lambda each: -each.found.contained):
        other = _other(link, article)
        for story in around.stories.get(other, (other,)):
            home = around.standing.name(story)
            if around.standing.allows(article, home):
                return Home(article, home, round(link.found.contained, 4), (link.found.reason,), copy=True)
    best = propose(entry, around.index, around.stories, around.standing)[:1]
    return Home(article, best[0].story, best[0].score, best[0].reasons) if best else Home(article, article)


def _joins(version: Version, links: Sequence[CopyLink], around: Surroundings) -> tuple[str, ...]:
    """Return the named stories of copies at other outlets: whoever follows the text follows all who print it."""
    named = {
        story
        for link in links
        if _other(link, version.article) in around.elsewhere
        for story in around.stories.get(_other(link, version.article), ())
        if story in around.names and around.standing.allows(version.article, story)
    }
    return tuple(sorted(named - set(version.stories)))


def _other(link: CopyLink, article: str) -> str:
    return link.second if link.first == article else link.first
