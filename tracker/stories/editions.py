"""Find which versions are one edition: the same text, at its origin and at the outlets that copy it.

The time line of a story has an entry for each edition, and for each edit that an outlet made itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from tracker.model.article import NoticeKind
from tracker.model.story import MissingNotice, Place
from tracker.model.version import Version, VersionSummary
from tracker.views.story import StoryEvent, UntakenCorrection
from tracker.views.version import EditionCopy

from .features import figures_of, sentences_of
from .propagation import Timeline, has_notice, nearest_versions, new_notices, seen_by

VersionKey = tuple[str, int]
"""An article and the number of its version."""
V = TypeVar("V", "Version", "VersionSummary")


def editions(
    origin: Timeline, copies: Sequence[Timeline], wanted: Collection[VersionKey] | None = None
) -> dict[VersionKey, VersionKey]:
    """Return the version of the origin that each version took over, without versions that took over none.

    A version takes over an edition if its article ran another one before, and if the outlet added no sentence of its
    own. So an outlet's own edit is not included, but a first version always is.

    `origin` is the article whose text the others copy, `wanted` the versions to return; all by default.
    """
    theirs = frozenset(each.key for version in origin.versions for each in sentences_of(version.content))
    found = {(origin.article, version.n): (origin.article, version.n) for version in origin.versions}
    for copy in copies:
        taken: set[int] = set()
        for place, version in enumerate(copy.versions):
            key = (copy.article, version.n)
            # The edit of a later version is unknown without the version before it.
            if (wanted is None or key in wanted) and (place or version.n == 1):
                before = copy.versions[place - 1] if place else None
                runs = _taken(before, version, origin, theirs)
                if runs and runs not in taken:
                    taken.add(runs)
                    found[key] = (origin.article, runs)
    return found


def _taken(before: Version | None, version: Version, origin: Timeline, theirs: frozenset[str]) -> int:
    """Return the number of the edition that a version of a copy took over, 0 if it is the outlet's own edit.

    `before` is the version before it, None for the first; `theirs` are the keys of all sentences of the origin.
    """
    runs, match = seen_by(nearest_versions(version.content, origin.versions), version.seen)
    edition = _edition(version, runs, origin)
    if before is None:
        return edition
    was, _ = seen_by(nearest_versions(before.content, origin.versions), before.seen)
    if _edition(before, was, origin) == edition:
        return 0
    if sentences_of(before.content) == sentences_of(version.content):
        # With the same text, this version took over an edition only if it has the edition's new headline or notice.
        headline = before.content.title != version.content.title == runs.content.title
        kinds = [{notice.kind for notice in each.content.notices} for each in (before, version, runs)]
        return edition if headline or (kinds[1] - kinds[0]) & kinds[2] else 0
    # In an outlet's own edit, a sentence or a figure is new that no version of the origin has.
    known = theirs.union(each.key for each in sentences_of(before.content))
    own, wire = sentences_of(version.content), sentences_of(runs.content)
    edited = [c for c, o in match.edited if figures_of(own[c].text) != figures_of(wire[o].text)]
    return 0 if any(own[place].key not in known for place in (*match.added, *edited)) else edition


def _edition(copy: Version, runs: Version, origin: Timeline) -> int:
    """Return the number of the origin's version that a version of a copy runs.

    `runs` is the most similar version that is stored. If the version before it was deleted by a takedown, copies of the
    deleted text are most similar to `runs`. But a copy that was seen before `runs` must have the deleted version.
    """
    is_gap = runs.n > 1 and all(each.n != runs.n - 1 for each in origin.versions)
    return runs.n - 1 if is_gap and copy.seen < runs.seen else runs.n


def without_note(
    origin: Timeline, copies: Sequence[Timeline], taken: Mapping[VersionKey, VersionKey]
) -> frozenset[VersionKey]:
    """Return the versions of copies that took over an edition with a new notice, such as a correction, without it.

    First versions do not count, because they did not print the error. `taken` is the result of `editions`.
    """
    brought = {
        (origin.article, version.n): new_notices(version, before.content.notices)
        for before, version in pairwise(origin.versions)
    }
    return frozenset(
        (copy.article, version.n)
        for copy in copies
        for version in copy.versions[1:]
        for notice in brought.get(taken.get((copy.article, version.n), ("", 0)), ())
        if not has_notice(version.content, notice)
    )


def by_edition(
    versions: Sequence[V], taken: Mapping[VersionKey, VersionKey], unnoted: Collection[VersionKey] = ()
) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return one version for each edition, in the order of `versions`, with the copies that took it over.

    This is the origin's version, or else the copy that was seen first. `taken` is the result of `editions`, `unnoted`
    that of `without_note`.
    """
    printed: defaultdict[VersionKey, list[V]] = defaultdict(list)
    for version in versions:
        key = (version.article, version.n)
        printed[taken.get(key, key)].append(version)
    entries: dict[VersionKey, tuple[EditionCopy, ...]] = {}
    for edition, found in printed.items():
        head = min(found, key=lambda each: ((each.article, each.n) != edition, each.seen))
        copies = sorted((each for each in found if each.article != head.article), key=lambda each: each.seen)
        lags = [(each, (each.seen - head.seen).total_seconds()) for each in copies]
        entries[head.article, head.n] = tuple(
            EditionCopy(each.article, each.n, each.source, each.url, lag, (each.article, each.n) in unnoted)
            for each, lag in lags
        )
    return [(each, entries[each.article, each.n]) for each in versions if (each.article, each.n) in entries]


def lagging(origin: Timeline, copies: Sequence[Timeline], n: int) -> list[tuple[Timeline, int]]:
    """Return the copies whose text is older than version `n` of their origin, and the version that each runs.

    A copy counts only if it existed before that version and was seen after it: a copy that was not checked since may
    have taken it over.
    """
    edition = next(each for each in origin.versions if each.n == n)
    found = []
    for copy in copies:
        if copy.online and copy.versions[0].seen < edition.seen < copy.confirmed:
            runs, _ = nearest_versions(copy.newest.content, origin.versions)[-1]
            if runs.n < n:
                found.append((copy, runs.n))
    return found


def story_events(
    timelines: Sequence[Timeline], copies: Mapping[str, str], places: Sequence[Place]
) -> tuple[StoryEvent, ...]:
    """Return the events of a story, oldest first; the copies of an edition are in the event of the edition.

    `copies` are the origins of copies; `places` say which copy runs which version.
    """
    known = {each.article: each for each in timelines}
    taken: dict[VersionKey, VersionKey] = {}
    unnoted: set[VersionKey] = set()
    for origin in dict.fromkeys(copies.values()):
        if origin in known:
            printed = [known[copy] for copy, whose in copies.items() if whose == origin and copy in known]
            taken |= editions(known[origin], printed)
            unnoted |= without_note(known[origin], printed, taken)
    versions = sorted(
        (version for each in timelines for version in each.versions), key=lambda each: (each.seen, each.article, each.n)
    )
    sources = {each.article: each.source for each in timelines}
    events = []
    for version, named in by_edition(versions, taken, unnoted):
        labels = version.change.labels if version.change else ()
        # The copies that existed before this version of their origin and were last seen with an older text.
        lacking = tuple(
            copy.article
            for copy in places
            if copy.origin == version.article
            and copy.online
            # A copy that took it over and went back has a separate event.
            and copy.article not in {each.article for each in named}
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
    """Return the notices of origins that some copies do not have, newest first, each with these copies."""
    found: defaultdict[tuple[str, int, NoticeKind, str], list[tuple[Place, MissingNotice]]] = defaultdict(list)
    for place in places:
        for notice in place.missing_notices:
            found[place.origin or "", notice.version, notice.kind, notice.text].append((place, notice))
    sources = {place.article: place.source for place in places}
    corrections = []
    for (origin, version, kind, text), copies in found.items():
        # The outlets that printed the error: the origin, and the copies that ran a version before the correction.
        printed = [each for each in places if each.origin == origin and any(run.runs < version for run in each.history)]
        outlets = {sources.get(origin), *(each.source for each in printed)}
        since, source = min(notice.since for _, notice in copies), sources.get(origin, "")
        lacking = tuple((place, notice.text_taken) for place, notice in copies)
        corrections.append(UntakenCorrection(origin, version, source, kind.value, text, len(outlets), since, lacking))
    return tuple(sorted(corrections, key=lambda each: each.since, reverse=True))
