"""Versions and their evidence: what is written when one is kept, and how a capture is read back."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, insert, literal_column, select, true

from tracker.archive import codec, identifiers, passages
from tracker.archive.database.prepared import Prepared, together
from tracker.archive.ledger.log import Evidence
from tracker.archive.schema.core import article, blob, capture, label, version
from tracker.archive.schema.proofs import leaf, tombstone
from tracker.archive.values import clean_text, to_ms
from tracker.archive.versions import unknown_version
from tracker.errors import ArchiveError
from tracker.model import Capture

from . import blobs, frames
from .blob_cache import RECENT
from .inserts import enter
from .reference_pages import code_first

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Change, NewVersion

    _Numbers = tuple[ColumnElement[int], ...]

_PARTS: Final = ("content", "head", "body")
_kept = {name: blob.alias(f"{name}_base") for name in _PARTS}
_bases = (
    select(
        version.c.content_id,
        capture.c.head_id,
        capture.c.body_id,
        tombstone.c.parts,
        *(each.c.sha256.label(f"{name}_sha256") for name, each in _kept.items()),
    )
    .join(capture, capture.c.version_id == version.c.id)
    .join(_kept["content"], _kept["content"].c.id == version.c.content_id)
    .join(_kept["head"], _kept["head"].c.id == capture.c.head_id)
    .join(_kept["body"], _kept["body"].c.id == capture.c.body_id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    # The version meant, or where it was taken out, the newest one before it that was not.
    .where(version.c.article_id == bindparam("owner"), version.c.n <= bindparam("n"))
    .where(tombstone.c.parts.is_(None) | (tombstone.c.parts != literal_column("'all'")))
    .order_by(version.c.n.desc())
    .limit(literal_column("1"))
    .subquery("bases")
)
_previous = (
    select(leaf.c.hash)
    .join(version, version.c.id == leaf.c.version_id)
    .where(version.c.article_id == bindparam("owner"), version.c.n == bindparam("previous"))
    .subquery("previous")
)
_one = select(literal_column("1").label("one")).subquery("one")


def _ground(blobs_: _Numbers, version_: _Numbers) -> Prepared:
    """Select what a new version stands on: its bases, the leaf before it, and the numbers that its rows take."""
    numbers = zip((*_PARTS, "version"), (*blobs_, *version_), strict=True)
    return Prepared(
        select(_bases, _previous.c.hash, *(number.label(f"new_{name}") for name, number in numbers)).select_from(
            _one.outerjoin(_bases, true()).outerjoin(_previous, true())
        )
    )


def _next_rows(table: Table, count: int) -> _Numbers:
    last = func.coalesce(select(func.max(table.c.id)).scalar_subquery(), 0)
    return tuple(last + place for place in range(1, count + 1))


def _next_values(table: Table, count: int) -> _Numbers:
    return tuple(func.nextval(literal_column(f"'{table.name}_id_seq'")) for _ in range(count))


_GROUND: Final = {
    # Whoever writes to SQLite is alone, so that the next rows are known.
    "sqlite": _ground(_next_rows(blob, 3), _next_rows(version, 1)),
    "postgresql": _ground(_next_values(blob, 3), _next_values(version, 1)),
}
_THERE: Final[dict[str | None, tuple[str, ...]]] = {None: _PARTS, "body": ("content", "head"), "capture": ("content",)}
"""What of a version can be coded against, by what its tombstone says was taken out."""
NOT_KEPT: Final = "not kept: raw = none"
_STONE: Final = Prepared(insert(tombstone), ("version_id", "parts", "reason", "at"))
_LABEL: Final = Prepared(insert(label), ("version_id", "position", "kind"))
_CAPTURE: Final = (
    select(capture, tombstone.c.parts, tombstone.c.reason)
    .outerjoin(tombstone, tombstone.c.version_id == capture.c.version_id)
    .join(version, version.c.id == capture.c.version_id)
    .join(article, article.c.id == version.c.article_id)
    .where(article.c.ident == bindparam("wanted"), version.c.n == bindparam("n"))
)
APART: Final = ("body", "sha256", "fetched_at")


@dataclass(frozen=True, slots=True)
class Ready:
    """A version as its rows will keep it: its parts, coded, and what they stand on (a row of _GROUND)."""

    new: NewVersion
    parts: tuple[blobs.Part, ...]
    coded: list[blobs.Coded]
    ground: Any
    standing: list[Any]
    bodiless: bool = False


def prepare(
    connection: Connection,
    row: Any,  # noqa: ANN401 - a row of an article
    new: NewVersion,
    *,
    bodiless: bool = False,
) -> Ready:
    """Read what is needed to keep a version of the article in *row*, within the caller's transaction.

    Of a *bodiless* one, hash, length, status and headers of the page are kept, and its text.
    """
    body = blobs.Part.of(new.capture.body)
    if body.sha256 != new.capture.sha256:
        raise ArchiveError("the capture does not match its hash; nothing was kept", resource=new.capture.url)
    parts = (blobs.Part.of(codec.dump(new.content)), blobs.Part.of(codec.dump(new.capture, without=APART)), body)
    with together(connection):
        grounds = _GROUND[connection.dialect.name].ask(connection, _asked(row))
        standing = passages.standing(connection, row.id)
    coded, ground = _coded(connection, row, grounds()[0], parts, bodiless=bodiless)
    return Ready(new, parts, coded, ground, standing(), bodiless)


def keep(
    connection: Connection,
    row: Any,  # noqa: ANN401 - a row of an article
    at: datetime,
    made: Ready,
    beside: Mapping[str, Mapping[str, Any]],
) -> None:
    """Keep a version that was made ready, with its evidence and the rows of its check, in the same transaction."""
    n, new, parts, ground = row.versions + 1, made.new, made.parts, made.ground
    keys = (ground.new_content, ground.new_head, ground.new_body)
    rows = {**beside, **{name: {"id": key, **coded} for name, key, coded in zip(_PARTS, keys, made.coded, strict=True)}}
    rows["version"] = fresh = {
        "id": ground.new_version,
        "article_id": row.id,
        "n": n,
        "seen_at": at,
        "previous_seen_at": row.last_seen_at if row.versions else None,
        "status": new.capture.status,
        "extractor": new.extractor,
        "signature": new.signature,
        "sha256": new.content.sha256,
        "content_id": ground.new_content,
    }
    rows["capture"] = {
        "version_id": ground.new_version,
        "fetched_at": new.capture.fetched_at,
        "status": new.capture.status,
        "sha256": new.capture.sha256,
        "head_id": ground.new_head,
        "body_id": ground.new_body,
    }
    vouched = _evidence(row, fresh, new, parts, ground.hash)
    rows["leaf"] = {"version_id": ground.new_version, "hash": vouched.leaf()}
    if new.change is not None:
        rows["change"] = led(ground.new_version, new.change, parts[0].raw)
    enter(connection, rows)
    if made.bodiless:
        stone = {"version_id": ground.new_version, "parts": identifiers.BODY, "reason": NOT_KEPT, "at": at}
        _STONE.run(connection, stone)
    for part in parts:
        RECENT.put(part.sha256, part.raw)
    passages.enter(connection, row.id, n, n - 1, new.content, made.standing)
    labels = () if new.change is None else new.change.labels
    _LABEL.run_many(
        connection,
        [{"version_id": ground.new_version, "position": place, "kind": each.kind} for place, each in enumerate(labels)],
    )


def load(connection: Connection, ident: str, n: int) -> Capture | None:
    """Return the evidence of one version, None where there is none. Raises ArchiveError where it is damaged or gone."""
    row = connection.execute(_CAPTURE, {"wanted": ident, "n": n}).one_or_none()
    if row is None:
        return None
    if row.reason is not None:
        raise identifiers.gone(row.parts, row.reason, f"{ident}@{n}")
    raw = blobs.read(connection, (row.head_id, row.body_id))
    return unpack(row, raw[row.head_id], raw[row.body_id], f"{ident}@{n}")


def load_head(connection: Connection, ident: str, n: int) -> Capture | None:
    """Return the evidence of one version without the page, None where there is no such version. Errors as in `load`."""
    row = connection.execute(_CAPTURE, {"wanted": ident, "n": n}).one_or_none()
    if row is None:
        return None
    if "head" not in _THERE.get(row.parts, ()):
        raise identifiers.gone(row.parts, row.reason, f"{ident}@{n}")
    head = blobs.read(connection, (row.head_id,))[row.head_id]
    return codec.load(Capture, head, body=b"", sha256=row.sha256, fetched_at=row.fetched_at)


def unpack(row: Any, head: bytes, body: bytes, name: str) -> Capture:  # noqa: ANN401 - a row with hash and time
    """Return the capture that head and body make. Raises ArchiveError where the body does not match its hash."""
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise ArchiveError(
            "the stored page does not match its hash", resource=name, hint="writethru verify names what is damaged"
        )
    return codec.load(Capture, head, body=body, sha256=row.sha256, fetched_at=row.fetched_at)


def _evidence(
    row: Any,  # noqa: ANN401 - a row of an article
    fresh: dict[str, Any],
    new: NewVersion,
    parts: tuple[blobs.Part, ...],
    previous: str | None,
) -> Evidence:
    before = fresh["previous_seen_at"]
    content, head, body = parts
    return Evidence(
        article=row.ident,
        n=fresh["n"],
        url=row.url,
        seen=to_ms(fresh["seen_at"]),
        previous_seen=None if before is None else to_ms(before),
        fetched=to_ms(new.capture.fetched_at),
        status=new.capture.status,
        extractor=clean_text(new.extractor),
        signature=clean_text(new.signature),
        identity=fresh["sha256"],
        content=content.sha256,
        head=head.sha256,
        body=body.sha256,
        body_len=len(body.raw),
        previous=previous,
    )


def _asked(row: Any) -> dict[str, int]:  # noqa: ANN401 - a row of an article
    return {"owner": row.id, "n": frames.base_of(row.versions + 1) or 0, "previous": row.versions}


def _coded(
    connection: Connection,
    row: Any,  # noqa: ANN401 - a row of an article
    ground: Any,  # noqa: ANN401 - a row of _GROUND
    parts: tuple[blobs.Part, ...],
    *,
    bodiless: bool,
) -> tuple[list[blobs.Coded], Any]:
    """Return the rows of the parts, coded against their bases, and what _GROUND finds for them."""
    there = () if ground.content_id is None else _THERE[ground.parts]
    bases: dict[int, str] = {getattr(ground, f"{name}_id"): getattr(ground, f"{name}_sha256") for name in there}
    known = blobs.read_hashed(connection, bases) if bases else {}
    rows = [blobs.coded(part, base, known[base]) for part, base in zip(parts, bases, strict=False)]
    if bodiless:
        alone = [blobs.coded(part) for part in parts[len(bases) : -1]]
        return [*rows[:2], *alone, blobs.hollow(parts[-1])], ground
    if "body" in there:
        return rows, ground
    rows = [*(rows[:1] or [blobs.coded(parts[0])]), *code_first(connection, row.source_id, *parts[1:])]
    # A new reference page has taken numbers: what comes next is known only now.
    return rows, _GROUND[connection.dialect.name].first(connection, _asked(row))


def led(key: int, new: Change, content: bytes) -> dict[str, Any]:
    """Return the row that keeps the change to version row *key*, coded against the *content* it was kept with."""
    raw = codec.dump(new)
    data = frames.patch(raw, content)
    return {
        "version_id": key,
        "words": new.words_added + new.words_removed,
        "significance": new.significance,
        "announced": new.announced,
        "raw_len": len(raw),
        "crc": zlib.crc32(data),
        "data": data,
    }


def get_capture(archive: Archive, article: str, n: int) -> Capture:
    """Return the evidence of one version. Raises NotKnown; ArchiveError where its bytes do not match their hash."""
    with archive.database.read() as connection:
        found = load(connection, article, n)
        if found is None:
            raise unknown_version(connection, article, n)
        return found


def get_head(archive: Archive, article: str, n: int) -> Capture:
    """Return the evidence of one version without its page: status and headers. Raises NotKnown, ArchiveError."""
    with archive.database.read() as connection:
        found = load_head(connection, article, n)
        if found is None:
            raise unknown_version(connection, article, n)
        return found
