"""What is believed of updates: how far hubs are right, what is under watch, what the service keeps for itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, distinct, func, select
from sqlalchemy.dialects import postgresql, sqlite

from tracker.archive import rows
from tracker.archive.schema.beliefs import tally
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, source, visit
from tracker.archive.values import clean_text
from tracker.model import Activity, CheckOutcome, HintTally, Survey

from .due import ACTIVE_ARTICLE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.model import Intent

KEPT: Final = 0.99
"""What each check that counts leaves of the weight of those before: about the last hundred make up the tally."""
_DAY: Final = timedelta(days=1)
_MOST_VISITS: Final = 200_000


def survey_watched(archive: Archive, now: datetime, limit: int = 2000) -> Survey:
    """Return how many articles are under watch with at most *limit* of them, and what the last day's visits found.

    Under watch is what has a next check and is neither paused nor of a paused source. Of more than 200,000 visits
    a day the latest are counted.
    """
    since = now - _DAY
    watched = ACTIVE_ARTICLE & article.c.next_check_at.is_not(None)
    with archive.database.read() as connection:
        total = connection.scalar(select(func.count()).select_from(article).where(watched)) or 0
        every = max(-(-total // limit), 1)
        some = rows.ARTICLES.where(watched, article.c.id % every == 0).order_by(article.c.id).limit(limit)
        sample = rows.tracked(connection, connection.execute(some).all())
        fresh = connection.scalar(
            select(func.count()).select_from(article).where(watched, article.c.first_seen_at > since)
        )
        checks, changed, first = _visits(connection, since)
    return Survey(total, tuple(sample), fresh or 0, checks, changed, first)


def hint_tallies(archive: Archive) -> dict[str, HintTally]:
    """Return how far the hubs of each source were right, the latest checks weighing most."""
    query = select(source.c.name, tally.c.hits, tally.c.false_touches, tally.c.misses)
    with archive.database.read() as connection:
        found = connection.execute(query.join(tally, tally.c.source_id == source.c.id))
        return {name: HintTally(*counts) for name, *counts in found}


def source_activity(archive: Archive, source: str, since: datetime, until: datetime) -> Activity:
    """Return what the visits to the articles of *source* after *since* and not after *until* found."""
    given = {"source": clean_text(source), "since": since, "until": until}
    with archive.database.read() as connection:
        return Activity(*(int(number or 0) for number in connection.execute(_BUSTLE, given).one()))


_found_changed: Final = case((visit.c.outcome == CheckOutcome.CHANGED, visit.c.article_id), else_=None)
_BUSTLE: Final = (
    select(func.count(distinct(visit.c.article_id)), func.count(distinct(_found_changed)), func.count(_found_changed))
    .select_from(source)
    .join(article, article.c.source_id == source.c.id)
    .join(visit, visit.c.article_id == article.c.id)
    .where(
        source.c.name == bindparam("source"),
        visit.c.at > bindparam("since", type_=Instant()),
        visit.c.at <= bindparam("until", type_=Instant()),
        visit.c.outcome.in_([CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED]),
    )
)


def tell(connection: Connection, owner: int, intent: Intent) -> None:
    """Count a check of an article that a hub speaks for; one without touch and change says nothing of the hub."""
    if intent.touched is None:
        return
    changed = intent.check.outcome is CheckOutcome.CHANGED
    if not intent.touched and not changed:
        return
    counted = HintTally().after(touched=intent.touched, changed=changed)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {"hits": counted.hits, "false_touches": counted.false_touches, "misses": counted.misses}
    grown: dict[str, Any] = {name: tally.c[name] * KEPT + value for name, value in row.items()}
    made = insert(tally).values(source_id=owner, **row)
    connection.execute(made.on_conflict_do_update(index_elements=["source_id"], set_=grown))


def _visits(connection: Connection, since: datetime) -> tuple[int, int, int]:
    latest = select(visit.c.at, visit.c.outcome).order_by(visit.c.id.desc()).limit(_MOST_VISITS).subquery()

    def of(outcome: CheckOutcome) -> Any:  # noqa: ANN401 - a column
        return func.coalesce(func.sum(case((latest.c.outcome == outcome, 1), else_=0)), 0)

    query = select(func.count(), of(CheckOutcome.CHANGED), of(CheckOutcome.NEW)).where(latest.c.at > since)
    checks, changed, first = connection.execute(query).one()
    return int(checks), int(changed), int(first)
