"""Articles: addresses under watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from tracker.archive import rows
from tracker.archive.schema.core import article, story
from tracker.archive.values import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.model import Tracked
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, update

from tracker.archive.database.base import upsert
from tracker.archive.identifiers import address_key
from tracker.archive.schema.core import address, hub
from tracker.archive.sources import source_key
from tracker.archive.story_rows import vetoed
from tracker.errors import NotKnown, UsageError
from tracker.model import ArticleState
from tracker.urls import fetchable, host_of, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.model import Mention, Target, Tracked

from typing import TYPE_CHECKING

from sqlalchemy import exists

from tracker.archive import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.errors import NotKnown
    from tracker.model import Tracked


_LOOKED_AT: Final = 1000


def get_article(archive: Archive, ident: str) -> Tracked:
    """Return the article by id, unique prefix of an id, or address. Raises NotKnown, with the nearest ids."""
    wanted = ident.strip()
    with archive.database.read() as connection:
        if identifiers.is_prefix(wanted):
            return _by_prefix(connection, wanted)
        return _by_address(connection, wanted)


def list_articles(archive: Archive, *, source: str | None = None, story: str | None = None) -> list[Tracked]:
    """Return articles, newest first."""
    query = rows.ARTICLES.order_by(article.c.first_seen_at.desc(), article.c.id.desc())
    if source is not None:
        query = query.where(rows.source_name == clean_text(source))
    if story is not None:
        query = query.where(in_story(story))
    with archive.database.read() as connection:
        return rows.tracked(connection, connection.execute(query).all())


def in_story(name: str) -> Any:  # noqa: ANN401 - a condition
    return exists().where(story.c.article_id == article.c.id, story.c.name == clean_text(name))


def _by_prefix(connection: Connection, prefix: str) -> Tracked:
    inside = (article.c.ident >= prefix) & (article.c.ident < identifiers.prefix_end(prefix))
    query = rows.ARTICLES.where(inside).order_by(article.c.ident)
    found = connection.execute(query.limit(identifiers.SHOWN + 1)).all()
    if len(found) == 1:
        return rows.tracked(connection, found)[0]
    if found:
        raise identifiers.several(prefix, [(row.ident, row.title or row.feed_title or row.url) for row in found])
    alike = (article.c.ident >= prefix[0]) & (article.c.ident < identifiers.prefix_end(prefix[0]))
    idents = list(connection.scalars(select(article.c.ident).where(alike).limit(_LOOKED_AT)))
    idents += list(connection.scalars(select(article.c.ident).order_by(article.c.id.desc()).limit(_LOOKED_AT)))
    raise identifiers.no_prefix(prefix, idents)


def _by_address(connection: Connection, named: str) -> Tracked:
    for owner in find(connection, list(identifiers.address_keys(named))).values():
        found = connection.execute(rows.ARTICLES.where(article.c.id == owner)).all()
        return rows.tracked(connection, found)[0]
    raise identifiers.no_address(named)


_IDENT: Final = 12


_CHUNK: Final = 500


def add_targets(
    archive: Archive, source: str, targets: Sequence[Target], now: datetime, stories: Sequence[str] = ()
) -> list[Tracked]:
    """Put addresses under watch, due at once; return the articles that are new.

    Known articles (by identity or alias) join *stories* and keep everything else. Raises UsageError for what is
    no address.
    """
    with archive.database.write() as connection:
        archive.database.serialise(connection, "watch")
        owner = source_key(connection, source, now)
        new, _ = _take(connection, owner, targets, now, stories)
        return _by_key(connection, new)


def find_articles(archive: Archive, urls: Sequence[str]) -> list[Tracked | None]:
    """Return for each address the article it leads to, None where there is none."""
    keys = [address_key(url) if _is_address(url) else b"" for url in urls]
    with archive.database.read() as connection:
        found = find(connection, list(dict.fromkeys(keys)))
        owners = list(dict.fromkeys(found.values()))
        articles = dict(zip(sorted(owners), _by_key(connection, sorted(owners)), strict=True))
    return [articles[found[key]] if key in found else None for key in keys]


def force_due(archive: Archive, now: datetime, *, source: str | None = None, articles: Sequence[str] = ()) -> None:
    """Make the named articles and the hubs and articles of *source* (None and no articles: everything) due now."""
    later = article.c.next_check_at.is_(None) | (article.c.next_check_at > now)
    every = update(article).where(later).values(next_check_at=now)
    hubs = update(hub).where(hub.c.next_poll_at.is_(None) | (hub.c.next_poll_at > now)).values(next_poll_at=now)
    with archive.database.write() as connection:
        for start in range(0, len(articles), _CHUNK):
            connection.execute(every.where(article.c.ident.in_(articles[start : start + _CHUNK])))
        if source is not None:
            owner = select(rows.source_id).where(rows.source_name == clean_text(source)).scalar_subquery()
            connection.execute(every.where(article.c.source_id == owner))
            connection.execute(hubs.where(hub.c.source_id == owner))
        elif not articles:
            connection.execute(every)
            connection.execute(hubs)


def set_article_state(archive: Archive, article: str, state: ArticleState) -> None:
    """Pause or resume an article. Raises NotKnown."""
    with archive.database.write() as connection:
        done = connection.execute(update(_article).where(_article.c.ident == article).values(state=state))
        if done.rowcount != 1:
            raise NotKnown("no such article", resource=article, hint="writethru log lists what is kept")


_article: Final = article


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


_BRIEFS: Final = select(
    article.c.ident,
    article.c.title,
    article.c.feed_title,
    article.c.url,
    article.c.versions,
    article.c.first_seen_at,
    article.c.last_change_at,
    rows.source_name.label("source"),
).join(rows.outlet, rows.source_id == article.c.source_id)


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a few words."""

    ident: str
    title: str
    url: str
    source: str
    versions: int
    first_seen: datetime
    last_change: datetime | None


def list_by_last_change(
    archive: Archive, *, source: str = "", story: str = "", limit: int = 50, failing: bool = False
) -> list[Tracked]:
    """Return articles of a source or a story: those that changed last first, or only those that fail."""
    found = rows.ARTICLES
    if source:
        found = found.where(rows.source_name == clean_text(source))
    if story:
        found = found.where(in_story(story))
    if failing:
        found = found.where(article.c.failures > 0)
    last = func.coalesce(article.c.last_change_at, article.c.first_seen_at)
    found = found.order_by(last.desc(), article.c.id.desc()).limit(limit)
    with archive.database.read() as connection:
        return rows.tracked(connection, connection.execute(found).all())


def summarise_articles(archive: Archive, idents: Sequence[str]) -> dict[str, ArticleSummary]:
    """Return these articles in a few words; those that are not there are left out."""
    wanted = sorted(set(idents))
    found: dict[str, ArticleSummary] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = _BRIEFS.where(article.c.ident.in_(wanted[start : start + _CHUNK]))
        with archive.database.read() as connection:
            for row in connection.execute(query):
                named = row.title or row.feed_title or row.url
                changed = row.last_change_at
                found[row.ident] = ArticleSummary(
                    row.ident, named, row.url, row.source, row.versions, row.first_seen_at, changed
                )
    return found
