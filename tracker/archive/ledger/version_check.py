"""Check versions: each record against its entry in the log, and the stored bytes against the record.

So are recaptures and re-extracted texts, which were added after a version was stored.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import orjson

from tracker.archive import blobs, codec
from tracker.archive.archive import Archive
from tracker.archive.database.connection import Row, clean_text, where_all
from tracker.archive.recaptures import leaf_of
from tracker.archive.versions import TAKEN_OUT_WHOLE, label_kinds
from tracker.errors import ArchiveError
from tracker.model.article import Article

from .evidence import PARTS, SELECT_EVIDENCE, Move, change_digest, evidence_of, moves_in
from .log import EVENT_ORDER, MAX_IMPORT_MS, EventKind
from .logcheck import Checkpoints, Damage

T = TypeVar("T")

MAX_PAGE_VERSIONS: Final = 50
# Articles: those above the first row number, and at most the second.
Share = tuple[float, int | None]
# Without limits: in a forged archive a version may be of any row, and on SQLite even of a text.
ALL_ARTICLES: Final[Share] = (-math.inf, None)
_LAST_N: Final = (1 << 31) - 1
# The form of leaves that cover neither the outlet nor the change.
EARLIER_FORM: Final = 1
_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError)
_EVENTS: Final = f"""
SELECT article_id, kind, n, record FROM event
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
_READINGS: Final = """
SELECT r.id, r.content_id, r.sha256, r.superseded_at, b.sha256 AS content, v.n, a.ident, a.title, a.versions
FROM reading r JOIN version v ON v.id = r.version_id JOIN article a ON a.id = v.article_id
  LEFT JOIN blob b ON b.id = r.content_id
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some versions, and the other entries of the log about them.

    `digests` are of changes that were derived again, by article row and number; `imported` the times (ms) at which
    versions were read from a file; `kinds` the labels by version row, `moves` those of articles.
    """

    rows: Sequence[Row]
    digests: dict[tuple[int, int], str] = field(default_factory=dict)
    imported: dict[tuple[int, int], int] = field(default_factory=dict)
    kinds: Mapping[int, Sequence[str]] = field(default_factory=dict)
    moves: Mapping[int, Sequence[Move]] = field(default_factory=dict)


def pages(archive: Archive, ident: str = "", share: Share = ALL_ARTICLES) -> Iterator[Page | Damage]:
    """Yield the versions of one article or all, by article and number; a finding where the table cannot be read."""
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
                page.imported[event.article_id, event.n] = _field(event.record, "at", int, 0)
            elif event.kind == EventKind.CHANGE.value:
                page.digests[event.article_id, event.n] = _field(event.record, "change", str, "")
        yield page
        after = (rows[-1].article_id, rows[-1].n)


def _field(record: str, name: str, kind: Callable[[Any], T], unreadable: T) -> T:
    try:
        return kind(orjson.loads(record)[name])
    except _UNREADABLE:
        return unreadable


def form_of(page: Page, row: Row) -> int | None:
    """Return the form of a version's leaf that its rows hash to, None if they do not."""
    is_whole = not (row.leaf is None or row.article is None or row.fetched is None)
    return evidence_of(row, page.moves.get(row.article_id, ())).form_of(row.leaf.hex()) if is_whole else None


def record_damage(page: Page, row: Row, form: int | None, checkpoints: Checkpoints) -> list[Damage]:
    """Return the differences between a version's rows and its entry in the log, whose form was found by `form_of`."""
    name = f"{row.article}@{row.n}"
    if None in {row.article, row.content, row.head, row.body}:
        return [Damage(name, "a row that belongs to it is missing")]
    if row.leaf is None:
        return [Damage(name, "it is not in the log")]
    found = []
    if form is None:
        found.append(Damage(name, "its record does not match its entry in the log"))
    if row.n > 1 and row.before_id is None:
        found.append(Damage(name, "the version before it is missing"))
    if row.capture_sha256 != row.body or row.status != row.version_status:
        found.append(Damage(name, "its capture and its page differ"))
    imported = page.imported.get((row.article_id, row.n))
    if checkpoints.is_late(row.seen if imported is None else imported + MAX_IMPORT_MS, row.position):
        found.append(Damage(name, "it is not in a checkpoint made after it was seen: it was added later"))
    if row.parts == TAKEN_OUT_WHOLE and row.n == row.versions and row.title:
        found.append(Damage(row.article, "its title is that of a deleted version"))
    expected = _expected(page, row)
    if row.change_data is not None:
        if row.parts == TAKEN_OUT_WHOLE or (expected is None and form != EARLIER_FORM):
            found.append(Damage(name, "the change that led to it is not in the log"))
    elif expected and TAKEN_OUT_WHOLE not in {row.parts, row.before_parts}:
        found.append(Damage(name, "the change that led to it is missing"))
    elif page.kinds.get(row.id):
        found.append(Damage(name, "it has labels without a change"))
    return found


def _expected(page: Page, row: Row) -> str | None:
    """Return the digest that the log has of the change to a version, None if it has none."""
    own = None if row.change is None else row.change.hex()
    return page.digests.get((row.article_id, row.n), own)


def parts_of(row: Row) -> dict[str, int]:
    """Return the blob ids of the parts of a version that were not deleted."""
    parts = {} if row.parts is not None else {"head": row.head_id, "body": row.body_id}
    if row.parts == "body":
        parts["head"] = row.head_id
    if row.parts != TAKEN_OUT_WHOLE:
        parts["content"] = row.content_id
    return {part: key for part, key in parts.items() if key is not None}


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
    """Return whether a change with its columns and labels is as the log has it; where it has none, the labels alone."""
    kinds = page.kinds.get(row.id, ())
    try:
        raw = blobs.decode(bytes(row.change_data), row.change_len, content, crc=row.change_crc)
        if codec.parse(raw).get("classifier", 1) != (row.classifier or 1):
            return False
        expected = _expected(page, row)
        if expected is not None:
            announced = bool(row.announced) if row.announced in {0, 1} else row.announced
            found = change_digest(raw, words=row.words, score=row.significance, announced=announced, kinds=kinds)
            return found.hex() == expected
        labels = orjson.loads(raw).get("labels", ())
        return [label["kind"] for label in labels] == list(kinds)
    except (ArchiveError, *_UNREADABLE):
        return False


# -- later additions


def later_damage(archive: Archive, checkpoints: Checkpoints, ident: str, *, decode: bool) -> Iterator[Damage]:
    """Yield the damage in later captures and texts, of one article or all; bytes are decoded only if `decode`."""
    for row in _rows(archive, _RECAPTURES, ident):
        name = f"{row.ident}@{row.n}, capture {row.id}"
        if checkpoints.is_late(row.fetched, row.position):
            yield Damage(name, "it is not in a checkpoint made after it was fetched: it was added later")
        if row.ident is None or row.head is None or row.body is None:
            yield Damage(name, "a row that belongs to it is missing")
            continue
        version_leaf = None if row.version_leaf is None else row.version_leaf.hex()
        hashes = (bytes(row.head).hex(), bytes(row.body).hex())
        if leaf_of(row.ident, row.n, row.fetched, row.status, hashes, version_leaf) != bytes(row.leaf).hex():
            yield Damage(name, "its record does not match its entry in the log")
        if bytes(row.sha256) != bytes(row.body):
            yield Damage(name, "its capture and its page differ")
        if decode and not row.removed:
            for part, key, expected in (("head", row.head_id, row.head), ("body", row.body_id, row.body)):
                raw = stored_bytes(archive, key)
                if raw is None or hashlib.sha256(raw).digest() != bytes(expected):
                    yield Damage(name, f"the bytes of its {part} are damaged")
    if decode:
        for row in _rows(archive, _READINGS, ident):
            yield from _reading_damage(archive, row)


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
    elif article.sha256 != bytes(row.sha256).hex():
        yield Damage(f"{row.ident}@{row.n}", "its re-extracted text does not match its identity")
    elif row.superseded_at is None and row.n == row.versions and clean_text(article.title) != row.title:
        yield Damage(row.ident, "its title is not that of its newest version")


def stored_bytes(archive: Archive, key: int) -> bytes | None:
    """Return the bytes of one blob; None if they cannot be read."""
    try:
        with archive.read() as connection:
            return blobs.read(connection, (key,))[key]
    except ArchiveError:
        return None
