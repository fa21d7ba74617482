"""What is watched: sources, their hubs, articles and the addresses they go by."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from tracker.archive.database.base import Repository, upsert
from tracker.archive.reading import rows
from tracker.archive.reading.finding import address_key
from tracker.archive.schema.core import address, article, hub, source, story
from tracker.archive.values import clean_text
from tracker.errors import NotKnown, UsageError
from tracker.model import ArticleState
from tracker.urls import fetchable, host_of, identity

from .due import save_host
from .marks import vetoed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.model import Hub, HubPoll, HubState, Mention, Target, Tracked

_IDENT: Final = 12
_CHUNK: Final = 500


class Watch(Repository):
    """The part of the store that knows what is watched."""

    def sync_source(
        self, source: str, hubs: Sequence[Hub], now: datetime, *, paused: bool = False, anew: bool = False
    ) -> None:
        """Make the archive know *source* with exactly these hubs; new hubs are due at once. Idempotent.

        While a source is *paused*, neither its hubs nor its articles are ever due; all that is stored stays. With
        *anew* every hub is due at once and is read whole: what is wanted of it has changed.
        """
        with self._db.write() as connection:
            self._db.serialise(connection, "watch")
            owner = source_key(connection, source, now)
            connection.execute(update(_source).where(_source.c.id == owner).values(paused=paused))
            keys = [hub_key(each) for each in hubs]
            gone = delete(hub).where(hub.c.source_id == owner, hub.c.key.not_in(keys))
            connection.execute(gone)
            for position, (key, each) in enumerate(zip(keys, hubs, strict=True)):
                _place_hub(connection, owner, key, each, position, now)
            if anew:
                forgotten = {"etag": "", "last_modified": "", "next_poll_at": now}
                connection.execute(update(hub).where(hub.c.source_id == owner).values(forgotten))

    def add_targets(
        self, source: str, targets: Sequence[Target], now: datetime, stories: Sequence[str] = ()
    ) -> list[Tracked]:
        """Put addresses under watch, due at once; return the articles that are new.

        Known articles (by identity or alias) join *stories* and keep everything else. Raises UsageError for what is
        no address.
        """
        with self._db.write() as connection:
            self._db.serialise(connection, "watch")
            owner = source_key(connection, source, now)
            new, _ = _take(connection, owner, targets, now, stories)
            return _by_key(connection, new)

    def hasten(self, source: str, url: str, at: datetime) -> None:
        """Have the hub of *source* at *url* read at *at*, where it was to be read later."""
        owner = select(rows.source_id).where(rows.source_name == clean_text(source)).scalar_subquery()
        later = (hub.c.source_id == owner) & (hub.c.url == url) & (hub.c.next_poll_at > at)
        with self._db.write() as connection:
            connection.execute(update(hub).where(later).values(next_poll_at=at))

    def known(self, urls: Sequence[str]) -> list[Tracked | None]:
        """Return for each address the article it leads to, None where there is none."""
        keys = [address_key(url) if _is_address(url) else b"" for url in urls]
        with self._db.read() as connection:
            found = find(connection, list(dict.fromkeys(keys)))
            owners = list(dict.fromkeys(found.values()))
            articles = dict(zip(sorted(owners), _by_key(connection, sorted(owners)), strict=True))
        return [articles[found[key]] if key in found else None for key in keys]

    def sources(self) -> list[str]:
        """Return the names of all sources."""
        with self._db.read() as connection:
            return list(connection.scalars(select(source.c.name).order_by(source.c.id)))

    def hub_states(self, source: str | None = None) -> list[HubState]:
        """Return the hubs of a source, or all, in the order they were configured."""
        query = rows.HUBS.order_by(hub.c.source_id, hub.c.position)
        if source is not None:
            query = query.where(rows.source_name == clean_text(source))
        with self._db.read() as connection:
            return [rows.hub_state(row) for row in connection.execute(query)]

    def commit_poll(self, poll: HubPoll) -> list[Tracked]:
        """Carry out what one reading of a hub decided, in one transaction; return the articles that are new.

        What a hub lists and is no address is passed over. A known article takes the headline that the hub gives it.
        """
        targets = [target for target in poll.targets if _is_address(target.url)]
        with self._db.write() as connection:
            self._db.serialise(connection, "watch")
            owner = source_key(connection, poll.hub.source, poll.at)
            new, known = _take(connection, owner, targets, poll.at, poll.stories)
            _retitle(connection, known)
            _mention(connection, poll.mentions)
            _note_poll(connection, owner, poll, len(new))
            if poll.host is not None:
                save_host(connection, poll.host)
            return _by_key(connection, new)

    def force_due(self, now: datetime, *, source: str | None = None, articles: Sequence[str] = ()) -> None:
        """Make the named articles and the hubs and articles of *source* (None and no articles: everything) due now."""
        later = article.c.next_check_at.is_(None) | (article.c.next_check_at > now)
        every = update(article).where(later).values(next_check_at=now)
        hubs = update(hub).where(hub.c.next_poll_at.is_(None) | (hub.c.next_poll_at > now)).values(next_poll_at=now)
        with self._db.write() as connection:
            for start in range(0, len(articles), _CHUNK):
                connection.execute(every.where(article.c.ident.in_(articles[start : start + _CHUNK])))
            if source is not None:
                owner = select(rows.source_id).where(rows.source_name == clean_text(source)).scalar_subquery()
                connection.execute(every.where(article.c.source_id == owner))
                connection.execute(hubs.where(hub.c.source_id == owner))
            elif not articles:
                connection.execute(every)
                connection.execute(hubs)

    def set_state(self, article: str, state: ArticleState) -> None:
        """Pause or resume an article. Raises NotKnown."""
        with self._db.write() as connection:
            done = connection.execute(update(_article).where(_article.c.ident == article).values(state=state))
            if done.rowcount != 1:
                raise NotKnown("no such article", resource=article, hint="writethru log lists what is kept")


_article: Final = article
_source: Final = source


def source_key(connection: Connection, name: str, now: datetime) -> int:
    """Return the row of a source, which is made where there is none."""
    found = connection.scalar(select(source.c.id).where(source.c.name == clean_text(name)))
    if found is None:
        found = connection.scalar(
            insert(source).returning(source.c.id), {"name": name, "paused": False, "created_at": now}
        )
    return int(found)


def hub_key(each: Hub) -> str:
    """Return the hash of what makes a hub this one: another selector on the same page is another hub."""
    return hashlib.sha256(json.dumps([each.kind, each.url, each.selector, each.pattern]).encode()).hexdigest()


def free_idents(key: bytes) -> Iterator[str]:
    """Yield the ids an article may take, best first: the next digits where another article has the first ones."""
    digits = key.hex()
    return (digits[start : start + _IDENT] for start in range(len(digits) - _IDENT + 1))


def alias(connection: Connection, owner: int, urls: Iterable[str]) -> None:
    """Remember that article row *owner* was seen under *urls*; addresses of other articles stay theirs."""
    for url in urls:
        if _is_address(url):
            row = {"key": address_key(url), "article_id": owner, "url": url}
            connection.execute(upsert(connection, address, row, on=(address.c.key,)))


def find(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return the article rows that go by these address keys."""
    found: dict[bytes, int] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(address.c.key, address.c.article_id).where(address.c.key.in_(keys[start : start + _CHUNK]))
        found.update({bytes(key): owner for key, owner in connection.execute(query)})
    return found


def _is_address(url: str) -> bool:
    try:
        identity(url)
    except UsageError:
        return False
    return True


def _place_hub(connection: Connection, owner: int, key: str, each: Hub, position: int, now: datetime) -> None:
    known = connection.execute(
        update(hub).where(hub.c.source_id == owner, hub.c.key == key).values(position=position)
    ).rowcount
    if known:
        return
    fresh = {
        "source_id": owner,
        "key": key,
        "kind": each.kind,
        "url": each.url,
        "selector": each.selector,
        "pattern": each.pattern,
        "host": host_of(fetchable(each.url)),
        "position": position,
        "next_poll_at": now,
        "failures": 0,
        "last_error": "",
        "etag": "",
        "last_modified": "",
        "articles": 0,
    }
    connection.execute(insert(hub), fresh)


def _take(
    connection: Connection, owner: int, targets: Sequence[Target], now: datetime, stories: Sequence[str]
) -> tuple[list[int], list[tuple[int, Target]]]:
    """Put targets under watch; return the rows of new articles, and known ones with their target."""
    by_key: dict[bytes, Target] = {}
    for target in targets:
        by_key.setdefault(address_key(target.url), target)
    found = find(connection, list(by_key))
    known = [(found[key], target) for key, target in by_key.items() if key in found]
    new = [_insert(connection, owner, key, target, now) for key, target in by_key.items() if key not in found]
    for key in dict.fromkeys([row for row, _ in known] + new):
        for name in stories:
            if vetoed(connection, key, name):
                continue
            row = {"article_id": key, "name": name}
            connection.execute(upsert(connection, story, row, on=(story.c.article_id, story.c.name)))
    return new, known


def _insert(connection: Connection, owner: int, key: bytes, target: Target, now: datetime) -> int:
    url = fetchable(target.url)
    taken = select(article.c.id)
    ident = next(each for each in free_idents(key) if connection.scalar(taken.where(article.c.ident == each)) is None)
    fresh: dict[str, Any] = dict.fromkeys(("checks", "versions", "failures"), 0)
    fresh |= dict.fromkeys(("etag", "last_modified", "signature", "title"), "")
    fresh |= {
        "ident": ident,
        "source_id": owner,
        "url": url,
        "host": host_of(url),
        "first_seen_at": now,
        "state": ArticleState.ACTIVE,
        "next_check_at": now,
        "feed_title": target.title,
        "published_at": target.published,
        "told_at": target.updated,
        "listed_until": target.listed_until,
    }
    row = int(connection.scalar(insert(article).returning(article.c.id), fresh) or 0)
    connection.execute(insert(address), {"key": key, "article_id": row, "url": url})
    return row


def _retitle(connection: Connection, known: Sequence[tuple[int, Target]]) -> None:
    titled = [{"row": row, "given": target.title} for row, target in known if target.title]
    if titled:
        changed = article.c.feed_title != bindparam("given", type_=article.c.feed_title.type)
        new = bindparam("given", type_=article.c.feed_title.type)
        connection.execute(
            update(article).where(article.c.id == bindparam("row"), changed).values(feed_title=new), titled
        )


def _mention(connection: Connection, mentions: Sequence[Mention]) -> None:
    told = ("published_at", "told_at", "touched_at", "listed_until")
    for each in mentions:
        values: dict[str, Any] = {name: getattr(each, name) for name in told}
        mine = update(article).where(article.c.ident == each.article)
        connection.execute(mine.values(values))
        if each.next_check_at is not None:
            later = article.c.next_check_at > each.next_check_at
            connection.execute(mine.where(later).values(next_check_at=each.next_check_at))


def _note_poll(connection: Connection, owner: int, poll: HubPoll, new: int) -> None:
    worked = poll.outcome.saw_page
    values: dict[str, Any] = {
        "next_poll_at": poll.next_poll_at,
        "last_poll_at": poll.at,
        "last_error": "" if worked else poll.detail or str(poll.outcome),
        "failures": 0 if worked else hub.c.failures + 1,
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "articles": hub.c.articles + new,
    }
    if worked:
        values["last_ok_at"] = poll.at
    connection.execute(update(hub).where(hub.c.source_id == owner, hub.c.key == hub_key(poll.hub)).values(values))


def _by_key(connection: Connection, keys: Sequence[int]) -> list[Tracked]:
    found: list[Tracked] = []
    for start in range(0, len(keys), _CHUNK):
        query = rows.ARTICLES.where(article.c.id.in_(keys[start : start + _CHUNK])).order_by(article.c.id)
        found += rows.tracked(connection, connection.execute(query).all())
    return found


def count(connection: Connection) -> tuple[int, int, int]:
    """Return how many articles, versions and checks there are; from the articles' own counters, for checks are many."""
    query = select(func.count(), func.sum(article.c.versions), func.sum(article.c.checks)).select_from(article)
    articles, versions, checks = connection.execute(query).one()
    return articles, versions or 0, checks or 0
