"""Articles: the addresses under watch, their titles, and the stories that people put them into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.addresses.urls import fetchable, host_of, untracked
from tracker.errors import NotKnown, did_you_mean, unknown
from tracker.model.article import Article
from tracker.model.source import Target
from tracker.model.watch import ArticleState, WatchedArticle

from . import addresses, blobs, codec
from .addresses import PLACE, address_key, enter_move, find_owners, find_owners_of, former_key, is_address, note_address
from .archive import Archive
from .codec import row_to_value
from .database.connection import Connection, Row, chunks, where_all
from .ledger import log
from .ledger.log import EventKind
from .sources import IS_ARTICLE, POSSIBLY_GONE, source_key

_PREFIX: Final = re.compile(r"[0-9a-f]{1,12}")
# Two hexadecimal digits are ambiguous from some twenty articles on.
_MIN_PREFIX_CHARS: Final = 3
# An id with something that does not name a version: a version's name would have been split off.
_WITH_VERSION: Final = re.compile(r"[0-9a-f]{3,12}@.*")
_VERSIONS: Final = "name a version as in ID@v3, ID@first, ID@last, ID@-1, ID@2h or ID@2026-11-25T09:00"
# Articles that the error for an ambiguous prefix names.
MAX_SUGGESTED_ARTICLES: Final = 5
# Ids that are compared with a mistyped one.
MAX_LISTED_IDENTS: Final = 1000
# 48 bits: two of a million addresses begin alike with a chance of 1 in 560, and then the later one takes other digits.
_IDENT_CHARS: Final = 12

SELECT_ARTICLE: Final = f"""
SELECT a.id, a.ident, s.name AS source, a.url, a.host, a.first_seen_at, a.state, a.next_check_at, a.last_check_at,
  a.last_seen_at, a.last_change_at, a.checks, a.versions, a.failures, a.etag, a.last_modified, a.signature, a.title,
  a.feed_title, a.published_at, a.told_at AS listing_updated_at,
  a.touched_at AS update_hinted_at, a.listed_until,
  CASE WHEN t.version_id IS NULL THEN c.sha256 END AS capture_sha256,
  CASE WHEN {POSSIBLY_GONE} THEN (
    SELECT min(k.at) FROM visit k WHERE k.article_id = a.id AND k.status = 404 AND k.at > coalesce(a.last_seen_at, 0)
  ) END AS possibly_gone_since,
  EXISTS (SELECT 1 FROM citation q WHERE q.article_id = a.id) AS is_cited
FROM article a JOIN source s ON s.id = a.source_id
  LEFT JOIN version v ON v.article_id = a.id AND v.n = a.versions
  LEFT JOIN capture c ON c.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id AND t.parts = 'all'
"""
_SUMMARY: Final = """
SELECT a.ident, coalesce(nullif(a.title, ''), nullif(a.feed_title, ''), a.url) AS title, a.url, s.name AS source,
  a.versions, a.first_seen_at AS first_seen, a.last_change_at AS last_change,
  coalesce(a.last_seen_at, a.last_change_at, a.first_seen_at) AS last_seen
FROM article a JOIN source s ON s.id = a.source_id
"""
_GONE: Final = f"""{_SUMMARY}
WHERE a.state = 'gone' AND a.versions > 0 AND NOT EXISTS (
  SELECT 1 FROM tombstone t JOIN version v ON v.id = t.version_id
  WHERE v.article_id = a.id AND v.n = a.versions AND t.parts = 'all'
)
ORDER BY last_seen DESC, a.id DESC LIMIT :most
"""
IN_STORY: Final = "EXISTS (SELECT 1 FROM story m WHERE m.article_id = a.id AND m.name = :story)"
# A range, not LIKE: it uses the index whatever the collation of the database.
_IN_PREFIX: Final = "a.ident >= :start AND a.ident < :end"
_NEW: Final = {
    "checks": 0, "versions": 0, "failures": 0, "etag": "", "last_modified": "", "signature": "", "title": ""
}  # fmt: skip
# If a page was never read, the address that its own source lists replaces the stored one.
_ADOPT: Final = """
UPDATE article SET url = :url, host = :host, etag = '', last_modified = '' WHERE id = :id AND (versions = 0 OR :claimed)
"""
# Titles and times from another outlet's list are dropped when an article moves to its own source.
_MOVE: Final = """
UPDATE article SET source_id = :source, feed_title = '', published_at = :published, told_at = NULL, touched_at = NULL,
  listed_until = NULL WHERE id = :id
"""
_FIRST_TEXT: Final = """
SELECT v.content_id FROM version v LEFT JOIN tombstone t ON t.version_id = v.id AND t.parts = 'all'
WHERE v.article_id = :id AND t.version_id IS NULL ORDER BY v.n LIMIT 1
"""
# The configuration does not bring back an article that a person took out of a story.
JOIN_STORY: Final = """
INSERT INTO story (article_id, name) SELECT :article_id, :name
WHERE NOT EXISTS (SELECT 1 FROM story_out WHERE article_id = :article_id AND name = :name)
ON CONFLICT (article_id, name) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """A short description of an article, for lists. `last_seen` is when its newest version was last on the page."""

    ident: str
    title: str
    url: str
    source: str
    versions: int
    first_seen: datetime
    last_change: datetime | None
    last_seen: datetime


def get_article(archive: Archive, ident: str) -> WatchedArticle:
    """Return the article by id, unique prefix of an id, or address. Raises NotKnown, with the nearest ids."""
    wanted = ident.strip()
    is_prefix = _PREFIX.fullmatch(wanted) is not None
    if is_prefix and len(wanted) < _MIN_PREFIX_CHARS:
        raise NotKnown(f"an id needs at least {_MIN_PREFIX_CHARS} characters", resource=wanted)
    with archive.read() as connection:
        if is_prefix:
            return _by_prefix(connection, wanted)
        for key in addresses.address_keys(wanted):
            for owner in find_owners(connection, [key]).values():
                return articles_by_key(connection, [owner.article_id])[0]
    if _WITH_VERSION.fullmatch(wanted):
        raise NotKnown("no such article or version", resource=wanted, hint=_VERSIONS)
    hint = f"writethru add {wanted}" if "://" in wanted else addresses.LIST_HINT
    raise NotKnown("no such article", resource=wanted, hint=hint)


def get_articles(archive: Archive, idents: Iterable[str]) -> list[WatchedArticle]:
    """Return the articles with these ids, in the order in which they were put under watch."""
    with archive.read() as connection:
        statement = f"{SELECT_ARTICLE} WHERE a.ident IN (:idents) ORDER BY a.id"
        return articles_of(connection, list(connection.of_each(statement, "idents", sorted(set(idents)))))


def list_articles(archive: Archive, *, source: str | None = None, story: str | None = None) -> list[WatchedArticle]:
    """Return articles, newest first."""
    where = where_all({"s.name = :source": source, IN_STORY: story})
    with archive.read() as connection:
        statement = f"{SELECT_ARTICLE} {where} ORDER BY a.first_seen_at DESC, a.id DESC"
        return articles_of(connection, connection.all(statement, source=source, story=story))


def list_story(archive: Archive, name: str) -> list[WatchedArticle]:
    """Return the articles of a named story, newest first. Raises NotKnown if it has none."""
    found = list_articles(archive, story=name)
    if not found:
        raise unknown("story", name, sorted({story for each in list_articles(archive) for story in each.stories}))
    return found


def list_by_last_change(
    archive: Archive, *, source: str = "", limit: int = 50, failing: bool = False
) -> list[WatchedArticle]:
    """Return articles, or those of a source: those that changed last first, or only those that fail.

    A page that was possibly taken down has not failed.
    """
    of_source = "a.source_id = (SELECT id FROM source WHERE name = :source)"
    fails = f"a.failures > 0 AND a.state = 'active' AND NOT ({POSSIBLY_GONE})"
    where = where_all({IS_ARTICLE: True, of_source: source, fails: failing})
    order = "ORDER BY coalesce(a.last_change_at, a.first_seen_at) DESC, a.id DESC"
    # Only the listed rows are joined.
    listed = f"SELECT a.id FROM article a {where} {order} LIMIT :most"
    statement = f"{SELECT_ARTICLE} WHERE a.id IN ({listed}) {order}"
    with archive.read() as connection:
        rows = connection.all(statement, source=source, most=limit)
        return articles_of(connection, rows)


def list_gone(archive: Archive, limit: int) -> list[ArticleSummary]:
    """Return the articles whose page is gone and whose newest version is still kept, those seen last first."""
    with archive.read() as connection:
        return [row_to_value(ArticleSummary, row) for row in connection.all(_GONE, most=limit)]


def list_possibly_gone(archive: Archive, source: str = "") -> list[WatchedArticle]:
    """Return the articles, or those of a source, whose page answers 404, though it may not have been taken down."""
    of_source = "a.source_id = (SELECT id FROM source WHERE name = :source)"
    statement = f"{SELECT_ARTICLE} {where_all({POSSIBLY_GONE: True, of_source: source})} ORDER BY a.id"
    with archive.read() as connection:
        return articles_of(connection, connection.all(statement, source=source))


def summarise_articles(archive: Archive, idents: Iterable[str]) -> dict[str, ArticleSummary]:
    """Return a short description of each of these articles by id; unknown ids are left out."""
    with archive.read() as connection:
        rows = connection.of_each(f"{_SUMMARY} WHERE a.ident IN (:idents)", "idents", sorted(set(idents)))
        return {row.ident: row_to_value(ArticleSummary, row) for row in rows}


def add_targets(
    archive: Archive,
    source: str,
    targets: Sequence[Target],
    now: datetime,
    stories: Sequence[str] = (),
    claimed: Sequence[str] = (),
    *,
    imported_at: datetime | None = None,
) -> list[WatchedArticle]:
    """Put addresses under watch, due at once; return the articles that are new.

    Known articles join `stories` and keep everything else, except that those of `claimed` move to `source`; see
    `watch_targets`. An import gives the time that its file names as `now`, and its own as `imported_at`. Raises
    UsageError for an invalid address.
    """
    with archive.write() as connection:
        # On PostgreSQL two workers may find the same new address at the same time.
        archive.serialise(connection, "watch")
        key, entered = source_key(connection, source, now), imported_at or now
        new, _ = watch_targets(connection, key, targets, now, stories, claimed, entered)
        return articles_by_key(connection, new)


def find_articles(archive: Archive, urls: Sequence[str]) -> list[WatchedArticle | None]:
    """Return for each address the article it leads to, None if there is none."""
    keys = [address_key(url) if is_address(url) else b"" for url in urls]
    with archive.read() as connection:
        found = find_owners_of(connection, {key: url for key, url in zip(keys, urls, strict=True) if key})
        owners = sorted({owner.article_id for owner in found.values()})
        articles = dict(zip(owners, articles_by_key(connection, owners), strict=True))
    return [articles[found[key].article_id] if key in found else None for key in keys]


def force_due(archive: Archive, now: datetime, *, source: str | None = None, articles: Sequence[str] = ()) -> None:
    """Make the named articles and the hubs and articles of `source` (None and no articles: everything) due now."""
    later = "UPDATE article SET next_check_at = :now WHERE (next_check_at IS NULL OR next_check_at > :now)"
    hubs_later = "UPDATE hub SET next_poll_at = :now WHERE (next_poll_at IS NULL OR next_poll_at > :now)"
    of_source = "AND source_id = (SELECT id FROM source WHERE name = :source)"
    with archive.write() as connection:
        for some in chunks(articles):
            connection.run(f"{later} AND ident IN (:idents)", now=now, idents=some)
        if source is not None or not articles:
            which = of_source if source is not None else ""
            for statement in (later, hubs_later):
                connection.run(f"{statement} {which}", now=now, source=source)


def plan_checks(archive: Archive, plans: Iterable[tuple[WatchedArticle, datetime | None]]) -> None:
    """Set the next check of articles, except of those that were checked since they were read."""
    # That check planned the next one with newer facts.
    statement = "UPDATE article SET next_check_at = :due WHERE ident = :ident AND last_check_at = :last"
    rows = [{"due": due, "ident": tracked.id, "last": tracked.last_check_at} for tracked, due in plans]
    with archive.write() as connection:
        connection.run_many(statement, rows)


def set_article_state(archive: Archive, article: str, state: ArticleState, now: datetime) -> None:
    """Pause or resume an article. Raises NotKnown."""
    with archive.write() as connection:
        row = connection.first("SELECT id, state FROM article WHERE ident = :ident", ident=article)
        if row is None:
            raise addresses.no_article(article)
        if row.state != state:
            connection.run("UPDATE article SET state = :state WHERE id = :id", state=state, id=row.id)
            log.enter(connection, (row.id, article), EventKind.STATE, state=state.value, at=now)


# -- within the caller's transaction


def articles_of(connection: Connection, rows: Sequence[Row]) -> list[WatchedArticle]:
    """Return the articles of rows of SELECT_ARTICLE."""
    stories = stories_by_key(connection, [row.id for row in rows])
    return [row_to_value(WatchedArticle, row, id=row.ident, stories=stories.get(row.id, ())) for row in rows]


def articles_by_key(connection: Connection, keys: Iterable[int]) -> list[WatchedArticle]:
    """Return the articles of these rows, in the order of their numbers."""
    statement = f"{SELECT_ARTICLE} WHERE a.id IN (:ids) ORDER BY a.id"
    return articles_of(connection, list(connection.of_each(statement, "ids", keys)))


def stories_by_key(connection: Connection, keys: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the named stories of article rows, in the order in which they joined; no entry where there are none."""
    statement = "SELECT article_id, name FROM story WHERE article_id IN (:ids) ORDER BY id"
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.of_each(statement, "ids", dict.fromkeys(keys)):
        found[row.article_id] = (*found.get(row.article_id, ()), row.name)
    return found


def watch_targets(
    connection: Connection,
    source_id: int,
    targets: Sequence[Target],
    now: datetime,
    stories: Sequence[str],
    claimed: Sequence[str],
    entered: datetime,
) -> tuple[list[int], list[tuple[int, Target]]]:
    """Put targets under watch; return the rows of new articles, and known ones with their target.

    An address is known if it is an article's own, or an alias of an article of the same source. An alias of another
    source's article becomes the address of a new one. Articles whose id is in `claimed` move to the source.
    """
    by_key: dict[bytes, Target] = {}
    for target in targets:
        # A feed may list an address twice, in forms that differ in tracking parameters.
        by_key.setdefault(address_key(target.url), target)
    owners = find_owners_of(connection, {key: target.url for key, target in by_key.items()})
    found = {key: owner for key, owner in owners.items() if owner.is_own or owner.source_id == source_id}
    moved = list(connection.of_each(f"{PLACE} WHERE a.ident IN (:idents)", "idents", claimed))
    for row in moved:
        connection.run(_MOVE, source=source_id, id=row.id, published=_date_of_page(connection, row.id))
        enter_move(connection, row, entered)
        note_address(connection, row.ident, row.url, f"moved here from source {row.source}", now)
    claims = {row.id for row in moved}
    for key, owner in found.items():
        url = untracked(by_key[key].url)
        if former_key(owner.own) is not None:
            continue  # it is stored by its former key, and stays so
        if owner.is_own and url != owner.own and (owner.article_id in claims or owner.source_id == source_id):
            (before,) = connection.all(f"{PLACE} WHERE a.id = :id", id=owner.article_id)
            place = {"url": fetchable(url), "host": host_of(fetchable(url)), "claimed": owner.article_id in claims}
            if connection.run(_ADOPT, id=owner.article_id, **place):
                connection.run("UPDATE address SET url = :url WHERE key = :key", key=key, url=fetchable(url))
                enter_move(connection, before, entered)
    known = [(found[key].article_id, target) for key, target in by_key.items() if key in found]
    new = [
        _insert(connection, source_id, key, target, now, entered) for key, target in by_key.items() if key not in found
    ]
    for article_id in dict.fromkeys([row for row, _ in known] + new):
        # Known articles join as well: a story that is configured later takes in articles already under watch.
        for name in stories:
            connection.run(JOIN_STORY, article_id=article_id, name=name)
    return new, known


def _date_of_page(connection: Connection, article_id: int) -> datetime | None:
    """Return when an article was published by its own first text that is stored; None if that does not say."""
    key = connection.value(int, _FIRST_TEXT, id=article_id)
    return None if key is None else codec.load(Article, blobs.read(connection, [key])[key]).published


def _by_prefix(connection: Connection, prefix: str) -> WatchedArticle:
    statement = f"{SELECT_ARTICLE} WHERE {_IN_PREFIX} ORDER BY a.ident LIMIT :most"
    end = addresses.prefix_end(prefix)
    rows = connection.all(statement, start=prefix, end=end, most=MAX_SUGGESTED_ARTICLES + 1)
    if len(rows) == 1:
        return articles_of(connection, rows)[0]
    if rows:
        names = [f"{row.ident} ({row.title or row.feed_title or row.url})" for row in rows[:MAX_SUGGESTED_ARTICLES]]
        hint = ", ".join(names) + (", …" if len(rows) > MAX_SUGGESTED_ARTICLES else "")
        raise NotKnown("several article ids begin with this", resource=prefix, hint=hint)
    statement, end = f"SELECT a.ident FROM article a WHERE {_IN_PREFIX} LIMIT :most", addresses.prefix_end(prefix[0])
    alike = connection.column(str, statement, start=prefix[0], end=end, most=MAX_LISTED_IDENTS)
    newest = connection.column(str, "SELECT ident FROM article ORDER BY id DESC LIMIT :most", most=MAX_LISTED_IDENTS)
    starts = {ident[: len(prefix)]: ident for ident in alike + newest}
    hint = did_you_mean(prefix, starts, most=3, name=starts.__getitem__) or addresses.LIST_HINT
    raise NotKnown("no such article", resource=prefix, hint=hint)


def _insert(
    connection: Connection, source_id: int, key: bytes, target: Target, now: datetime, entered: datetime
) -> int:
    """Insert the article of a new address and return its row; another article that had it as an alias loses it."""
    url = untracked(target.url)
    digits = key.hex()
    # The next digits where another article has the first ones.
    idents = (digits[start : start + _IDENT_CHARS] for start in range(len(digits) - _IDENT_CHARS + 1))
    taken = "SELECT id FROM article WHERE ident = :ident"
    found = connection.insert_numbered(
        "article",
        **_NEW,
        ident=next(each for each in idents if connection.value(int, taken, ident=each) is None),
        source_id=source_id,
        url=url,
        host=host_of(url),
        first_seen_at=now,
        state=ArticleState.ACTIVE,
        next_check_at=now,
        feed_title=target.title,
        published_at=target.published,
        told_at=target.updated,
        listed_until=target.listed_until,
    )
    before = connection.first(
        "SELECT a.id, a.ident FROM address d JOIN article a ON a.id = d.article_id WHERE d.key = :key", key=key
    )
    if before is not None:
        log.enter(connection, (before.id, before.ident), EventKind.ALIAS_END, key=digits, at=entered)
        note_address(connection, before.ident, url, "dropped: it is an article of its own", now)
    connection.replace("address", "key", key=key, article_id=found, url=url)
    return found
