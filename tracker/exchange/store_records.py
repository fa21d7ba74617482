"""Store the records of a file exactly: the same numbers, times and changes. Nothing is decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.checks import StoredCheck
from tracker.archive.commits import commit_check
from tracker.archive.readings import save_readings
from tracker.archive.takedowns import remove_imported_page, take_down
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.errors import ArchiveLocked, NotKnown
from tracker.model.source import Target
from tracker.model.version import NewVersion
from tracker.model.watch import ArticleState, Check, CheckOutcome, Intent, WatchedArticle

from .jsonl import Record, Recorded, RecordedVerdict

# Returns the next check of an article after a version seen at that time.
NextCheck = Callable[[WatchedArticle, datetime], datetime | None]

MAX_GROUP_RECORDS: Final = 50
MAX_REPORTED_REFUSALS: Final = 100


@dataclass(slots=True)
class ImportResult:
    """The result of an import: versions stored, versions known already, and versions refused, with the reasons.

    `checks` counts the checks that made no version. Where pages or texts are read, `known` counts those not newer than
    the stored history of their article, `unchanged` those with the same text as before, `other` pages that are not
    articles, and `unreadable` those that could not be extracted.
    """

    kept: int = 0
    known: int = 0
    refused: int = 0
    checks: int = 0
    reasons: list[str] = field(default_factory=list)
    unchanged: int = 0
    other: int = 0
    unreadable: int = 0

    def refuse(self, what: str, why: str) -> None:
        """Count a refused version. Only the first hundred reasons are recorded."""
        self.refused += 1
        if len(self.reasons) < MAX_REPORTED_REFUSALS:
            self.reasons.append(f"{what}: {why}")

    def add(self, other: ImportResult) -> None:
        """Add the result of another import."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def store_records(
    archive: Archive,
    records: Iterable[Recorded],
    now: datetime,
    *,
    again: NextCheck,
    progress: Callable[[ImportResult], None] | None = None,
) -> ImportResult:
    """Store `records` in their order, fifty in a transaction.

    Records that the archive has already are skipped, so an interrupted import can be repeated. A version is refused if
    the archive has a different one with its number, or if the version before it is missing.
    """
    importer = _Importer(archive, again, now)
    for each in records:
        importer.take(each)
        if len(importer.waiting) >= MAX_GROUP_RECORDS:
            importer.flush()
            if progress is not None:
                progress(importer.result)
    importer.flush()
    return importer.result


class _Importer:
    """Compares records with the archive and with those waiting to be written, and writes them in groups.

    `waiting` has each version with its article as it was before, and each check with its article as it is afterwards.
    """

    def __init__(self, archive: Archive, again: NextCheck, now: datetime) -> None:
        self._store = archive
        self._again = again
        self._now = now
        self._articles: dict[str, WatchedArticle] = {}
        self._grown: set[str] = set()
        self.waiting: list[tuple[Record | StoredCheck, WatchedArticle]] = []
        self.result = ImportResult()

    def take(self, found: Recorded) -> None:
        """Plan a version or check, or add an article. Versions that are known or refused are counted."""
        if isinstance(found, Record):
            self._take_version(found)
        elif isinstance(found, StoredCheck):
            self._take_check(found)
        elif isinstance(found, RecordedVerdict):
            self.flush()
            verdict = found.verdict
            try:
                tracked = get_article(self._store, found.url)
                save_verdict(self._store, replace(verdict, article=tracked.id), imported_at=self._now)
            except NotKnown as error:
                self.result.refuse(f"verdict on {verdict.article}@{verdict.version}", error.message)
        else:
            tracked = self._article(found.url, found.source, found.first_seen, found.feed_title, found.stories)
            if found.state is ArticleState.PAUSED and tracked.state is not ArticleState.PAUSED:
                set_article_state(self._store, tracked.id, ArticleState.PAUSED, self._now)
                self._articles[found.url] = replace(tracked, state=ArticleState.PAUSED)

    def _take_check(self, found: StoredCheck) -> None:
        at, outcome = found.check.at, found.check.outcome
        tracked = self._article(found.url, found.source, at)
        last = tracked.last_check_at
        # Two checks may have the same time, but only if both are new.
        if last is not None and (at < last or (at == last and found.url not in self._grown)):
            return
        # Another check at the same time must be new, too.
        self._grown.add(found.url)
        unchanged, state = outcome.found_unchanged, tracked.state
        if state is not ArticleState.PAUSED and unchanged:
            state = ArticleState.ACTIVE
        elif state is not ArticleState.PAUSED and outcome is CheckOutcome.GONE:
            state = ArticleState.GONE
        after = replace(
            tracked,
            state=state,
            last_check_at=at,
            last_seen_at=at if unchanged else tracked.last_seen_at,
            failures=0 if unchanged else tracked.failures + 1,
        )
        self.waiting.append((found, after))
        self._articles[found.url] = after

    def _take_version(self, record: Record) -> None:
        """Plan the next version of its article; count one that is stored already, refuse any other."""
        version = record.version
        feed_title = version.content.headlines.feed
        tracked = self._article(version.url, version.source, version.seen, feed_title, version.stories)
        name = f"{tracked.id}@{version.n}"
        # Waiting records are written first: one of them may be the version to compare with.
        if version.n <= tracked.versions:
            self.flush()
            stored = get_version(self._store, tracked.id, version.n)
            if (stored.removed, stored.content.sha256, stored.capture_sha256) == (
                version.removed,
                version.content.sha256,
                version.capture_sha256,
            ):
                self.result.known += 1
            elif stored.removed and not version.removed:
                self.result.refuse(name, f"this version was deleted from the archive: {stored.removed}")
            else:
                self.result.refuse(name, "the archive already has a different version with this number")
        elif version.n > tracked.versions + 1:
            self.result.refuse(name, f"version {tracked.versions + 1} is missing")
        else:
            self.waiting.append((record, tracked))
            self._grown.add(version.url)
            self._articles[version.url] = replace(
                tracked,
                versions=version.n,
                state=tracked.state if tracked.state is ArticleState.PAUSED else ArticleState.ACTIVE,
                failures=0,
                last_check_at=version.seen,
                last_seen_at=version.seen,
                last_change_at=version.seen,
                title=version.content.title,
                signature=version.signature,
            )

    def flush(self) -> None:
        """Write the waiting records in one transaction."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        # One transaction, because each of them alone would wait for the disk once.
        with self._store.write():
            for found, tracked in waiting:
                if isinstance(found, StoredCheck):
                    self._commit(tracked, _check_intent(found.check, tracked, self._again))
                    continue
                version = found.version
                before = version.previous_seen
                if before is not None and before != tracked.last_seen_at:
                    # The version before was last seen at a check that the file mentions but does not contain.
                    self._commit(tracked, _version_intent(found, tracked, self._again, seen=before))
                self._commit(tracked, _version_intent(found, tracked, self._again))
                if found.stored_as is not None:
                    save_readings(self._store, tracked.id, [found.stored_as.reread], [], found.stored_as.at)
                if found.page_removed:
                    page = {"sha256": version.capture_sha256, "reason": found.page_removed}
                    remove_imported_page(self._store, tracked.id, version.n, **page, at=version.seen)
        for found, tracked in waiting:
            if isinstance(found, Record):
                self.result.kept += 1
                if found.version.removed:
                    take_down(self._store, tracked.id, found.version.removed, self._now, found.version.n)
            else:
                self.result.checks += 1

    def _commit(self, tracked: WatchedArticle, intent: Intent) -> None:
        if commit_check(self._store, replace(intent, imported_at=self._now)).stale:
            message = "another process stored a version in the meantime"
            raise ArchiveLocked(message, resource=tracked.url, hint="run the import again")

    def _article(
        self, url: str, source: str, at: datetime, title: str = "", stories: Sequence[str] = ()
    ) -> WatchedArticle:
        if url not in self._articles:
            # Adds a known article to the stories; returns only new articles.
            new = add_targets(self._store, source, [Target(url, title)], at, stories, imported_at=self._now)
            self._articles[url] = new[0] if new else get_article(self._store, url)
        return self._articles[url]


def _check_intent(check: Check, tracked: WatchedArticle, again: NextCheck) -> Intent:
    """Return the intent of a check without a version; `tracked` is the article as it is after the check."""
    return Intent(
        article=tracked.id,
        check=replace(check, article=tracked.id),
        expected_versions=tracked.versions,
        next_check_at=again(tracked, check.at),
        state=tracked.state,
        failures=tracked.failures,
        etag=tracked.etag,
        last_modified=tracked.last_modified,
        signature=tracked.signature,
    )


def _version_intent(
    record: Record, tracked: WatchedArticle, again: NextCheck, *, seen: datetime | None = None
) -> Intent:
    """Return the intent that stores a version; with `seen`, that of a check then which found the version before it."""
    at = seen or record.version.seen
    new = tracked.versions == 0
    outcome = CheckOutcome.NOT_MODIFIED if seen else CheckOutcome.NEW if new else CheckOutcome.CHANGED
    check = Check(tracked.id, at, outcome, "imported", None if seen else record.capture.status)
    first = record.stored_as or record.version
    version = NewVersion(first.content, record.capture, first.extractor, first.signature, record.version.change)
    return replace(
        _check_intent(check, tracked, again),
        state=ArticleState.ACTIVE,
        failures=0,
        signature=record.version.signature,
        version=None if seen else version,
    )
