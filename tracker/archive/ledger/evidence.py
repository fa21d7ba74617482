"""What the database says of each version's evidence, read without trusting any of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from tracker.archive.ledger import merkle
from tracker.archive.records import record

if TYPE_CHECKING:
    from tracker.archive.database.connection import Row

SELECT_EVIDENCE: Final = """
SELECT v.id, v.n, v.article_id, v.seen_at AS seen, v.previous_seen_at AS previous_seen, v.status AS version_status,
  v.extractor, v.signature, v.sha256 AS identity, a.ident AS article, a.url, c.fetched_at AS fetched, c.status,
  c.sha256 AS capture_sha256, v.content_id, c.head_id, c.body_id, content.sha256 AS content, head.sha256 AS head,
  body.sha256 AS body, body.raw_len AS body_len, l.hash AS leaf, last_leaf.hash AS previous, before.id AS before_id,
  h.crc AS change_crc, h.data AS change_data, h.raw_len AS change_len, t.parts
FROM version v LEFT JOIN article a ON a.id = v.article_id
  LEFT JOIN capture c ON c.version_id = v.id
  LEFT JOIN blob content ON content.id = v.content_id
  LEFT JOIN blob head ON head.id = c.head_id
  LEFT JOIN blob body ON body.id = c.body_id
  LEFT JOIN leaf l ON l.version_id = v.id
  LEFT JOIN version before ON before.article_id = v.article_id AND before.n = v.n - 1
  LEFT JOIN leaf last_leaf ON last_leaf.version_id = before.id
  LEFT JOIN change h ON h.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
"""
"""One row a version, with all that its leaf vouches for."""

PARTS: Final = ("content", "head", "body")


def evidence_of(row: Row) -> Evidence:
    """Return what a row of SELECT_EVIDENCE says."""
    return record(Evidence, row)


_FORM: Final = 1


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
