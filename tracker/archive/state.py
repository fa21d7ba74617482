"""The state of the service: values kept from one run to the next, due hubs and articles, a clock set back, counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tracker.model.source import Hub
from tracker.model.watch import Counts, HubState, Survey, WatchedArticle, WatchState

from .archive import Archive
from .articles import SELECT_ARTICLE, articles_of
from .codec import row_to_value
from .database.connection import Statement, from_ms, to_instant, to_ms
from .quarantine import list_quarantined
from .sources import IS_ARTICLE, SELECT_HUB


def get_state(archive: Archive, name: str) -> str:
    """Return the value that was saved under `name`, or an empty text."""
    with archive.read() as connection:
        return connection.value(str, "SELECT value FROM state WHERE name = :name", name=name) or ""


def save_state(archive: Archive, name: str, value: str, now: datetime) -> None:
    """Save a value under `name` in place of the one before; an empty text deletes it."""
    with archive.write() as connection:
        if value:
            connection.replace("state", "name", name=name, at=now, value=value)
        else:
            connection.run("DELETE FROM state WHERE name = :name", name=name)


_HOST_TIME: Final = "host time"


def save_host_time(archive: Archive, at: datetime, host_time: datetime) -> None:
    """Save the time that hosts gave in an answer, and the time `at` which it came by our own clock."""
    save_state(archive, _HOST_TIME, host_time.isoformat(), at)


def get_host_time(archive: Archive) -> tuple[datetime, datetime] | None:
    """Return the times that `save_host_time` saved last, None if no host has given its time yet."""
    with archive.read() as connection:
        row = connection.first("SELECT at, value FROM state WHERE name = :name", name=_HOST_TIME)
    return None if row is None else (from_ms(row.at), datetime.fromisoformat(row.value))


_CHECKPOINT_WANTED: Final = "checkpoint wanted"


def ask_for_checkpoint(archive: Archive, now: datetime) -> None:
    """Ask the service, which holds the archive's lock, to make a checkpoint now."""
    save_state(archive, _CHECKPOINT_WANTED, now.isoformat(), now)


def take_checkpoint_request(archive: Archive, now: datetime) -> bool:
    """Return whether a checkpoint was asked for, and forget that it was."""
    if not get_state(archive, _CHECKPOINT_WANTED):
        return False
    save_state(archive, _CHECKPOINT_WANTED, "", now)
    return True


MAX_READ_MARKS: Final = 1000
"""Articles of which a user's mark is stored: those that they read last."""
_READ_MARK: Final = """
SELECT m.n, m.at FROM read_mark m JOIN article a ON a.id = m.article_id WHERE m.reader = :reader AND a.ident = :article
"""
_FORGET_READ_MARKS: Final = """
DELETE FROM read_mark WHERE reader = :reader AND article_id NOT IN (
  SELECT article_id FROM read_mark WHERE reader = :reader ORDER BY at DESC, article_id DESC LIMIT :most)
"""


def hash_reader(user: str) -> str:
    """Return the key by which the archive knows a user."""
    return hashlib.sha256(user.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def get_reader_mark(archive: Archive, reader: str) -> tuple[int, datetime] | None:
    """Return the newest version row when a user marked all as read, and when that was; None if they never did."""
    with archive.read() as connection:
        row = connection.first("SELECT newest, at FROM reader_mark WHERE reader = :reader", reader=reader)
    return None if row is None else (row.newest, from_ms(row.at))


def save_reader_mark(archive: Archive, reader: str, newest: int, at: datetime) -> None:
    """Save that a user marked all versions up to row `newest` as read."""
    with archive.write() as connection:
        connection.replace("reader_mark", "reader", reader=reader, newest=newest, at=at)


def get_read_mark(archive: Archive, reader: str, article: str) -> tuple[int, datetime] | None:
    """Return the version of an article that a user last read, and when that was; None if they never did."""
    with archive.read() as connection:
        row = connection.first(_READ_MARK, reader=reader, article=article)
    return None if row is None else (row.n, from_ms(row.at))


def save_read_mark(archive: Archive, reader: str, article: str, n: int, at: datetime) -> None:
    """Save that a user read version `n` of an article, and forget the oldest of more than MAX_READ_MARKS marks."""
    with archive.write() as connection:
        key = connection.number("SELECT id FROM article WHERE ident = :article", article=article)
        connection.replace("read_mark", "reader, article_id", reader=reader, article_id=key, n=n, at=at)
        connection.run(_FORGET_READ_MARKS, reader=reader, most=MAX_READ_MARKS)


def get_thresholds(archive: Archive) -> dict[str, dict[str, float]]:
    """Return the thresholds at which checks are due, by scope ("all", "source" or "host") and name."""
    found: dict[str, dict[str, float]] = {"all": {}, "source": {}, "host": {}}
    with archive.read() as connection:
        for row in connection.all("SELECT scope, name, value FROM threshold"):
            found[row.scope][row.name] = row.value
    return found


def save_thresholds(archive: Archive, thresholds: Mapping[str, Mapping[str, float]]) -> None:
    """Save the thresholds, by scope and name, in place of those before."""
    rows = [
        {"scope": scope, "name": name, "value": value}
        for scope, values in thresholds.items()
        for name, value in values.items()
    ]
    with archive.write() as connection:
        connection.run("DELETE FROM threshold")
        connection.insert_many("threshold", rows)


@dataclass(frozen=True, slots=True)
class NamedBefore:
    """The names in the configuration when it was last read: single URLs, each source's interval, a hash of its filters.

    `intervals` are `every` in seconds, 0 for none. `left` maps the articles that were paused to the reason: "urls" or
    "filters".
    """

    urls: tuple[str, ...] = ()
    intervals: Mapping[str, float] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def get_named(archive: Archive) -> NamedBefore:
    """Return the names in the configuration before; empty the first time."""
    with archive.read() as connection:
        urls = connection.column(str, "SELECT url FROM named_url")
        sources = connection.all("SELECT name, every, filters FROM source WHERE filters IS NOT NULL")
        left = connection.all("SELECT a.ident, u.reason FROM unwatched u JOIN article a ON a.id = u.article_id")
    return NamedBefore(
        tuple(sorted(urls)),
        {row.name: row.every for row in sources},
        {row.name: row.filters for row in sources},
        {row.ident: row.reason for row in left},
    )


def save_named(archive: Archive, named: NamedBefore) -> None:
    """Save the names in the configuration, in place of those before."""
    sources = [
        {"name": name, "every": every, "filters": named.filters[name]} for name, every in named.intervals.items()
    ]
    left = [{"ident": ident, "reason": reason} for ident, reason in named.left.items()]
    with archive.write() as connection:
        for table in ("named_url", "unwatched"):
            connection.run(f"DELETE FROM {table}")
        connection.insert_many("named_url", [{"url": url} for url in named.urls])
        connection.run("UPDATE source SET every = NULL, filters = NULL")
        connection.run_many("UPDATE source SET every = :every, filters = :filters WHERE name = :name", sources)
        connection.run_many(
            "INSERT INTO unwatched (article_id, reason) SELECT id, :reason FROM article WHERE ident = :ident", left
        )


# -- due hubs and articles

ACTIVE_ARTICLE: Final = "a.state <> 'paused' AND a.source_id NOT IN (SELECT id FROM source WHERE paused)"
ACTIVE_HUB: Final = "h.source_id NOT IN (SELECT id FROM source WHERE paused)"
_HUBS: Final = f"""
{SELECT_HUB} WHERE h.host = :host AND {ACTIVE_HUB} AND h.next_poll_at <= :now ORDER BY h.next_poll_at, h.id
"""
_ARTICLES: Final = f"""
{SELECT_ARTICLE} WHERE a.host = :host AND {ACTIVE_ARTICLE} AND a.next_check_at <= :now
ORDER BY a.next_check_at, a.id LIMIT :most
"""
# Milliseconds that a check may lie in the future, because another machine's clock may be ahead of ours.
MAX_CLOCK_DIFFERENCE_MS: Final = 60_000
_NEWEST: Final = ("SELECT max(last_check_at) FROM article", "SELECT max(last_poll_at) FROM hub")
_PLANNED: Final = (
    "UPDATE article SET next_check_at = next_check_at - :ahead WHERE next_check_at > :now",
    "UPDATE hub SET next_poll_at = next_poll_at - :ahead WHERE next_poll_at > :now",
    "UPDATE host SET not_before = not_before - :ahead WHERE not_before > :now",
    "UPDATE delivery SET due_at = due_at - :ahead WHERE state = 'pending' AND due_at > :now",
    "UPDATE delivery SET leased_until = leased_until - :ahead WHERE state = 'pending' AND leased_until > :now",
    # The watch of an article may have ended by the wrong clock; the next check decides again.
    "UPDATE article SET next_check_at = :now WHERE next_check_at IS NULL AND last_check_at > :now",
    # So that the same step is not detected twice.
    "UPDATE article SET last_check_at = :now WHERE last_check_at > :now",
    "UPDATE hub SET last_poll_at = :now WHERE last_poll_at > :now",
)
_DUE_HOSTS: Final = f"""
SELECT due.host FROM (
  SELECT a.host, a.next_check_at AS due FROM article a WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now
  UNION ALL SELECT h.host, h.next_poll_at FROM hub h WHERE {ACTIVE_HUB} AND h.next_poll_at <= :now
) due LEFT JOIN host ON host.name = due.host
WHERE host.not_before IS NULL OR host.not_before <= :now
GROUP BY due.host ORDER BY min(due.due), due.host LIMIT :most
"""


def due_hosts(archive: Archive, now: datetime, limit: int = 1000) -> list[str]:
    """Return hosts that have a due hub or article and may be visited now, longest overdue first."""
    with archive.read() as connection:
        return connection.column(str, _DUE_HOSTS, now=now, most=limit)


def due_hubs(archive: Archive, host: str, now: datetime) -> list[HubState]:
    """Return the due hubs of `host`, longest overdue first."""
    with archive.read() as connection:
        rows = connection.all(_HUBS, host=host, now=now)
        return [row_to_value(HubState, row, hub=row_to_value(Hub, row)) for row in rows]


def due_articles(archive: Archive, host: str, now: datetime, limit: int = 25) -> list[WatchedArticle]:
    """Return due articles of `host` that are not paused (gone ones are looked at again), longest overdue first."""
    with archive.read() as connection:
        return articles_of(connection, connection.all(_ARTICLES, host=host, now=now, most=limit))


def clock_went_back(archive: Archive, now: datetime) -> float:
    """If checks lie in the future, move all due times back: the clock was set back. Return by how many seconds, or 0.

    Due times planned by the old clock would be too late. Times of versions and checks stay as recorded: versions are
    ordered by number.
    """
    with archive.write() as connection:
        newest = [connection.value(int, statement) for statement in _NEWEST]
        ahead = max((each for each in newest if each is not None), default=0) - to_ms(now)
        if ahead < MAX_CLOCK_DIFFERENCE_MS:
            return 0.0
        # Due times first: the last times show that the clock was set back.
        for statement in _PLANNED:
            connection.run(statement, ahead=ahead, now=now)
    return ahead / 1000


# -- the state of the watch, and counts

# A host that asked us to wait is not late: its articles are due when its pause is over.
_OVERDUE: Final = f"""
SELECT count(*) AS articles, min(due.at) AS since FROM (
  SELECT CASE WHEN host.not_before > a.next_check_at THEN host.not_before ELSE a.next_check_at END AS at
  FROM article a LEFT JOIN host ON host.name = a.host
  WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now
) due WHERE due.at <= :now
"""
_SEEN: Final = """
SELECT s.name, max(seen.at) AS at FROM source s LEFT JOIN (
  SELECT source_id, max(last_seen_at) AS at FROM article GROUP BY source_id
  UNION ALL SELECT source_id, max(last_ok_at) FROM hub GROUP BY source_id
) seen ON seen.source_id = s.id WHERE s.paused = :no GROUP BY s.name
"""
_WAITING: Final = """
SELECT target, state, count(*) AS alerts FROM delivery WHERE state IN ('pending', 'dead') GROUP BY target, state
"""
# Each of these jobs saves its last time under its name.
_LAST_DONE: Final = "SELECT name, at FROM state WHERE name IN ('backup', 'verify', 'checkpoint')"
_WATCHED: Final = f"{ACTIVE_ARTICLE} AND a.next_check_at IS NOT NULL AND {IS_ARTICLE}"
_COUNT_WATCHED: Final = f"""
SELECT count(*) AS articles, coalesce(sum(CASE WHEN a.first_seen_at > :since THEN 1 ELSE 0 END), 0) AS fresh
FROM article a WHERE {_WATCHED}
"""
_SAMPLE: Final = f"{SELECT_ARTICLE} WHERE {_WATCHED} AND a.id % :every = 0 ORDER BY a.id LIMIT :most"


def watch_state(archive: Archive, now: datetime) -> WatchState:
    """Return the overdue articles at `now`, quarantined pages, when each source was last seen, and so on."""
    with archive.read() as connection:
        (overdue,) = connection.all(_OVERDUE, now=now)
        seen = {row.name: to_instant(row.at) for row in connection.all(_SEEN, no=False)}
        waiting = {(row.target, row.state): int(row.alerts) for row in connection.all(_WAITING)}
        done = {row.name: from_ms(row.at) for row in connection.all(_LAST_DONE)}
        week = "SELECT count(*) FROM version WHERE seen_at >= :since"
        recent = connection.number(week, since=now - timedelta(days=7))
        began = to_instant(connection.value(int, "SELECT min(created_at) FROM source"))
    lag = 0.0 if overdue.since is None else max((now - from_ms(overdue.since)).total_seconds(), 0.0)
    return WatchState(int(overdue.articles), lag, tuple(list_quarantined(archive)), seen, waiting, done, recent, began)


def survey_watched(archive: Archive, now: datetime, limit: int = 2000) -> Survey:
    """Return how many articles are under watch, with at most `limit` of them.

    An article is under watch if it has a next check and neither it nor its source is paused.
    """
    with archive.read() as connection:
        (watched,) = connection.all(_COUNT_WATCHED, since=now - timedelta(days=1))
        # A sample spread over all rows: the first ones would all be old.
        every = max(-(-watched.articles // limit), 1)
        sample = articles_of(connection, connection.all(_SAMPLE, every=every, most=limit))
    return Survey(watched.articles, tuple(sample), int(watched.fresh))


_SIZE: Final = Statement(
    sqlite="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database())",
)
# Versions and checks come from the articles' own counters: there are very many checks. Every version has a capture.
_COUNTS: Final = f"""
SELECT watched.*, alerts.*, watched.versions AS captures, (SELECT count(*) FROM source) AS sources,
  (SELECT count(*) FROM source s WHERE EXISTS (SELECT 1 FROM article WHERE source_id = s.id)) AS sources_with_articles
FROM (SELECT count(CASE WHEN {IS_ARTICLE} THEN 1 END) AS articles, sum(versions) AS versions, sum(checks) AS checks
  FROM article) watched,
  (SELECT count(CASE WHEN state = 'pending' THEN 1 END) AS pending_alerts,
     count(CASE WHEN state = 'dead' THEN 1 END) AS dead_alerts,
     count(CASE WHEN state = 'delivered' THEN 1 END) AS delivered_alerts,
     min(CASE WHEN state = 'pending' THEN created_at END) AS oldest_pending_at
   FROM delivery) alerts
"""


def count_all(archive: Archive) -> Counts:
    """Count the contents of the archive; `bytes` is the size of the database."""
    with archive.read() as connection:
        (row,) = connection.all(_COUNTS)
        return row_to_value(Counts, row, bytes=connection.number(_SIZE))
