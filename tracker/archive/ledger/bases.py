"""Find frames encoded against bytes that were deleted: they can no longer be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .logcheck import Damage

if TYPE_CHECKING:
    from tracker.archive.database.connection import Connection

# From what was deleted to what hangs on it, by the index of bases: a search among all frames would read the archive.
_HANGING: Final = """
SELECT b.id FROM blob b JOIN (
  SELECT c.head_id AS id FROM tombstone t JOIN capture c ON c.version_id = t.version_id WHERE t.parts <> 'body'
  UNION ALL SELECT c.body_id FROM tombstone t JOIN capture c ON c.version_id = t.version_id
  UNION ALL SELECT v.content_id FROM tombstone t JOIN version v ON v.id = t.version_id WHERE t.parts = 'all'
  UNION ALL SELECT r.head_id FROM recapture r WHERE r.removed <> ''
  UNION ALL SELECT r.body_id FROM recapture r WHERE r.removed <> ''
) gone ON b.base_id = gone.id
"""
_OWNERS: Final = """
SELECT a.ident, v.n, part.name FROM (
  SELECT version_id, head_id AS id, 'head' AS name FROM capture
  UNION ALL SELECT version_id, body_id, 'body' FROM capture
  UNION ALL SELECT id, content_id, 'content' FROM version
  UNION ALL SELECT version_id, content_id, 'later reading' FROM reading
) part JOIN version v ON v.id = part.version_id JOIN article a ON a.id = v.article_id
WHERE part.id IN (:ids) ORDER BY a.ident, v.n
"""


def frames_without_base(connection: Connection) -> list[Damage]:
    """Return a finding for each stored part of a version whose frame needs bytes that were deleted."""
    lost = set(connection.column(int, _HANGING))
    owners = list(connection.of_each(_OWNERS, "ids", lost))
    how = "was encoded against bytes that have been deleted, and cannot be read"
    found = [Damage(f"{row.ident}@{row.n}", f"its {row.name} {how}") for row in owners]
    rest = len(lost) - len(owners)
    return found + ([Damage("the archive", f"{rest} stored captures or reference pages {how}")] if rest > 0 else [])
