"""The evidence of each version as the database has it, read without trusting any of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import orjson

from tracker.archive.codec import parse, record
from tracker.archive.database.connection import Row
from tracker.model.change import Significance

from .log_proofs import leaf_hash

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


def evidence_of(row: Row, moves: Sequence[Move] = ()) -> Evidence:
    """Return the evidence in a row of SELECT_EVIDENCE; the version may be from before `moves` of its article."""
    found = record(Evidence, row)
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
    version before. Leaves of form 2 also cover `source`, the name of the outlet, and `change`, the `change_digest` of
    the change that led to the version. Form 1 was written by earlier releases and stays valid.
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

    def leaf(self, form: int = _LEAF_FORM) -> str:
        """Return the leaf hash in hexadecimal."""
        return leaf_hash(self.record(form)).hex()

    def form_of(self, leaf: str) -> int | None:
        """Return the form in which this is the record of `leaf`; None if it is not."""
        return next((form for form in (_LEAF_FORM, 1) if self.leaf(form) == leaf), None)


def change_digest(raw: bytes, *, words: int, score: float, announced: bool | None, kinds: Sequence[str]) -> bytes:
    """Return the SHA-256 of a change: its stored JSON, its columns, and the kinds of its labels in order.

    Changes judged by the rules of release 0.1, whose JSON names no classifier, are hashed with `score` as a number, all
    others with the word that it stands for. Raises ValueError for a number that stands for no word, and where the JSON
    is damaged.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if parse(raw).get("classifier", 1) == 1:
        return hashlib.sha256(orjson.dumps([digest, words, repr(float(score)), announced, list(kinds)])).digest()
    word = Significance.of_score(score)
    if word.least_score != score:
        raise ValueError(f"{score} stands for no significance")
    values = {"words": words, "significance": word.value, "announced": announced, "labels": list(kinds)}
    plain = {"form": _CHANGE_FORM, "change": digest, **values}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).digest()
