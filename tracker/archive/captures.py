"""Versions and their evidence: the rows that store one, and its capture read back."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from typing import Final, NamedTuple

from tracker.errors import ArchiveError
from tracker.model.capture import Capture
from tracker.model.change import Change
from tracker.model.version import NewVersion

from . import blobs, codec, search
from .archive import Archive
from .blobs import RECENT
from .database.connection import Connection, Row, Statement, Values, clean_text, from_ms, to_ms
from .ledger import log
from .ledger.log import PARTS, PARTS_LEFT, Evidence, change_digest
from .versions import count_change, unknown_version

_OF_ARTICLE: Final = "(SELECT id FROM article WHERE ident = :ident)"
# For a new version: the blobs it is coded against, the leaf before it, and the numbers that its rows take. It is coded
# against the version that `base_of` gives, or where that was taken out, the newest one before it that was not.
_BASES: Final = f"""
SELECT v.content_id, c.head_id, c.body_id, t.parts, length(content.data) AS content_len,
  length(head.data) AS head_len, length(body.data) AS body_len,
  content.sha256 AS content_sha256, head.sha256 AS head_sha256, body.sha256 AS body_sha256
FROM version v JOIN capture c ON c.version_id = v.id
  JOIN blob content ON content.id = v.content_id
  JOIN blob head ON head.id = c.head_id
  JOIN blob body ON body.id = c.body_id
  LEFT JOIN tombstone t ON t.version_id = v.id
WHERE v.article_id = {_OF_ARTICLE} AND v.n <= :n AND (t.parts IS NULL OR t.parts <> 'all')
ORDER BY v.n DESC LIMIT 1
"""
_PREVIOUS: Final = f"""
SELECT l.hash FROM leaf l JOIN version v ON v.id = l.version_id WHERE v.article_id = {_OF_ARTICLE} AND v.n = :previous
"""

# Joined to a row that is always there: a first version has no base and no leaf before it, but needs its numbers.
_JOINED: Final = f"""
SELECT bases.*, previous.hash, {{numbers}}
FROM (SELECT 1 AS one) one LEFT JOIN ({_BASES}) bases ON 1 = 1 LEFT JOIN ({_PREVIOUS}) previous ON 1 = 1
"""
_BASES_AND_NEXT_IDS: Final = Statement(
    # SQLite has one writer at a time, so the next numbers are known.
    sqlite=_JOINED.format(
        numbers="(SELECT coalesce(max(id), 0) + 1 FROM blob) AS new_content,"
        " (SELECT coalesce(max(id), 0) + 2 FROM blob) AS new_head,"
        " (SELECT coalesce(max(id), 0) + 3 FROM blob) AS new_body,"
        " (SELECT coalesce(max(id), 0) + 1 FROM version) AS new_version"
    ),
    postgresql=_JOINED.format(
        numbers="nextval('blob_id_seq') AS new_content, nextval('blob_id_seq') AS new_head,"
        " nextval('blob_id_seq') AS new_body, nextval('version_id_seq') AS new_version"
    ),
)
# The `parts` of a tombstone whose page alone was never stored.
_BODY: Final = "body"
NOT_KEPT: Final = "not kept: raw = none"
_CAPTURE: Final = """
SELECT c.fetched_at, c.status, c.sha256, c.head_id, c.body_id, t.parts, t.reason
FROM capture c JOIN version v ON v.id = c.version_id JOIN article a ON a.id = v.article_id
  LEFT JOIN tombstone t ON t.version_id = c.version_id
WHERE a.ident = :ident AND v.n = :n
"""
# PostgreSQL enters the rows of a check in two statements, not nine: that saves a tenth of the CPU. Not in one, because
# psycopg parses a statement again each time if it has more than 50 parameters, which all of these together have.
_OF_CHECK: Final = ("article", "visit", "content", "head", "body")
_OF_VERSION: Final = ("version", "capture", "leaf", "change")
SEPARATE_COLUMNS: Final = ("body", "sha256", "fetched_at")


class Before(NamedTuple):
    """Queries that were sent: functions that return the row of _BASES_AND_NEXT_IDS and the current passages."""

    bases: Callable[[], list[Row]]
    passages: Callable[[], list[Row]]


def ask_before(connection: Connection, article: str, versions: int) -> Before:
    """Ask for all that another version of an article with `versions` builds on, in a `pipeline` block."""
    base = blobs.base_of(versions + 1) or 0
    bases = connection.ask(_BASES_AND_NEXT_IDS, ident=article, n=base, previous=versions)
    return Before(bases, search.current(connection, article))


def insert_version(
    connection: Connection,
    row: Row,
    at: datetime,
    new: NewVersion,
    before: Before,
    beside: dict[str, Values],
    *,
    bodiless: bool = False,
) -> None:
    """Insert a version of the article in `row`, its evidence and the rows of its check, in the caller's transaction.

    Of a `bodiless` one, hash, length, status and headers of the page are kept, and its text.
    """
    body = blobs.Part.of(new.capture.body)
    # The leaf will vouch for this hash: a page that does not match it now could never be proved.
    if body.sha256 != new.capture.sha256:
        raise ArchiveError("the capture does not match its hash; nothing was stored", resource=new.capture.url)
    separate = (*SEPARATE_COLUMNS, "screenshot") if bodiless else SEPARATE_COLUMNS
    parts = (blobs.Part.of(codec.dump(new.content)), blobs.Part.of(codec.dump(new.capture, without=separate)), body)
    coded, basis = _coded(connection, row, before.bases()[0], parts, bodiless=bodiless)
    passages = before.passages()
    n = row.versions + 1
    keys = (basis.new_content, basis.new_head, basis.new_body)
    rows: dict[str, Values] = {
        **beside,
        **{name: {"id": key, **part} for name, key, part in zip(PARTS, keys, coded, strict=True)},
    }
    rows["version"] = fresh = {
        "id": basis.new_version,
        "article_id": row.id,
        "n": n,
        "seen_at": at,
        "previous_seen_at": row.last_seen_at if row.versions else None,
        "status": new.capture.status,
        "extractor": new.extractor,
        "signature": new.signature,
        "sha256": bytes.fromhex(new.content.sha256),
        "content_id": basis.new_content,
    }
    rows["capture"] = {
        "version_id": basis.new_version,
        "fetched_at": new.capture.fetched_at,
        "status": new.capture.status,
        "sha256": bytes.fromhex(new.capture.sha256),
        "head_id": basis.new_head,
        "body_id": basis.new_body,
    }
    change_row, change_sha256 = None, None
    if new.change is not None:
        change_row, change_sha256 = code_change(basis.new_version, new.change, parts[0].raw)
    vouched = Evidence(
        article=row.ident,
        n=n,
        url=row.url,
        seen=to_ms(at),
        previous_seen=fresh["previous_seen_at"],
        fetched=to_ms(new.capture.fetched_at),
        status=new.capture.status,
        extractor=clean_text(new.extractor),
        signature=clean_text(new.signature),
        identity=new.content.sha256,
        **{name: part.sha256 for name, part in zip(PARTS, parts, strict=True)},
        body_len=len(parts[-1].raw),
        previous=None if basis.hash is None else basis.hash.hex(),
        source=row.source,
        change=None if change_sha256 is None else change_sha256.hex(),
    )
    rows["leaf"] = {"version_id": basis.new_version, "hash": vouched.leaf(), "change_sha256": change_sha256}
    if change_row is not None:
        rows["change"] = change_row
    with connection.pipeline():
        # The leaf is entered together with its evidence; its place in the log is given when the log is sealed.
        enter_rows(connection, rows)
        if bodiless:
            gone: Values = {"parts": _BODY, "reason": NOT_KEPT, "at": to_ms(at)}
            connection.insert("tombstone", version_id=basis.new_version, **gone)
            log.enter(connection, (row.id, row.ident), log.EventKind.REMOVAL, n=n, **gone)
        search.enter(connection, row.id, n, n - 1, new.content, passages)
        if new.change is not None:
            add_labels(connection, basis.new_version, new.change)
            count_change(connection, row.id, n, new.change)
    # The next version is most likely coded against this one.
    for part in parts:
        RECENT.put(part.sha256, part.raw)


def enter_rows(connection: Connection, rows: Mapping[str, Values]) -> None:
    """Enter the rows of a check by their names, in the order that references need.

    Args:
        connection: the caller's transaction.
        rows: the changed columns of the "article" in "row", and the "visit"; of a check that found a version also
            "content", "head", "body", "version", "capture", "leaf" and "change" (if there is one) with their numbers.
    """
    if connection.is_sqlite or "version" not in rows:
        # SQLite runs in this process: another statement costs microseconds, not a round trip.
        for name, row in rows.items():
            connection.run(_enter(name, tuple(row)), **row)
        return
    for names in (_OF_CHECK, _OF_VERSION):
        together = {name: rows[name] for name in names if name in rows}
        values = {f"{name}_{key}": value for name, row in together.items() for key, value in row.items()}
        connection.run(_together(tuple((name, tuple(row)) for name, row in together.items())), **values)


def add_labels(connection: Connection, version_id: int, change: Change) -> None:
    """Enter the labels of a change, for questions across articles."""
    kinds = enumerate(label.kind for label in change.labels)
    connection.insert_many("label", [{"version_id": version_id, "position": at, "kind": kind} for at, kind in kinds])


def unpack(row: Row, head: bytes, body: bytes, name: str) -> Capture:
    """Return the capture that head and body make. Raises ArchiveError where the body does not match its hash."""
    if hashlib.sha256(body).digest() != row.sha256:
        hint = "run writethru verify to list the damage"
        raise ArchiveError("the stored page does not match its hash", resource=name, hint=hint)
    return codec.load(Capture, head, body=body, sha256=row.sha256.hex(), fetched_at=from_ms(row.fetched_at))


@lru_cache(maxsize=64)
def _enter(name: str, columns: tuple[str, ...], prefix: str = "") -> str:
    if name == "article":
        values = ", ".join(f"{column} = :{prefix}{column}" for column in columns if column != "row")
        return f"UPDATE article SET {values} WHERE id = :{prefix}row"
    table = "blob" if name in _OF_CHECK and name != "visit" else name
    values = ", ".join(f":{prefix}{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


@lru_cache(maxsize=64)
def _together(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    entered = (f"new_{name} AS ({_enter(name, columns, f'{name}_')})" for name, columns in rows)
    return f"WITH {', '.join(entered)} SELECT 1"


def _coded(
    connection: Connection, row: Row, basis: Row, parts: tuple[blobs.Part, ...], *, bodiless: bool
) -> tuple[list[blobs.Coded], Row]:
    """Return the rows of the parts, coded against their bases, and the row of _BASES_AND_NEXT_IDS for them."""
    there = () if basis.content_id is None else PARTS_LEFT[basis.parts]
    # Where an archive is damaged, bytes may be gone without a tombstone: nothing new may be coded against them.
    there = tuple(takewhile(lambda name: getattr(basis, f"{name}_len") > 0, there))
    bases: dict[int, str] = {getattr(basis, f"{name}_id"): getattr(basis, f"{name}_sha256").hex() for name in there}
    known = blobs.read_hashed(connection, bases) if bases else {}
    rows = [blobs.coded(part, base, known[base]) for part, base in zip(parts, bases, strict=False)]
    if bodiless:
        alone = [blobs.coded(part) for part in parts[len(bases) : -1]]
        return [*rows[:2], *alone, blobs.framed(parts[-1], (b"", False), None)], basis
    if "body" in there:
        return rows, basis
    page, has_new_reference = blobs.code_first(connection, row.source_id, *parts[1:])
    if has_new_reference:  # It has taken numbers: the next ones are known only now.
        base = blobs.base_of(row.versions + 1) or 0
        (basis,) = connection.all(_BASES_AND_NEXT_IDS, ident=row.ident, n=base, previous=row.versions)
    return [*(rows[:1] or [blobs.coded(parts[0])]), *page], basis


def code_change(key: int, new: Change, content: bytes) -> tuple[Values, bytes]:
    """Return the row that keeps the change to version row `key`, and its `change_digest`.

    The row is coded against the `content` that the version was kept with.
    """
    raw = codec.dump(new)
    data = blobs.patch(raw, content)
    words, score = new.words_added + new.words_removed, new.significance.least_score
    # Columns are for queries across articles; everything else is only in `data`.
    row: Values = {
        "version_id": key,
        "words": words,
        "significance": score,
        "announced": new.announced,
        "raw_len": len(raw),
        "crc": zlib.crc32(data),
        "data": data,
        "classifier": new.classifier,
    }
    kinds = [label.kind.value for label in new.labels]
    return row, change_digest(raw, words=words, score=score, announced=new.announced, kinds=kinds)


def get_capture(archive: Archive, article: str, n: int) -> Capture:
    """Return the evidence of one version. Raises NotKnown; ArchiveError where it is gone or does not match its hash."""
    with archive.read() as connection:
        row = _capture(connection, article, n)
        if row.reason is not None:
            raise page_gone(row.parts, row.reason, f"{article}@{n}")
        raw = blobs.read(connection, (row.head_id, row.body_id))
    return unpack(row, raw[row.head_id], raw[row.body_id], f"{article}@{n}")


def get_head(archive: Archive, article: str, n: int) -> Capture:
    """Return the evidence of one version without its page: status and headers. Raises NotKnown, ArchiveError."""
    with archive.read() as connection:
        row = _capture(connection, article, n)
        if "head" not in PARTS_LEFT.get(row.parts, ()):
            raise page_gone(row.parts, row.reason, f"{article}@{n}")
        head = blobs.read(connection, (row.head_id,))[row.head_id]
    return codec.load(Capture, head, body=b"", sha256=row.sha256.hex(), fetched_at=from_ms(row.fetched_at))


def page_gone(parts: str, reason: str, name: str) -> ArchiveError:
    """Return the error for a page that was deleted or never stored, from its tombstone."""
    message = f"this page was {reason}" if parts == _BODY else f"this page was deleted: {reason}"
    return ArchiveError(message, resource=name)


def _capture(connection: Connection, article: str, n: int) -> Row:
    row = connection.first(_CAPTURE, ident=article, n=n)
    if row is None:
        raise unknown_version(connection, article, n)
    return row
