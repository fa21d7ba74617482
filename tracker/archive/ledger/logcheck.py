"""Check the archive as a whole: the log against its checkpoints, frames against deletions, values against columns.

In the log every position is taken once, every entry has its row, and the roots match the checkpoints. The tables must
agree with the events of the log.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from tracker.archive.addresses import address_keys
from tracker.archive.archive import Archive
from tracker.archive.database.connection import Connection, Row, from_ms, to_ms
from tracker.archive.database.drivers import archive_url
from tracker.archive.opening import TABLES, upgrade
from tracker.archive.versions import TAKEN_OUT_WHOLE
from tracker.errors import ArchiveError
from tracker.model.watch import ArticleState

from .checkpoints import Checkpoint, read_note
from .log import EVENT_ORDER, MAX_IMPORT_MS, MAX_RUN_MS, SELECT_ENTRIES, EventKind, Frontier
from .log_proofs import leaf_hash

# A version is committed at most so long after it was seen: a checkpoint in between does not contain it.
COMMIT_SLACK_MS: Final = 15 * 60_000
_ORPHANS: Final = (
    (
        "SELECT l.position FROM leaf l LEFT JOIN version v ON v.id = l.version_id WHERE v.id IS NULL",
        "the version that it belongs to is missing",
    ),
    (
        "SELECT e.position FROM event e LEFT JOIN article a ON a.id = e.article_id WHERE a.id IS NULL",
        "the article that it belongs to is missing",
    ),
)

# From deleted bytes to the frames encoded against them, by the index of bases: searching all frames would read the
# whole archive.
_HANGING: Final = """
SELECT b.id FROM blob b JOIN (
  SELECT c.head_id AS id FROM tombstone t JOIN capture c ON c.version_id = t.version_id WHERE t.parts <> 'body'
  UNION ALL SELECT c.body_id FROM tombstone t JOIN capture c ON c.version_id = t.version_id
  UNION ALL SELECT v.content_id FROM tombstone t JOIN version v ON v.id = t.version_id WHERE t.parts = 'all'
  UNION ALL SELECT r.head_id FROM recapture r WHERE r.removed <> ''
  UNION ALL SELECT r.body_id FROM recapture r WHERE r.removed <> ''
) gone ON b.base_id = gone.id
"""
_OWNERS: Final = """
SELECT part.id, a.ident, v.n, part.name FROM (
  SELECT version_id, head_id AS id, 'head' AS name FROM capture
  UNION ALL SELECT version_id, body_id, 'body' FROM capture
  UNION ALL SELECT id, content_id, 'content' FROM version
  UNION ALL SELECT version_id, content_id, 'later reading' FROM reading
) part JOIN version v ON v.id = part.version_id JOIN article a ON a.id = v.article_id
WHERE part.id IN (:ids) ORDER BY a.ident, v.n
"""
_COLUMNS: Final = """SELECT name, type, "notnull" FROM pragma_table_info(:table)"""
_CHECK_BASES: Final = """
SELECT CASE count(*) WHEN 0 THEN 'ok' ELSE count(*) || ' rows missing from index ix_blob_base_id' END FROM (
  SELECT id, base_id FROM blob NOT INDEXED WHERE base_id IS NOT NULL
  EXCEPT SELECT id, base_id FROM blob INDEXED BY ix_blob_base_id WHERE base_id IS NOT NULL
) missing
"""
# How SQLite stores the values of a declared type; everything else is an integer.
_STORED_AS: Final = (("CHAR", "text"), ("TEXT", "text"), ("BLOB", "blob"), ("BINARY", "blob"), ("FLOAT", "real"))

# The hash of the definitions of all objects of schema SCHEMA: making a new archive to compare with would be slow.
OBJECTS_SHA256: Final = "df05dad6c6c722a7e7262c51aac600becc221d4611158c3a98a96ecb95b05ee5"
# Tables that SQLite, its search index and Litestream make themselves; their definitions depend on the release.
_MADE_BY_OTHERS: Final = (
    {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "_litestream_lock", "_litestream_seq"}
    | {f"fts_passage_{part}" for part in ("config", "content", "data", "docsize", "idx")}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Damage:
    """One finding of verification: `what` is damaged, usually as ARTICLE@VERSION, and `how`.

    `late`: it is whole, and only dated before a checkpoint that does not contain it, as a wrong clock may do too.
    """

    what: str
    how: str
    late: bool = False


class Checkpoints:
    """The checkpoints that the archive has of its own log, and one stored `elsewhere`.

    `keys` are the archive's public keys. Checkpoints by other keys are only counted, as `unknown`: anyone who controls
    the database can add them. Where no key is known, all count. `damage` has the findings about their rows.
    """

    def __init__(self, archive: Archive, keys: Sequence[str], elsewhere: Checkpoint | None = None) -> None:
        with archive.read() as connection:
            rows = connection.all("SELECT size, root, at, note FROM checkpoint ORDER BY size")
        self.elsewhere = elsewhere
        self.roots: dict[int, bytes] = {}
        self.unknown = 0
        self.damage: list[Damage] = []
        known: list[Checkpoint] = [] if elsewhere is None else [elsewhere]
        by_name = {key.partition("+")[0]: key for key in keys}
        for row in rows:
            try:
                found = read_note(row.note)
                signers = {found.origin} | {line.split(" ")[1] for line in row.note.split("\n") if line[:2] == "— "}
                claimed = [by_name[name] for name in signers & by_name.keys()]
                if keys and not claimed:
                    self.unknown += 1
                    continue
                for key in claimed:
                    read_note(row.note, key)
            except ArchiveError as error:
                self.damage.append(Damage(f"checkpoint {row.size}", error.message))
                continue
            # Notes of earlier releases have no time.
            same_time = found.at is None or to_ms(found.at) == row.at
            if same_time and (found.size, found.root) == (row.size, row.root.hex()):
                self.roots[row.size] = row.root
                known.append(found)
            else:
                self.damage.append(Damage(f"checkpoint {row.size}", "its row and its note differ"))
        self._timed = _timed(known)

    def is_between(self, first: int | None, second: int | None) -> bool:
        """Return whether a checkpoint contains the entry at position `first`, but not that at `second`."""
        sizes = [*self.roots] if self.elsewhere is None else [*self.roots, self.elsewhere.size]
        return first is not None and any(first < size and (second is None or size <= second) for size in sizes)

    def is_late(self, seen: int, position: int | None) -> bool:
        """Return whether an entry seen at `seen` (ms) is missing from a checkpoint that was made after that."""
        timed = self._timed
        place = len(timed) if position is None else bisect_right(timed, position, key=itemgetter(0))
        return place > 0 and seen < timed[place - 1][1]


# Entries after the first so many, by kind: those without a position have not been sealed yet.
_AFTER: Final = "(x.position IS NULL OR x.position >= :size) {of_article}"
_LATER_ENTRIES: Final = f"""
SELECT 'version' AS kind, count(*) AS entries FROM leaf x LEFT JOIN version v ON v.id = x.version_id WHERE {_AFTER}
UNION ALL SELECT 'recapture', count(*) FROM recapture x WHERE {_AFTER}
UNION ALL SELECT kind, count(*) FROM event x WHERE {_AFTER} GROUP BY kind
"""
_OF_ARTICLE: Final = "AND article_id = (SELECT id FROM article WHERE ident = :ident)"


def entries_after(archive: Archive, size: int, ident: str = "") -> dict[str, int]:
    """Return how many entries of each kind, of one article or all, are not among the first `size` of the log."""
    statement = _LATER_ENTRIES.format(of_article=_OF_ARTICLE if ident else "")
    with archive.read() as connection:
        return {row.kind: row.entries for row in connection.all(statement, size=size, ident=ident) if row.entries}


def handed_in_by(archive: Archive, ident: str = "") -> dict[str, int]:
    """Return how many pages each person handed in, by name, for one article or all."""
    of_article = _OF_ARTICLE if ident else ""
    with archive.read() as connection:
        records = connection.column(str, f"SELECT record FROM event WHERE kind = 'handin' {of_article}", ident=ident)
    names: Counter[str] = Counter()
    for record in records:
        with suppress(ValueError, KeyError, TypeError):  # `damaged` names the event
            names[str(orjson.loads(record)["by"])] += 1
    return dict(names)


def _timed(checkpoints: Sequence[Checkpoint]) -> list[tuple[int, int]]:
    """Return size and time (ms, less the slack) of checkpoints, smallest first.

    Checkpoints made by a clock that ran fast are left out: a larger one has an earlier time.
    """
    found: list[tuple[int, int]] = []
    earliest = math.inf
    for size, at in sorted(((each.size, -to_ms(each.at)) for each in checkpoints if each.at), reverse=True):
        if -at <= earliest:
            earliest = -at
            found.append((size, earliest - COMMIT_SLACK_MS))
    return sorted(found)


def check_log(archive: Archive, known: Checkpoints) -> tuple[int, list[Damage]]:
    """Read the log once and compare it with every checkpoint; return the number of its entries and the damage."""
    with archive.read() as connection:
        damage = [
            Damage("an entry of the log" if row.position is None else f"entry {row.position} of the log", how)
            for statement, how in _ORPHANS
            for row in connection.all(statement)
        ]
        frontier, wrong = Frontier(), []
        due = dict(known.roots)
        there = known.elsewhere
        for row in connection.stream(SELECT_ENTRIES):
            if row.position != frontier.size:
                how = "is missing" if row.position > frontier.size else "appears twice"
                damage.append(Damage("the log", f"entry {min(row.position, frontier.size)} {how}"))
                break
            frontier.append(row.hash)
            if frontier.size in due and frontier.root() != due.pop(frontier.size):
                wrong.append(frontier.size)
            if there is not None and frontier.size == there.size and frontier.root().hex() != there.root:
                damage.append(Damage("the log", f"the first {there.size} entries do not match the checkpoint"))
        else:
            due.pop(0, None)
            if due:
                damage.append(Damage("the log", f"it had {max(due)} entries at a checkpoint, now {frontier.size}"))
    if wrong:
        damage.append(Damage("the log", f"the first {wrong[0]} entries do not match checkpoint {wrong[0]}"))
    if there is not None and frontier.size < there.size:
        how = f"it had {there.size} entries at the checkpoint; only {frontier.size} of them are left"
        damage.append(Damage("the log", how))
    return frontier.size, damage


def frames_without_base(connection: Connection) -> list[Damage]:
    """Return a finding for each stored part of a version whose frame needs bytes that were deleted."""
    lost = set(connection.column(int, _HANGING))
    owners = list(connection.of_each(_OWNERS, "ids", lost))
    how = "cannot be read: it was encoded against bytes that have been deleted"
    found = [Damage(f"{row.ident}@{row.n}", f"its {row.name} {how}") for row in owners]
    if rest := len(lost.difference(row.id for row in owners)):
        how = "stored captures or reference pages that were encoded against deleted bytes, and cannot be read"
        found.append(Damage("the archive", f"{how}: {rest}"))
    return found


def foreign_objects(archive: Archive) -> Iterator[Damage]:
    """Yield a finding for each table, index, view and trigger that differs from those of a new SQLite archive."""
    if not archive.is_sqlite:
        return
    found = _objects(archive)
    if hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest() == OBJECTS_SHA256:
        return
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'new.db'}"
        upgrade(url)
        with Archive(archive_url(url), readonly=True) as new:
            made = _objects(new)
    for kind, name in sorted(key for key in found.keys() | made.keys() if found.get(key) != made.get(key)):
        how = f"it is not part of an archive; to remove it: DROP {kind.upper()} {name}"
        if (kind, name) in made:
            how = "its definition is not the one that writethru makes" if (kind, name) in found else "it is missing"
        yield Damage(f"{kind} {name}", how)


def _objects(archive: Archive) -> dict[tuple[str, str], str]:
    """Return the definition of each object by its kind and name, without quotes and white space that may differ."""
    with archive.read() as connection:
        rows = connection.all("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return {
        (str(row.type), str(row.name)): f"{row.tbl_name} {' '.join(str(row.sql).replace(chr(34), '').split())}"
        for row in rows
        if not (row.name in _MADE_BY_OTHERS and str(row.sql).startswith("CREATE TABLE") and "REFERENCES" not in row.sql)
    }


def unsound_tables(archive: Archive) -> Iterator[Damage]:
    """Yield a finding for each table of SQLite whose rows and indexes do not fit together.

    Queries that read an index would see other rows than those that read the table. Stored bytes are too many to read:
    of their table, only the index is compared.
    """
    for table in sorted(TABLES) if archive.is_sqlite else ():
        try:
            with archive.read() as connection:
                check = _CHECK_BASES if table == "blob" else f"PRAGMA integrity_check({table})"
                found = connection.column(str, check)[0]
        except ArchiveError as error:
            found = error.message
        if found != "ok":
            yield Damage(f"table {table}", f"the database is damaged: {found}")


def wrong_types(connection: Connection) -> Iterator[Damage]:
    """Yield a finding for each table with values of another type than its columns have.

    SQLite stores such values, and nothing can be compared with them.
    """
    for table in sorted(TABLES) if connection.is_sqlite else ():
        wrong = []
        for column in connection.all(_COLUMNS, table=table):
            stored = next((stored for part, stored in _STORED_AS if part in column.type.upper()), "integer")
            wrong.append(f"typeof({column.name}) NOT IN ('{stored}', '{'' if column.notnull else 'null'}')")
        if count := connection.number(f"SELECT count(*) FROM {table} WHERE {' OR '.join(wrong)}"):
            yield Damage(f"table {table}", f"rows with values that are not of their column's type: {count}")


# -- the tables, compared with the events of the log

MAX_PAGE_ARTICLES: Final = 300
_READING: Final = ("at", "extractor", "came_to", "no_edit", "signature", "identity", "content")
_VERDICT: Final = ("at", "author", "weight", "shown", "labels", "note", "link")
_HANDIN: Final = ("content", "file")
# The fields of a record besides its form, kind and article. Here, n is the number of a version.
_FIELDS: Final[dict[EventKind, frozenset[str]]] = {
    EventKind.READING: frozenset({"n", *_READING}),
    EventKind.CHANGE: frozenset({"n", "change"}),
    EventKind.REMOVAL: frozenset({"n", "parts", "reason", "at"}),
    EventKind.RECAPTURE_REMOVAL: frozenset({"capture", "reason"}),
    EventKind.ALIAS: frozenset({"url", "key"}),
    EventKind.ALIAS_END: frozenset({"key"}),
    EventKind.MOVE: frozenset({"n", "url", "source", "new_url", "new_source"}),
    EventKind.STATE: frozenset({"state"}),
    EventKind.VERDICT: frozenset({"n", *_VERDICT}),
    EventKind.OUTSIDE_CAPTURE: frozenset({"n", "at", "service", "address", "answer"}),
    EventKind.IMPORT: frozenset({"n", "at"}),
    EventKind.HANDIN: frozenset({"at", "by", "saved", "url", "extractor", *_HANDIN}),
    EventKind.HANDIN_REMOVAL: frozenset({"reason", "at"}),
}
# Events of which a version may have several, with the fields that are compared.
_LISTED: Final[dict[str, tuple[str, ...]]] = {EventKind.READING: _READING, EventKind.VERDICT: _VERDICT}
# How long after its time an event may be entered: a run may store its results at its end, and some events of an import
# have the time at which it began. Imports themselves are checked with their versions.
_SLACK_MS: Final = {
    **dict.fromkeys((EventKind.VERDICT, EventKind.OUTSIDE_CAPTURE, EventKind.HANDIN, EventKind.HANDIN_REMOVAL), 0),
    **dict.fromkeys((EventKind.READING, EventKind.CHANGE, EventKind.REMOVAL, EventKind.RECAPTURE_REMOVAL), MAX_RUN_MS),
    **dict.fromkeys((EventKind.ALIAS, EventKind.ALIAS_END, EventKind.MOVE, EventKind.STATE), MAX_IMPORT_MS),
}
# The name of each thing in which the tables may differ from the log.
_NAMES: Final[dict[str, str]] = {
    EventKind.REMOVAL: "its deletion",
    EventKind.READING: "its re-extracted text",
    EventKind.VERDICT: "its verdict",
    EventKind.RECAPTURE_REMOVAL: "the deletion of one of its recaptures",
    EventKind.ALIAS: "its address",
    EventKind.HANDIN: "a page handed in for it",
    EventKind.HANDIN_REMOVAL: "the deletion of a page handed in for it",
}
_BETWEEN: Final = "BETWEEN :first AND :last"
_ARTICLES: Final = """
SELECT a.id, a.ident, a.url, a.state, a.versions, s.name AS source
FROM article a LEFT JOIN source s ON s.id = a.source_id
"""
_EVENTS: Final = f"""
SELECT article_id, kind, n, record, leaf, position FROM event WHERE article_id {_BETWEEN}
ORDER BY article_id, {EVENT_ORDER}
"""
# The first event with a time of those kinds that had none in earlier releases. A quote in a text is not `"` alone.
_FIRST_TIMED: Final = f"""
SELECT min(position) FROM event WHERE record LIKE '%"at":%' AND kind IN ({
    ", ".join(f"'{kind.value}'" for kind, names in _FIELDS.items() if "at" not in names)
})
"""
_TOMBSTONES: Final = f"""
SELECT v.article_id, v.n, t.parts, t.reason, t.at FROM tombstone t JOIN version v ON v.id = t.version_id
WHERE v.article_id {_BETWEEN}
"""
_READINGS: Final = f"""
SELECT v.article_id, v.n, r.at, r.extractor, r.came_to, r.no_edit, r.signature, r.sha256, b.sha256 AS content,
  r.superseded_at
FROM reading r JOIN version v ON v.id = r.version_id LEFT JOIN blob b ON b.id = r.content_id
WHERE v.article_id {_BETWEEN} ORDER BY r.id
"""
_VERDICTS: Final = f"""
SELECT v.article_id, v.n, {", ".join(f"d.{name}" for name in _VERDICT)} FROM verdict d
  JOIN version v ON v.id = d.version_id WHERE v.article_id {_BETWEEN} ORDER BY d.id
"""
_REMOVED: Final = f"SELECT article_id, n, leaf, removed FROM recapture WHERE removed <> '' AND article_id {_BETWEEN}"
_ADDRESSES: Final = f"SELECT article_id, key, url FROM address WHERE article_id {_BETWEEN}"
_HANDINS: Final = f"""
SELECT h.article_id, h.n, h.removed, c.sha256 AS content, f.sha256 AS file FROM handin h
  LEFT JOIN blob c ON c.id = h.content_id LEFT JOIN blob f ON f.id = h.file_id WHERE h.article_id {_BETWEEN}
"""

# The state of an article beside its versions as first stored, by the log or by the tables: kind of event and
# key to value. The key is the version number, the leaf of a recapture or the key of an alias; one for state and place.
_Shown = dict[tuple[str, Any], Any]


def damaged(archive: Archive, checkpoints: Checkpoints, ident: str = "") -> Iterator[Damage]:
    """Yield differences from the log, and events added to it later than they say, for one article or all."""
    of_article = "AND a.ident = :ident" if ident else ""
    statement = f"{_ARTICLES} WHERE a.id > :after {of_article} ORDER BY a.id LIMIT :most"
    after = -math.inf
    with archive.read() as connection:
        first_timed = connection.value(int, _FIRST_TIMED)
    while True:
        with archive.read() as connection:
            # Article by article: a log of years does not fit the memory, but the events of some hundred articles do.
            articles = connection.all(statement, after=after, ident=ident, most=MAX_PAGE_ARTICLES)
            if not articles:
                return
            found = list(_page_damage(connection, articles, checkpoints, first_timed))
        yield from found
        after = articles[-1].id


def _page_damage(
    connection: Connection, articles: Sequence[Row], checkpoints: Checkpoints, first_timed: int | None
) -> Iterator[Damage]:
    """Yield the findings of `damaged` for some articles; `first_timed` is the answer to _FIRST_TIMED."""
    bounds = {"first": articles[0].id, "last": articles[-1].id}
    statements = (_EVENTS, _TOMBSTONES, _READINGS, _VERDICTS, _REMOVED, _HANDINS, _ADDRESSES)
    rows: list[defaultdict[int, list[Row]]] = []
    for statement in statements:
        by_article: defaultdict[int, list[Row]] = defaultdict(list)
        for row in connection.all(statement, **bounds):
            by_article[row.article_id].append(row)
        rows.append(by_article)
    for article in articles:
        events, *tables, addresses = (by_article.get(article.id, ()) for by_article in rows)
        keys = set(address_keys(article.url))
        # Not every row with its url: a row with the key of another address would lead from there to this article.
        own = [row for row in addresses if row.url == article.url and row.key in keys]
        # Its id is a part of its key.
        if not any(article.ident in row.key.hex() for row in own):
            yield Damage(article.ident, "its own address does not lead to it")
        aliases = [row for row in addresses if row not in own]
        # Most articles have no events.
        if not (events or aliases or any(tables)) and article.state == ArticleState.ACTIVE.value:
            continue
        records, wrong = _records(article, events, checkpoints, first_timed)
        yield from wrong
        yield from _differences(article.ident, _logged(records), _stored(article, tables, aliases))
        by_version: defaultdict[int, list[Row]] = defaultdict(list)
        for row in tables[1]:
            by_version[row.n].append(row)
        for n, readings in by_version.items():
            if [row.superseded_at for row in readings] != [*(row.at for row in readings[1:]), None]:
                yield Damage(f"{article.ident}@{n}", "the re-extracted text that is shown is not the newest")


def _logged(records: Sequence[Mapping[str, Any]]) -> _Shown:
    """Return the state of an article by its events, oldest first."""
    shown: _Shown = {(EventKind.STATE, ""): ArticleState.ACTIVE.value}
    for record in records:
        kind: str = record["kind"]
        n: int = record.get("n", 0)
        if kind in _LISTED:
            shown.setdefault((kind, n), []).append(tuple(record[name] for name in _LISTED[kind]))
        elif kind == EventKind.REMOVAL:
            shown[kind, n] = (record["parts"], record["reason"], record["at"])
            if record["parts"] == TAKEN_OUT_WHOLE:
                shown.pop((EventKind.READING, n), None)
        elif kind == EventKind.RECAPTURE_REMOVAL:
            shown[kind, record["capture"]] = record["reason"]
        elif kind == EventKind.HANDIN:
            shown[kind, n] = tuple(record[name] for name in _HANDIN)
        elif kind == EventKind.HANDIN_REMOVAL:
            shown[kind, n] = record["reason"]
        elif kind == EventKind.ALIAS:
            shown[kind, record["key"]] = record["url"]
        elif kind == EventKind.ALIAS_END:
            shown.pop((EventKind.ALIAS, record["key"]), None)
        elif kind == EventKind.MOVE:
            shown[kind, ""] = (record["new_url"], record["new_source"])
        elif kind == EventKind.STATE:
            shown[kind, ""] = record["state"]
    return shown


def _stored(article: Row, tables: Sequence[Sequence[Row]], aliases: Sequence[Row]) -> _Shown:
    """Return the state of an article by the tables."""
    tombstones, readings, verdicts, removed, handins = tables
    shown: _Shown = {(EventKind.STATE, ""): article.state, (EventKind.MOVE, ""): (article.url, article.source)}
    shown |= {(EventKind.REMOVAL, row.n): (row.parts, row.reason, row.at) for row in tombstones}
    shown |= {(EventKind.RECAPTURE_REMOVAL, row.leaf.hex()): row.removed for row in removed}
    shown |= {(EventKind.ALIAS, row.key.hex()): row.url for row in aliases}
    shown |= {
        (EventKind.HANDIN, row.n): tuple(each and each.hex() for each in (row.content, row.file)) for row in handins
    }
    shown |= {(EventKind.HANDIN_REMOVAL, row.n): row.removed for row in handins if row.removed}
    for row in readings:
        content = "" if row.content is None else row.content.hex()
        facts = (row.at, row.extractor, row.came_to, row.no_edit, row.signature, row.sha256.hex(), content)
        shown.setdefault((EventKind.READING, row.n), []).append(facts)
    for row in verdicts:
        shown.setdefault((EventKind.VERDICT, row.n), []).append(tuple(getattr(row, name) for name in _VERDICT))
    return shown


def _differences(ident: str, log: _Shown, tables: _Shown) -> Iterator[Damage]:
    """Yield the differences between the log and the tables."""
    # An article that never moved has no place in the log.
    log.setdefault((EventKind.MOVE, ""), tables[EventKind.MOVE, ""])
    for kind, key in sorted(log.keys() | tables.keys(), key=repr):  # a forged event may have a key of another type
        by_log, by_tables = log.get((kind, key)), tables.get((kind, key))
        if (kind, key) not in log:
            how = "is not in the log"
        elif (kind, key) not in tables:
            how = "is in the log but no longer in the archive"
        elif by_log != by_tables:
            how = "differs from the log"
        else:
            continue
        if kind == EventKind.STATE:
            yield Damage(ident, f"it is {by_tables}, but the log says {by_log}")
            continue
        if kind == EventKind.MOVE:
            yield Damage(ident, "its outlet or its address differs from the log")
            continue
        address = f" {by_log or by_tables}" if kind == EventKind.ALIAS else ""
        of_version = kind in {EventKind.REMOVAL, EventKind.READING, EventKind.VERDICT}
        yield Damage(f"{ident}@{key}" if of_version else ident, f"{_NAMES[kind]}{address} {how}")


def _records(
    article: Row, events: Sequence[Row], checkpoints: Checkpoints, first_timed: int | None
) -> tuple[list[dict[str, Any]], list[Damage]]:
    """Return the records of events that match their entries in the log, and findings about forged and late ones."""
    records, damage, entered = [], [], []
    imports: dict[int, int] = {}
    ident: str = article.ident
    for event in events:
        record = event.record.encode()
        if leaf_hash(record) != event.leaf:
            damage.append(Damage(ident, "the record of an event does not match its entry in the log"))
            continue
        try:
            fields = orjson.loads(record)
            plain = not any(isinstance(value, (list, dict)) for value in fields.values())
            about = tuple(map(fields.get, ("kind", "n", "article")))
            times = tuple(fields.get(name) for name in ("at", "imported"))
            required = _FIELDS[EventKind(event.kind)]
            # Records of earlier releases may have no time.
            timed = all(type(time) is int and from_ms(time) for time in times if time is not None)
            numbered = "n" not in required or (type(event.n) is int and 0 <= event.n <= article.versions)
            fits = fields.keys() >= required and plain and timed and numbered and about == (event.kind, event.n, ident)
            # Once one event of these kinds has a time, all later ones have.
            is_new = first_timed is not None and (event.position is None or event.position > first_timed)
            fits = fits and (times[0] is not None or not (is_new or "at" in required))
            if event.kind == EventKind.OUTSIDE_CAPTURE:
                fits = fits and all(isinstance(fields[name], str) for name in ("service", "address", "answer"))
        except (ValueError, TypeError, AttributeError, OverflowError):
            fits = False
        if not fits:
            damage.append(Damage(ident, "an event and its record differ"))
            continue
        records.append(fields)
        entered.append((event, *times))
        if event.kind == EventKind.IMPORT:
            imports[event.n] = fields["at"]
    for event, at, imported in entered:
        if at is None or event.kind == EventKind.IMPORT:
            continue
        # Events of an imported version may have the times that its file gives, but not verdicts, which tell their own.
        of_version = event.kind != EventKind.MOVE and "n" in _FIELDS[EventKind(event.kind)]
        read_at = imported if event.kind == EventKind.VERDICT else imports.get(event.n) if of_version else None
        entered_by = max(at + _SLACK_MS[event.kind], -math.inf if read_at is None else read_at + MAX_IMPORT_MS)
        if checkpoints.is_late(entered_by, event.position):
            what = ident if event.n is None else f"{ident}@{event.n}"
            how = f"its {event.kind.replace('-', ' ')} is not in a checkpoint made after it: it was added later"
            damage.append(Damage(what, how, late=True))
    return records, damage
