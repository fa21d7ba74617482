"""Recall: everything that a decision about one check needs from the archive, such as the newest version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final, NamedTuple

from tracker.addresses.urls import identity
from tracker.archive.archive import Archive
from tracker.archive.articles import find_articles
from tracker.archive.checks import list_checks
from tracker.archive.sources import count_lines, list_habits
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import get_version, latest_version
from tracker.extraction.learned_boilerplate import (
    MIN_VOLATILE_FETCHES,
    LearnedBoilerplate,
    house_lines,
    learnable_lines,
    volatile_lines,
)
from tracker.model.article import Article, PageKind, Reading
from tracker.model.capture import Capture, Failure, FetchResult
from tracker.model.change import LabelKind
from tracker.model.source import Habit, Line, LineCounts
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import Remark, WatchedArticle

NOT_FOUND: Final = 404  # a 410 is believed at once, so only these are counted
# Checks closer together may see the same fault of the server.
MISSING_APART: Final = timedelta(minutes=10)
MAX_MISSING_CHECKS: Final = 50
MAX_RUNS: Final = 20  # texts that alternate do so within the latest versions

_NO_HABITS: Final = LearnedBoilerplate()
_NO_COUNTS: Final = LineCounts()


class TextRun(NamedTuple):
    """A text that was found several times in a row: its hash, and when it was first and last found."""

    sha256: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """Everything the archive knows that a decision needs.

    Attributes:
        latest: the newest version without the change that led to it; None if there is none.
        habits: the learned boilerplate of the source.
        first_lines: the lines of a first version that might be house lines of the source.
        counts: in how many articles of the source these appear.
        recent: the texts of the latest fetches, oldest first, if each was new.
        runs: how long each of the latest versions was current, from version `first_run` on, if there are several.
        first_run: the number of the first version in `runs`.
        flaps: whether the text of the newest version alternates with another.
        missing: how many of the latest checks in a row found a 404; those less than ten minutes apart count as one.
        missing_since: the first 404 since the page was last seen.
        last_byline: the unconfirmed byline that the last check found, if this one finds another than the version has.
        watched: the address of another article of the source, if an address that was not read before redirects there.
    """

    latest: Version | None = None
    habits: LearnedBoilerplate = _NO_HABITS
    first_lines: tuple[Line, ...] = ()
    counts: LineCounts = _NO_COUNTS
    recent: tuple[Article, ...] = ()
    runs: tuple[TextRun, ...] = ()
    first_run: int = 1
    flaps: bool = False
    missing: int = 0
    missing_since: datetime | None = None
    last_byline: str | None = None
    watched: str = ""

    def learn(self, article: Article, now: datetime) -> tuple[Habit, ...]:
        """Return the lines to learn from this reading: house lines of a first version, or volatile ones."""
        learned = (
            house_lines(self.first_lines, self.counts, now)
            if self.latest is None
            else volatile_lines((*self.recent, article), now)
        )
        known = self.habits.house | self.habits.volatile
        return tuple(habit for habit in learned if habit.key not in known)


def read_before(found: Capture, latest: Version | None, extractor: str) -> Reading | None:
    """Return the reading of the newest version by `extractor` if this is its page byte for byte; else None."""
    # A version that was taken down has no text left.
    if latest is None or latest.extractor != extractor or not latest.content.editorial:
        return None
    if latest.capture_sha256 != found.sha256:
        return None
    return Reading(PageKind.ARTICLE, latest.content, latest.signature, extractor)


def recall(
    archive: Archive, tracked: WatchedArticle, found: FetchResult, reading: Reading | None, now: datetime
) -> DecisionContext:
    """Read everything that the decision about one check needs, as of one moment.

    `reading` is the extractor's result for a Capture; None if it was not read (yet).
    """
    # One read transaction, so that all of it is of the same moment while other processes write.
    with archive.read():
        checks = list_checks(archive, tracked.id, MAX_MISSING_CHECKS) if tracked.failures else []
        seen = tracked.last_seen_at
        unfound = [each.at for each in checks if each.status == NOT_FOUND and (seen is None or each.at > seen)]
        # Decoding its change would take longer than all else here.
        latest = latest_version(archive, tracked.id, with_change=False)
        known = DecisionContext(latest, missing_since=min(unfound, default=None))
        if isinstance(found, Capture):
            known = replace(known, habits=LearnedBoilerplate().with_habits(list_habits(archive, tracked.source)))
            return known if reading is None else _recall_texts(archive, tracked, known, found, reading.article)
        missing, last = 0, now
        if isinstance(found, Failure) and found.status == NOT_FOUND:
            for check in takewhile(lambda check: check.status in {404, 410}, checks):
                if last - check.at >= MISSING_APART:
                    missing, last = missing + 1, check.at
        return replace(known, missing=missing)


def _recall_texts(
    archive: Archive, tracked: WatchedArticle, known: DecisionContext, found: Capture, article: Article
) -> DecisionContext:
    """Add only those line counts, earlier texts and times that this reading needs."""
    latest = known.latest
    if latest is None:
        lines = learnable_lines(article)
        counts = count_lines(archive, tracked.source, [line.key for line in lines])
        known = replace(known, first_lines=lines, counts=counts)
        # Both forms of an address may be listed, and only a redirect shows that they are one page.
        final = identity(found.final_url)
        if final != identity(tracked.url):
            (other,) = find_articles(archive, [found.final_url])
            if other is not None and other.source == tracked.source and identity(other.url) == final:
                known = replace(known, watched=found.final_url)
        return known
    if latest.content.sha256 == article.sha256:
        return known
    if latest.content.byline != article.byline:
        last = [check.subject for check in list_checks(archive, tracked.id, 1) if check.remark is Remark.BYLINE]
        known = replace(known, last_byline=next(iter(last), None))
    if tracked.versions > 1:
        newest_first = list_summaries(archive, VersionQuery(article=tracked.id, limit=MAX_RUNS))
        versions = newest_first[::-1]
        ends = [version.previous_seen for version in versions[1:]] + [tracked.last_seen_at]
        # The text of a version that was taken down is not compared.
        runs = tuple(
            TextRun("" if version.removed else version.sha256, version.seen, end or version.seen)
            for version, end in zip(versions, ends, strict=True)
        )
        known = replace(known, runs=runs, first_run=versions[0].n, flaps=LabelKind.FLAP in versions[-1].kinds)
    wanted = MIN_VOLATILE_FETCHES - 1
    if tracked.versions < wanted or any(
        not check.outcome.made_version for check in list_checks(archive, tracked.id, wanted)
    ):
        return known
    numbers = range(tracked.versions - wanted + 1, tracked.versions + 1)
    return replace(known, recent=tuple(get_version(archive, tracked.id, number).content for number in numbers))
