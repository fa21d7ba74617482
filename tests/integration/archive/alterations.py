"""What somebody who controls the database may alter, for `test_tampering.py`."""

from typing import Final

from tests.integration.archive.tampering import (
    Alter,
    article,
    article_renumbered,
    backdated_behind_a_checkpoint_of_another_key,
    backdated_import,
    backdated_recapture,
    backdated_verdict,
    backdated_version,
    emptied,
    field,
    flipped,
    forged_reading,
    newest_deleted,
    older_reading_last,
    renumbered,
    replaced_version,
    sealed_again,
    sql,
    swapped,
    version,
    version_deleted_behind_a_recapture,
    version_of_no_article,
    without_article,
    without_version,
)

LATER: Final = "anything after the newest checkpoint"
CHECKS: Final = "checks, their times and results, and when a page was last seen"
DATES: Final = "first-seen and publication dates, and headlines from feeds"
COUNTS: Final = "when an article last changed, and counts of its changes"
STORIES: Final = "stories and decisions about them"
NOTES: Final = "notes of addresses that were dropped"
ALERTS: Final = "alerts and their deliveries"
REST: Final = "sources, learned lines, hosts, quarantined pages and the search index"

GONE4: Final = version("gone", 4)
BLOB: Final = f"id = (SELECT body_id FROM capture WHERE version_id = {GONE4})"
CONTENT: Final = f"id = (SELECT content_id FROM version WHERE id = {GONE4})"
HEAD: Final = f"id = (SELECT head_id FROM capture WHERE version_id = {GONE4})"
OF_VERSION: Final = f"version_id = {GONE4}"
IS_VERSION: Final = f"id = {GONE4}"
IS_ARTICLE: Final = f"id = {article('gone')}"
READ: Final = f"version_id = {version('read', 2)} AND superseded_at IS NULL"
ALIAS: Final = "url LIKE '%print=1'"
JUDGED: Final = "(SELECT article_id FROM version WHERE id = (SELECT max(version_id) FROM verdict))"
BY_ADA: Final = "author = 'ada'"
OUTSIDE: Final = "kind = 'outside-capture'"
FIRST: Final = "id = (SELECT min(id) FROM recapture)"
FIRST_HANDIN: Final = "n = 1"
OF_GONE4: Final = f"FROM version WHERE id = {GONE4}"
SEALED_EVENT: Final = "id = (SELECT min(id) FROM event WHERE kind = 'reading')"

NAMED: Final[dict[str, dict[str, Alter]]] = {
    "its verdict is not in a checkpoint made after it: it was added later": {
        "verdict added behind the checkpoint": backdated_verdict
    },
    "a row that belongs to it is missing": {
        "version replaced under a new row": replaced_version,
        "capture deleted": sql(f"DELETE FROM capture WHERE {OF_VERSION}"),
        "page deleted": sql(f"DELETE FROM blob WHERE {BLOB}"),
        "version of no article": version_of_no_article(-(1 << 63)),
        "page of a recapture deleted": sql(
            f"DELETE FROM blob WHERE id = (SELECT body_id FROM recapture WHERE {FIRST})"
        ),
    },
    "an event and its record differ": {
        "event of another article": field("event", "article_id", article("gone"), SEALED_EVENT),
        "kind of an event": field("event", "kind", "'import'", SEALED_EVENT),
        "number of an event": field("event", "n", "7", SEALED_EVENT),
        "capture of another archive for another version": field("event", "n", "3", OUTSIDE),
    },
    "the re-extracted text that is shown is not the newest": {
        "reading deleted": sql(f"DELETE FROM reading WHERE {READ}"),
        "time of a reading": field("reading", "at", "at + 1", READ),
    },
    "entry 10 is missing": {"log cut": sql("UPDATE leaf SET position = NULL WHERE position > 9")},
    "entry 20 is missing": {"article deleted with its leaves": without_article(leaves=True)},
    "entry 23 is missing": {
        "newest version deleted with its leaf": without_version("gone", 4, leaf=True),
        "leaf without its position": field("leaf", "position", "NULL", OF_VERSION),
        "leaf at another position": field("leaf", "position", "900", OF_VERSION),
    },
    "entry 33 is missing": {"recapture deleted": sql(f"DELETE FROM recapture WHERE {FIRST}")},
    "entry 36 is missing": {
        "all events deleted": sql("DELETE FROM event"),
        "events cut": sql("UPDATE event SET position = NULL WHERE position IS NOT NULL"),
    },
    "entry 40 is missing": {"event deleted": sql(f"DELETE FROM event WHERE {SEALED_EVENT}")},
    "entry 51 is missing": {"capture of another archive deleted": sql(f"DELETE FROM event WHERE {OUTSIDE}")},
    "entry 59 is missing": {
        "event made up at a position": sql(
            "INSERT INTO event (article_id, kind, record, leaf, position) SELECT article_id, 'state', '{}', leaf, 900"
            f" FROM event WHERE {SEALED_EVENT}"
        )
    },
    "it has 4 versions but should have 5": {
        "number of versions": field("article", "versions", "versions + 1", IS_ARTICLE)
    },
    "it has labels without a change": {
        "label of a first version": sql(
            f"INSERT INTO label (version_id, position, kind) VALUES ({version('gone', 1)}, 0, 'stealth')"
        )
    },
    "it is active, but the log says paused": {
        "watched again": field("article", "state", "'active'", f"id = {article('paused')}")
    },
    "it is gone, but the log says active": {
        "gone under another number": article_renumbered,
        "gone": field("article", "state", "'gone'", IS_ARTICLE),
    },
    "it is not in a checkpoint made after it was fetched: it was added later": {
        "recapture made up": backdated_recapture
    },
    "it is not in a checkpoint made after it was seen: it was added later": {
        "version added behind the checkpoint": backdated_version,
        "version added behind the checkpoint as an old import": backdated_import,
        "version added behind a checkpoint of another key": backdated_behind_a_checkpoint_of_another_key,
    },
    "it is not in the log": {"leaf deleted": sql(f"DELETE FROM leaf WHERE {OF_VERSION}")},
    "it is paused, but the log says active": {
        "paused": field("article", "state", "'paused'", IS_ARTICLE),
        "events of a state exchanged": renumbered(
            "event",
            f"kind = 'state' AND article_id = {JUDGED}",
            f"UPDATE article SET state = 'paused' WHERE id = {JUDGED}",
        ),
    },
    "its address https://herald.example/news/flood/aliased?print=1 differs from the log": {
        "address of an alias": field("address", "url", "'https://victim.example/'", ALIAS)
    },
    "its address https://herald.example/news/flood/aliased?print=1 is in the log but no longer in the archive": {
        "alias deleted": sql(f"DELETE FROM address WHERE {ALIAS}"),
        "alias of another article": field("address", "article_id", article("gone"), ALIAS),
    },
    "its address https://herald.example/news/flood/gone is not in the log": {
        "own address of another article": field(
            "address", "article_id", article("plain"), f"article_id = {article('gone')}"
        ),
        "address of somebody else with the own address": sql(
            "INSERT INTO address (key, article_id, url) SELECT r.leaf, a.id, a.url FROM recapture r, article a"
            f" WHERE r.{FIRST} AND a.{IS_ARTICLE}"
        ),
    },
    "its address https://victim.example/ is not in the log": {
        "alias made up": sql(
            "INSERT INTO address (key, article_id, url) SELECT leaf_key.k, article_id, 'https://victim.example/' FROM"
            f" (SELECT article_id FROM version WHERE {IS_VERSION}) v,"
            " (SELECT leaf AS k FROM recapture WHERE id = (SELECT min(id) FROM recapture)) leaf_key"
        )
    },
    "its bytes do not match their hash": {
        "reference page": flipped("blob", "data", "id", "id = (SELECT min(body_id) FROM reference)")
    },
    "its capture and its page differ": {
        "status": field("version", "status", "404", IS_VERSION),
        "status of a capture": field("capture", "status", "404", OF_VERSION),
        "hash of a capture": flipped("capture", "sha256", "version_id", OF_VERSION),
        "pages exchanged": swapped(
            "capture", "body_id", "version_id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"
        ),
    },
    "its deletion differs from the log": {
        "reason of a deletion": field("tombstone", "reason", "'request'", f"version_id = {version('taken', 2)}"),
        "time of a deletion": field("tombstone", "at", "at + 1", f"version_id = {version('taken', 2)}"),
        "extent of a deletion": field("tombstone", "parts", "'capture'", f"version_id = {version('taken', 2)}"),
    },
    "its deletion is in the log but no longer in the archive": {
        "tombstone deleted": sql(f"DELETE FROM tombstone WHERE version_id = {version('taken', 2)}")
    },
    "its deletion is not in the log": {
        "tombstone made up": sql(
            f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'capture', 'retention', 1)"
        ),
        "page never stored, says a tombstone": sql(
            f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'body', 'not kept: raw = none', 1)"
        ),
    },
    "its outlet or its address differs from the log": {
        "move undone": sql(
            f"UPDATE article SET source_id = (SELECT id FROM source WHERE name = 'Herald') WHERE id = {JUDGED}"
        )
    },
    "its own address does not lead to it": {
        "own address deleted": sql(f"DELETE FROM address WHERE article_id = {article('gone')}"),
        "address of an article": field("article", "url", "url || 's'", IS_ARTICLE),
        "id of an article": field("article", "ident", "'abcdefabcdef'", IS_ARTICLE),
        "address of an own address": field(
            "address", "url", "'https://victim.example/'", f"article_id = {article('gone')}"
        ),
        "key of an own address": flipped("address", "key", "key", f"article_id = {article('gone')}"),
    },
    "its re-extracted text differs from the log": {
        "older reading shown": sql(
            f"DELETE FROM reading WHERE {READ}",
            f"UPDATE reading SET superseded_at = NULL WHERE version_id = {version('read', 2)}",
        ),
        "extractor of a reading": field("reading", "extractor", "'10'", READ),
        "no edit, says a reading": sql(f"UPDATE reading SET no_edit = NOT no_edit WHERE {READ}"),
        "older reading last": older_reading_last,
    },
    "its re-extracted text does not match its identity": {
        "text of a reading": field(
            "reading", "content_id", f"(SELECT content_id FROM version WHERE id = {version('read', 2)})", READ
        ),
        "identity of a reading": flipped("reading", "sha256", "id", READ),
    },
    "its re-extracted text is damaged": {
        "text of a reading flipped": flipped(
            "blob", "data", "id", f"id = (SELECT content_id FROM reading WHERE {READ})"
        ),
        "text of a reading under another number": emptied(
            f"id = (SELECT content_id FROM reading WHERE {READ})", f"UPDATE reading SET id = -id WHERE {READ}"
        ),
    },
    "its re-extracted text is not in the log": {"reading made up": forged_reading(entered=False)},
    "its record does not match its entry in the log": {
        "article of another outlet": field(
            "article", "source_id", "(SELECT id FROM source WHERE name='Post')", IS_ARTICLE
        ),
        "outlet renamed": field("source", "name", "'Herold'", "name = 'Herald'"),
        "time seen": field("version", "seen_at", "seen_at - 1", IS_VERSION),
        "time of the version before": field("version", "previous_seen_at", "previous_seen_at - 1", IS_VERSION),
        "extractor": field("version", "extractor", "'9'", IS_VERSION),
        "signature": field("version", "signature", "'x'", IS_VERSION),
        "owners exchanged": swapped("version", "article_id", "id", GONE4, version("plain", 4), article("all")),
        "time fetched": field("capture", "fetched_at", "fetched_at + 1", OF_VERSION),
        "headers exchanged": swapped(
            "capture", "head_id", "version_id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"
        ),
        "version deleted behind a recapture": version_deleted_behind_a_recapture,
        "time of a recapture": field("recapture", "fetched_at", "fetched_at + 1", FIRST),
    },
    "its row and its note differ": {
        "root of a checkpoint": flipped("checkpoint", "root", "size", "size = (SELECT max(size) FROM checkpoint)"),
        "time of a checkpoint": field("checkpoint", "at", "at - 1", "size = (SELECT max(size) FROM checkpoint)"),
    },
    "its text does not match its identity": {
        "identity": flipped("version", "sha256", "id", IS_VERSION),
        "texts exchanged": swapped(
            "version", "content_id", "id", GONE4, version("gone", 3), "(SELECT min(id) FROM blob)"
        ),
    },
    "its title is not that of its newest version": {
        "title": field("article", "title", "'Minister admits bribes'", IS_ARTICLE),
        "title of an article read again": field("article", "title", "'X'", f"id = {article('read')}"),
        "numbers exchanged": swapped("version", "n", "id", GONE4, version("gone", 3), "99"),
    },
    "its title is that of a deleted version": {
        "tombstone made up and bytes emptied": emptied(
            BLOB, f"INSERT INTO tombstone (version_id, parts, reason, at) VALUES ({GONE4}, 'all', 'court', 1)"
        )
    },
    "its verdict differs from the log": {
        "verdict deleted": sql(f"DELETE FROM verdict WHERE {BY_ADA}"),
        "verdict added": sql(
            "INSERT INTO verdict (version_id, at, author, weight, shown, labels, note, link)"
            f" SELECT version_id, at, 'eve', weight, shown, labels, note, link FROM verdict WHERE {BY_ADA}"
        ),
        **{
            f"{column} of a verdict": field("verdict", column, value, BY_ADA)
            for column, value in {
                "at": "at + 1",
                "author": "'eve'",
                "weight": "'significant'",
                "shown": "''",
                "labels": "'stealth'",
                "note": "'Nothing.'",
                "link": "'https://evil.example/'",
            }.items()
        },
    },
    "its verdict is in the log but no longer in the archive": {"all verdicts deleted": sql("DELETE FROM verdict")},
    "its verdict is not in the log": {
        "verdict on another version": field("verdict", "version_id", "version_id + 1", BY_ADA)
    },
    "not a checkpoint note": {
        "note of a checkpoint": field("checkpoint", "note", "replace(note, 'made', 'make')", "size > 0")
    },
    "the bytes of its body are damaged": {
        "page emptied": emptied(BLOB),
        "page flipped": flipped("blob", "data", "id", BLOB),
        "length of a page": field("blob", "raw_len", "raw_len + 1", BLOB),
        "checksum of a page": field("blob", "crc", "crc + 1", BLOB),
        "page that is its own base": field("blob", "base_id", "id", BLOB),
        "pages that are each other's base": sql(
            f"UPDATE blob SET base_id = (SELECT body_id FROM capture WHERE version_id = {version('gone', 3)})"
            f" WHERE {BLOB}",
            f"UPDATE blob SET base_id = (SELECT body_id FROM capture WHERE version_id = {GONE4})"
            f" WHERE id = (SELECT body_id FROM capture WHERE version_id = {version('gone', 3)})",
        ),
        "base of a page": field("blob", "base_id", "NULL", f"{BLOB} AND base_id IS NOT NULL"),
    },
    "the bytes of its body do not match their hash": {"hash of a page": flipped("blob", "sha256", "id", BLOB)},
    "the bytes of its content are damaged": {"text flipped": flipped("blob", "data", "id", CONTENT)},
    "the bytes of its head are damaged": {
        "headers flipped": flipped("blob", "data", "id", HEAD),
        "headers of a page that is not stored": flipped(
            "blob", "data", "id", f"id = (SELECT head_id FROM capture WHERE version_id = {version('none', 2)})"
        ),
    },
    "a page handed in for it differs from the log": {
        "text of a page handed in": field("handin", "content_id", f"(SELECT content_id {OF_GONE4})", FIRST_HANDIN),
        "file of a page handed in": field("handin", "file_id", f"(SELECT content_id {OF_GONE4})", FIRST_HANDIN),
    },
    "a page handed in for it is not in the log": {
        "page handed in, renumbered": field("handin", "n", "7", FIRST_HANDIN)
    },
    "a page handed in for it is in the log but no longer in the archive": {
        "page handed in deleted": sql(f"DELETE FROM handin WHERE {FIRST_HANDIN}")
    },
    "the deletion of a page handed in for it is not in the log": {
        "page handed in deleted, says its row": field("handin", "removed", "'x'", FIRST_HANDIN)
    },
    "the bytes of its file are damaged": {
        "file of a page handed in, flipped": flipped(
            "blob", "data", "id", f"id = (SELECT file_id FROM handin WHERE {FIRST_HANDIN})"
        )
    },
    "the change that led to it is damaged": {
        "labels deleted": sql(f"DELETE FROM label WHERE {OF_VERSION}"),
        "digest of a change in the leaf": flipped("leaf", "change_sha256", "version_id", OF_VERSION),
        "words of a change": field("change", "words", "words + 1", OF_VERSION),
        "significance": field("change", "significance", "0.01", OF_VERSION),
        "announced": field("change", "announced", "NULL", OF_VERSION),
        "change flipped": flipped("change", "data", "version_id", OF_VERSION),
        "change of another version": field(
            "change", "data", f"(SELECT data FROM change WHERE version_id = {version('gone', 3)})", OF_VERSION
        ),
        "change derived again, altered": field("change", "words", "7", f"version_id = {version('read', 2)}"),
        "label": field("label", "kind", "'stealth'", OF_VERSION),
        "label added": sql(f"INSERT INTO label (version_id, position, kind) VALUES ({GONE4}, 1, 'stealth')"),
    },
    "the change that led to it is missing": {
        "change deleted": sql(f"DELETE FROM label WHERE {OF_VERSION}", f"DELETE FROM change WHERE {OF_VERSION}")
    },
    "the change that led to it is not in the log": {
        "no digest of a change": field("leaf", "change_sha256", "NULL", OF_VERSION),
        "change of a first version": sql(
            "INSERT INTO change (version_id, words, significance, announced, raw_len, crc, data)"
            f" SELECT {version('gone', 1)}, words, significance, announced, raw_len, crc, data FROM change"
            f" WHERE {OF_VERSION}"
        ),
    },
    "the deletion of one of its recaptures is not in the log": {
        "recapture deleted, says its row": field("recapture", "removed", "'x'", FIRST)
    },
    "the first 38 entries do not match checkpoint 38": {
        "leaves exchanged": swapped("leaf", "hash", "version_id", GONE4, version("plain", 4), "''"),
        "positions exchanged": swapped("leaf", "position", "version_id", GONE4, version("plain", 4)),
        "leaf flipped": flipped("leaf", "hash", "version_id", OF_VERSION),
        "leaf of a recapture": flipped("recapture", "leaf", "id", FIRST),
    },
    "the first 59 entries do not match checkpoint 59": {
        "leaf of an event": flipped("event", "leaf", "id", SEALED_EVENT)
    },
    "the first 59 entries do not match the checkpoint": {"version altered and sealed again": sealed_again},
    "the record of an event does not match its entry in the log": {
        "record of an event": field("event", "record", "replace(record, 'main', 'body')", SEALED_EVENT),
        "capture of another archive": field("event", "record", "replace(record, 'w.example', 'e.example')", OUTSIDE),
        "place before a move": field("event", "record", "replace(record, 'Herald', 'Herold')", "kind = 'move'"),
    },
    "the version before it is missing": {"version in the middle deleted": without_version("gone", 2, leaf=False)},
    "the version that it belongs to is missing": {
        "article deleted, leaves left": without_article(leaves=False),
        "newest version deleted, leaf left": without_version("gone", 4, leaf=False),
    },
}
"""What `verify --against` says of each alteration; some have further findings."""

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
    "last change": (field("article", "last_change_at", "1", IS_ARTICLE), COUNTS),
    "counts of changes": (field("change_count", "changes", "changes + 1", f"article_id = {article('gone')}"), COUNTS),
    "headline of the feed": (field("article", "feed_title", "'X'", IS_ARTICLE), DATES),
    "story": (sql(f"INSERT INTO story (article_id, name) VALUES ({article('gone')}, 'X')"), STORIES),
    "state": (sql("INSERT INTO state (name, at, value) VALUES ('pulse', 1, 'x')"), REST),
    "event of an address": (
        sql(f"INSERT INTO address_event (article_id, at, url, event) VALUES ({article('gone')}, 1, 'u', 'x')"),
        NOTES,
    ),
    "search": (sql("UPDATE passage SET last_n = 1"), REST),
    "source paused": (field("source", "paused", "NOT paused", "name = 'Post'"), REST),
}
"""Silent, and listed in the report."""
