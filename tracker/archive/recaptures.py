"""Later captures of a version: by our own checks ("recaptures") and by other archives ("outside captures").

A recapture is a page that showed a version again: evidence that it was still published. Only sources that keep all
pages have them. Each is coded against the page of its version and has its own leaf in the log. Of an outside capture,
the log has the answer of the other archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from tracker.errors import NotKnown
from tracker.model.capture import Capture
from tracker.model.version import Recaptured

from . import blobs, captures, codec
from .archive import Archive
from .database.connection import Connection, Row, Values, from_ms, to_ms
from .ledger import log
from .ledger.log import EventKind
from .ledger.log_proofs import leaf_hash

# The form of the JSON that a leaf hashes. Old leaves must stay provable, so another form gets another number.
_FORM: Final = 1
_BASE: Final = """
SELECT c.head_id, c.body_id, l.hash, t.parts FROM capture c JOIN version v ON v.id = c.version_id
  LEFT JOIN leaf l ON l.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
WHERE v.article_id = :article_id AND v.n = :n
"""
SELECT_RECAPTURE: Final = """
SELECT r.id, r.article_id, r.n, r.fetched_at, r.status, r.sha256, r.head_id, r.body_id, r.leaf, r.removed, a.ident
FROM recapture r JOIN article a ON a.id = r.article_id
"""
# The recaptures of some versions of an article.
OF_VERSIONS: Final = "r.article_id = :article_id AND r.n IN (:numbers)"


def list_recaptures(archive: Archive, article: str, n: int | None = None) -> list[Recaptured]:
    """Return the captures that showed versions of an article again, or version `n` alone, oldest first."""
    which = "" if n is None else "AND r.n = :n"
    statement = f"{SELECT_RECAPTURE} WHERE a.ident = :ident {which} ORDER BY r.id"
    with archive.read() as connection:
        return [
            Recaptured(row.id, row.ident, row.n, from_ms(row.fetched_at), row.status, row.sha256.hex(), row.removed)
            for row in connection.all(statement, ident=article, n=n)
        ]


def get_recapture(archive: Archive, key: int) -> Capture:
    """Return a recapture by its key. Raises NotKnown; ArchiveError where it is damaged or was taken out."""
    with archive.read() as connection:
        row = connection.first(f"{SELECT_RECAPTURE} WHERE r.id = :id", id=key)
        if row is None:
            raise NotKnown("no such capture", resource=str(key))
        name = f"{row.ident}@{row.n}"
        if row.removed:
            raise captures.page_gone("capture", row.removed, name)
        raw = blobs.read(connection, (row.head_id, row.body_id))
        return captures.unpack(row, raw[row.head_id], raw[row.body_id], name)


def capture_at(archive: Archive, article: str, n: int, at: datetime) -> Capture:
    """Return the newest page stored by `at` that showed version `n`: that of a later check, or of the version itself.

    Raises the errors of `get_capture` and `get_recapture`.
    """
    later = [each for each in list_recaptures(archive, article, n) if each.fetched_at <= at]
    return get_recapture(archive, later[-1].key) if later else captures.get_capture(archive, article, n)


def insert_recapture(connection: Connection, row: Row, page: Capture) -> None:
    """Store a page that showed the newest version of the article in `row`, in the caller's transaction."""
    (base,) = connection.all(_BASE, article_id=row.id, n=row.versions)
    separate = (*captures.SEPARATE_COLUMNS, "screenshot")  # there is one with the version already
    head, body = blobs.Part.of(codec.dump(page, without=separate)), blobs.Part.of(page.body)
    # Nothing may be coded against bytes that were taken out.
    ids = (base.head_id, base.body_id) if base.parts is None else ()
    known = blobs.read(connection, ids)
    parts = zip((head, body), ids or (None, None), strict=True)
    head_id, body_id = blobs.put(connection, [blobs.coded(part, key, known.get(key)) for part, key in parts])
    hashes, version_leaf = (head.sha256, body.sha256), None if base.hash is None else base.hash.hex()
    # It names the leaf of its version, so that the recapture is evidence of that version and no other.
    leaf = leaf_of(row.ident, row.versions, to_ms(page.fetched_at), page.status, hashes, version_leaf)
    connection.insert(
        "recapture",
        article_id=row.id,
        n=row.versions,
        fetched_at=page.fetched_at,
        status=page.status,
        sha256=bytes.fromhex(body.sha256),
        head_id=head_id,
        body_id=body_id,
        leaf=bytes.fromhex(leaf),
        removed="",
    )


def take_out(
    connection: Connection,
    where: str,
    values: Values,
    reason: str,
    now: datetime,
    deadline: blobs.Deadline | None = None,
) -> tuple[int, bool]:
    """Delete the bytes of the recaptures (r, of articles a) that `where` selects, until `deadline` is over.

    Their hashes and leaves stay. Return how many were deleted, and whether these were all.
    """
    rows = connection.all(f"{SELECT_RECAPTURE} WHERE r.removed = '' AND {where}", **values)
    for place, row in enumerate(rows):
        is_over = place > 0 and deadline is not None and deadline.is_over
        if is_over or not blobs.empty(connection, (row.head_id, row.body_id), deadline):
            return place, False
        connection.run("UPDATE recapture SET removed = :reason WHERE id = :id", reason=reason, id=row.id)
        fields = {"n": row.n, "capture": row.leaf.hex(), "reason": reason, "at": now}
        log.enter(connection, (row.article_id, row.ident), EventKind.RECAPTURE_REMOVAL, **fields)
    return len(rows), True


def where_expired(source: str, seen_before: datetime | None, keep_newest: int) -> tuple[str, Values]:
    """Return the condition for expired recaptures: old ones, or without `seen_before` those of expired versions."""
    age = "r.n <= a.versions - :keep" if seen_before is None else "r.fetched_at < :seen_before"
    where = f"a.source_id = (SELECT id FROM source WHERE name = :source) AND {age}"
    return where, {"source": source, "seen_before": seen_before, "keep": keep_newest}


def leaf_of(ident: str, n: int, fetched: int, status: int, hashes: tuple[str, str], version_leaf: str | None) -> str:
    """Return the leaf of a recapture: `fetched` in milliseconds, `hashes` of head and body, the leaf of its version."""
    plain = {
        "form": _FORM,
        "kind": "recapture",
        "article": ident,
        "n": n,
        "fetched": fetched,
        "status": status,
        "head": hashes[0],
        "body": hashes[1],
        "version": version_leaf,
    }
    return leaf_hash(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hex()


# -- captures by other archives

# Versions are searched this far behind the newest, because on PostgreSQL rows commit out of order.
LOOK_BACK_ROWS: Final = 10_000
_WAITING: Final = """
SELECT a.id AS key, a.ident, a.url, v.n FROM version v JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
WHERE v.id > :after AND v.n = a.versions AND s.name IN (:sources) AND NOT EXISTS (
  SELECT 1 FROM event e WHERE e.article_id = a.id AND e.kind = 'outside-capture' AND e.n = v.n)
ORDER BY v.id LIMIT :most
"""
_JOB: Final = "SELECT job, attempts FROM outside_job WHERE article_id = :key AND n = :n"
_OF_ARTICLE: Final = """
SELECT e.record FROM event e JOIN article a ON a.id = e.article_id
WHERE a.ident = :ident AND e.kind = 'outside-capture' ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The newest version of an article, which no other archive was asked to capture yet; `key` is the article's row."""

    key: int
    article: str
    url: str
    n: int


@dataclass(frozen=True, slots=True)
class OutsideCapture:
    """The answer of another archive for a version, as received; `address` is empty if it made no capture."""

    n: int
    at: datetime
    service: str
    address: str
    answer: str


def list_unsaved(archive: Archive, sources: Sequence[str], after: int, most: int) -> list[Unsaved]:
    """Return versions of `sources` stored after row `after` that no other archive was asked for yet, oldest first.

    Only the newest version of an article counts, because another archive captures the page as it is now.
    """
    with archive.read() as connection:
        rows = connection.all(_WAITING, sources=list(sources), after=after, most=most)
    return [Unsaved(row.key, row.ident, row.url, row.n) for row in rows]


def get_outside_job(archive: Archive, version: Unsaved) -> tuple[str, int]:
    """Return the number of the capture under way, empty if none is, and how often one was asked for."""
    with archive.read() as connection:
        row = connection.first(_JOB, key=version.key, n=version.n)
    return ("", 0) if row is None else (row.job, row.attempts)


def save_outside_job(archive: Archive, version: Unsaved, job: str, attempts: int) -> None:
    """Save the number of a capture under way, empty if the last attempt failed, and how often one was asked for."""
    with archive.write() as connection:
        row = {"article_id": version.key, "n": version.n, "job": job, "attempts": attempts}
        connection.replace("outside_job", "article_id, n", **row)


def save_outside_capture(archive: Archive, version: Unsaved, capture: OutsideCapture) -> None:
    """Enter in the log the answer of another archive for a version."""
    with archive.write() as connection:
        connection.run("DELETE FROM outside_job WHERE article_id = :key AND n = :n", key=version.key, n=version.n)
        fields = codec.columns(capture) | {"at": to_ms(capture.at)}
        log.enter(connection, (version.key, version.article), EventKind.OUTSIDE_CAPTURE, **fields)


def list_outside_captures(archive: Archive, article: str) -> list[OutsideCapture]:
    """Return the answers of other archives for versions of an article, oldest first."""
    with archive.read() as connection:
        records = connection.column(str, _OF_ARTICLE, ident=article)
    with log.naming_damage("the stored answer of another archive", article):
        return [_outside_capture(orjson.loads(record)) for record in records]


def _outside_capture(fields: dict[str, Any]) -> OutsideCapture:
    texts = [fields[name] for name in ("service", "address", "answer")]
    if not all(isinstance(each, str) for each in texts):
        raise TypeError("not a text")
    return OutsideCapture(fields["n"], from_ms(fields["at"]), *texts)
