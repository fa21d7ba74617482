"""The log: one leaf a version, over all its evidence; checkpoints that say what it held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import bindparam, func, insert, literal_column, select, union_all, update

from tracker.archive.database.base import upsert
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import article, version
from tracker.archive.schema.proofs import checkpoint, leaf
from tracker.archive.schema.readings import recapture
from tracker.errors import NotKnown

from . import merkle
from .notes import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive

    from .notes import Signer

_FORM: Final = 1
_ENTER: Final = Prepared(insert(leaf), ("version_id", "hash"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a leaf vouches for. Times are milliseconds since 1970, hashes hexadecimal SHA-256.

    *identity* is `Article.sha256`; *content*, *head* and *body* hash the stored bytes; *previous* is the leaf of the
    version before.
    """

    article: str
    n: int
    url: str
    seen: int
    previous_seen: int | None
    fetched: int
    status: int
    extractor: str
    signature: str
    identity: str
    content: str
    head: str
    body: str
    body_len: int
    previous: str | None

    def record(self) -> bytes:
        """Return what is hashed: the bytes of `json.dumps` with ensure_ascii=False, sort_keys=True and no blanks."""
        plain = {"form": _FORM} | {name: getattr(self, name) for name in self.__slots__}
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)

    def leaf(self) -> str:
        """Return the leaf hash in hexadecimal."""
        return merkle.leaf_hash(self.record()).hex()


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proof that a leaf stands at *index* in the tree of *size* leaves with *root*; all hashes hexadecimal."""

    leaf: str
    index: int
    size: int
    root: str
    path: tuple[str, ...]

    def holds(self) -> bool:
        """Say whether the proof proves what it says."""
        path = [bytes.fromhex(each) for each in self.path]
        return merkle.is_included(bytes.fromhex(self.leaf), self.index, self.size, path, bytes.fromhex(self.root))


def seal_log(archive: Archive, signer: Signer, now: datetime) -> str:
    """Give every new leaf its place in the log and return a signed note of what the log came to.

    The note is to be kept outside the database: only there does it bind the one who owns the database.
    """
    with archive.database.write() as connection:
        archive.database.serialise(connection, "ledger")
        _enter_missing(connection)
        _number(connection)
        leaves = _leaves(connection)
        made = Checkpoint(signer.name, len(leaves), merkle.root(leaves).hex())
        note = signer.sign(made)
        row = {"size": made.size, "root": made.root, "at": now, "note": note}
        connection.execute(upsert(connection, checkpoint, row, on=(checkpoint.c.size,)))
        return note


def list_checkpoints(archive: Archive) -> list[str]:
    """Return the notes of all checkpoints, oldest first."""
    with archive.database.read() as connection:
        return list(connection.scalars(select(checkpoint.c.note).order_by(checkpoint.c.size)))


def log_root(archive: Archive, size: int | None = None) -> Checkpoint:
    """Return what the log came to at *size* leaves, now where it is None. Raises NotKnown where it is shorter."""
    with archive.database.read() as connection:
        leaves = _leaves(connection, size)
    if size is not None and len(leaves) < size:
        raise NotKnown(f"the log holds {len(leaves)} leaves, not {size}")
    return Checkpoint("", len(leaves), merkle.root(leaves).hex())


def sealed_size(archive: Archive, article: str, numbers: Sequence[int]) -> int | None:
    """Return how many leaves a checkpoint must have to hold these versions, None where one is not sealed yet."""
    query = (
        select(leaf.c.position)
        .join(version, version.c.id == leaf.c.version_id)
        .join(_article, _article.c.id == version.c.article_id)
        .where(_article.c.ident == article, version.c.n.in_(numbers))
    )
    with archive.database.read() as connection:
        found = connection.scalars(query).all()
    return None if None in found or len(found) < len(numbers) else max(found) + 1


def prove_inclusion(archive: Archive, article: str, n: int, size: int | None = None) -> Inclusion:
    """Prove that a version is in the log of *size* leaves. Raises NotKnown where it is not, or not yet sealed."""
    query = (
        select(leaf.c.hash, leaf.c.position)
        .join(version, version.c.id == leaf.c.version_id)
        .join(_article, _article.c.id == version.c.article_id)
        .where(_article.c.ident == article, version.c.n == n)
    )
    with archive.database.read() as connection:
        row = connection.execute(query).one_or_none()
        leaves = _leaves(connection, size)
    if row is None or row.position is None or row.position >= len(leaves):
        raise NotKnown("this version is in no such checkpoint", resource=f"{article}@{n}", hint="make a checkpoint")
    path = tuple(each.hex() for each in merkle.inclusion_proof(leaves, row.position))
    return Inclusion(row.hash, row.position, len(leaves), merkle.root(leaves).hex(), path)


def prove_consistency(archive: Archive, older: int, size: int | None = None) -> tuple[str, ...]:
    """Prove that the log of *older* leaves is the beginning of the one of *size*."""
    with archive.database.read() as connection:
        leaves = _leaves(connection, size)
    return tuple(each.hex() for each in merkle.consistency_proof(leaves, older))


_article: Final = article


def enter(connection: Connection, key: int, evidence: Evidence) -> None:
    """Put the leaf of version row *key* into the log, in the caller's transaction."""
    _ENTER.run(connection, {"version_id": key, "hash": evidence.leaf()})


def _enter_missing(connection: Connection) -> None:
    """Enter versions that an older release kept, which had no log."""
    from .evidence import ROWS, evidence_of

    lacking = select(version.c.id).outerjoin(leaf, leaf.c.version_id == version.c.id).where(leaf.c.version_id.is_(None))
    if connection.execute(lacking.limit(1)).one_or_none() is None:
        return
    last: dict[int, str] = {}
    for row in connection.execute(ROWS.where(leaf.c.version_id.is_(None))).all():
        evidence = evidence_of(row)
        if evidence.previous is None and row.article_id in last:
            evidence = replace(evidence, previous=last[row.article_id])
        enter(connection, row.id, evidence)
        last[row.article_id] = evidence.leaf()


def held(connection: Connection, size: int) -> int:
    """Count the leaves that stand at the first *size* places."""
    counts = (
        select(func.count()).select_from(each).where(each.c.position < size).scalar_subquery()
        for each in (leaf, recapture)
    )
    return int(connection.scalar(select(sum(counts, literal_column("0")))) or 0)


def _number(connection: Connection) -> None:
    """Number what has no number, by row: on PostgreSQL rows commit out of order, and none may change its place."""
    lasts = [connection.scalar(select(func.max(each.c.position))) for each in (leaf, recapture)]
    first = max((last + 1 for last in lasts if last is not None), default=0)
    for each, key in ((leaf, leaf.c.version_id), (recapture, recapture.c.id)):
        waiting = connection.scalars(select(key).where(each.c.position.is_(None)).order_by(key)).all()
        numbered = [{"row": row, "place": place} for place, row in enumerate(waiting, first)]
        if numbered:
            connection.execute(
                update(each).where(key == bindparam("row")).values(position=bindparam("place")), numbered
            )
        first += len(numbered)


def _leaves(connection: Connection, size: int | None = None) -> list[bytes]:
    every = union_all(
        select(leaf.c.hash.label("hash"), leaf.c.position.label("place")).where(leaf.c.position.is_not(None)),
        select(recapture.c.leaf, recapture.c.position).where(recapture.c.position.is_not(None)),
    ).subquery("every")
    query = select(every.c.hash).order_by(every.c.place)
    if size is not None:
        query = query.limit(size)
    return [bytes.fromhex(each) for each in connection.scalars(query)]
