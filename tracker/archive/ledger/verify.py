"""Verify that everything stored is still there and unchanged.

A quick run recomputes each leaf from the tables and the log from its leaves. A full run also decodes and hashes
every frame. Against a checkpoint stored elsewhere, it checks that the log still begins with what that checkpoint
covers.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracker.archive import blobs, codec, frames
from tracker.errors import ArchiveError
from tracker.model.article import Article
from tracker.model.change import Change

from . import later, log
from .bases import frames_without_base
from .evidence import PARTS, SELECT_EVIDENCE, evidence_of
from .logcheck import Damage, check_log
from .notes import read_note

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.database.connection import Connection, Row
    from tracker.archive.database.database import Database

    from .notes import Checkpoint

MAX_PAGE_VERSIONS: Final = 25
_WHOLE: Final = "all"
_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(slots=True)
class Report:
    """The result of verification.

    `versions` counts those checked, `decoded` those of them with stored bytes that were decoded, in `bytes` bytes.
    `entries` counts the entries of the log, `checkpoints` the archive's own checkpoints it was compared with;
    `against` is the checkpoint stored elsewhere. `damage` lists all findings.
    """

    versions: int = 0
    decoded: int = 0
    bytes: int = 0
    entries: int = 0
    checkpoints: int = 0
    against: Checkpoint | None = None
    damage: list[Damage] = field(default_factory=list)

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
    own: str | None = None,
    dice: random.Random | None = None,
) -> Report:
    """Verify all versions, or those of one *article*, and return a report naming what is damaged.

    *sample* is the share of versions whose bytes are decoded and hashed: 0 for a quick run, 1 for all. *against* is
    the note of a checkpoint; its signature is checked if a *public* key is given. *own* is the archive's own public
    key.
    """
    report = Report()
    database = archive.database
    chance = dice or random.Random()  # noqa: S311 - a sample, no secret
    for page in _pages(database, article, report):
        for row in page:
            report.versions += 1
            report.damage += _leaf_damage(row)
        drawn = [row for row in page if sample >= 1 or chance.random() < sample]
        _decode(database, drawn, report)
    with database.read() as connection:
        report.damage += _gaps(connection, article)
        if not sample and not article:
            # A full run decodes these frames, and names them itself.
            report.damage += frames_without_base(connection)
    report.damage += later.damaged(database, article, decode=sample > 0)
    if sample and not article:
        report.damage += _reference_damage(database)
    if not article:
        report.entries, report.checkpoints, damage = check_log(database, own)
        report.damage += damage
    if against:
        report.against = read_note(against, public)
        report.damage += _against(archive, report.against)
    return report


def _pages(database: Database, ident: str, report: Report) -> Iterator[Sequence[Row]]:
    of_article = "AND a.ident = :ident" if ident else ""
    statement = f"""
{SELECT_EVIDENCE} WHERE (v.article_id, v.n) > (:article_id, :n) {of_article} ORDER BY v.article_id, v.n LIMIT :most
"""
    after = (0, 0)
    while True:
        try:
            with database.read() as connection:
                rows = connection.all(statement, article_id=after[0], n=after[1], ident=ident, most=MAX_PAGE_VERSIONS)
        except ArchiveError:
            report.damage.append(
                Damage(f"rows after {after if any(after) else 'the start'}", "the table cannot be read")
            )
            return
        if not rows:
            return
        yield rows
        after = (rows[-1].article_id, rows[-1].n)


def _leaf_damage(row: Row) -> list[Damage]:
    name = f"{row.article}@{row.n}"
    if row.article is None or row.fetched is None or None in {row.content, row.head, row.body}:
        return [Damage(name, "a row that belongs to it is missing")]
    if row.leaf is None:
        return [Damage(name, "it is not in the log")]
    found = []
    if evidence_of(row).leaf() != row.leaf.hex():
        found.append(Damage(name, "its record does not match its entry in the log"))
    if row.n > 1 and row.before_id is None:
        found.append(Damage(name, "the version before it is missing"))
    if row.capture_sha256 != row.body or row.status != row.version_status:
        found.append(Damage(name, "its capture and its page differ"))
    return found


def _decode(database: Database, rows: Sequence[Row], report: Report) -> None:
    """Decode and hash the parts of some versions; if reading them together fails, one by one to find the damaged."""
    wanted = [(row, _stored_parts(row)) for row in rows]
    raw: dict[int, bytes] = {}
    try:
        with database.read() as connection:
            raw = blobs.read(connection, [key for _, parts in wanted for key in parts.values()])
    except ArchiveError:
        raw = _one_by_one(database, wanted, report)
    for row, parts in wanted:
        report.decoded += bool(parts)
        report.bytes += sum(len(raw.get(key, b"")) for key in parts.values())
        report.damage += _byte_damage(row, {part: raw[key] for part, key in parts.items() if key in raw})


def _one_by_one(database: Database, wanted: Sequence[tuple[Row, dict[str, int]]], report: Report) -> dict[int, bytes]:
    raw: dict[int, bytes] = {}
    for row, parts in wanted:
        for part, key in parts.items():
            found = later.stored_bytes(database, key)
            if found is None:
                report.damage.append(Damage(f"{row.article}@{row.n}", f"the bytes of its {part} are damaged"))
            else:
                raw[key] = found
    return raw


def _stored_parts(row: Row) -> dict[str, int]:
    """Return the blob ids of the parts of a version that were not deleted."""
    parts = {} if row.parts is not None else {"head": row.head_id, "body": row.body_id}
    if row.parts != _WHOLE:
        parts["content"] = row.content_id
    return {part: key for part, key in parts.items() if key is not None}


def _byte_damage(row: Row, raw: dict[str, bytes]) -> list[Damage]:
    name = f"{row.article}@{row.n}"
    found = [
        Damage(name, f"the bytes of its {part} do not match their hash")
        for part in PARTS
        if part in raw and hashlib.sha256(raw[part]).digest() != getattr(row, part)
    ]
    if not found and "content" in raw:
        found += _content_damage(row, name, raw["content"])
    return found


def _content_damage(row: Row, name: str, content: bytes) -> list[Damage]:
    found = []
    try:
        identity = codec.load(Article, content).sha256
    except _UNREADABLE:
        return [Damage(name, "its text cannot be read")]
    if identity != row.identity.hex():
        found.append(Damage(name, "its text does not match its identity"))
    if row.change_data is not None:
        try:
            codec.load(Change, frames.decode(bytes(row.change_data), row.change_len, content, crc=row.change_crc))
        except (ArchiveError, *_UNREADABLE):
            found.append(Damage(name, "the change that led to it is damaged"))
    return found


def _reference_damage(database: Database) -> list[Damage]:
    """Decode and hash the reference pages, which other pages are encoded against."""
    with database.read() as connection:
        wanted = connection.all(
            "SELECT id, sha256 AS hash FROM blob"
            " WHERE id IN (SELECT body_id FROM reference UNION SELECT head_id FROM reference)"
        )
    return [
        Damage(f"reference page {row.id}", "its bytes do not match their hash")
        for row in wanted
        if hashlib.sha256(later.stored_bytes(database, row.id) or b"").digest() != row.hash
    ]


def _gaps(connection: Connection, ident: str) -> list[Damage]:
    """Return a finding for each article whose number of versions differs from its counter."""
    of_article = "WHERE a.ident = :ident" if ident else ""
    statement = f"""
SELECT a.ident, a.versions, count(v.id) AS there FROM article a LEFT JOIN version v ON v.article_id = a.id {of_article}
GROUP BY a.id, a.ident, a.versions HAVING count(v.id) <> a.versions
"""
    return [
        Damage(row.ident, f"it has {row.there} versions but should have {row.versions}")
        for row in connection.all(statement, ident=ident)
    ]


def _against(archive: Archive, expected: Checkpoint) -> list[Damage]:
    with archive.database.read() as connection:
        held = log.count_sealed(connection, expected.size)
    if held < expected.size:
        return [Damage("the log", f"it had {expected.size} entries at the checkpoint; only {held} of them are left")]
    if log.log_root(archive, expected.size).root != expected.root:
        return [Damage("the log", f"the first {expected.size} entries do not match the checkpoint")]
    return []
