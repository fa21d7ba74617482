"""How much the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.watch import Counts

from .codec import record
from .database.connection import Statement

if TYPE_CHECKING:
    from .archive import Archive

_SIZE: Final = Statement(
    sqlite="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database())",
)
# Versions and checks come from the articles' own counters: there are very many checks. Every version has a capture.
_COUNTS: Final = """
SELECT watched.*, alerts.*, watched.versions AS captures, (SELECT count(*) FROM source) AS sources,
  (SELECT count(*) FROM source s WHERE EXISTS (SELECT 1 FROM article WHERE source_id = s.id)) AS sources_with_articles
FROM (SELECT count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks FROM article) watched,
  (SELECT count(CASE WHEN state = 'pending' THEN 1 END) AS pending_alerts,
     count(CASE WHEN state = 'dead' THEN 1 END) AS dead_alerts,
     count(CASE WHEN state = 'delivered' THEN 1 END) AS delivered_alerts,
     min(CASE WHEN state = 'pending' THEN created_at END) AS oldest_pending_at
   FROM delivery) alerts
"""


def count_all(archive: Archive) -> Counts:
    """Count what the archive holds; `bytes` is the size of the database."""
    with archive.read() as connection:
        (row,) = connection.all(_COUNTS)
        return record(Counts, row, bytes=connection.number(_SIZE))
