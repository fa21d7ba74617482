"""Checks: the visits to articles that are counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.model.check import Check, CheckOutcome

from .database.connection import where_all
from .values import OUTCOMES, from_ms

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    from .database.connection import Values

_CHECKS: Final = """
SELECT k.at, k.outcome, k.status, k.elapsed, k.detail FROM visit k JOIN article a ON a.id = k.article_id
WHERE a.ident = :ident ORDER BY k.at DESC, k.id DESC LIMIT :most
"""
_EVERY_CHECK: Final = """
SELECT k.id, k.at, k.outcome, k.status, k.elapsed, k.detail, a.ident, a.url, s.name AS source
FROM visit k JOIN article a ON a.id = k.article_id JOIN source s ON s.id = a.source_id
"""
_MADE_VERSION: Final = [OUTCOMES.index(each) for each in CheckOutcome if each.made_version]
MAX_PAGE_CHECKS: Final = 1000
"""Checks that `iter_checks_without_version` reads at a time."""


def list_checks(archive: Archive, article: str, limit: int = 100) -> list[Check]:
    """Return the latest checks of an article, newest first."""
    with archive.database.read() as connection:
        return [
            Check(article, from_ms(row.at), OUTCOMES[row.outcome], row.detail or "", row.status, row.elapsed)
            for row in connection.all(_CHECKS, ident=article, most=limit)
        ]


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """A check with what names its article."""

    check: Check
    url: str
    source: str


def iter_checks_without_version(
    archive: Archive,
    *,
    articles: Sequence[str] = (),
    source: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[StoredCheck]:
    """Stream the checks that made no version, oldest first, a page at a time; *since* is included, *until* is not."""
    conditions = {
        "k.outcome NOT IN (:made)": True,
        "a.ident IN (:articles)": list(articles),
        "s.name = :source": source,
        "k.at >= :since": since,
        "k.at < :until": until,
    }
    statement = f"{_EVERY_CHECK} {where_all(conditions)} AND (k.at, k.id) > (:at, :id) ORDER BY k.at, k.id LIMIT :most"
    values: Values = {"made": _MADE_VERSION, "articles": list(articles), "source": source}
    values |= {"since": since, "until": until, "at": 0, "id": 0, "most": MAX_PAGE_CHECKS}
    while True:
        with archive.database.read() as connection:
            rows = connection.all(statement, values)
        for row in rows:
            outcome = OUTCOMES[row.outcome]
            check = Check(row.ident, from_ms(row.at), outcome, row.detail or "", row.status, row.elapsed)
            yield StoredCheck(check, row.url, row.source)
        if len(rows) < MAX_PAGE_CHECKS:
            return
        values |= {"at": rows[-1].at, "id": rows[-1].id}
