"""Compare copies with their origin: the version that each runs, how far behind it is, and the notices that it lacks.

A copy is stale if it still has an error that its origin corrected hours ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz, process

from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.story import MissingNotice, OwnEdit, Place, Role, Run
from tracker.model.version import Version
from tracker.views.story import StoryEvent

from .features import Sentence, figures_of, sentences_of, words_of


@dataclass(frozen=True, slots=True)
class Timeline:
    """An article of a story with all its versions, oldest first; there is at least one.

    `last_seen` is the last check that found the newest version unchanged.
    """

    article: str
    url: str
    versions: tuple[Version, ...]
    source: str = ""
    last_seen: datetime | None = None
    online: bool = True

    @property
    def newest(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    @property
    def confirmed(self) -> datetime:
        """The last time at which the newest version was seen."""
        return max(self.last_seen or self.newest.seen, self.newest.seen)


@dataclass(frozen=True, slots=True)
class Propagation:
    """A story and the places of its articles: origins, copies (furthest behind first), and other articles.

    `events` is its time line, if that was requested.
    """

    story: str
    title: str
    places: tuple[Place, ...]
    events: tuple[StoryEvent, ...] = ()


def propagate(story: str, title: str, timelines: Sequence[Timeline], copies: Mapping[str, str]) -> Propagation:
    """Return the place of every article in a story.

    `copies` has the origin of each copy, as `copy_origins` returns it. A copy whose origin is not in `timelines` has
    the role "own".
    """
    known = {each.article: each for each in timelines}
    origins = {copies[each.article] for each in timelines if copies.get(each.article) in known}
    places = []
    for each in timelines:
        origin = known.get(copies.get(each.article, ""))
        if origin is not None and origin is not each:
            places.append(_copy_place(each, origin))
        else:
            role: Role = "origin" if each.article in origins else "own"
            runs = each.newest.n if role == "origin" else None
            places.append(
                Place(
                    each.article,
                    each.url,
                    role,
                    each.source,
                    headline=each.newest.content.title,
                    runs=runs,
                    confirmed=each.confirmed,
                    online=each.online,
                )
            )
    ranks = {"origin": 0, "copy": 1, "own": 2}
    places.sort(key=lambda place: (ranks[place.role], -place.behind, -len(place.missing_notices), place.article))
    return Propagation(story, title, tuple(places))


def _copy_place(copy: Timeline, origin: Timeline) -> Place:
    found = [nearest_versions(version.content, origin.versions) for version in copy.versions]
    newest = copy.newest
    # If several versions of the origin have the same text, the copy took the one that existed when it was seen.
    history = tuple(
        Run(version.n, version.seen, seen_by(near, version.seen)[0].n)
        for version, near in zip(copy.versions, found, strict=True)
    )
    current, match = found[-1][-1]
    runs = current.n
    # Later versions count if their sentences differ from the version before: a copy is not behind if only the headline
    # or a notice changed.
    later = [
        version
        for before, version in pairwise(origin.versions)
        if version.n > runs and _keys(version.content) != _keys(before.content)
    ]
    missing_words = 0
    if later:
        theirs = sentences_of(origin.newest.content)
        missing = match_sentences(sentences_of(newest.content), theirs).missing
        missing_words = sum(theirs[at].weight for at in missing)
    return Place(
        article=copy.article,
        url=copy.url,
        role="copy",
        source=copy.source,
        headline=newest.content.title,
        origin=origin.article,
        runs=runs,
        behind=len(later),
        behind_since=_behind_since(history, later),
        missing_words=missing_words,
        missing_notices=missing_notices(copy.versions, origin.versions, [run.runs for run in history], found[-1]),
        own_edits=_own_edits(newest.content, origin, runs, match),
        cut=match.cut > 0,
        history=history,
        confirmed=copy.confirmed,
        online=copy.online,
    )


def _behind_since(history: Sequence[Run], later: Sequence[Version]) -> datetime | None:
    """Return the time since when the copy is behind: when the later version was seen, or the copy got its old text."""
    if not later:
        return None
    began = history[-1].seen
    # The copy may have run a later version and gone back.
    for run in reversed(history):
        if run.runs >= later[0].n:
            break
        began = run.seen
    return max(began, later[0].seen)


def _own_edits(copy: Article, origin: Timeline, runs: int, match: SentenceMatch) -> tuple[OwnEdit, ...]:
    """Return the changes that the outlet made itself.

    A sentence that any version of the origin has is the origin's. A sentence that the copy lacks was removed by the
    outlet only if the origin's version before had it, too; else the copy has not taken the edit that added it.
    """
    own = sentences_of(copy)
    theirs = sentences_of(next(version.content for version in origin.versions if version.n == runs))
    wire = frozenset[str]().union(*(_keys(version.content) for version in origin.versions))
    before = [version for version in origin.versions if version.n < runs]
    known = _keys(before[-1].content) if before else wire
    edited = [OwnEdit("edited", theirs[o].text, own[c].text) for c, o in match.edited if own[c].key not in wire]
    added = [OwnEdit("added", own=own[c].text) for c in match.added if own[c].key not in wire]
    removed = [OwnEdit("removed", theirs[o].text) for o in match.missing if theirs[o].key in known]
    return (*edited, *added, *removed)


def _keys(article: Article) -> frozenset[str]:
    return frozenset(sentence.key for sentence in sentences_of(article))


# An update note is about news at the origin, and a copy does not have to repeat it.
_EXPECTED: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE})
MIN_SAME_NOTICE_RATIO: Final = 80
"""From this similarity on, in percent, two texts are the same notice."""
MIN_WORD_LETTERS: Final = 5
MIN_COMMON_WORDS: Final = 2
# Words of this length that are in notices on any subject.
_USUAL_WORDS: Final = frozenset(
    """correction corrected corrects clarification clarified story article version earlier previous previously report
    reported incorrectly misstated stated stating headline paragraph updated editor editors number amount spelling
    which there their should would about error since after before""".split()
)


def missing_notices(
    copy: Sequence[Version],
    origin: Sequence[Version],
    runs: Sequence[int],
    newest: Sequence[tuple[Version, SentenceMatch]],
) -> tuple[MissingNotice, ...]:
    """Return the notices that the newest version of `copy` lacks, oldest first.

    A copy that never ran a version from before the notice did not print the error, and lacks nothing.

    `runs` has the version of the origin that each version of the copy ran; `newest` are the versions of the origin that
    its newest version is most similar to. All are oldest first.
    """
    first, last = newest[0][0], newest[-1][0]
    is_back = first is not last and _keys(first.content) == _keys(last.content)  # the origin brought a text back
    missing = []
    known: list[Notice] = []
    for version in origin:
        # A notice counts once, from the version that added it, even if it was reworded later.
        for notice in new_notices(version, known):
            if any(run < version.n for run in runs) and not has_notice(copy[-1].content, notice):
                since = max(version.seen, copy[0].seen)
                prints_error = is_back and first.n < version.n and _keys(first.content) != _keys(version.content)
                taken = last.n >= version.n and not prints_error
                missing.append(MissingNotice(notice.kind, notice.text, version.n, since, taken))
            known.append(notice)
    return tuple(missing)


def new_notices(version: Version, known: Sequence[Notice]) -> list[Notice]:
    """Return the notices of a version of the origin that copies should have, without the `known` ones."""
    expected = (each for each in version.content.notices if each.kind in _EXPECTED)
    return [each for each in expected if not any(_same_text(each, one) for one in known)]


def has_notice(copy: Article, notice: Notice) -> bool:
    """Return whether `copy` has a notice of its origin, in any words, as a notice or as a paragraph.

    A notice in the outlet's own words is the same if it has the same kind and shares a figure or two distinctive words.
    A paragraph has to be similar in its text.
    """
    figures = set(figures_of(notice.text))
    words = {word for word in words_of(notice.text) if len(word) >= MIN_WORD_LETTERS} - _USUAL_WORDS
    for each in copy.notices:
        if _same_text(notice, each):
            return True
        # The shared figure is mostly the one that was wrong.
        shares_words = len(words.intersection(words_of(each.text))) >= MIN_COMMON_WORDS
        if each.kind == notice.kind and (shares_words or not figures.isdisjoint(figures_of(each.text))):
            return True
    text = _key(notice.text)
    # A short block is similar to a part of anything.
    long_enough = (block for block in copy.blocks if len(block.text) >= len(text) * MIN_SAME_NOTICE_RATIO / 100)
    return any(fuzz.partial_ratio(text, _key(block.text)) >= MIN_SAME_NOTICE_RATIO for block in long_enough)


def _same_text(one: Notice, other: Notice) -> bool:
    return fuzz.token_sort_ratio(_key(one.text), _key(other.text)) >= MIN_SAME_NOTICE_RATIO


def _key(text: str) -> str:
    return " ".join(words_of(text))


@dataclass(frozen=True, slots=True)
class StaleCopy:
    """A copy that still has an error that its origin corrected.

    Attributes:
        key: identifies the copy and the correction, so that they are not reported again.
        hours: the time from the first sight of the correction, or of the copy if that was later, to the last time that
            the copy was seen with the old text.
    """

    key: str
    story: str
    article: str
    origin: str
    notice: MissingNotice
    hours: float


def stale_copies(propagation: Propagation, now: datetime, after: timedelta) -> tuple[StaleCopy, ...]:
    """Return the copies that took neither the text nor the notice of a correction, those that lag longest first.

    Time counts up to the last time that a copy was seen, because it may have taken the correction since. A copy that is
    gone does not count. A copy is stale after the time `after`.
    """
    found = [
        StaleCopy(
            key=f"{place.origin}:{notice.version}:{notice.kind.value}:{place.article}",
            story=propagation.story,
            article=place.article,
            origin=place.origin or "",
            notice=notice,
            hours=(min(now, place.confirmed or now) - notice.since) / timedelta(hours=1),
        )
        for place in propagation.places
        if place.role == "copy" and place.online
        for notice in place.missing_notices
        if not notice.text_taken
    ]
    limit = after / timedelta(hours=1)
    return tuple(sorted((each for each in found if each.hours >= limit), key=lambda each: (-each.hours, each.key)))


MIN_EDITED_RATIO: Final = 70
"""From this similarity on, in percent, two sentences are one that was edited."""
EDITED_WEIGHT: Final = 0.8
"""A word in common of an edited sentence adds this much to the score; a word of an equal sentence adds 1."""
MAX_FUZZY_SENTENCES: Final = 60
MAX_COMPARED_LETTERS: Final = 1000
"""Only the beginning of longer sentences is compared: a page without full stops must not take minutes."""


@dataclass(frozen=True, slots=True)
class SentenceMatch:
    """How the sentences of a copy differ from those of one version of the origin. Sentences are given by their index.

    Attributes:
        edited: pairs of (copy, origin).
        added: sentences of the copy that match none of the origin.
        missing: sentences of the origin, before the copy ends, that the copy lacks.
        cut: how many sentences the origin has after the last one that the copy has.
        score: the number of words in common, less those that the copy lacks.
    """

    edited: tuple[tuple[int, int], ...]
    added: tuple[int, ...]
    missing: tuple[int, ...]
    cut: int
    score: float


def nearest_versions(copy: Article, versions: Iterable[Version]) -> list[tuple[Version, SentenceMatch]]:
    """Return the versions of the origin that a version of a copy is most similar to, and how their sentences match.

    `versions` are those of the origin, at least one. Several are equally similar if the origin restored a text, or if
    the copy was cut before they differ.
    """
    own = sentences_of(copy)
    matched = [(each, match_sentences(own, sentences_of(each.content))) for each in versions]
    best = max(match.score for _, match in matched)
    return [(each, match) for each, match in matched if match.score == best]


def seen_by(nearest: Sequence[tuple[Version, SentenceMatch]], at: datetime) -> tuple[Version, SentenceMatch]:
    """Return the newest of equally similar versions that existed at a time, or else the oldest."""
    return ([each for each in nearest if each[0].seen <= at] or nearest[:1])[-1]


def match_sentences(copy: Sequence[Sentence], origin: Sequence[Sentence]) -> SentenceMatch:
    """Match the sentences of a copy with those of a version of its origin: equal ones first, then edited ones.

    Sentences of the origin after the copy's end do not reduce the score, because many copies are cut. A copy that has
    the last sentence of a version gets one point, so that this version is chosen over a longer one.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    # Backwards, so that of equal sentences the first is popped first.
    for at in range(len(origin) - 1, -1, -1):
        places[origin[at].key].append(at)
    same = [(at, places[each.key].pop()) for at, each in enumerate(copy) if places.get(each.key)]
    left_copy = sorted(set(range(len(copy))).difference(c for c, _ in same))
    left_origin = sorted(set(range(len(origin))).difference(o for _, o in same))
    edited, edited_words = _edited(copy, origin, left_copy, left_origin)
    last = max((o for _, o in (*same, *edited)), default=-1)
    edited_copy, edited_origin = {c for c, _ in edited}, {o for _, o in edited}
    missing = tuple(o for o in left_origin if o not in edited_origin and o < last)
    return SentenceMatch(
        edited=tuple(edited),
        added=tuple(c for c in left_copy if c not in edited_copy),
        missing=missing,
        cut=len(origin) - 1 - last,
        score=(
            sum(copy[c].weight for c, _ in same)
            + EDITED_WEIGHT * edited_words
            - sum(origin[o].weight for o in missing)
            + (1.0 if last >= 0 and last == len(origin) - 1 else 0.0)
        ),
    )


def _edited(
    copy: Sequence[Sentence], origin: Sequence[Sentence], left_copy: Sequence[int], left_origin: Sequence[int]
) -> tuple[list[tuple[int, int]], float]:
    """Pair sentences that were edited, most similar first; return the pairs and the words they have in common."""
    free = {o: origin[o].key[:MAX_COMPARED_LETTERS] for o in left_origin[:MAX_FUZZY_SENTENCES]}
    likely = [
        (-ratio, c, o)
        for c in left_copy[:MAX_FUZZY_SENTENCES]
        for _, ratio, o in process.extract(
            copy[c].key[:MAX_COMPARED_LETTERS], free, scorer=fuzz.ratio, score_cutoff=MIN_EDITED_RATIO, limit=3
        )
    ]
    pairs: dict[int, int] = {}
    used: set[int] = set()
    words = 0.0
    for negative_ratio, c, o in sorted(likely):
        if c not in pairs and o not in used:
            pairs[c] = o
            used.add(o)
            words += copy[c].weight * -negative_ratio / 100
    return sorted(pairs.items()), words
