"""How many changes each article had, by label and by what the outlet noted.

They are counted when they are stored, so that pages need not count them, and kept by article, not by source: an
article then takes its counts with it to another source, and checks of two articles never wait for each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from tracker.model.change import Change, LabelKind

from .archive import Archive
from .database.connection import Connection

# The kinds that count each change once, whatever its labels, by whether it was announced. A flap is none of them.
_BY_ANNOUNCED: Final = {True: "announced", False: "unannounced", None: "undecided"}
_ADD_CHANGE: Final = """
INSERT INTO change_count (article_id, kind, changes) VALUES (:article_id, :kind, 1)
ON CONFLICT (article_id, kind) DO UPDATE SET changes = change_count.changes + 1
"""
_RECOUNT_CHANGES: Final = f"""
INSERT INTO change_count (article_id, kind, changes)
SELECT article_id, kind, count(*) FROM (
  SELECT DISTINCT v.article_id, v.id, l.kind FROM version v JOIN label l ON l.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
  UNION ALL
  SELECT v.article_id, v.id, CASE WHEN h.announced IS NULL THEN '{_BY_ANNOUNCED[None]}'
    WHEN h.announced THEN '{_BY_ANNOUNCED[True]}' ELSE '{_BY_ANNOUNCED[False]}' END
  FROM version v JOIN change h ON h.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
    AND NOT EXISTS (SELECT 1 FROM label WHERE version_id = v.id AND kind = :flap)
) counted GROUP BY article_id, kind
"""
_CHANGES_OF_SOURCE: Final = """
SELECT c.kind, sum(c.changes) AS changes
FROM source s JOIN article a ON a.source_id = s.id JOIN change_count c ON c.article_id = a.id
WHERE s.name = :source GROUP BY c.kind ORDER BY c.kind
"""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """What the labels and columns of a source's changes come to; `factual` are those that changed facts."""

    changes: int = 0
    factual: int = 0
    announced: int = 0
    kinds: tuple[tuple[LabelKind, int], ...] = ()


def count_changes(archive: Archive, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    with archive.read() as connection:
        found = {row.kind: int(row.changes) for row in connection.all(_CHANGES_OF_SOURCE, source=name)}
    announced, unannounced, undecided = (found.pop(kind, 0) for kind in _BY_ANNOUNCED.values())
    # Two words may be of one kind: that of release 0.1, and today's.
    by_kind: Counter[LabelKind] = Counter()
    for word, count in found.items():
        by_kind[LabelKind(word)] += count
    kinds = tuple(sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0])))
    return ChangeCounts(announced + unannounced + undecided, announced + unannounced, announced, kinds)


# -- within the caller's transaction


def count_change(connection: Connection, article_id: int, n: int, change: Change) -> None:
    """Count the change that led to version `n` of an article."""
    if n == 1:
        return
    kinds = {label.kind.value for label in change.labels}
    if LabelKind.FLAP.value not in kinds:
        kinds.add(_BY_ANNOUNCED[change.announced])
    connection.run_many(_ADD_CHANGE, [{"article_id": article_id, "kind": kind} for kind in sorted(kinds)])


def recount_changes(connection: Connection, article_id: int) -> None:
    """Count the changes of an article anew, after changes or labels of it were replaced or deleted."""
    connection.run("DELETE FROM change_count WHERE article_id = :article_id", article_id=article_id)
    connection.run(_RECOUNT_CHANGES, article_id=article_id, flap=LabelKind.FLAP)
