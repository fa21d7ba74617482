"""Versions that a file tells of, kept as they were: same numbers, same times, same changes; nothing is decided anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from tracker.archive import blobs
from tracker.archive.commits import carry_out
from tracker.archive.evidence import ROWS, evidence_of
from tracker.archive.proof_tables import leaf, tombstone
from tracker.archive.tables import article, blob, capture, version
from tracker.errors import ArchiveLocked
from tracker.model import ArticleState, Check, CheckOutcome, Intent, NewVersion, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.archive.store import SqlStore
    from tracker.model import Tracked

    from .record import Record

    Again = Callable[[Tracked, datetime], datetime | None]
    """When to look at an article again after a version seen at that time."""

_GROUP: Final = 50
_SHOWN: Final = 100


@dataclass(slots=True)
class Receipt:
    """What an import came to: versions kept, versions that were there already, and those that could not be kept."""

    kept: int = 0
    known: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)

    def refuse(self, what: str, why: str) -> None:
        """Count one that could not be kept; the first hundred reasons are kept."""
        self.refused += 1
        if len(self.reasons) < _SHOWN:
            self.reasons.append(f"{what}: {why}")

    def add(self, other: Receipt) -> None:
        """Count what another import came to as well."""
        self.kept += other.kept
        self.known += other.known
        self.refused += other.refused
        self.reasons += other.reasons


def keep(
    store: SqlStore,
    records: Iterable[Record],
    now: datetime,
    *,
    again: Again,
    progress: Callable[[Receipt], None] | None = None,
) -> Receipt:
    """Keep versions in their order, fifty in a transaction, and say what became of them.

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

    def __init__(self, store: SqlStore, again: Again, now: datetime) -> None:
        self._store = store
        self._again = again
        self._now = now
        self._articles: dict[str, Tracked] = {}
        self.waiting: list[tuple[Record, Tracked]] = []
        self.receipt = Receipt()

    def take(self, record: Record) -> None:
        """Plan one version; what is known or refused is counted."""
        tracked = self._article(record)
        name = f"{tracked.id}@{record.n}"
        if record.n <= tracked.versions:
            self.flush()
            if record.is_same(self._store.version(tracked.id, record.n)):
                self.receipt.known += 1
            else:
                self.receipt.refuse(name, "the archive holds another version of this number")
        elif record.n > tracked.versions + 1:
            self.receipt.refuse(name, f"version {tracked.versions + 1} is missing")
        else:
            self.waiting.append((record, tracked))
            self._articles[record.url] = replace(
                tracked,
                versions=record.n,
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
            for record, tracked in waiting:
                _put(connection, record, tracked, self._again)
        for record, tracked in waiting:
            if record.removed:
                self._store.takedown(tracked.id, record.removed, self._now, record.n)
        self.receipt.kept += len(waiting)

    def _article(self, record: Record) -> Tracked:
        if record.url not in self._articles:
            target = Target(record.url, record.content.headlines.feed)
            # Known articles join the stories; new ones come back.
            new = self._store.add_targets(record.source, [target], record.seen, record.stories)
            self._articles[record.url] = new[0] if new else self._store.article(record.url)
        return self._articles[record.url]


def _put(connection: Connection, record: Record, tracked: Tracked, again: Again) -> None:
    if record.previous_seen is not None and record.previous_seen != tracked.last_seen_at:
        # The predecessor was last seen standing at a check that the file does not hold, but tells of.
        _commit(connection, tracked, _intent(record, tracked, again, seen=record.previous_seen))
    _commit(connection, tracked, _intent(record, tracked, again))
    if record.page_removed:
        _take_page_out(connection, tracked.id, record)


def _commit(connection: Connection, tracked: Tracked, intent: Intent) -> None:
    if carry_out(connection, intent).stale:
        raise ArchiveLocked("another writethru kept a version meanwhile", resource=tracked.url, hint="run it again")


def _intent(record: Record, tracked: Tracked, again: Again, *, seen: datetime | None = None) -> Intent:
    at = seen or record.seen
    new = tracked.versions == 0
    outcome = CheckOutcome.NOT_MODIFIED if seen else CheckOutcome.NEW if new else CheckOutcome.CHANGED
    check = Check(tracked.id, at, outcome, "imported", None if seen else record.capture.status)
    version_ = NewVersion(record.content, record.capture, record.extractor, record.signature, record.change)
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


def _take_page_out(connection: Connection, ident: str, record: Record) -> None:
    """Leave of a page that was never here what a page leaves that was taken out: its hash, a leaf, a tombstone."""
    query = (
        select(version.c.id, capture.c.head_id, capture.c.body_id)
        .join(capture, capture.c.version_id == version.c.id)
        .join(article, article.c.id == version.c.article_id)
        .where(article.c.ident == ident, version.c.n == record.n)
    )
    row = connection.execute(query).one()
    for each in (row.head_id, row.body_id):
        blobs.empty(connection, each)
    known = {"sha256": record.claimed}
    connection.execute(update(blob).where(blob.c.id == row.body_id).values(known))
    connection.execute(update(capture).where(capture.c.version_id == row.id).values(known))
    stone = {"version_id": row.id, "parts": "capture", "reason": record.page_removed, "at": record.seen}
    connection.execute(insert(tombstone), stone)
    evidence = evidence_of(connection.execute(ROWS.where(version.c.id == row.id)).one())
    connection.execute(update(leaf).where(leaf.c.version_id == row.id).values(hash=evidence.leaf()))
