"""Verify that everything stored is still there and unchanged.

A quick run recomputes each leaf from the tables and the log from its leaves. A full run also decodes and hashes
every frame. Against a checkpoint stored elsewhere, it checks that the log still begins with the entries that it
covers. The versions of a large archive are checked by several processes at once.
"""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import orjson

from tracker.archive import blobs, codec
from tracker.archive.archive import Archive
from tracker.archive.database.connection import Row, clean_text, where_all
from tracker.archive.database.drivers import DatabaseUrl
from tracker.archive.recaptures import leaf_of
from tracker.archive.versions import TAKEN_OUT_WHOLE, label_kinds
from tracker.errors import ArchiveError
from tracker.model.article import Article

from . import logcheck
from .checkpoints import Checkpoint, read_note
from .log import (
    EVENT_ORDER,
    MAX_IMPORT_MS,
    PARTS,
    PARTS_LEFT,
    SELECT_EVIDENCE,
    EventKind,
    Move,
    change_digest,
    evidence_of,
    moves_in,
)
from .logcheck import Checkpoints, Damage, check_log, foreign_objects, frames_without_base, unsound_tables, wrong_types

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
# The pages that other pages are encoded against.
_REFERENCE_PAGES: Final = """
SELECT id, sha256 AS hash FROM blob WHERE id IN (SELECT body_id FROM reference UNION SELECT head_id FROM reference)
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
    "views, triggers and other code in the database, on PostgreSQL",
    "articles without a version",
    "anything after the newest checkpoint",
    "checkpoints deleted from the archive itself",
    "the changes, labels and outlets of versions stored before release 0.1.0",
)

# The proof that covers each column. `verify` names an alteration of a covered column, and no alteration of another one.
# The table in docs/reference/coverage.md is made from this, and a test alters every column.
ENTRY: Final = "the entry of the version in the log"
RECAPTURE: Final = "the entry of the stored page in the log"
EVENT: Final = "an event in the log"
LOG: Final = "the log and its checkpoints"
BYTES: Final = "the hash of the bytes in an entry"
TEXT: Final = "the text of the newest version"
NUMBER: Final = "the numbers of the versions"

# Table → proof → its columns. Columns that only name a row are covered where rows of other tables must find it.
COVERED: Final[dict[str, dict[str, str]]] = {
    "address": {EVENT: "key article_id url"},
    "article": {ENTRY: "id ident source_id url", EVENT: "state", NUMBER: "versions", TEXT: "title"},
    "blob": {BYTES: "id base_id raw_len sha256 crc data"},
    "capture": {ENTRY: "version_id fetched_at status sha256 head_id body_id"},
    "change": {ENTRY: "version_id words significance announced raw_len crc data classifier"},
    "checkpoint": {LOG: "size root at note"},
    "event": {LOG: "article_id kind n record leaf position"},
    "handin": {EVENT: "article_id n content_id file_id removed"},
    "label": {ENTRY: "version_id kind"},
    "leaf": {ENTRY: "version_id hash change_sha256", LOG: "position"},
    "reading": {EVENT: "version_id extractor at superseded_at came_to no_edit signature sha256 content_id"},
    "recapture": {
        RECAPTURE: "article_id n fetched_at status sha256 head_id body_id leaf",
        LOG: "position",
        EVENT: "removed",
    },
    "source": {ENTRY: "id name"},
    "tombstone": {EVENT: "version_id parts reason at"},
    "verdict": {EVENT: "version_id at author weight shown labels note link"},
    "version": {ENTRY: "id article_id n seen_at previous_seen_at status extractor signature sha256 content_id"},
}


def uncovered() -> list[str]:
    """Return every other column, as "table.column"."""
    from tracker.archive.schema import METADATA  # it takes long to load

    covered = {
        f"{table}.{column}"
        for table, proofs in COVERED.items()
        for columns in proofs.values()
        for column in columns.split()
    }
    return sorted({str(column) for table in METADATA.sorted_tables for column in table.columns} - covered)


@dataclass(slots=True)
class Report:
    """The result of verification.

    `versions` counts those checked, `decoded` those of them with stored bytes that were decoded, in `bytes` bytes.
    `unsealed` counts the entries that no checkpoint in the archive covers yet, `unsealed_kinds` by kind: "version",
    "recapture", or an `EventKind`. `entries` counts the entries of the log, `checkpoints` the archive's own checkpoints
    it was compared with, `unknown_checkpoints` those by keys that are not the archive's. `against` is the checkpoint
    stored elsewhere, `after` the entries that it does not cover, by kind. `handed_in_by` counts the pages that were
    handed in, not fetched, by the name of the person. `damage` lists all findings, `differences` the texts and changes
    that today's code derives differently, which is no damage. `texts_not_compared` counts texts by another extractor,
    or without a page that can be read.
    """

    versions: int = 0
    decoded: int = 0
    bytes: int = 0
    unsealed: int = 0
    unsealed_kinds: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    checkpoints: int = 0
    unknown_checkpoints: int = 0
    against: Checkpoint | None = None
    after: dict[str, int] = field(default_factory=dict)
    handed_in_by: dict[str, int] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    differences: list[Damage] = field(default_factory=list)
    texts_compared: int = 0
    texts_not_compared: int = 0

    def add(self, share: Report) -> None:
        """Add the report on a share of the versions."""
        self.versions += share.versions
        self.decoded += share.decoded
        self.bytes += share.bytes
        self.damage += share.damage

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damage


def verify(
    archive: Archive,
    *,
    sample: float = 1.0,
    article: str = "",
    against: str = "",
    public: str | None = None,
    keys: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Verify all versions, or those of one `article`, and return a report that lists all damage.

    `sample` is the share of versions whose bytes are decoded and hashed: 0 for a quick run, 1 for all. `against` is
    the note of a checkpoint; its signature is checked if a `public` key is given. `keys` are the archive's
    own public keys; the archive's checkpoints by others do not count. `progress` is called after each page of versions.
    """
    report = Report(against=read_note(against, public) if against else None)
    if not article:
        report.damage += foreign_objects(archive)
    report.damage += unsound_tables(archive)
    try:
        _verify(archive, report, sample, article, keys, progress)
    # Rows of a forged archive may hold anything: SQLite keeps a text in a column of numbers.
    except (AttributeError, TypeError, ValueError):
        with archive.read() as connection:
            wrong = list(wrong_types(connection))
        if not wrong:
            raise
        report.damage += wrong
    return report


def _verify(
    archive: Archive, report: Report, sample: float, article: str, keys: Sequence[str], progress: Progress | None
) -> None:
    checkpoints = Checkpoints(archive, keys, report.against)
    with archive.read() as connection:
        total = connection.number("SELECT count(*) FROM version") if progress and not article else 0
        for row in connection.all(_MISSING_VERSIONS.format("WHERE a.ident = :ident" if article else ""), ident=article):
            how = f"it has {row.there} versions but should have {row.versions}"
            report.damage.append(Damage(row.ident, how))
        if not sample and not article:
            # A full run decodes these frames, and names them itself.
            report.damage += frames_without_base(connection)
    if sample < 1 or article or not _check_in_shares(archive, report, keys, progress, total):
        for page in pages(archive, article):
            _check_page(archive, page, checkpoints, report, sample)
            if progress:
                progress(report.versions, total)
    report.damage += later_damage(archive, checkpoints, article, decode=sample > 0)
    report.damage += logcheck.damaged(archive, checkpoints, article)
    if sample and not article:
        with archive.read() as connection:
            references = connection.all(_REFERENCE_PAGES)
        for row in references:
            if hashlib.sha256(stored_bytes(archive, row.id) or b"").digest() != row.hash:
                report.damage.append(Damage(f"reference page {row.id}", "its bytes do not match their hash"))
    report.unsealed_kinds = logcheck.entries_after(archive, max(checkpoints.roots, default=0), article)
    report.handed_in_by = logcheck.handed_in_by(archive, article)
    report.unsealed = sum(report.unsealed_kinds.values())
    if report.against is not None:
        report.after = logcheck.entries_after(archive, report.against.size, article)
    if not article or report.against is not None:
        report.entries, damage = check_log(archive, checkpoints)
        report.damage += damage
    if not article:
        report.checkpoints, report.unknown_checkpoints = len(checkpoints.roots), checkpoints.unknown
        report.damage += checkpoints.damage


def _check_in_shares(
    archive: Archive, report: Report, keys: Sequence[str], progress: Progress | None, total: int
) -> bool:
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
    done, checked = Report(), (archive.url, keys, report.against)
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


def _open(url: DatabaseUrl, keys: Sequence[str], elsewhere: Checkpoint | None) -> None:
    """Prepare a child process."""
    # Ctrl-C reaches every process of the terminal; the parent ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    archive = Archive(url, readonly=True)
    _opened[:] = [(archive, Checkpoints(archive, keys, elsewhere))]


def _check_share(share: Share) -> Report:
    """Check some articles in a child process."""
    ((archive, checkpoints),) = _opened
    report = Report()
    for page in pages(archive, share=share):
        _check_page(archive, page, checkpoints, report)
    return report


def _check_page(
    archive: Archive, page: Page | Damage, checkpoints: Checkpoints, report: Report, sample: float = 1
) -> None:
    """Check the records of a page of versions, and the stored bytes of a `sample` of them."""
    if isinstance(page, Damage):
        report.damage.append(page)
        return
    wanted: list[tuple[Row, dict[str, int]]] = []
    for row in page.rows:
        report.versions += 1
        report.damage += record_damage(page, row, checkpoints)
        if random.random() < sample:  # noqa: S311 - a sample, no secret
            kept = ((part, getattr(row, f"{part}_id")) for part in PARTS_LEFT.get(row.parts, ("content",)))
            wanted.append((row, {part: key for part, key in kept if key is not None}))
    raw: dict[int, bytes] = {}
    try:
        with archive.read() as connection:
            raw = blobs.read(connection, [key for _, parts in wanted for key in parts.values()])
    except ArchiveError:
        # One by one, to find the damaged ones.
        for row, parts in wanted:
            for part, key in parts.items():
                data = stored_bytes(archive, key)
                if data is None:
                    report.damage.append(Damage(f"{row.article}@{row.n}", f"the bytes of its {part} are damaged"))
                else:
                    raw[key] = data
    for row, parts in wanted:
        report.decoded += bool(parts)
        report.bytes += sum(len(raw.get(key, b"")) for key in parts.values())
        found = {part: raw[key] for part, key in parts.items() if key in raw}
        report.damage += byte_damage(page, row, found)


# -- versions: each record against its entry in the log, and the stored bytes against the record

T = TypeVar("T")

MAX_PAGE_VERSIONS: Final = 50
# Articles: those above the first row number, and at most the second.
Share = tuple[float, int | None]
# Without limits: in a forged archive a version may be of any row, and on SQLite even of a text.
ALL_ARTICLES: Final[Share] = (-math.inf, None)
_LAST_N: Final = (1 << 31) - 1
_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError)
_EVENTS: Final = f"""
SELECT article_id, kind, n, record, position FROM event
WHERE kind IN ('change', 'import', 'move') AND article_id BETWEEN :first AND :last ORDER BY {EVENT_ORDER}
"""
MAX_PAGE_LATER_ROWS: Final = 25
_RECAPTURES: Final = """
SELECT r.id, r.n, r.fetched_at AS fetched, r.status, r.sha256, r.leaf, r.removed, r.head_id, r.body_id, r.position,
  head.sha256 AS head, body.sha256 AS body, l.hash AS version_leaf, a.ident
FROM recapture r LEFT JOIN article a ON a.id = r.article_id
  LEFT JOIN version v ON v.article_id = r.article_id AND v.n = r.n
  LEFT JOIN leaf l ON l.version_id = v.id
  LEFT JOIN blob head ON head.id = r.head_id
  LEFT JOIN blob body ON body.id = r.body_id
"""
_HANDINS: Final = """
SELECT r.id, r.n, r.content_id, r.file_id, c.sha256 AS content, f.sha256 AS file, a.ident
FROM handin r LEFT JOIN article a ON a.id = r.article_id
  LEFT JOIN blob c ON c.id = r.content_id AND r.removed = '' LEFT JOIN blob f ON f.id = r.file_id AND r.removed = ''
"""
_READINGS: Final = """
SELECT r.id, r.content_id, r.sha256, r.superseded_at, b.sha256 AS content, v.n, a.ident, a.title, a.versions
FROM reading r JOIN version v ON v.id = r.version_id JOIN article a ON a.id = v.article_id
  LEFT JOIN blob b ON b.id = r.content_id
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions, and the other entries of the log about them.

    `digests` are of changes that were derived again, by article row and number; `imported` the times (ms) at which
    versions were read from a file, and where the log says so; `kinds` the labels by version row, `moves` those of
    articles.
    """

    rows: Sequence[Row]
    digests: dict[tuple[int, int], str] = field(default_factory=dict)
    imported: dict[tuple[int, int], tuple[int, int | None]] = field(default_factory=dict)
    kinds: Mapping[int, Sequence[str]] = field(default_factory=dict)
    moves: Mapping[int, Sequence[Move]] = field(default_factory=dict)


def pages(archive: Archive, ident: str = "", share: Share = ALL_ARTICLES) -> Iterator[Page | Damage]:
    """Yield the versions of one article or all, by article and number; a finding, and no more, if a read fails."""
    after, last = (share[0], _LAST_N), share[1]
    further = "(v.article_id, v.n) > (:article_id, :n)"
    where = where_all({further: True, "v.article_id <= :last": last is not None, "a.ident = :ident": ident})
    statement = f"{SELECT_EVIDENCE} {where} ORDER BY v.article_id, v.n LIMIT :most"
    while True:
        try:
            with archive.read() as connection:
                rows = connection.all(
                    statement, article_id=after[0], n=after[1], last=last, ident=ident, most=MAX_PAGE_VERSIONS
                )
                if not rows:
                    return
                events = connection.all(_EVENTS, first=rows[0].article_id, last=rows[-1].article_id)
                kinds = label_kinds(connection, (row.id for row in rows))
        except ArchiveError:
            start = "the start" if after[0] == -math.inf else after
            yield Damage(f"rows after {start}", "the table cannot be read")
            return
        page = Page(rows, kinds=kinds, moves=moves_in(events))
        for event in events:
            # One that cannot be read matches no change and is older than any checkpoint; `logcheck` names the event.
            if event.kind == EventKind.IMPORT.value:
                at = _field(event.record, "at", int, 0)
                page.imported[event.article_id, event.n] = (at, event.position)
            elif event.kind == EventKind.CHANGE.value:
                page.digests[event.article_id, event.n] = _field(event.record, "change", str, "")
        yield page
        after = (rows[-1].article_id, rows[-1].n)


def _field(record: str, name: str, kind: Callable[[Any], T], unreadable: T) -> T:
    try:
        return kind(orjson.loads(record)[name])
    except _UNREADABLE:
        return unreadable


def record_damage(page: Page, row: Row, checkpoints: Checkpoints) -> list[Damage]:
    """Return the differences between a version's rows and its entry in the log."""
    name = f"{row.article}@{row.n}"
    if None in {row.article, row.content, row.head, row.body}:
        return [Damage(name, "a row that belongs to it is missing")]
    if row.leaf is None:
        return [Damage(name, "it is not in the log")]
    imported = page.imported.get((row.article_id, row.n))
    stored_by = row.seen if imported is None else imported[0] + MAX_IMPORT_MS
    # A version and its import are entered together, and sealed in this order.
    was_fetched = imported is not None and checkpoints.is_between(row.position, imported[1])
    is_late = checkpoints.is_late(stored_by, row.position)
    # A capture that is missing leaves a record that cannot be the one in the log.
    form = None if row.fetched is None else evidence_of(row, page.moves.get(row.article_id, ())).form_of(row.leaf)
    findings = (
        (form is None, "its record does not match its entry in the log"),
        (row.n > 1 and row.before_id is None, "the version before it is missing"),
        (row.capture_sha256 != row.body or row.status != row.version_status, "its capture and its page differ"),
        (was_fetched, "it is recorded as imported, but only after a checkpoint that already contains it"),
    )
    found = [Damage(name, how) for is_so, how in findings if is_so]
    if is_late:
        found.append(Damage(name, "it is not in a checkpoint made after it was seen: it was added later", late=True))
    if row.parts == TAKEN_OUT_WHOLE and row.n == row.versions and row.title:
        found.append(Damage(row.article, "its title is that of a deleted version"))
    own = None if row.change is None else row.change.hex()
    expected = page.digests.get((row.article_id, row.n), own)
    if row.change_data is not None:
        if row.parts == TAKEN_OUT_WHOLE or (expected is None and form != 1):
            found.append(Damage(name, "the change that led to it is not in the log"))
    elif expected is not None and TAKEN_OUT_WHOLE not in {row.parts, row.before_parts}:
        found.append(Damage(name, "the change that led to it is missing"))
    elif page.kinds.get(row.id):
        found.append(Damage(name, "it has labels without a change"))
    return found


def byte_damage(page: Page, row: Row, raw: Mapping[str, bytes]) -> list[Damage]:
    """Return the damage in the decoded parts of a version."""
    name = f"{row.article}@{row.n}"
    found = [
        Damage(name, f"the bytes of its {part} do not match their hash")
        for part in PARTS
        if part in raw and hashlib.sha256(raw[part]).digest() != getattr(row, part)
    ]
    if found or "content" not in raw:
        return found
    try:
        article = codec.load(Article, raw["content"])
        identity = article.sha256
    except _UNREADABLE:
        return [Damage(name, "its text cannot be read")]
    if identity != row.identity.hex():
        found.append(Damage(name, "its text does not match its identity"))
    if row.n == row.versions and row.read_id is None and clean_text(article.title) != row.title:
        found.append(Damage(row.article, "its title is not that of its newest version"))
    if row.change_data is not None and not _is_whole_change(page, row, raw["content"]):
        found.append(Damage(name, "the change that led to it is damaged"))
    return found


def _is_whole_change(page: Page, row: Row, content: bytes) -> bool:
    """Return whether a change, its columns and its labels match the log; where that has none, only check the labels."""
    kinds = page.kinds.get(row.id, ())
    try:
        raw = blobs.decode(row.change_data, row.change_len, content, crc=row.change_crc)
        if codec.parse(raw).get("classifier", 1) != (row.classifier or 1):
            return False
        own = None if row.change is None else row.change.hex()
        expected = page.digests.get((row.article_id, row.n), own)
        if expected is not None:
            announced = bool(row.announced) if row.announced in {0, 1} else row.announced
            found = change_digest(raw, words=row.words, score=row.significance, announced=announced, kinds=kinds)
            return found.hex() == expected
        labels = orjson.loads(raw).get("labels", ())
        return [label["kind"] for label in labels] == list(kinds)
    except (ArchiveError, *_UNREADABLE):
        return False


# -- recaptures and re-extracted texts, which were added after a version was stored


def later_damage(archive: Archive, checkpoints: Checkpoints, ident: str, *, decode: bool) -> Iterator[Damage]:
    """Yield the damage in later captures and texts, of one article or all; bytes are decoded only if `decode`."""
    for row in _rows(archive, _RECAPTURES, ident):
        name = f"{row.ident}@{row.n}, capture {row.id}"
        if checkpoints.is_late(row.fetched, row.position):
            how = "it is not in a checkpoint made after it was fetched: it was added later"
            yield Damage(name, how, late=True)
        if row.ident is None or row.head is None or row.body is None:
            yield Damage(name, "a row that belongs to it is missing")
            continue
        version_leaf = None if row.version_leaf is None else row.version_leaf.hex()
        hashes = (row.head.hex(), row.body.hex())
        if leaf_of(row.ident, row.n, row.fetched, row.status, hashes, version_leaf) != row.leaf.hex():
            yield Damage(name, "its record does not match its entry in the log")
        if row.sha256 != row.body:
            yield Damage(name, "its capture and its page differ")
        if decode and not row.removed:
            for part, key, expected in (("head", row.head_id, row.head), ("body", row.body_id, row.body)):
                raw = stored_bytes(archive, key)
                if raw is None or hashlib.sha256(raw).digest() != expected:
                    yield Damage(name, f"the bytes of its {part} are damaged")
    if decode:
        for row in _rows(archive, _READINGS, ident):
            yield from _reading_damage(archive, row)
        yield from _handin_damage(archive, ident)


def _rows(archive: Archive, select: str, ident: str) -> Iterator[Row]:
    of_article = "AND a.ident = :ident" if ident else ""
    statement = f"{select} WHERE r.id > :after {of_article} ORDER BY r.id LIMIT :most"
    after = -math.inf
    while True:
        with archive.read() as connection:
            rows = connection.all(statement, after=after, ident=ident, most=MAX_PAGE_LATER_ROWS)
        yield from rows
        if len(rows) < MAX_PAGE_LATER_ROWS:
            return
        after = rows[-1].id


def _reading_damage(archive: Archive, row: Row) -> Iterator[Damage]:
    raw = stored_bytes(archive, row.content_id)
    try:
        article = None if raw is None else codec.load(Article, raw)
    except _UNREADABLE:
        article = None
    if raw is None or article is None or hashlib.sha256(raw).digest() != row.content:
        yield Damage(f"{row.ident}@{row.n}", "its re-extracted text is damaged")
    elif article.sha256 != row.sha256.hex():
        yield Damage(f"{row.ident}@{row.n}", "its re-extracted text does not match its identity")
    elif row.superseded_at is None and row.n == row.versions and clean_text(article.title) != row.title:
        yield Damage(row.ident, "its title is not that of its newest version")


def _handin_damage(archive: Archive, ident: str) -> Iterator[Damage]:
    for row in _rows(archive, _HANDINS, ident):
        # The hashes themselves are compared with the log in `logcheck`.
        for part, key, expected in (("text", row.content_id, row.content), ("file", row.file_id, row.file)):
            if expected and hashlib.sha256(stored_bytes(archive, key) or b"").digest() != expected:
                yield Damage(f"{row.ident}@h{row.n}", f"the bytes of its {part} are damaged")


def stored_bytes(archive: Archive, key: int) -> bytes | None:
    """Return the bytes of one blob; None if they cannot be read."""
    try:
        with archive.read() as connection:
            return blobs.read(connection, (key,))[key]
    except ArchiveError:
        return None
