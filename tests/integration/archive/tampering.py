"""Alterations of an archive by somebody who controls the database, for `test_tampering.py`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.archive_samples import URL, content, minutes
from tracker.archive import blobs, codec
from tracker.archive.database.connection import Connection
from tracker.archive.ledger import events

Alter = Callable[[Connection], None]
LATER: Final = "what came after the newest checkpoint"
CHECKS: Final = "checks, their times and results, and when a page was last seen"
DATES: Final = "first-seen and publication dates, and headlines from feeds"
STORIES: Final = "stories and decisions about them"
ALERTS: Final = "alerts and their deliveries"
REST: Final = "sources, learned lines, hosts, quarantined pages and the search index"


def version(name: str, n: int) -> str:
    """Return SQL for the row of a version."""
    return f"(SELECT v.id FROM version v WHERE v.article_id = {article(name)} AND v.n = {n})"


def article(name: str) -> str:
    """Return SQL for the row of an article."""
    return f"(SELECT id FROM article WHERE url = '{URL}/{name}')"


def sql(*statements: str) -> Alter:
    """Return what runs statements, each of which must change something."""

    def alter(connection: Connection) -> None:
        for statement in statements:
            assert connection.run(statement), statement

    return alter


def field(table: str, column: str, value: str, where: str) -> Alter:
    return sql(f"UPDATE {table} SET {column} = {value} WHERE {where}")


def flipped(table: str, column: str, key: str, where: str) -> Alter:
    """Return what flips a bit in the middle of bytes."""

    def alter(connection: Connection) -> None:
        row = connection.first(f"SELECT {key} AS key, {column} AS data FROM {table} WHERE {where}")
        assert row is not None
        data = bytearray(row.data)
        data[len(data) // 2] ^= 4
        connection.run(f"UPDATE {table} SET {column} = :data WHERE {key} = :key", data=bytes(data), key=row.key)

    return alter


def emptied(where: str, *before: str) -> Alter:
    """Return what takes out the bytes of a blob, after other statements."""

    def alter(connection: Connection) -> None:
        sql(*before)(connection)
        assert connection.run(f"UPDATE blob SET data = :none WHERE {where}", none=b"")

    return alter


def swapped(table: str, column: str, key: str, one: str, other: str, unset: str = "NULL") -> Alter:
    """Return what exchanges the values of a column in two rows."""

    def alter(connection: Connection) -> None:
        read = f"SELECT {key} AS key, {column} AS value FROM {table} WHERE {key} = "
        (first,), (second,) = (connection.all(read + each) for each in (one, other))
        assert first.value != second.value
        statement = f"UPDATE {table} SET {column} = :value WHERE {key} = :key"
        connection.run(f"UPDATE {table} SET {column} = {unset} WHERE {key} = :key", key=first.key)
        connection.run(statement, key=second.key, value=first.value)
        connection.run(statement, key=first.key, value=second.value)

    return alter


def without_version(name: str, n: int, *, leaf: bool) -> Alter:
    tables = ("label", "change", "capture", "tombstone", "reading", *(("leaf",) if leaf else ()))

    def alter(connection: Connection) -> None:
        for table in tables:
            connection.run(f"DELETE FROM {table} WHERE version_id = {version(name, n)}")
        assert connection.run(f"DELETE FROM version WHERE id = {version(name, n)}")
        connection.run(f"UPDATE article SET versions = versions - 1 WHERE id = {article(name)}")

    return alter


def without_article(*, leaves: bool) -> Alter:
    def alter(connection: Connection) -> None:
        for n in (1, 2, 3, 4):
            without_version("gone", n, leaf=leaves)(connection)
        connection.run(f"DELETE FROM address WHERE article_id = {article('gone')}")
        connection.run(f"DELETE FROM article WHERE id = {article('gone')}")

    return alter


def replaced_version(connection: Connection) -> None:
    """Put another text under a new row, with a leaf that no checkpoint covers, and leave the old leaf."""
    old = connection.first(f"SELECT * FROM version WHERE id = {version('gone', 4)}")
    assert old is not None
    new = max_id(connection, "version") + 1
    text = codec.dump(replace(content(4), title="Minister admits bribes"))
    (blob,) = blobs.put(connection, [blobs.coded(blobs.Part.of(text))])
    without_version("gone", 4, leaf=False)(connection)
    columns = "article_id, n, seen_at, previous_seen_at, status, extractor, signature"
    values = {name: getattr(old, name) for name in columns.split(", ")}
    marks = ", ".join(f":{name}" for name in values)
    connection.run(
        f"INSERT INTO version (id, {columns}, sha256, content_id) VALUES (:id, {marks}, :sha256, :content_id)",
        **values,
        id=new,
        sha256=bytes(32),
        content_id=blob,
    )
    connection.run("INSERT INTO leaf (version_id, hash) VALUES (:id, :hash)", id=new, hash=bytes(32))
    connection.run(f"UPDATE article SET versions = 4 WHERE id = {article('gone')}")


def newest_deleted(connection: Connection) -> None:
    without_version("plain", 5, leaf=True)(connection)
    connection.run(f"UPDATE article SET title = 'River floods 4 streets' WHERE id = {article('plain')}")


def max_id(connection: Connection, table: str) -> int:
    return connection.number(f"SELECT max(id) FROM {table}")


def forged_reading(*, entered: bool) -> Alter:
    """Return what puts another text in front of a version's, with or without an event."""

    def alter(connection: Connection) -> None:
        text = replace(content(4), title="River floods 4 streets", byline=("Nobody",))
        part = blobs.Part.of(codec.dump(text))
        (blob,) = blobs.put(connection, [blobs.coded(part)])
        row: dict[str, object] = {
            "at": minutes(200), "extractor": "9", "came_to": "code", "no_edit": False, "signature": "main",
        }  # fmt: skip
        connection.run(
            "INSERT INTO reading (version_id, extractor, at, came_to, no_edit, signature, sha256, content_id) VALUES"
            f" ({version('gone', 4)}, :extractor, :at, :came_to, :no_edit, :signature, :sha256, :content_id)",
            **row,
            sha256=bytes.fromhex(text.sha256),
            content_id=blob,
        )
        if entered:
            (of,) = connection.all(f"SELECT id, ident FROM article WHERE id = {article('gone')}")
            at = connection.value(int, "SELECT max(at) FROM reading")
            record = row | {"at": at, "n": 4, "identity": text.sha256, "content": part.sha256}
            events.enter(connection, (of.id, of.ident), events.EventKind.READING, **record)

    return alter


def backdated_recapture(connection: Connection) -> None:
    connection.run(
        "INSERT INTO recapture (article_id, n, fetched_at, status, sha256, head_id, body_id, leaf, removed)"
        " SELECT article_id, n, fetched_at + 1, status, sha256, head_id, body_id, leaf, '' FROM recapture LIMIT 1"
    )


def backdated_version(connection: Connection) -> None:
    """Move the version after the newest checkpoint to before it, with a leaf that fits."""
    from tracker.archive.ledger.evidence import SELECT_EVIDENCE, evidence_of

    connection.run(f"UPDATE version SET seen_at = seen_at - 6000000 WHERE id = {version('plain', 5)}")
    (row,) = connection.all(f"{SELECT_EVIDENCE} WHERE v.id = {version('plain', 5)}")
    leaf = bytes.fromhex(evidence_of(row).leaf())
    connection.run(f"UPDATE leaf SET hash = :leaf WHERE version_id = {version('plain', 5)}", leaf=leaf)


def sealed_again(connection: Connection) -> None:
    """Alter a version, make its leaf and all later ones of the article fit, and take out the checkpoints."""
    from tracker.archive.ledger.evidence import SELECT_EVIDENCE, evidence_of

    connection.run(f"UPDATE version SET seen_at = seen_at + 1 WHERE id = {version('gone', 2)}")
    for n in (2, 3, 4):
        (row,) = connection.all(f"{SELECT_EVIDENCE} WHERE v.id = {version('gone', n)}")
        leaf = bytes.fromhex(evidence_of(row).leaf())
        connection.run(f"UPDATE leaf SET hash = :leaf WHERE version_id = {version('gone', n)}", leaf=leaf)
    connection.run("DELETE FROM checkpoint")


GONE4: Final = version("gone", 4)
BLOB: Final = f"id = (SELECT body_id FROM capture WHERE version_id = {GONE4})"
CONTENT: Final = f"id = (SELECT content_id FROM version WHERE id = {GONE4})"
HEAD: Final = f"id = (SELECT head_id FROM capture WHERE version_id = {GONE4})"
OF_VERSION: Final = f"version_id = {GONE4}"
IS_VERSION: Final = f"id = {GONE4}"
IS_ARTICLE: Final = f"id = {article('gone')}"
READ: Final = f"version_id = {version('read', 2)} AND superseded_at IS NULL"
ALIAS: Final = "url LIKE '%print=1'"
SEALED_EVENT: Final = "id = (SELECT min(id) FROM event WHERE kind = 'reading')"

NAMED: Final[dict[str, Alter]] = {
    "article deleted, leaves left": without_article(leaves=False),
    "article deleted with its leaves": without_article(leaves=True),
    "newest version deleted, leaf left": without_version("gone", 4, leaf=False),
    "newest version deleted with its leaf": without_version("gone", 4, leaf=True),
    "version in the middle deleted": without_version("gone", 2, leaf=False),
    "version replaced under a new row": replaced_version,
    "version added behind the checkpoint": backdated_version,
    "version altered and sealed again": sealed_again,
    "capture deleted": sql(f"DELETE FROM capture WHERE {OF_VERSION}"),
    "change deleted": sql(f"DELETE FROM label WHERE {OF_VERSION}", f"DELETE FROM change WHERE {OF_VERSION}"),
    "labels deleted": sql(f"DELETE FROM label WHERE {OF_VERSION}"),
    "leaf deleted": sql(f"DELETE FROM leaf WHERE {OF_VERSION}"),
    "page deleted": sql(f"DELETE FROM blob WHERE {BLOB}"),
    "page emptied": emptied(BLOB),
    "tombstone deleted": sql(f"DELETE FROM tombstone WHERE version_id = {version('taken', 2)}"),
    "reading deleted": sql(f"DELETE FROM reading WHERE {READ}"),
    "recapture deleted": sql("DELETE FROM recapture WHERE id = (SELECT min(id) FROM recapture)"),
    "alias deleted": sql(f"DELETE FROM address WHERE {ALIAS}"),
    "own address deleted": sql(f"DELETE FROM address WHERE article_id = {article('gone')}"),
    "event deleted": sql(f"DELETE FROM event WHERE {SEALED_EVENT}"),
    "all events deleted": sql("DELETE FROM event"),
    "log cut": sql("UPDATE leaf SET position = NULL WHERE position > 9"),
    "events cut": sql("UPDATE event SET position = NULL WHERE position IS NOT NULL"),
    "leaf without its position": field("leaf", "position", "NULL", OF_VERSION),
    "leaf at another position": field("leaf", "position", "900", OF_VERSION),
    "leaves exchanged": swapped("leaf", "hash", "version_id", GONE4, version("plain", 4), "''"),
    "positions exchanged": swapped("leaf", "position", "version_id", GONE4, version("plain", 4)),
    "leaf flipped": flipped("leaf", "hash", "version_id", OF_VERSION),
    "digest of a change in the leaf": flipped("leaf", "change_sha256", "version_id", OF_VERSION),
    "no digest of a change": field("leaf", "change_sha256", "NULL", OF_VERSION),
    "article of another outlet": field("article", "source_id", "(SELECT id FROM source WHERE name='Post')", IS_ARTICLE),
    "outlet renamed": field("source", "name", "'Herold'", "name = 'Herald'"),
    "address of an article": field("article", "url", "url || 's'", IS_ARTICLE),
    "id of an article": field("article", "ident", "'abcdefabcdef'", IS_ARTICLE),
    "title": field("article", "title", "'Minister admits bribes'", IS_ARTICLE),
    "title of an article read again": field("article", "title", "'X'", f"id = {article('read')}"),
    "paused": field("article", "state", "'paused'", IS_ARTICLE),
    "gone": field("article", "state", "'gone'", IS_ARTICLE),
    "watched again": field("article", "state", "'active'", f"id = {article('paused')}"),
    "number of versions": field("article", "versions", "versions + 1", IS_ARTICLE),
    "time seen": field("version", "seen_at", "seen_at - 1", IS_VERSION),
    "time of the version before": field("version", "previous_seen_at", "previous_seen_at - 1", IS_VERSION),
    "status": field("version", "status", "404", IS_VERSION),
    "extractor": field("version", "extractor", "'9'", IS_VERSION),
    "signature": field("version", "signature", "'x'", IS_VERSION),
    "identity": flipped("version", "sha256", "id", IS_VERSION),
    "numbers exchanged": swapped("version", "n", "id", GONE4, version("gone", 3), "99"),
    "texts exchanged": swapped("version", "content_id", "id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"),
    "owners exchanged": swapped("version", "article_id", "id", GONE4, version("plain", 4), article("all")),
    "time fetched": field("capture", "fetched_at", "fetched_at + 1", OF_VERSION),
    "status of a capture": field("capture", "status", "404", OF_VERSION),
    "hash of a capture": flipped("capture", "sha256", "version_id", OF_VERSION),
    "pages exchanged": swapped(
        "capture", "body_id", "version_id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"
    ),
    "headers exchanged": swapped(
        "capture", "head_id", "version_id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"
    ),
    "page flipped": flipped("blob", "data", "id", BLOB),
    "text flipped": flipped("blob", "data", "id", CONTENT),
    "headers flipped": flipped("blob", "data", "id", HEAD),
    "hash of a page": flipped("blob", "sha256", "id", BLOB),
    "length of a page": field("blob", "raw_len", "raw_len + 1", BLOB),
    "checksum of a page": field("blob", "crc", "crc + 1", BLOB),
    "base of a page": field("blob", "base_id", "NULL", f"{BLOB} AND base_id IS NOT NULL"),
    "headers of a page that is not stored": flipped(
        "blob", "data", "id", f"id = (SELECT head_id FROM capture WHERE version_id = {version('none', 2)})"
    ),
    "reference page": flipped("blob", "data", "id", "id = (SELECT min(body_id) FROM reference)"),
    "words of a change": field("change", "words", "words + 1", OF_VERSION),
    "significance": field("change", "significance", "0.01", OF_VERSION),
    "announced": field("change", "announced", "NULL", OF_VERSION),
    "change flipped": flipped("change", "data", "version_id", OF_VERSION),
    "change of another version": field(
        "change", "data", f"(SELECT data FROM change WHERE version_id = {version('gone', 3)})", OF_VERSION
    ),
    "change derived again, altered": field("change", "words", "7", f"version_id = {version('read', 2)}"),
    "change of a first version": sql(
        "INSERT INTO change (version_id, words, significance, announced, raw_len, crc, data)"
        f" SELECT {version('gone', 1)}, words, significance, announced, raw_len, crc, data FROM change"
        f" WHERE {OF_VERSION}"
    ),
    "label": field("label", "kind", "'stealth'", OF_VERSION),
    "label added": sql(f"INSERT INTO label (version_id, position, kind) VALUES ({GONE4}, 1, 'stealth')"),
    "label of a first version": sql(
        f"INSERT INTO label (version_id, position, kind) VALUES ({version('gone', 1)}, 0, 'stealth')"
    ),
    "tombstone made up": sql(
        f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'capture', 'retention', 1)"
    ),
    "tombstone made up and bytes emptied": emptied(
        BLOB, f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'all', 'court', 1)"
    ),
    "reason of a deletion": field("tombstone", "reason", "'request'", f"version_id = {version('taken', 2)}"),
    "time of a deletion": field("tombstone", "at", "at + 1", f"version_id = {version('taken', 2)}"),
    "extent of a deletion": field("tombstone", "parts", "'capture'", f"version_id = {version('taken', 2)}"),
    "page never stored, says a tombstone": sql(
        f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'body', 'not kept: raw = none', 1)"
    ),
    "reading made up": forged_reading(entered=False),
    "older reading shown": sql(
        f"DELETE FROM reading WHERE {READ}",
        f"UPDATE reading SET superseded_at = NULL WHERE version_id = {version('read', 2)}",
    ),
    "text of a reading": field(
        "reading", "content_id", f"(SELECT content_id FROM version WHERE id = {version('read', 2)})", READ
    ),
    "identity of a reading": flipped("reading", "sha256", "id", READ),
    "extractor of a reading": field("reading", "extractor", "'10'", READ),
    "time of a reading": field("reading", "at", "at + 1", READ),
    "no edit, says a reading": sql(f"UPDATE reading SET no_edit = NOT no_edit WHERE {READ}"),
    "text of a reading flipped": flipped("blob", "data", "id", f"id = (SELECT content_id FROM reading WHERE {READ})"),
    "recapture made up": backdated_recapture,
    "time of a recapture": field("recapture", "fetched_at", "fetched_at + 1", "id = (SELECT min(id) FROM recapture)"),
    "recapture deleted, says its row": field("recapture", "removed", "'x'", "id = (SELECT min(id) FROM recapture)"),
    "leaf of a recapture": flipped("recapture", "leaf", "id", "id = (SELECT min(id) FROM recapture)"),
    "alias made up": sql(
        "INSERT INTO address (key, article_id, url) SELECT leaf_key.k, article_id, 'https://victim.example/' FROM"
        f" (SELECT article_id FROM version WHERE {IS_VERSION}) v,"
        " (SELECT leaf AS k FROM recapture WHERE id = (SELECT min(id) FROM recapture)) leaf_key"
    ),
    "alias of another article": field("address", "article_id", article("gone"), ALIAS),
    "address of an alias": field("address", "url", "'https://victim.example/'", ALIAS),
    "own address of another article": field(
        "address", "article_id", article("plain"), f"article_id = {article('gone')}"
    ),
    "record of an event": field("event", "record", "replace(record, 'main', 'body')", SEALED_EVENT),
    "event of another article": field("event", "article_id", article("gone"), SEALED_EVENT),
    "kind of an event": field("event", "kind", "'import'", SEALED_EVENT),
    "number of an event": field("event", "n", "7", SEALED_EVENT),
    "leaf of an event": flipped("event", "leaf", "id", SEALED_EVENT),
    "event made up at a position": sql(
        "INSERT INTO event (article_id, kind, record, leaf, position) SELECT article_id, 'state', '{}', leaf, 900"
        f" FROM event WHERE {SEALED_EVENT}"
    ),
    "root of a checkpoint": flipped("checkpoint", "root", "size", "size = (SELECT max(size) FROM checkpoint)"),
    "time of a checkpoint": field("checkpoint", "at", "at - 1", "size = (SELECT max(size) FROM checkpoint)"),
    "note of a checkpoint": field("checkpoint", "note", "replace(note, 'made', 'make')", "size > 0"),
}
"""Named by `verify --against`."""

NOT_COVERED: Final[dict[str, tuple[Alter, str]]] = {
    "version after the checkpoint deleted": (newest_deleted, LATER),
    "reading made up with its event": (forged_reading(entered=True), LATER),
    "newest checkpoint deleted": (
        sql("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)"),
        "checkpoints deleted from the archive itself",
    ),
    "check": (field("visit", "outcome", "4", f"article_id = {article('gone')}"), CHECKS),
    "check deleted": (sql("DELETE FROM visit"), CHECKS),
    "last seen": (field("article", "last_seen_at", "last_seen_at + 9", IS_ARTICLE), CHECKS),
    "first seen": (field("article", "first_seen_at", "1", IS_ARTICLE), DATES),
    "published": (field("article", "published_at", "1", IS_ARTICLE), DATES),
    "headline of the feed": (field("article", "feed_title", "'X'", IS_ARTICLE), DATES),
    "story": (sql(f"INSERT INTO story (article_id, name) VALUES ({article('gone')}, 'X')"), STORIES),
    "memo": (sql("INSERT INTO memo (name, at, text) VALUES ('quarantine|x', 1, 'x')"), REST),
    "search": (sql("UPDATE passage SET last_n = 1"), REST),
    "source paused": (field("source", "paused", "NOT paused", "name = 'Post'"), REST),
}
"""Silent, and listed in the report."""
