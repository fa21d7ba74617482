"""Read one change from the archive, verified against the log, and choose the checkpoint that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.archive import blobs, identifiers
from tracker.archive.ledger.events import EVENT_ORDER
from tracker.archive.ledger.evidence import SELECT_EVIDENCE, evidence_of, moves_in
from tracker.archive.ledger.notes import read_note
from tracker.archive.ledger.verify import verify
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.ledger.logcheck import Damage


@dataclass(frozen=True, slots=True)
class Anchor:
    """The signed note that covers the evidence, the public key, and the note's time stamps by file ending.

    `latest` is the newest note, if it is another one.
    """

    note: str
    public: str
    stamps: Mapping[str, bytes]
    latest: str = ""


def choose(notes: Sequence[tuple[str, Mapping[str, bytes]]], public: str, size: int) -> Anchor | None:
    """Return the oldest time-stamped note that covers *size* leaves, or the oldest if none is time-stamped.

    *notes* are pairs of a note and its time stamps; those not signed with *public* are skipped.
    """
    usable = []
    for note, stamps in notes:
        try:
            found = read_note(note, public)
        except ArchiveError:
            continue
        if found.size >= size:
            # The oldest proves most: that these versions were there so early.
            usable.append((not stamps, found.size, note, stamps))
    if not usable:
        return None
    usable.sort(key=lambda each: each[:2])
    latest = max(usable, key=lambda each: each[1])
    _, covered, note, stamps = usable[0]
    return Anchor(note, public, stamps, latest[2] if latest[1] > covered else "")


_EVENTS: Final = f"""
SELECT article_id, kind, n, record FROM event
WHERE kind = 'move' AND article_id = (SELECT id FROM article WHERE ident = :ident) ORDER BY {EVENT_ORDER}
"""
_VERDICTS: Final = """
SELECT record, position FROM event WHERE kind = 'verdict' AND n > :old AND n <= :new
  AND article_id = (SELECT id FROM article WHERE ident = :ident) ORDER BY id
"""
_PARTS: Final = {"page.html": "body_id", "capture.json": "head_id", "content.json": "content_id"}


class LoggedVerdict(NamedTuple):
    """A person's verdict: its *record* in the log and its *position* there, None until the next checkpoint."""

    record: bytes
    position: int | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Both versions of a change, and what people noted about the changes between them.

    *parts* are the files of both versions by name, *records* the log records by version number.
    """

    article: str
    url: str
    old: int
    new: int
    parts: dict[str, bytes]
    records: dict[int, bytes]
    verdicts: tuple[LoggedVerdict, ...] = ()


def gather(store: Archive, ident: str, old: int, new: int) -> Gathered | list[Damage]:
    """Read the evidence of versions *old* and *new* of an article, and the log records of those between.

    Returns what is damaged instead, if anything is. Raises ArchiveError if a version was taken down.
    """
    _require_not_taken_down(store, ident, old, new)
    names = {f"{ident}@{n}" for n in range(old, new + 1)} | {ident}
    # Of all versions between the two: their leaves name each other, so that a gap would show.
    damage = [each for each in verify(store, article=ident).damage if each.what in names]
    if damage:
        return damage
    statement = f"{SELECT_EVIDENCE} WHERE a.ident = :ident AND v.n BETWEEN :old AND :new ORDER BY v.n"
    with store.read() as connection:
        rows = {row.n: row for row in connection.all(statement, ident=ident, old=old, new=new)}
        blob_ids = {
            f"{side}/{name}": getattr(rows[n], column)
            for side, n in (("old", old), ("new", new))
            for name, column in _PARTS.items()
        }
        raw = blobs.read(connection, list(blob_ids.values()))
        # Verified above: each record is that of its leaf.
        moves = moves_in(connection.all(_EVENTS, ident=ident)).get(rows[new].article_id, ())
    evidence = {n: (evidence_of(row, moves), row.leaf.hex()) for n, row in rows.items()}
    records = {n: found.record(found.form_of(leaf) or 1) for n, (found, leaf) in evidence.items()}
    url = evidence[new][0].url
    parts = {name: raw[key] for name, key in blob_ids.items()}
    return Gathered(ident, url, old, new, parts, records, logged_verdicts(store, ident, old, new))


def logged_verdicts(store: Archive, ident: str, old: int, new: int) -> tuple[LoggedVerdict, ...]:
    """Return what people noted about the changes between versions *old* and *new*, as the log has it now."""
    with store.read() as connection:
        noted = connection.all(_VERDICTS, ident=ident, old=old, new=new)
    return tuple(LoggedVerdict(row.record.encode(), row.position) for row in noted)


def _require_not_taken_down(store: Archive, ident: str, old: int, new: int) -> None:
    statement = """
SELECT v.n, t.parts, t.reason FROM tombstone t JOIN version v ON v.id = t.version_id
  JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n IN (:numbers) ORDER BY v.n
"""
    with store.read() as connection:
        for row in connection.all(statement, ident=ident, numbers=[old, new]):
            raise identifiers.gone(row.parts, row.reason, f"{ident}@{row.n}")
