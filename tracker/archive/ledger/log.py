"""The tamper-evident log: a Merkle tree (RFC 6962, section 2.1), its entries, and signed checkpoints.

Each version has a leaf that covers all its evidence. Everything shown along with a version that may change later is
an event: re-extracted texts, changes derived again, deletions, further addresses, states, imports. `verify` derives
from the events the state that the tables must have; see `logcheck.py`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from tracker.archive.archive import Archive
from tracker.archive.codec import parse, row_to_value
from tracker.archive.database.connection import Connection, Row, clean_text, to_ms
from tracker.errors import ArchiveError, SigningRefused
from tracker.model.change import Significance

from .checkpoints import NEW_KEY_HINT, Checkpoint, CheckpointFolder, Signer
from .log_proofs import leaf_hash, parent_hash

# -- the leaves of versions

# One row a version, with all that its leaf vouches for.
SELECT_EVIDENCE: Final = """
SELECT v.id, v.n, v.article_id, v.seen_at AS seen, v.previous_seen_at AS previous_seen, v.status AS version_status,
  v.extractor, v.signature, v.sha256 AS identity, a.ident AS article, a.url, c.fetched_at AS fetched, c.status,
  c.sha256 AS capture_sha256, v.content_id, c.head_id, c.body_id, content.sha256 AS content, head.sha256 AS head,
  body.sha256 AS body, body.raw_len AS body_len, l.hash AS leaf, l.position, l.change_sha256 AS change,
  last_leaf.hash AS previous, before.id AS before_id, h.crc AS change_crc, h.data AS change_data,
  h.raw_len AS change_len, h.words, h.significance, h.announced, h.classifier, t.parts, before_t.parts AS before_parts,
  s.name AS source, a.title, a.versions, r.content_id AS read_id
FROM version v LEFT JOIN article a ON a.id = v.article_id
  LEFT JOIN source s ON s.id = a.source_id
  LEFT JOIN capture c ON c.version_id = v.id
  LEFT JOIN blob content ON content.id = v.content_id
  LEFT JOIN blob head ON head.id = c.head_id
  LEFT JOIN blob body ON body.id = c.body_id
  LEFT JOIN leaf l ON l.version_id = v.id
  LEFT JOIN version before ON before.article_id = v.article_id AND before.n = v.n - 1
  LEFT JOIN leaf last_leaf ON last_leaf.version_id = before.id
  LEFT JOIN change h ON h.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN tombstone before_t ON before_t.version_id = before.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
"""

PARTS: Final = ("content", "head", "body")
# The parts of a version that are left, by the `parts` of its tombstone.
PARTS_LEFT: Final[dict[str | None, tuple[str, ...]]] = {
    None: PARTS, "body": ("content", "head"), "capture": ("content",), "all": ()
}  # fmt: skip


def evidence_of(row: Row, moves: Sequence[Move] = ()) -> Evidence:
    """Return the evidence in a row of SELECT_EVIDENCE; the version may be from before `moves` of its article."""
    found = row_to_value(Evidence, row)
    before = next((move for move in moves if found.n <= move.n), None)
    # Leaves name the address and outlet of their time: an article that moved since is verified by those.
    return found if before is None else replace(found, url=before.url, source=before.source)


def moves_in(events: Iterable[Row]) -> dict[int, list[Move]]:
    """Return the moves among rows of events (article_id, kind, n, record), oldest first, by article row."""
    moves: defaultdict[int, list[Move]] = defaultdict(list)
    for event in events:
        if event.kind != "move":
            continue
        try:
            fields = orjson.loads(event.record)
            moves[event.article_id].append(Move(int(event.n), str(fields["url"]), str(fields["source"])))
        except (ValueError, KeyError, TypeError):
            continue  # `logcheck` names the event
    return moves


class Move(NamedTuple):
    """Where the versions of an article up to `n` were stored, before it moved."""

    n: int
    url: str
    source: str


_LEAF_FORM: Final = 2
_SINCE_FORM_2: Final = frozenset({"source", "change"})
_CHANGE_FORM: Final = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a leaf vouches for. Times are milliseconds since 1970, hashes hexadecimal SHA-256.

    `identity` is `Article.sha256`; `content`, `head` and `body` hash the stored bytes; `previous` is the leaf of the
    version before, `source` the name of the outlet, `change` the `change_digest` of the change that led to the version.
    Form 1, from before release 0.1.0, covers neither `source` nor `change`, and stays valid.
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
    source: str = ""
    change: str | None = None

    def record(self, form: int = _LEAF_FORM) -> bytes:
        """Return the hashed bytes, those of `json.dumps` with ensure_ascii=False, sort_keys=True and no blanks."""
        names = [name for name in self.__slots__ if form > 1 or name not in _SINCE_FORM_2]
        return orjson.dumps({"form": form} | {name: getattr(self, name) for name in names}, option=orjson.OPT_SORT_KEYS)

    def leaf(self, form: int = _LEAF_FORM) -> bytes:
        """Return the leaf hash."""
        return leaf_hash(self.record(form))

    def form_of(self, leaf: bytes) -> int | None:
        """Return the form in which this is the record of `leaf`; None if it is not."""
        return next((form for form in (_LEAF_FORM, 1) if self.leaf(form) == leaf), None)


def change_digest(raw: bytes, *, words: int, score: float, announced: bool | None, kinds: Sequence[str]) -> bytes:
    """Return the SHA-256 of a change: its stored JSON, its columns, and the kinds of its labels in order.

    Changes judged by the rules of release 0.1, whose JSON names no classifier, are hashed with `score` as a number, all
    others with the word for it. Raises ValueError for a number that has no word, and where the JSON is damaged.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if parse(raw).get("classifier", 1) == 1:
        return hashlib.sha256(orjson.dumps([digest, words, repr(float(score)), announced, list(kinds)])).digest()
    word = Significance.of_score(score)
    if word.least_score != score:
        raise ValueError(f"no significance has the score {score}")
    values = {"words": words, "significance": word.value, "announced": announced, "labels": list(kinds)}
    plain = {"form": _CHANGE_FORM, "change": digest, **values}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).digest()


# -- events

# In SQL: events of an article in the order of the log, which covers their positions but not their row ids.
EVENT_ORDER: Final = "position IS NULL, position, id"
# An import takes at most so long: a checkpoint made later contains the imported versions.
MAX_IMPORT_MS: Final = 7 * 86_400_000
# Deletions and re-extracted texts have the time at which their run began, which takes at most so long.
MAX_RUN_MS: Final = 86_400_000
_FORM: Final = 1


class EventKind(StrEnum):
    """The kinds of events, and the fields of their records. Times are milliseconds since 1970, hashes hexadecimal.

    Every record has the time at which it was made as `at`; records of earlier releases have it only where listed.

    Attributes:
        READING: a page was extracted again: n, at, extractor, came_to, no_edit, signature, identity, content.
        CHANGE: the change to version n was derived again: n, and its `change_digest` as change.
        REMOVAL: bytes of version n were deleted or never stored: n, parts, reason, at.
        RECAPTURE_REMOVAL: the bytes of a recapture were deleted: capture (its leaf), reason.
        ALIAS: the article was seen under another address: url, key.
        ALIAS_END: an address no longer leads to the article: key.
        MOVE: the article moved to another outlet or address, with its versions up to n: n, url, source, new_url,
            new_source.
        STATE: the article is active, paused or gone from now on: state.
        VERDICT: a person judged the change to version n: n, at, author, weight, shown, labels, note, link; and
            imported, if the verdict was read from a file then.
        OUTSIDE_CAPTURE: another archive was asked to capture version n: n, at, service, address, answer.
        IMPORT: version n was not fetched when it says it was seen, but read from a file: n, at (of the import).
        HANDIN: a person handed in a saved page, the nth of the article: n, at, by, saved (when it was saved, by their
            account), url, extractor, and the hashes of its text and of the file as content and file.
        HANDIN_REMOVAL: text and file of the nth page that was handed in were deleted: n, reason, at.
    """

    READING = "reading"
    CHANGE = "change"
    REMOVAL = "removal"
    RECAPTURE_REMOVAL = "recapture-removal"
    ALIAS = "alias"
    ALIAS_END = "alias-end"
    MOVE = "move"
    STATE = "state"
    VERDICT = "verdict"
    OUTSIDE_CAPTURE = "outside-capture"
    IMPORT = "import"
    HANDIN = "handin"
    HANDIN_REMOVAL = "handin-removal"


def enter(connection: Connection, article: tuple[int, str], kind: EventKind, **fields: object) -> None:
    """Enter an event of an article in the log, in the transaction that makes the change.

    `article` is its row number and its id, `fields` are those of `kind`; a time may be a datetime.
    """
    key, ident = article
    fields = {name: to_ms(value) if isinstance(value, datetime) else value for name, value in fields.items()}
    # The same text is hashed and stored: `verify` needs no second encoder that must agree with this one.
    record = record_of(kind.value, ident, fields)
    connection.insert(
        "event", article_id=key, kind=kind, n=fields.get("n"), record=record.decode(), leaf=leaf_hash(record)
    )


def record_of(kind: str, ident: str, fields: dict[str, object]) -> bytes:
    """Return the JSON of an event: texts as the database stores them, keys in order."""
    clean = {name: clean_text(value) if isinstance(value, str) else value for name, value in fields.items()}
    return orjson.dumps({"form": _FORM, "kind": kind, "article": ident, **clean}, option=orjson.OPT_SORT_KEYS)


@contextmanager
def naming_damage(record: str, ident: str) -> Iterator[None]:
    """Raise ArchiveError, in the words of `record`, if the block cannot read the record of an event of the article."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        hint = f"run writethru verify --article {ident}"
        raise ArchiveError(f"{record} is damaged", resource=ident, hint=hint) from error


# -- the Merkle tree

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


class Frontier:
    """The roots of the perfect subtrees of a growing tree, largest first: enough to add leaves and compute the root."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        node, size = leaf, self.size
        # As in a binary counter: each trailing one is a complete subtree of the same size, which joins the new one.
        while size & 1:
            node = parent_hash(self._peaks.pop(), node)
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = parent_hash(peak, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree over `leaves`."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the number of leaves
    if index < half:
        return [*inclusion_proof(leaves[:half], index), root(leaves[half:])]
    return [*inclusion_proof(leaves[half:], index - half), root(leaves[:half])]


def consistency_proof(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """Return the proof that the tree over the first `older` leaves is a beginning of the tree over `leaves`."""
    return _subproof(leaves, older, whole=True) if 0 < older < len(leaves) else []


def _subproof(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if older <= half:
        return [*_subproof(leaves[:half], older, whole=whole), root(leaves[half:])]
    return [*_subproof(leaves[half:], older - half, whole=False), root(leaves[:half])]


# -- positions, checkpoints and proofs

# Leaf hash and position of every sealed entry, in order: versions, recaptures, events.
SELECT_ENTRIES: Final = """
SELECT hash, position FROM leaf WHERE position IS NOT NULL
UNION ALL SELECT leaf, position FROM recapture WHERE position IS NOT NULL
UNION ALL SELECT leaf, position FROM event WHERE position IS NOT NULL ORDER BY position
"""
# In the order in which new entries get their positions: table, its key, and the column with the leaf.
_TABLES: Final = (("leaf", "version_id", "hash"), ("recapture", "id", "leaf"), ("event", "id", "leaf"))
_ANY_NOTE: Final = "SELECT size FROM checkpoint LIMIT 1"
_NOTE: Final = "SELECT note FROM checkpoint WHERE size = :size AND root = :root"
_OF_VERSIONS: Final = """
SELECT v.n, l.position FROM leaf l JOIN version v ON v.id = l.version_id JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n IN (:numbers)
"""


class Sealed(NamedTuple):
    """A signed note of the log's state, its signer, and a warning for the reader, "" if there is none."""

    note: str
    signer: Signer
    warning: str


def sign_log(archive: Archive, folder: CheckpointFolder, now: datetime) -> Sealed:
    """Seal the log as `seal_log` does, with the key of `folder`, unless its notes contradict the log.

    Raises SigningRefused, or ArchiveError if the key was lost.
    """
    with archive.read() as connection:
        is_first = connection.first(_ANY_NOTE) is None
    signer = folder.signer(is_first=is_first)
    warning = "" if is_first else folder.unseen
    return Sealed(seal_log(archive, signer, now, folder.own_notes()), signer, warning)


def signing_problems(archive: Archive, folder: CheckpointFolder) -> Iterator[ArchiveError]:
    """Yield why the next checkpoint of the archive would not be signed."""
    with archive.read() as connection:
        is_first = connection.first(_ANY_NOTE) is None
        notes = folder.own_notes()
        for check in (partial(folder.require_key, is_first=is_first), partial(_require_continued, connection, notes)):
            try:
                check()
            except ArchiveError as error:
                yield error


def seal_log(archive: Archive, signer: Signer, now: datetime, notes: Iterable[tuple[Path, Checkpoint]] = ()) -> str:
    """Give every new leaf its position in the log and return a signed note of the log's state.

    `notes` are the notes of earlier checkpoints, newest first; raises SigningRefused if the log does not continue them.
    Store the note outside the database: only there does it prove anything against someone who controls the database. If
    nothing is new, it is the last note again.
    """
    with archive.write() as connection:
        archive.serialise(connection, "ledger")
        _require_continued(connection, notes)
        # Entries get positions now, by row id, not when they are stored: on PostgreSQL rows commit out of order, and no
        # entry may change its position.
        lasts = [connection.value(int, f"SELECT max(position) FROM {table}") for table, _, _ in _TABLES]
        first = max((last + 1 for last in lasts if last is not None), default=0)
        for table, key, _ in _TABLES:
            waiting = connection.column(int, f"SELECT {key} FROM {table} WHERE position IS NULL ORDER BY {key}")
            numbered = [{"row": row, "place": place} for place, row in enumerate(waiting, first)]
            connection.run_many(f"UPDATE {table} SET position = :place WHERE {key} = :row", numbered)
            first += len(numbered)
        leaves = _leaves(connection)
        state = root(leaves)
        kept = connection.value(str, _NOTE, size=len(leaves), root=state)
        # Signing again would give another time to the same state, and time stamps next to the first note would be lost.
        if kept is not None and signer.signed(kept):
            return kept
        note = signer.sign(Checkpoint(signer.name, len(leaves), state.hex(), now))
        connection.insert("checkpoint", "ON CONFLICT DO NOTHING", size=len(leaves), root=state, at=now, note=note)
        return note


def _require_continued(connection: Connection, notes: Iterable[tuple[Path, Checkpoint]]) -> None:
    """Raise SigningRefused unless the log, with the entries to be sealed, begins with those of the newest note."""
    sealed = _leaves(connection)
    waiting = [
        each
        for table, key, leaf in _TABLES
        for each in _hashes(connection, f"SELECT {leaf} FROM {table} WHERE position IS NULL ORDER BY {key}")
    ]
    entries, missed = sealed + waiting, None
    for path, note in notes:
        if note.size <= len(entries) and root(entries[: note.size]).hex() == note.root:
            break
        if note.size <= len(sealed):
            raise SigningRefused(
                f"the log has another history: it does not begin with the {note.size:,} entries of this checkpoint",
                resource=str(path),
                hint=f"restore a backup that agrees with this checkpoint; if there is none, {NEW_KEY_HINT}",
                is_forked=True,
            )
        # An older backup agrees with the notes of its time. Entries that have no position yet contradict nothing.
        entries, missed = sealed, missed or (path, note)
    if missed:
        path, note = missed
        raise SigningRefused(
            f"the log has {len(sealed):,} sealed entries, fewer than the {note.size:,} of this checkpoint:"
            " an older backup was restored, or entries were deleted",
            resource=str(path),
            hint=f"restore a newer backup; if there is none, {NEW_KEY_HINT}",
        )


def list_checkpoints(archive: Archive) -> list[str]:
    """Return the notes of all checkpoints, oldest first."""
    with archive.read() as connection:
        return connection.column(str, "SELECT note FROM checkpoint ORDER BY size")


def positions_of(archive: Archive, article: str, numbers: Sequence[int]) -> dict[int, int]:
    """Return the positions of versions in the log; those that no checkpoint covers yet are left out."""
    with archive.read() as connection:
        found = connection.all(_OF_VERSIONS, ident=article, numbers=list(numbers))
    return {row.n: row.position for row in found if row.position is not None}


def sealed_size(archive: Archive, article: str, numbers: Sequence[int]) -> int | None:
    """Return the smallest log size that includes these versions, or None if one has no position yet."""
    found = positions_of(archive, article, numbers)
    return max(found.values()) + 1 if len(found) == len(numbers) else None


def prove_entries(archive: Archive, positions: Sequence[int | None], size: int) -> list[tuple[str, ...] | None]:
    """Return proofs that the entries at `positions` are in the log of `size` leaves, None for those that are not."""
    with archive.read() as connection:
        leaves = _leaves(connection, size)
    return [
        None
        if position is None or position >= len(leaves)
        else tuple(each.hex() for each in inclusion_proof(leaves, position))
        for position in positions
    ]


def prove_consistency(archive: Archive, older: int, size: int) -> tuple[str, ...]:
    """Return a proof that the log of `older` leaves is a prefix of the log of `size` leaves."""
    with archive.read() as connection:
        leaves = _leaves(connection, size)
    return tuple(each.hex() for each in consistency_proof(leaves, older))


def _leaves(connection: Connection, size: int | None = None) -> list[bytes]:
    return _hashes(connection, SELECT_ENTRIES)[:size]


def _hashes(connection: Connection, statement: str) -> list[bytes]:
    """Return leaf hashes. In a forged SQLite archive they may be of any type: other values count as empty."""
    return [each if isinstance(each, bytes) else b"" for each in connection.column(object, statement)]
