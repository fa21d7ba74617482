"""What a file tells of, kept as it was: same numbers, same times, same changes; nothing is decided anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tracker.archive import readings
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.commits import carry_out
from tracker.archive.takedowns import remove_imported_page, take_down
from tracker.archive.versions import get_version
from tracker.errors import ArchiveLocked
from tracker.model.check import ArticleState, Check, CheckOutcome
from tracker.model.intent import Intent
from tracker.model.source import Target
from tracker.model.version import NewVersion

from .record import Known, Record, RecordedCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.archive.database.connection import Connection
    from tracker.model.check import Tracked

    Again = Callable[[Tracked, datetime], datetime | None]
    """When to look at an article again after a version seen at that time."""

_GROUP: Final = 50
MAX_REPORTED_REFUSALS: Final = 100


@dataclass(slots=True)
class Receipt:
    """What an import came to: versions kept, versions that were there already, and those that could not be kept.

    *checks* counts those that made no version.
    """

    kept: int = 0
    known: int = 0
    refused: int = 0
    checks: int = 0
    reasons: list[str] = field(default_factory=list)

    def refuse(self, what: str, why: str) -> None:
        """Count one that could not be kept; the first hundred reasons are kept."""
        self.refused += 1
        if len(self.reasons) < MAX_REPORTED_REFUSALS:
            self.reasons.append(f"{what}: {why}")

    def add(self, other: Receipt) -> None:
        """Count what another import came to as well."""
        self.kept += other.kept
        self.known += other.known
        self.refused += other.refused
        self.checks += other.checks
        self.reasons += other.reasons


def keep(
    store: Archive,
    records: Iterable[Record | Known | RecordedCheck],
    now: datetime,
    *,
    again: Again,
    progress: Callable[[Receipt], None] | None = None,
) -> Receipt:
    """Keep versions, articles and checks in their order, fifty in a transaction, and say what became of the versions.

    What the archive holds already is passed over, so an import that was stopped can be run again. A version that
    contradicts the archive, or whose predecessor is missing, is refused.
    """
    keeper = _Keeper(store, again, now)
    for each in records:
        keeper.take(each)
        if len(keeper.waiting) >= _GROUP:
            keeper.flush()
            if progress is not None:
                progress(keeper.receipt)
    keeper.flush()
    return keeper.receipt


class _Keeper:
    """Plans versions against what the archive holds and what waits already, and writes them in groups."""

    def __init__(self, store: Archive, again: Again, now: datetime) -> None:
        self._store = store
        self._again = again
        self._now = now
        self._articles: dict[str, Tracked] = {}
        self._grown: set[str] = set()
        self.waiting: list[tuple[Record | RecordedCheck, Tracked]] = []
        self.receipt = Receipt()

    def take(self, found: Record | Known | RecordedCheck) -> None:
        """Plan one version or check, or make an article known; what is known or refused is counted."""
        if isinstance(found, Record):
            self._take_version(found)
        elif isinstance(found, RecordedCheck):
            self._take_check(found)
        else:
            self._take_article(found)

    def _take_article(self, found: Known) -> None:
        tracked = self._article(found.url, found.source, found.first_seen, found.feed_title, found.stories)
        if found.state is ArticleState.PAUSED and tracked.state is not ArticleState.PAUSED:
            set_article_state(self._store, tracked.id, ArticleState.PAUSED)
            self._articles[found.url] = replace(tracked, state=ArticleState.PAUSED)

    def _take_check(self, found: RecordedCheck) -> None:
        tracked = self._article(found.url, found.source, found.at)
        last = tracked.last_check_at
        # Two checks may be of one time, but only where both are new.
        if last is not None and (found.at < last or (found.at == last and found.url not in self._grown)):
            return
        self._grown.add(found.url)
        stands = found.outcome.found_unchanged
        state = (
            ArticleState.GONE
            if found.outcome is CheckOutcome.GONE
            else ArticleState.ACTIVE
            if stands
            else tracked.state
        )
        # What waits says what the article is to be like afterwards.
        after = replace(
            tracked,
            state=tracked.state if tracked.state is ArticleState.PAUSED else state,
            last_check_at=found.at,
            last_seen_at=found.at if stands else tracked.last_seen_at,
            failures=0 if stands else tracked.failures + 1,
        )
        self.waiting.append((found, after))
        self._articles[found.url] = after

    def _take_version(self, record: Record) -> None:
        tracked = self._article(record.url, record.source, record.seen, record.content.headlines.feed, record.stories)
        name = f"{tracked.id}@{record.n}"
        if record.n <= tracked.versions:
            self.flush()
            if record.is_same(get_version(self._store, tracked.id, record.n)):
                self.receipt.known += 1
            else:
                self.receipt.refuse(name, "the archive already has a different version with this number")
        elif record.n > tracked.versions + 1:
            self.receipt.refuse(name, f"version {tracked.versions + 1} is missing")
        else:
            self.waiting.append((record, tracked))
            self._grown.add(record.url)
            self._articles[record.url] = replace(
                tracked,
                versions=record.n,
                state=tracked.state if tracked.state is ArticleState.PAUSED else ArticleState.ACTIVE,
                failures=0,
                last_check_at=record.seen,
                last_seen_at=record.seen,
                last_change_at=record.seen,
                title=record.content.title,
                signature=record.signature,
            )

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        with self._store.database.write() as connection:
            for found, tracked in waiting:
                if isinstance(found, RecordedCheck):
                    _commit(connection, tracked, _look(found, tracked, self._again))
                else:
                    _put(connection, found, tracked, self._again)
        for found, tracked in waiting:
            if isinstance(found, Record):
                self.receipt.kept += 1
                if found.removed:
                    take_down(self._store, tracked.id, found.removed, self._now, found.n)
            else:
                self.receipt.checks += 1

    def _article(self, url: str, source: str, at: datetime, title: str = "", stories: Sequence[str] = ()) -> Tracked:
        if url not in self._articles:
            # Known articles join the stories; new ones come back.
            new = add_targets(self._store, source, [Target(url, title)], at, stories)
            self._articles[url] = new[0] if new else get_article(self._store, url)
        return self._articles[url]


def _put(connection: Connection, record: Record, tracked: Tracked, again: Again) -> None:
    if record.previous_seen is not None and record.previous_seen != tracked.last_seen_at:
        # The predecessor was last seen standing at a check that the file does not hold, but tells of.
        _commit(connection, tracked, _intent(record, tracked, again, seen=record.previous_seen))
    _commit(connection, tracked, _intent(record, tracked, again))
    if record.kept_as is not None:
        readings.put(connection, tracked.id, [record.kept_as.reread], [], record.kept_as.at)
    if record.page_removed:
        remove_imported_page(
            connection, tracked.id, record.n, sha256=record.claimed, reason=record.page_removed, at=record.seen
        )


def _look(found: RecordedCheck, tracked: Tracked, again: Again) -> Intent:
    """Return what a check without a version decided; *tracked* is the article as it was after it."""
    return Intent(
        article=tracked.id,
        check=Check(tracked.id, found.at, found.outcome, found.detail, found.status, found.elapsed),
        expected_versions=tracked.versions,
        next_check_at=again(tracked, found.at),
        state=tracked.state,
        failures=tracked.failures,
        etag=tracked.etag,
        last_modified=tracked.last_modified,
        signature=tracked.signature,
    )


def _commit(connection: Connection, tracked: Tracked, intent: Intent) -> None:
    if carry_out(connection, intent).stale:
        raise ArchiveLocked(
            "another process stored a version in the meantime", resource=tracked.url, hint="run the import again"
        )


def _intent(record: Record, tracked: Tracked, again: Again, *, seen: datetime | None = None) -> Intent:
    at = seen or record.seen
    new = tracked.versions == 0
    outcome = CheckOutcome.NOT_MODIFIED if seen else CheckOutcome.NEW if new else CheckOutcome.CHANGED
    check = Check(tracked.id, at, outcome, "imported", None if seen else record.capture.status)
    first = record.kept_as or record
    version_ = NewVersion(first.content, record.capture, first.extractor, first.signature, record.change)
    return Intent(
        article=tracked.id,
        check=check,
        expected_versions=tracked.versions,
        next_check_at=again(tracked, at),
        state=ArticleState.ACTIVE,
        etag=tracked.etag,
        last_modified=tracked.last_modified,
        signature=record.signature,
        version=None if seen else version_,
    )
