"""Verify that everything stored is still there and unchanged.

A quick run recomputes each leaf from the tables and the log from its leaves. A full run also decodes and hashes
every frame. Against a checkpoint stored elsewhere, it checks that the log still begins with the entries that it
covers. The versions of a large archive are checked by several processes at once.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from tracker.archive import blobs
from tracker.archive.archive import Archive
from tracker.archive.database.drivers import DatabaseUrl
from tracker.errors import ArchiveError

from . import logcheck, version_check
from .checkpoints import Checkpoint, read_note
from .logcheck import Checkpoints, Damage, check_log, frames_without_base, wrong_types
from .version_check import ALL_ARTICLES, Page, Share

Progress = Callable[[int, int], None]

# In a smaller archive several processes would take longer to start than they save.
MIN_VERSIONS: Final = 4_000
SHARE_VERSIONS: Final = 1_000
_COUNTS: Final = "SELECT article_id, count(*) AS versions FROM version GROUP BY article_id ORDER BY article_id"
# Articles whose number of versions differs from their counter.
_MISSING_VERSIONS: Final = """
SELECT a.ident, a.versions, count(v.id) AS there FROM article a LEFT JOIN version v ON v.article_id = a.id {}
GROUP BY a.id, a.ident, a.versions HAVING count(v.id) <> a.versions
"""
_opened: list[tuple[Archive, Checkpoints]] = []  # in a child process: the archive that it checks

# Data that can be altered without `verify` naming it.
NOT_COVERED: Final = (
    "checks, their times and results, and when a page was last seen",
    "first-seen and publication dates, and headlines from feeds",
    "when an article last changed, and counts of its changes",
    "stories and decisions about them",
    "alerts and their deliveries",
    "sources, learned lines, hosts, quarantined pages and the search index",
    "notes of addresses that were dropped",
    "views, triggers and other code in the database",
    "articles without a version",
    "what came after the newest checkpoint",
    "checkpoints deleted from the archive itself",
)
EARLIER: Final = "the changes, labels and outlets of versions stored by earlier releases"


@dataclass(slots=True)
class Report:
    """The result of verification.

    `versions` counts those checked, `decoded` those of them with stored bytes that were decoded, in `bytes` bytes.
    `earlier` counts those whose leaf covers neither outlet nor change, `unsealed` the versions that no checkpoint
    covers yet. `entries` counts the entries of the log, `checkpoints` the archive's own checkpoints it was compared
    with; `against` is the checkpoint stored elsewhere. `damage` lists all findings.
    """

    versions: int = 0
    decoded: int = 0
    bytes: int = 0
    earlier: int = 0
    unsealed: int = 0
    entries: int = 0
    checkpoints: int = 0
    against: Checkpoint | None = None
    damage: list[Damage] = field(default_factory=list)

    def add(self, share: Report) -> None:
        """Add the report on a share of the versions."""
        self.versions += share.versions
        self.decoded += share.decoded
        self.bytes += share.bytes
        self.earlier += share.earlier
        self.unsealed += share.unsealed
        self.damage += share.damage

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damage

    @property
    def not_covered(self) -> tuple[str, ...]:
        """Data of this archive that could be altered without a finding."""
        return (*NOT_COVERED, EARLIER) if self.earlier else NOT_COVERED


def verify(
    archive: Archive,
    *,
    sample: float = 1.0,
    article: str = "",
    against: str = "",
    public: str | None = None,
    own: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verify all versions, or those of one `article`, and return a report that lists all damage.

    `sample` is the share of versions whose bytes are decoded and hashed: 0 for a quick run, 1 for all. `against` is
    the note of a checkpoint; its signature is checked if a `public` key is given. `own` is the archive's own public
    key. `progress` is called after each page of versions.
    """
    report = Report(against=read_note(against, public) if against else None)
    try:
        _verify(archive, report, sample, article, own, progress)
    # Rows of a forged archive may hold anything: SQLite keeps a text in a column of numbers.
    except (AttributeError, TypeError, ValueError):
        with archive.read() as connection:
            wrong = list(wrong_types(connection))
        if not wrong:
            raise
        report.damage += wrong
    return report


def _verify(
    archive: Archive, report: Report, sample: float, article: str, own: str | None, progress: Progress | None
) -> None:
    checkpoints = Checkpoints(archive, own, report.against)
    with archive.read() as connection:
        total = connection.number("SELECT count(*) FROM version") if progress and not article else 0
        for row in connection.all(_MISSING_VERSIONS.format("WHERE a.ident = :ident" if article else ""), ident=article):
            how = f"it has {row.there} versions but should have {row.versions}"
            report.damage.append(Damage(row.ident, how))
        if not sample and not article:
            # A full run decodes these frames, and names them itself.
            report.damage += frames_without_base(connection)
    if sample < 1 or article or not _check_in_shares(archive, report, own, progress, total):
        for page in version_check.pages(archive, article):
            _check_page(archive, page, checkpoints, report, sample)
            if progress:
                progress(report.versions, total)
    report.damage += version_check.later_damage(archive, checkpoints, article, decode=sample > 0)
    report.damage += logcheck.damaged(archive, checkpoints, article)
    if sample and not article:
        report.damage += _reference_damage(archive)
    if not article or report.against is not None:
        report.entries, damage = check_log(archive, checkpoints)
        report.damage += damage
    if not article:
        report.checkpoints = len(checkpoints.roots)
        report.damage += checkpoints.damage


def _check_in_shares(archive: Archive, report: Report, own: str | None, progress: Progress | None, total: int) -> bool:
    """Check all versions in several processes, where that is worth it, and return whether that was done."""
    processes = len(os.sched_getaffinity(0))
    if processes == 1:
        return False
    ends: list[int] = []
    count = 0
    with archive.read() as connection:
        for row in connection.stream(_COUNTS):
            # Shares end between articles, because leaves of one article name each other.
            count += row.versions
            if count >= SHARE_VERSIONS:
                ends.append(row.article_id)
                count = 0
    # Together they cover every article row there can be.
    shares = list(zip([ALL_ARTICLES[0], *ends], [*ends, ALL_ARTICLES[1]], strict=True))
    if len(shares) < MIN_VERSIONS // SHARE_VERSIONS:
        return False
    # Not forked: a child must not share the connections of its parent.
    context = multiprocessing.get_context("spawn")
    done, checked = Report(), (archive.url, own, report.against)
    try:
        with ProcessPoolExecutor(min(processes, len(shares)), context, initializer=_open, initargs=checked) as pool:
            for share in pool.map(_check_share, shares):
                done.add(share)
                if progress:
                    progress(done.versions, total)
    except BrokenExecutor:
        return False  # a process was killed, as when memory is short: this one does it all
    report.add(done)
    return True


def _open(url: DatabaseUrl, own: str | None, elsewhere: Checkpoint | None) -> None:
    """Prepare a child process."""
    # Ctrl-C reaches every process of the terminal; the parent ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    archive = Archive(url, readonly=True)
    _opened[:] = [(archive, Checkpoints(archive, own, elsewhere))]


def _check_share(share: Share) -> Report:
    """Check some articles in a child process."""
    ((archive, checkpoints),) = _opened
    report = Report()
    for page in version_check.pages(archive, share=share):
        _check_page(archive, page, checkpoints, report)
    return report


def _check_page(
    archive: Archive, page: Page | Damage, checkpoints: Checkpoints, report: Report, sample: float = 1
) -> None:
    """Check the records of a page of versions, and the stored bytes of a `sample` of them."""
    if isinstance(page, Damage):
        report.damage.append(page)
        return
    for row in page.rows:
        form = version_check.form_of(page, row)
        report.versions += 1
        report.earlier += form == version_check.EARLIER_FORM
        report.unsealed += row.position is None
        report.damage += version_check.record_damage(page, row, form, checkpoints)
    drawn = [row for row in page.rows if random.random() < sample]  # noqa: S311 - a sample, no secret
    wanted = [(row, version_check.parts_of(row)) for row in drawn]
    raw: dict[int, bytes] = {}
    try:
        with archive.read() as connection:
            raw = blobs.read(connection, [key for _, parts in wanted for key in parts.values()])
    except ArchiveError:
        # One by one, to find the damaged.
        for row, parts in wanted:
            for part, key in parts.items():
                data = version_check.stored_bytes(archive, key)
                if data is None:
                    report.damage.append(Damage(f"{row.article}@{row.n}", f"the bytes of its {part} are damaged"))
                else:
                    raw[key] = data
    for row, parts in wanted:
        report.decoded += bool(parts)
        report.bytes += sum(len(raw.get(key, b"")) for key in parts.values())
        found = {part: raw[key] for part, key in parts.items() if key in raw}
        report.damage += version_check.byte_damage(page, row, found)


def _reference_damage(archive: Archive) -> list[Damage]:
    """Decode and hash the reference pages, which other pages are encoded against."""
    with archive.read() as connection:
        wanted = connection.all(
            "SELECT id, sha256 AS hash FROM blob"
            " WHERE id IN (SELECT body_id FROM reference UNION SELECT head_id FROM reference)"
        )
    return [
        Damage(f"reference page {row.id}", "its bytes do not match their hash")
        for row in wanted
        if hashlib.sha256(version_check.stored_bytes(archive, row.id) or b"").digest() != row.hash
    ]
