"""Checks: the visits to articles, their results, and counts in place of old ones that found nothing new.

Of each run of equal checks only the ends are kept. All measures of checks stay the same: when an article was
first and last seen in each state, how long it went unseen, and between which checks it changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.model.source import Activity
from tracker.model.watch import Check, CheckOutcome

from .archive import Archive
from .codec import row_to_value
from .database.connection import Values, from_ms, to_ms, where_all

# The order is part of the schema: a check keeps the place of its outcome in this list.
OUTCOMES: Final = (
    CheckOutcome.NEW,
    CheckOutcome.CHANGED,
    CheckOutcome.UNCHANGED,
    CheckOutcome.NOT_MODIFIED,
    CheckOutcome.GONE,
    CheckOutcome.REFUSED,
    CheckOutcome.FAILED,
)
_BY_HOST: Final = """
SELECT a.host, count(*) AS checks FROM article a JOIN visit k ON k.article_id = a.id AND k.at > :since
WHERE a.source_id = (SELECT id FROM source WHERE name = :source) GROUP BY a.host ORDER BY checks DESC, a.host
"""
_CHECKS: Final = """
SELECT k.id, k.at, k.outcome, k.status, k.elapsed, k.detail, k.remark, k.subject, a.ident, a.url, s.name AS source
FROM visit k JOIN article a ON a.id = k.article_id JOIN source s ON s.id = a.source_id
"""
_ACTIVITY: Final = """
SELECT count(DISTINCT k.article_id) AS seen,
  count(DISTINCT CASE WHEN k.outcome = :changed THEN k.article_id END) AS changed,
  count(CASE WHEN k.outcome = :changed THEN 1 END) AS changes
FROM source s JOIN article a ON a.source_id = s.id JOIN visit k ON k.article_id = a.id
WHERE s.name = :source AND k.at > :since AND k.at <= :until AND k.outcome IN (:compared)
"""
_CHANGED: Final = OUTCOMES.index(CheckOutcome.CHANGED)
_COMPARED: Final = [OUTCOMES.index(each) for each in CheckOutcome if each.compared]
_MADE_VERSION: Final = [OUTCOMES.index(each) for each in CheckOutcome if each.made_version]
# Checks that `iter_checks_without_version` reads at a time.
MAX_PAGE_CHECKS: Final = 1000
# Articles whose checks are counted in one transaction: few, because other writers wait for it.
MAX_ARTICLES_TOGETHER: Final = 50
# Whether or not the server sent the page again, nothing changed.
_SAME: Final = tuple(OUTCOMES.index(each) for each in (CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED))
_KIND: Final = f"CASE WHEN outcome IN {_SAME} AND detail IS NULL THEN -1 ELSE outcome * 1000 + coalesce(status, 0) END"
_INNER: Final = f"""
SELECT id, article_id, at, outcome, elapsed FROM (
  SELECT id, article_id, at, outcome, elapsed, {_KIND} AS kind, coalesce(detail, '') AS why,
    lag({_KIND}) OVER each_article AS kind_before, lead({_KIND}) OVER each_article AS kind_after,
    lag(coalesce(detail, '')) OVER each_article AS why_before, lead(coalesce(detail, '')) OVER each_article AS why_after
  FROM visit WHERE article_id BETWEEN :first AND :last AND at < :before
  WINDOW each_article AS (PARTITION BY article_id ORDER BY at, id)
) old
WHERE kind = kind_before AND kind = kind_after AND why = why_before AND why = why_after AND outcome NOT IN (:made)
"""
_COUNT: Final = f"""
INSERT INTO visit_day (article_id, day, outcome, checks, elapsed)
SELECT article_id, at / 86400000, outcome, count(*), sum(elapsed) FROM ({_INNER}) inside
WHERE true GROUP BY article_id, at / 86400000, outcome
ON CONFLICT (article_id, day, outcome) DO UPDATE SET checks = visit_day.checks + excluded.checks,
  elapsed = visit_day.elapsed + excluded.elapsed
"""
_DELETE: Final = f"DELETE FROM visit WHERE id IN (SELECT id FROM ({_INNER}) inside)"
_ARTICLES: Final = "SELECT id FROM article WHERE id > :after ORDER BY id LIMIT :most"
_COUNTED: Final = """
SELECT d.outcome, sum(d.checks) AS checks FROM visit_day d JOIN article a ON a.id = d.article_id
WHERE a.source_id = (SELECT id FROM source WHERE name = :source) GROUP BY d.outcome
"""


def list_checks(archive: Archive, article: str, limit: int = 100) -> list[Check]:
    """Return the latest checks of an article, newest first."""
    statement = f"{_CHECKS} WHERE a.ident = :ident ORDER BY k.at DESC, k.id DESC LIMIT :most"
    with archive.read() as connection:
        rows = connection.all(statement, ident=article, most=limit)
    return [row_to_value(Check, row, article=article, outcome=OUTCOMES[row.outcome]) for row in rows]


def checks_by_host(archive: Archive, source: str, since: datetime) -> dict[str, int]:
    """Return how many checks of the articles of `source` each host had after `since`, most first."""
    with archive.read() as connection:
        return {row.host: row.checks for row in connection.all(_BY_HOST, source=source, since=to_ms(since))}


def source_activity(archive: Archive, source: str, since: datetime, until: datetime) -> Activity:
    """Return the results of the visits to the articles of `source` after `since` and not after `until`."""
    values: Values = {"source": source, "since": since, "until": until, "changed": _CHANGED, "compared": _COMPARED}
    with archive.read() as connection:
        (found,) = connection.all(_ACTIVITY, **values)
        return row_to_value(Activity, found)


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """A check with the URL and source of its article."""

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
    """Stream the checks that made no version, oldest first, a page at a time; `since` is included, `until` is not."""
    conditions = {
        "k.outcome NOT IN (:made)": True,
        "a.ident IN (:articles)": list(articles),
        "s.name = :source": source,
        "k.at >= :since": since,
        "k.at < :until": until,
    }
    statement = f"{_CHECKS} {where_all(conditions)} AND (k.at, k.id) > (:at, :id) ORDER BY k.at, k.id LIMIT :most"
    values: Values = {"made": _MADE_VERSION, "articles": list(articles), "source": source}
    values |= {"since": since, "until": until, "at": 0, "id": 0, "most": MAX_PAGE_CHECKS}
    while True:
        with archive.read() as connection:
            rows = connection.all(statement, **values)
        for row in rows:
            check = row_to_value(Check, row, article=row.ident, outcome=OUTCOMES[row.outcome])
            yield StoredCheck(check, row.url, row.source)
        if len(rows) < MAX_PAGE_CHECKS:
            return
        values |= {"at": rows[-1].at, "id": rows[-1].id}


def count_old_checks(archive: Archive, before: datetime) -> Iterator[int]:
    """Replace checks older than `before` that found nothing new by their counts.

    Each step is one short transaction, and yields how many it replaced. The checks that are kept are those before or
    after which something else was found.
    """
    after = 0
    while True:
        with archive.write() as connection:
            # Some articles at a time, because checks wait for the write lock meanwhile.
            ids = connection.column(int, _ARTICLES, after=after, most=MAX_ARTICLES_TOGETHER)
            if not ids:
                return
            values = {"first": ids[0], "last": ids[-1], "before": to_ms(before), "made": _MADE_VERSION}
            connection.run(_COUNT, **values)
            counted = connection.run(_DELETE, **values)
        yield counted
        after = ids[-1]


def oldest_check(archive: Archive) -> datetime | None:
    """Return the time of the oldest check that is stored, not only counted; None if there is none."""
    with archive.read() as connection:
        at = connection.value(int, "SELECT min(at) FROM visit")
    return None if at is None else from_ms(at)


def counted_checks(archive: Archive, source: str) -> dict[CheckOutcome, int]:
    """Return how many checks of a source are only counted, by outcome."""
    with archive.read() as connection:
        return {OUTCOMES[row.outcome]: int(row.checks) for row in connection.all(_COUNTED, source=source)}
