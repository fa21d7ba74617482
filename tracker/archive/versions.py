"""Versions: the editorial states of articles, as they read now, the changes between them, and both as rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from tracker.errors import NotKnown
from tracker.model.article import Article
from tracker.model.change import EARLIER_WORDS, Change, LabelKind, Significance, stored_words
from tracker.model.version import Rereading, Version, VersionQuery

from . import addresses, blobs, codec
from .archive import Archive
from .articles import IN_STORY, stories_by_key
from .codec import columns
from .database.connection import Connection, Row, Statement, Values, clean_text, from_ms, to_instant, where_all
from .ledger.log import naming_damage
from .verdicts import CONFIRMED, where_verdict

_SUBSTANCES: Final = {"wording": "words", "unclear": "words"}


def translated(stored: dict[str, object]) -> dict[str, object]:
    """Return the JSON object of a change, as `codec.dump` made it, with words of release 0.1 replaced by today's."""
    change: dict[str, Any] = dict(stored)
    if change.get("classifier", 1) > 1:
        return change
    if isinstance(score := change.get("significance"), (int, float)):
        change["significance"] = Significance.of_score(score).value
    if "substance" in change:
        change["substance"] = _SUBSTANCES.get(change["substance"], change["substance"])
    if "labels" in change:
        change["labels"] = [
            label
            | {"kind": EARLIER_WORDS.get(label["kind"], label["kind"]), "evidence": label["evidence"].replace("∅", "–")}
            for label in change["labels"]
        ]
    if "units" in change:
        change["units"] = [
            {name: value for name, value in unit.items() if name != "is_sure"}
            | {"substance": _SUBSTANCES.get(unit["substance"], unit["substance"])}
            for unit in change["units"]
        ]
    return change


# Versions that `iter_versions` reads at a time.
MAX_PAGE_VERSIONS: Final = 100
# The `parts` of a tombstone of a version of which nothing is left.
TAKEN_OUT_WHOLE: Final = "all"
# An article without text, shown for a version whose text was taken out.
_EMPTY: Final = b"{}"

SELECT_VERSION: Final = """
SELECT v.id, v.article_id, v.n, v.seen_at, v.previous_seen_at, v.status, v.extractor, v.signature, v.content_id,
  a.ident, a.url, s.name AS source, c.sha256 AS capture_sha256, t.parts, t.reason, h.raw_len AS change_len,
  h.crc AS change_crc, h.data AS change_data, r.content_id AS read_id, r.extractor AS read_by,
  r.signature AS read_signature, r.came_to, r.no_edit
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  JOIN capture c ON c.version_id = v.id
  LEFT JOIN change h ON h.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
"""
_LATEST: Final = f"{SELECT_VERSION} WHERE a.ident = :ident AND v.n = a.versions"
_NUMBERED: Final = f"{SELECT_VERSION} WHERE a.ident = :ident AND v.n = :n"
_OF_PAIRS: Final = f"{SELECT_VERSION} WHERE a.ident IN (:idents) AND v.n IN (:numbers)"
_HISTORY: Final = f"{SELECT_VERSION} WHERE a.ident = :ident ORDER BY v.n"
# The tables that `where_versions` names.
FROM_VERSIONS: Final = """
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  LEFT JOIN change h ON h.version_id = v.id
"""

_IMPORT: Final = """
SELECT record FROM event
WHERE kind = 'import' AND n = :n AND article_id = (SELECT id FROM article WHERE ident = :ident)
"""

# Unread versions are searched this far behind the last one read on PostgreSQL, where rows commit out of order.
UNREAD_LOOK_BACK_ROWS: Final = 10_000
_UNREAD_TO_THE_END: Final = "AND (t.parts IS NULL OR t.parts <> 'all') ORDER BY v.id LIMIT :most"
_UNREAD: Final = Statement(
    sqlite=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) FROM story_reading) {_UNREAD_TO_THE_END}""",
    postgresql=f"""
{SELECT_VERSION} WHERE v.id > (SELECT coalesce(max(version_id), 0) - {UNREAD_LOOK_BACK_ROWS} FROM story_reading)
  AND NOT EXISTS (SELECT 1 FROM story_reading read_before WHERE read_before.version_id = v.id) {_UNREAD_TO_THE_END}""",
)
_LABELS: Final = "SELECT version_id, kind FROM label WHERE version_id IN (:ids) ORDER BY version_id, position"
_CHANGES: Final = """
SELECT a.ident, v.n, v.content_id, h.raw_len, h.crc, h.data
FROM article a JOIN version v ON v.article_id = a.id JOIN change h ON h.version_id = v.id
WHERE a.ident IN (:idents) AND v.n IN (:numbers)
"""


def latest_version(archive: Archive, article: str, *, with_change: bool = True) -> Version | None:
    """Return the newest version of an article, or None; `with_change` False leaves out the change that led to it."""
    with archive.read() as connection:
        found = versions_of(connection, connection.all(_LATEST, ident=article), with_changes=with_change)
        return found[0] if found else None


def get_version(archive: Archive, article: str, n: int) -> Version:
    """Return one version. Raises NotKnown."""
    with archive.read() as connection:
        found = versions_of(connection, connection.all(_NUMBERED, ident=article, n=n))
        if not found:
            raise unknown_version(connection, article, n)
        return found[0]


def get_versions(archive: Archive, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Version]:
    """Return the versions of `wanted`, pairs of article and number, in one go. Those that are not stored are left out.

    Raises ArchiveError where a frame is damaged.
    """
    with archive.read() as connection:
        found = versions_of(connection, list(connection.of_pairs(_OF_PAIRS, wanted)))
    return {(each.article, each.n): each for each in found}


def import_time(archive: Archive, article: str, n: int) -> datetime | None:
    """Return when a version was read from a file; None for one that was fetched from its outlet."""
    with archive.read() as connection, naming_damage("the record of an import", article):
        record = connection.value(str, _IMPORT, ident=article, n=n)
        return None if record is None else from_ms(orjson.loads(record)["at"])


def list_history(archive: Archive, article: str) -> list[Version]:
    """Return all versions of an article, oldest first."""
    with archive.read() as connection:
        return versions_of(connection, connection.all(_HISTORY, ident=article))


def iter_versions(archive: Archive, query: VersionQuery) -> Iterator[Version]:
    """Stream versions by when they were seen, of one article by number, newest first unless `query` says otherwise.

    `since` is included, `until` is not. Reads a page at a time, so that a slow reader blocks no writer.
    """
    # A clock can go back, numbers cannot.
    by = "v.n" if query.article else "v.seen_at"
    where, values = where_versions(query)
    order = "ASC" if query.reverse else "DESC"
    left = query.limit
    after = ""
    while left is None or left > 0:
        size = MAX_PAGE_VERSIONS if left is None else min(MAX_PAGE_VERSIONS, left)
        statement = f"{SELECT_VERSION} {where} {after} ORDER BY {by} {order}, v.id {order} LIMIT :size"
        with archive.read() as connection:
            rows = connection.all(statement, **values, size=size)
            loaded = versions_of(connection, rows)
        yield from loaded
        if len(rows) < size:
            return
        last = rows[-1]
        after = f"AND ({by}, v.id) {'>' if query.reverse else '<'} (:after_at, :after_id)"
        values |= {"after_at": last.n if query.article else last.seen_at, "after_id": last.id}
        left = None if left is None else left - size


def count_versions(archive: Archive, query: VersionQuery) -> int:
    """Return how many versions `iter_versions` would yield without a limit."""
    where, values = where_versions(query)
    with archive.read() as connection:
        return connection.number(f"SELECT count(*) {FROM_VERSIONS} {where}", **values)


def unread_versions(archive: Archive, limit: int = 50) -> list[Version]:
    """Return versions that were not read for their stories yet, oldest first, without the changes that led to them.

    Versions that were taken out are left out.
    """
    with archive.read() as connection:
        return versions_of(connection, connection.all(_UNREAD, most=limit), with_changes=False)


def newest_row(archive: Archive) -> int:
    """Return the number of the row that was written last: it grows whenever a version is stored."""
    with archive.read() as connection:
        return connection.number("SELECT max(id) FROM version")


def where_versions(query: VersionQuery) -> tuple[str, Values]:
    """Return the WHERE on versions (v), articles (a), sources (s) and changes (h) that `query` asks for."""
    conditions = {
        "a.ident = :article": query.article,
        "a.ident IN (:articles)": query.articles,
        "s.name = :source": clean_text(query.source),
        IN_STORY: clean_text(query.story),
        # A person may confirm labels that the program did not find.
        "EXISTS (SELECT 1 FROM label l WHERE l.version_id = v.id AND l.kind IN (:words))": query.kinds
        and query.verdict != CONFIRMED,
        where_verdict(query.verdict, query.kinds) if query.verdict else "": query.verdict,
        "v.seen_at >= :since": query.since,
        "v.seen_at < :until": query.until,
        "h.words >= :min_words": query.min_words,
        "h.significance >= :least_score": query.min_significance is not Significance.LOW,
        "v.id > :newer_than": query.newer_than,
        "v.n > 1": query.changes_only,
        "1 = 1": True,  # so that more conditions can follow
    }
    stored = {"words": stored_words(query.kinds), "least_score": query.min_significance.least_score}
    return where_all(conditions), columns(query) | stored


def get_changes(archive: Archive, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Change]:
    """Return the changes that led to the versions of `wanted`, pairs of article and number, in one go.

    Versions without a change are left out. Raises ArchiveError where a frame is damaged.
    """
    with archive.read() as connection:
        found = {(row.ident, row.n): row for row in connection.of_pairs(_CHANGES, wanted)}
        contents = blobs.read(connection, [row.content_id for row in found.values()])
    changes = {}
    for key, row in found.items():
        data = blobs.decode(row.data, row.raw_len, contents[row.content_id], crc=row.crc)
        changes[key] = codec.decode(Change, translated(codec.parse(data)))
    return changes


# -- within the caller's transaction


def versions_of(connection: Connection, rows: Sequence[Row], *, with_changes: bool = True) -> list[Version]:
    """Return the versions of rows of SELECT_VERSION; `with_changes` False leaves out the changes."""
    wanted: list[int] = []
    for row in rows:
        if row.parts != TAKEN_OUT_WHOLE:
            wanted.append(row.content_id if row.read_id is None else row.read_id)
            # A change is coded against the text that its version was stored with.
            if with_changes and row.change_data is not None:
                wanted.append(row.content_id)
    # Read together: versions of one article are coded against each other, so most frames are decoded once.
    contents = blobs.read(connection, wanted)
    stories = stories_by_key(connection, (row.article_id for row in rows))
    found = []
    for row in rows:
        change: Change | None = None
        if with_changes and row.change_data is not None and row.content_id in contents:
            base = contents[row.content_id]
            data = blobs.decode(row.change_data, row.change_len, base, crc=row.change_crc)
            change = codec.decode(Change, translated(codec.parse(data)))
        read_again = row.came_to is not None and row.came_to != Rereading.UNREADABLE.value
        version = Version(
            article=row.ident,
            n=row.n,
            url=row.url,
            seen=from_ms(row.seen_at),
            content=codec.load(Article, contents.get(row.read_id or row.content_id, _EMPTY)),
            extractor=row.read_by if read_again else row.extractor,
            capture_sha256=row.capture_sha256.hex(),
            previous_seen=to_instant(row.previous_seen_at),
            change=change,
            status=row.status,
            signature=row.read_signature if read_again else row.signature,
            source=row.source,
            stories=stories.get(row.article_id, ()),
            removed=row.reason if row.parts == TAKEN_OUT_WHOLE else "",
            first_extractor=row.extractor if read_again and row.read_by != row.extractor else "",
            no_edit=bool(row.no_edit),
        )
        found.append(version)
    return found


def label_kinds(connection: Connection, keys: Iterable[int]) -> Mapping[int, Sequence[str]]:
    """Return the kinds of the labels of version rows, in order; no entry where there are none."""
    kinds: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.of_each(_LABELS, "ids", keys):
        kinds[row.version_id].append(row.kind)
    return kinds


def unknown_version(connection: Connection, article: str, n: int) -> NotKnown:
    """Return the error for a version that is not there."""
    stored = connection.value(int, "SELECT versions FROM article WHERE ident = :ident", ident=article)
    return addresses.no_version(article, n, stored)


# The kinds that count each change once, whatever its labels, by whether it was announced. A flap is none of them.
_BY_ANNOUNCED: Final = {True: "announced", False: "unannounced", None: "undecided"}
_ADD_CHANGE: Final = """
INSERT INTO change_count (article_id, kind, changes) VALUES (:article_id, :kind, 1)
ON CONFLICT (article_id, kind) DO UPDATE SET changes = change_count.changes + 1
"""
_RECOUNT_CHANGES: Final = f"""
INSERT INTO change_count (article_id, kind, changes)
SELECT article_id, kind, count(*) FROM (
  SELECT DISTINCT v.article_id, v.id, l.kind FROM version v JOIN label l ON l.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
  UNION ALL
  SELECT v.article_id, v.id, CASE WHEN h.announced IS NULL THEN '{_BY_ANNOUNCED[None]}'
    WHEN h.announced THEN '{_BY_ANNOUNCED[True]}' ELSE '{_BY_ANNOUNCED[False]}' END
  FROM version v JOIN change h ON h.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
    AND NOT EXISTS (SELECT 1 FROM label WHERE version_id = v.id AND kind = :flap)
) counted GROUP BY article_id, kind
"""
_CHANGES_OF_SOURCE: Final = """
SELECT c.kind, sum(c.changes) AS changes
FROM source s JOIN article a ON a.source_id = s.id JOIN change_count c ON c.article_id = a.id
WHERE s.name = :source GROUP BY c.kind ORDER BY c.kind
"""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Counts of the changes of a source; `factual` counts those that changed facts."""

    changes: int = 0
    factual: int = 0
    announced: int = 0
    kinds: tuple[tuple[LabelKind, int], ...] = ()


def count_changes(archive: Archive, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    with archive.read() as connection:
        found = {row.kind: int(row.changes) for row in connection.all(_CHANGES_OF_SOURCE, source=name)}
    announced, unannounced, undecided = (found.pop(kind, 0) for kind in _BY_ANNOUNCED.values())
    # Two words may be of one kind: that of release 0.1, and today's.
    by_kind: Counter[LabelKind] = Counter()
    for word, count in found.items():
        by_kind[LabelKind(word)] += count
    kinds = tuple(sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0])))
    return ChangeCounts(announced + unannounced + undecided, announced + unannounced, announced, kinds)


# -- within the caller's transaction


def count_change(connection: Connection, article_id: int, n: int, change: Change) -> None:
    """Count the change that led to version `n` of an article."""
    if n == 1:
        return
    kinds = {label.kind.value for label in change.labels}
    if LabelKind.FLAP.value not in kinds:
        kinds.add(_BY_ANNOUNCED[change.announced])
    connection.run_many(_ADD_CHANGE, [{"article_id": article_id, "kind": kind} for kind in sorted(kinds)])


def recount_changes(connection: Connection, article_id: int) -> None:
    """Recount the changes of an article, after changes or labels of it were replaced or deleted."""
    connection.run("DELETE FROM change_count WHERE article_id = :article_id", article_id=article_id)
    connection.run(_RECOUNT_CHANGES, article_id=article_id, flap=LabelKind.FLAP)


# -- versions, changes and labels as rows

_EVERYTHING: Final = VersionQuery()
OF_VERSION: Final[Mapping[str, Callable[[Version], object]]] = {
    "article": lambda version: version.article,
    "version": lambda version: version.n,
    "source": lambda version: version.source,
    "url": lambda version: version.url,
    "seen": lambda version: version.seen,
    "previous_seen": lambda version: version.previous_seen,
}
OF_CONTENT: Final[Mapping[str, Callable[[Version], object]]] = {
    "status": lambda version: version.status,
    "title": lambda version: version.content.title,
    "dek": lambda version: version.content.dek,
    "byline": lambda version: list(version.content.byline),
    "published": lambda version: _utc(version.content.published),
    "modified": lambda version: _utc(version.content.modified),
    "section": lambda version: version.content.section,
    "lang": lambda version: version.content.lang,
    "words": lambda version: version.content.words,
    "text": lambda version: version.content.text,
    "notices": lambda version: [notice.text for notice in version.content.notices],
    "stories": lambda version: list(version.stories),
    "sha256": lambda version: version.content.sha256,
    "capture": lambda version: version.capture_sha256,
    "removed": lambda version: version.removed,
}
_OF_CHANGE: Final[Mapping[str, Callable[[Change], object]]] = {
    "words_added": lambda change: change.words_added,
    "words_removed": lambda change: change.words_removed,
    "substance": lambda change: None if change.substance is None else change.substance.value,
    "significance": lambda change: change.significance.value,
    "noted": lambda change: None if change.outlet_noted is None else change.outlet_noted.value,
    "labels": lambda change: [label.kind.value for label in change.labels],
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by column name, oldest first. Each iteration reads the archive again."""

    columns: tuple[str, ...]
    read: Callable[[], Iterator[dict[str, object]]]

    def __iter__(self) -> Iterator[dict[str, object]]:
        """Yield the rows."""
        return self.read()


def read_versions(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the versions that `query` asks for, by default all: a row each."""
    columns = {**OF_VERSION, **OF_CONTENT}
    oldest_first = replace(query, reverse=True)
    return Rows(tuple(columns), lambda: (_row(columns, each) for each in iter_versions(archive, oldest_first)))


def read_changes(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the changes that led to the versions that `query` asks for: a row each."""

    def read() -> Iterator[dict[str, object]]:
        for version in iter_versions(archive, replace(query, changes_only=True, reverse=True)):
            if version.change is not None:
                yield _row(OF_VERSION, version) | {"title": version.content.title} | _row(_OF_CHANGE, version.change)

    return Rows((*OF_VERSION, "title", *_OF_CHANGE), read)


def read_labels(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the labels of changes, with their evidence: a row for each label."""

    def read() -> Iterator[dict[str, object]]:
        for version in iter_versions(archive, replace(query, changes_only=True, reverse=True)):
            for label in version.change.labels if version.change else ():
                yield _row(OF_VERSION, version) | {"label": label.kind.value, "evidence": label.evidence}

    return Rows((*OF_VERSION, "label", "evidence"), read)


def _row(columns: Mapping[str, Callable[[Any], object]], of: Version | Change) -> dict[str, object]:
    return {name: value(of) for name, value in columns.items()}


def _utc(when: datetime | None) -> datetime | None:
    """Return an instant in UTC: a column of a table has one time zone."""
    return None if when is None else when.astimezone(UTC)
