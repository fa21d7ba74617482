"""Find which versions are one edition: the same state of a text, at its origin and at the outlets that copy it.

The time line of a story has an entry for each edition, and for each edit of an outlet's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from tracker.model.article import NoticeKind
from tracker.model.story import Place
from tracker.model.version import Version, VersionSummary
from tracker.views.story import StoryEvent, UntakenCorrection
from tracker.views.version import EditionCopy

from .features import figures_of, sentences_of
from .propagation import SentenceMatch, Timeline, match_sentences, nearest_version

VersionKey = tuple[str, int]
"""An article and the number of its version."""
V = TypeVar("V", "Version", "VersionSummary")


def editions(
    origin: Timeline, copies: Sequence[Timeline], wanted: Collection[VersionKey] | None = None
) -> dict[VersionKey, VersionKey]:
    """Return the version of the origin that each version took over, for those that did.

    A version takes an edition over if its article ran another one before, and if the outlet wrote no sentence of its
    own into it. An outlet's own edit is not a copy of anything, and a first version is one whatever the outlet added.

    `origin` is the article whose text the others copy, `wanted` the versions that are asked for; all by default.
    """
    theirs = frozenset(each.key for version in origin.versions for each in sentences_of(version.content))
    found = {(origin.article, version.n): (origin.article, version.n) for version in origin.versions}
    for copy in copies:
        taken: set[int] = set()
        for place, version in enumerate(copy.versions):
            key = (copy.article, version.n)
            # Without the version before, the edit of a later one is unknown.
            if (wanted is None or key in wanted) and (place or version.n == 1):
                before = copy.versions[place - 1] if place else None
                runs = _taken(before, version, origin, theirs)
                if runs and runs not in taken:
                    taken.add(runs)
                    found[key] = (origin.article, runs)
    return found


def _taken(before: Version | None, version: Version, origin: Timeline, theirs: frozenset[str]) -> int:
    """Return the number of the edition that a version of a copy took over, 0 if it is the outlet's own edit."""
    runs, match = _running(version, origin)
    edition = _edition(version, runs, origin)
    if before is None:
        return edition
    was, _ = _running(before, origin)
    if _edition(before, was, origin) == edition:
        return 0
    if sentences_of(before.content) == sentences_of(version.content):
        # The edition may have brought another headline or a notice: only then did this version take it.
        headline = before.content.title != version.content.title == runs.content.title
        kinds = [{notice.kind for notice in each.content.notices} for each in (before, version, runs)]
        return edition if headline or (kinds[1] - kinds[0]) & kinds[2] else 0
    # An outlet's own edit brought a sentence, or a figure in one, that no version of the origin has.
    known = theirs.union(each.key for each in sentences_of(before.content))
    own, wire = sentences_of(version.content), sentences_of(runs.content)
    edited = [c for c, o in match.edited if figures_of(own[c].text) != figures_of(wire[o].text)]
    return 0 if any(own[place].key not in known for place in (*match.added, *edited)) else edition


def _edition(copy: Version, runs: Version, origin: Timeline) -> int:
    """Return the number of the edition that a version of a copy is of: `runs`, or one before it that was taken down.

    Without the text that was taken down, the copies of it are nearest to the version after it, which they cannot have
    taken if they were seen before it.
    """
    is_gap = runs.n > 1 and all(each.n != runs.n - 1 for each in origin.versions)
    return runs.n - 1 if is_gap and copy.seen < runs.seen else runs.n


def _running(copy: Version, origin: Timeline) -> tuple[Version, SentenceMatch]:
    """Return the version of the origin that a version of a copy is nearest to, and how they match.

    Of versions that are equally near, it is the newest that was there when the copy was seen, else the oldest: a text
    that was cut before two versions differ took the one that it could have taken.
    """
    own = sentences_of(copy.content)
    matches = [(each, match_sentences(own, sentences_of(each.content))) for each in origin.versions]
    best = max(match.score for _, match in matches)
    nearest = [(each, match) for each, match in matches if match.score == best]
    return ([pair for pair in nearest if pair[0].seen <= copy.seen] or nearest[:1])[-1]


def by_edition(
    versions: Sequence[V], taken: Mapping[VersionKey, VersionKey]
) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return `versions` without those that took over an edition that is listed too; they are named with that one.

    Where the origin's version is not listed, the first copy that was seen stands for the edition.

    The order of `versions` is kept; `taken` are their editions, as `editions` returns them.
    """
    printed: defaultdict[VersionKey, list[V]] = defaultdict(list)
    for version in versions:
        key = (version.article, version.n)
        printed[taken.get(key, key)].append(version)
    entries: dict[VersionKey, tuple[EditionCopy, ...]] = {}
    for edition, found in printed.items():
        head = min(found, key=lambda each: ((each.article, each.n) != edition, each.seen))
        copies = sorted((each for each in found if each.article != head.article), key=lambda each: each.seen)
        entries[head.article, head.n] = tuple(
            EditionCopy(each.article, each.n, each.source, each.url, (each.seen - head.seen).total_seconds())
            for each in copies
        )
    return [(each, entries[each.article, each.n]) for each in versions if (each.article, each.n) in entries]


def lagging(origin: Timeline, copies: Sequence[Timeline], n: int) -> list[tuple[Timeline, int]]:
    """Return the copies whose text is older than version `n` of their origin, and the version that each runs.

    Only those count that were there before that version and were seen after it: one that was not visited since may
    have taken it over.
    """
    edition = next(each for each in origin.versions if each.n == n)
    found = []
    for copy in copies:
        if copy.online and copy.versions[0].seen < edition.seen < copy.confirmed:
            runs, _ = nearest_version(copy.newest.content, origin.versions)
            if runs < n:
                found.append((copy, runs))
    return found


def story_events(
    timelines: Sequence[Timeline], copies: Mapping[str, str], places: Sequence[Place]
) -> tuple[StoryEvent, ...]:
    """Return the events of a story, oldest first; copies of an edition are named with it.

    `copies` are the origins of copies; `places` say which copy runs which version.
    """
    known = {each.article: each for each in timelines}
    taken: dict[VersionKey, VersionKey] = {}
    for origin in dict.fromkeys(copies.values()):
        if origin in known:
            printed = [known[copy] for copy, whose in copies.items() if whose == origin and copy in known]
            taken |= editions(known[origin], printed)
    versions = sorted(
        (version for each in timelines for version in each.versions), key=lambda each: (each.seen, each.article, each.n)
    )
    sources = {each.article: each.source for each in timelines}
    events = []
    for version, named in by_edition(versions, taken):
        labels = version.change.labels if version.change else ()
        # The copies that were there before this version of their origin and were last seen with an older text.
        lacking = tuple(
            copy.article
            for copy in places
            if copy.origin == version.article
            and copy.online
            and copy.runs is not None
            and copy.runs < version.n
            and copy.behind_since is not None
            and copy.history[0].seen < version.seen
            and copy.confirmed is not None
            and copy.confirmed > version.seen
        )
        kinds = tuple(dict.fromkeys(label.kind.value for label in labels))
        source, title = sources[version.article], version.content.title
        events.append(StoryEvent(version.article, version.n, source, version.seen, title, kinds, named, lacking))
    return tuple(events)


def untaken_corrections(places: Sequence[Place]) -> tuple[UntakenCorrection, ...]:
    """Return the notices of origins that some copies never printed, the newest first, each with these copies."""
    found: dict[tuple[str, int, NoticeKind, str], list[Place]] = {}
    for place in places:
        for notice in place.missing_notices:
            found.setdefault((place.origin or "", notice.version, notice.kind, notice.text), []).append(place)
    sources = {place.article: place.source for place in places}
    corrections = [
        UntakenCorrection(
            origin,
            version,
            sources.get(origin, ""),
            kind.value,
            text,
            min(notice.since for place in copies for notice in place.missing_notices if notice.text == text),
            tuple(
                (
                    place,
                    any(n.text_taken for n in place.missing_notices if (n.version, n.text) == (version, text)),
                )
                for place in copies
            ),
        )
        for (origin, version, kind, text), copies in found.items()
    ]
    return tuple(sorted(corrections, key=lambda each: each.since, reverse=True))
