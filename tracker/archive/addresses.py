"""Addresses and ids: which article each leads to, the aliases of articles, and a record of dropped and moved addresses.

Also the errors for an id, a prefix of one, or an address that leads to no article.

An article's own address belongs to it alone. An alias is another address that it was seen under: it finds the article,
and keeps its source from watching the same page twice, but another source that lists it gets an article of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracker.addresses.same_article import is_same_document, may_be_alias
from tracker.addresses.urls import identity
from tracker.errors import NotKnown, UsageError
from tracker.views.json import iso

from .archive import Archive
from .database.connection import Connection, Row, from_ms
from .ledger import log
from .ledger.log import EventKind

LIST_HINT: Final = "run writethru log to list the articles"


def address_key(url: str) -> bytes:
    """Return the 16-byte key of the identity of an address; its first hexadecimal digits are the article's id."""
    # Sixteen bytes are enough: among a billion addresses two would share a key once in 10^21 archives.
    return hashlib.sha256(identity(url).encode()).digest()[:16]


def former_key(url: str) -> bytes | None:
    """Return the key that an address had before TRACKING_VERSION was 2; None if it is the same. Raises UsageError."""
    before = identity(url, version=1)
    return None if before == identity(url) else hashlib.sha256(before.encode()).digest()[:16]


def prefix_end(prefix: str) -> str:
    """Return a string that sorts after every id that starts with `prefix`: "g" sorts after all hexadecimal digits."""
    return prefix + "g"


def address_keys(named: str) -> Iterator[bytes]:
    """Yield the key of `named` read as an address, with or without its scheme; nothing if it cannot be one."""
    candidate = next(filter(is_address, (named, f"https://{named}")), None)
    if candidate is not None:
        # The former key first: an article that has it keeps it.
        if (former := former_key(candidate)) is not None:
            yield former
        yield address_key(candidate)


def no_article(ident: str) -> NotKnown:
    """Return the error for an id that no article has."""
    return NotKnown("no such article", resource=ident, hint=LIST_HINT)


def no_version(ident: str, n: int, have: int | None) -> NotKnown:
    """Return the error for a missing version; `have` is how many versions exist, or None if the article does not."""
    if have is None:
        return no_article(ident)
    known = "there is only v1" if have == 1 else f"versions are v1 to v{have}"
    hint = known if have else "it has not been captured yet"
    return NotKnown("no such version", resource=f"{ident}@{n}", hint=hint)


# Events of its addresses that are kept for an article: the latest.
MAX_NOTED_EVENTS: Final = 50
_OWNERS: Final = """
SELECT d.key, d.url, d.article_id, a.url AS own, a.source_id FROM address d JOIN article a ON a.id = d.article_id
WHERE d.key IN (:keys)
"""
SELECT_ADDRESSES: Final = """
SELECT key, url FROM address WHERE article_id = (SELECT id FROM article WHERE ident = :ident)
"""
_EVENTS: Final = """
SELECT e.at, e.url, e.event FROM address_event e JOIN article a ON a.id = e.article_id WHERE a.ident = :ident
ORDER BY e.id
"""
_IS_NOTED: Final = """
SELECT e.id FROM address_event e JOIN article a ON a.id = e.article_id
WHERE a.ident = :ident AND e.url = :url AND e.event = :event LIMIT 1
"""
_ENTER_EVENT: Final = """
INSERT INTO address_event (article_id, at, url, event) SELECT id, :at, :url, :event FROM article WHERE ident = :ident
"""
_FORGET_EVENTS: Final = """
DELETE FROM address_event WHERE id IN (
  SELECT e.id FROM address_event e JOIN article a ON a.id = e.article_id WHERE a.ident = :ident
  ORDER BY e.id DESC LIMIT 1000000 OFFSET :most
)
"""
PLACE: Final = """
SELECT a.id, a.ident, a.url, a.versions, s.name AS source FROM article a JOIN source s ON s.id = a.source_id
"""


class AddressOwner(NamedTuple):
    """The article that an address leads to, and its own address; `is_own` if that is the same, not an alias."""

    article_id: int
    source_id: int
    own: str
    is_own: bool


def find_owners_of(connection: Connection, urls: Mapping[bytes, str]) -> dict[bytes, AddressOwner]:
    """Return which article each address leads to, given by key; one that was stored by its former key is found, too."""
    # Rules about tracking parameters have changed once: articles stored before keep the key, and so the id, they had.
    former = {before: key for key, url in urls.items() if (before := former_key(url)) is not None}
    found = find_owners(connection, urls)
    for before, owner in (find_owners(connection, former) if former else {}).items():
        found[former[before]] = owner
    return found


def find_owners(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, AddressOwner]:
    """Return which article each address key leads to.

    Aliases on other hosts or in other directories, which archives stored before, lead nowhere.
    """
    return {
        row.key: AddressOwner(row.article_id, row.source_id, row.own, is_own)
        for row in connection.of_each(_OWNERS, "keys", keys)
        if (is_own := row.url == row.own or row.key in {address_key(row.own), former_key(row.own)})
        or may_be_alias(row.own, row.url)
    }


def update_aliases(
    connection: Connection,
    article: tuple[int, str],
    own: str,
    known: Sequence[Row],
    current: Sequence[str],
    at: datetime,
    entered: datetime,
) -> list[str]:
    """Add the aliases under which an article was seen, and drop those under which it was not; return the dropped ones.

    Addresses of other articles stay theirs. Other forms of its own page are kept: nobody else can publish there.
    `article` is its row and id, `own` its address, `known` the rows of its addresses before, `current` those of now,
    `at` when it was seen, `entered` the same or, in an import, when the import began.
    """
    seen = [url for url in current if is_address(url)]
    kept = {identity(url) for url in seen}
    others = (row for row in known if row.url != own)
    gone = [row for row in others if identity(row.url) not in kept and not is_same_document(own, row.url)]
    for row in gone:
        connection.run("DELETE FROM address WHERE key = :key", key=row.key)
        log.enter(connection, article, EventKind.ALIAS_END, key=row.key.hex(), at=entered)
        note_address(connection, article[1], row.url, "dropped: the article no longer answers there", at)
    for url in seen:
        key = address_key(url)
        if connection.insert("address", "ON CONFLICT (key) DO NOTHING", key=key, article_id=article[0], url=url):
            log.enter(connection, article, EventKind.ALIAS, url=url, key=key.hex(), at=entered)
    return [str(row.url) for row in gone if may_be_alias(own, row.url)]


def list_addresses(archive: Archive, ident: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the addresses of an article, and the events of those it no longer has: "at", "url" and "event" of each."""
    with archive.read() as connection:
        # Sorted here: database servers sort in different orders.
        addresses = sorted(row.url for row in connection.all(SELECT_ADDRESSES, ident=ident))
        record = [
            {"at": iso(from_ms(row.at)) or "", "url": row.url, "event": row.event}
            for row in connection.all(_EVENTS, ident=ident)
        ]
    return addresses, record


def is_address(url: str) -> bool:
    """Return whether `url` is an address that can be watched."""
    try:
        identity(url)
    except UsageError:
        return False
    return True


def note_address(connection: Connection, ident: str, url: str, event: str, at: datetime) -> None:
    """Record an event of one of an article's addresses."""
    connection.run(_ENTER_EVENT, ident=ident, at=at, url=url, event=event)
    # Only the latest are kept: some outlets give each visit another address.
    connection.run(_FORGET_EVENTS, ident=ident, most=MAX_NOTED_EVENTS)


def note_redirect(connection: Connection, ident: str, url: str, at: datetime) -> None:
    """Record, once, that the address of an article redirects to `url`."""
    event = "the address redirects there"
    if connection.value(int, _IS_NOTED, ident=ident, url=url, event=event) is None:
        note_address(connection, ident, url, event, at)


def enter_move(connection: Connection, before: Row, entered: datetime) -> None:
    """Enter the move of an article with versions in the log, if its address or source is no longer that of `before`.

    `before` is its row of PLACE. A leaf names the address and source of its time, so that it can be verified later.
    """
    (after,) = connection.all(f"{PLACE} WHERE a.id = :id", id=before.id)
    if before.versions and (before.url, before.source) != (after.url, after.source):
        log.enter(
            connection,
            (before.id, before.ident),
            EventKind.MOVE,
            n=before.versions,
            url=before.url,
            source=before.source,
            new_url=after.url,
            new_source=after.source,
            at=entered,
        )
