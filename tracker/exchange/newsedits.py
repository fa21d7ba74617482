"""NewsEdits (Spangher et al. 2022): write its tables as one SQLite file, and read them, or a CSV file with the columns.

Versions and sentences are counted from 0, sentences through the whole text. An added or removed sentence is a row with
NULL on the other side. The two distances are the shares of a sentence's words that have no counterpart on the other
side, in order. The tables ``entryversion``, ``label`` and ``verdict`` describe each version further.

To read, the columns ``url``, ``created`` and ``text`` of ``entryversion`` are required; ``title``, ``source``,
``entry_id`` and ``version`` are optional. There are no pages.
"""

from __future__ import annotations

import csv
import html
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from tracker.archive.values import clean_text
from tracker.errors import PageError
from tracker.model.change import BlockChange, Change, Op
from tracker.model.verdict import Verdict
from tracker.model.version import Version
from tracker.render.times import iso

from .export import Job, Split
from .files import lines, reading, replacing
from .record import require_usable

Match = tuple[int | None, int | None]

_TABLES: Final = """
CREATE TABLE entryversion (
    entry_id INTEGER, version INTEGER, article TEXT, source TEXT, url TEXT, created TEXT, title TEXT, text TEXT,
    num_versions INTEGER, sha256 TEXT, PRIMARY KEY (entry_id, version));
CREATE TABLE label (entry_id INTEGER, version INTEGER, kind TEXT, evidence TEXT);
CREATE TABLE verdict (
    entry_id INTEGER, version INTEGER, at TEXT, author TEXT, weight TEXT, shown TEXT, labels TEXT, note TEXT,
    link TEXT);
CREATE TABLE split_sentences (
    entry_id INTEGER, version INTEGER, sent_idx INTEGER, sentence TEXT, PRIMARY KEY (entry_id, version, sent_idx));
CREATE TABLE matched_sentences (
    entry_id INTEGER, version_x INTEGER, version_y INTEGER, sent_idx_x INTEGER, sent_idx_y INTEGER,
    avg_sentence_distance_x REAL, avg_sentence_distance_y REAL);
"""
_INDEXES: Final = """
CREATE INDEX ix_matched_sentences ON matched_sentences (entry_id, version_x, version_y);
CREATE INDEX ix_label ON label (entry_id, version);
UPDATE entryversion SET num_versions =
    (SELECT count(*) FROM entryversion AS other WHERE other.entry_id = entryversion.entry_id);
"""
# Nothing is lost without a journal: the file gets its name when it is complete.
_NO_JOURNAL: Final = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"


@dataclass(frozen=True, slots=True)
class SplitVersion:
    """A version split into sentences: those of each editorial block, and the number of sentences before each."""

    version: Version
    blocks: tuple[tuple[str, ...], ...]
    before: tuple[int, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the whole text."""
        return tuple(sentence for block in self.blocks for sentence in block)

    def index(self, block: int | None, sentence: int | None) -> int | None:
        """Return the index in the whole text of a sentence of a block; None if there is no such sentence."""
        if block is None or sentence is None or block >= len(self.blocks) or sentence >= len(self.blocks[block]):
            return None
        return self.before[block] + sentence

    def indexes(self, block: int | None) -> Sequence[int]:
        """Return the indexes in the whole text of all sentences of a block."""
        if block is None or block >= len(self.blocks):
            return ()
        return range(self.before[block], self.before[block + 1])


def write(job: Job) -> None:
    """Write the selected versions to a new SQLite file."""
    with replacing(job.place) as part:
        # Left by an export that was killed: SQLite would go on in it.
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as database:
            database.executescript(_NO_JOURNAL + _TABLES)
            last: SplitVersion | None = None
            for version in job.by_article():
                current = split_version(version, job.split)
                _insert(database, current, last)
                for each in job.verdicts_on(version):
                    _insert_verdict(database, each)
                last = current
            database.commit()
            database.executescript(_INDEXES)


def split_version(version: Version, split: Split) -> SplitVersion:
    """Split a version into sentences."""
    blocks = tuple(tuple(split(block.text, version.content.lang)) for block in version.content.editorial)
    return SplitVersion(version, blocks, tuple(accumulate((len(block) for block in blocks), initial=0)))


def matches(change: Change, old: SplitVersion, new: SplitVersion) -> Iterator[Match]:
    """Yield pairs of indexes: a sentence of the old text and its counterpart in the new; None if it has none."""
    pairs = list(dict.fromkeys(pair for block in change.blocks for pair in _block_matches(block, old, new)))
    # A sentence that moved into another paragraph is paired there, and unpaired in the paragraph that it left.
    paired_old = {before for before, after in pairs if after is not None}
    paired_new = {after for before, after in pairs if before is not None}
    for before, after in pairs:
        moved = (after is None and before in paired_old) or (before is None and after in paired_new)
        if not moved:
            yield before, after


def distances(old: str, new: str) -> tuple[float, float]:
    """Return the share of the words of each sentence that have no counterpart in the other."""
    from rapidfuzz.distance import LCSseq

    before, after = old.split(), new.split()
    same = LCSseq.similarity(before, after)
    return 1 - same / max(len(before), 1), 1 - same / max(len(after), 1)


def _block_matches(block: BlockChange, old: SplitVersion, new: SplitVersion) -> Iterator[Match]:
    if block.sentences:
        for each in block.sentences:
            pair = old.index(each.old_block, each.old), new.index(each.new_block, each.new)
            if pair != (None, None):
                yield pair
    elif block.op is Op.DELETE:
        yield from ((index, None) for index in old.indexes(block.old))
    elif block.op is Op.INSERT:
        yield from ((None, index) for index in new.indexes(block.new))
    else:
        # Both sides have the same words and so the same sentences.
        yield from zip(old.indexes(block.old), new.indexes(block.new), strict=False)


def _insert(database: sqlite3.Connection, current: SplitVersion, last: SplitVersion | None) -> None:
    version = current.version
    key = (int(version.article, 16), version.n - 1)
    content = version.content
    row = (*key, version.article, version.source, version.url, iso(version.seen))
    text = (clean_text(content.title), clean_text(content.text), None, content.sha256)
    database.execute("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *text))
    sentences = [(*key, index, clean_text(sentence.strip())) for index, sentence in enumerate(current.sentences)]
    database.executemany("INSERT INTO split_sentences VALUES (?, ?, ?, ?)", sentences)
    if version.change is None:
        return
    labels = [(*key, label.kind.value, clean_text(label.evidence)) for label in version.change.labels]
    database.executemany("INSERT INTO label VALUES (?, ?, ?, ?)", labels)
    if last is not None and (last.version.article, last.version.n + 1) == (version.article, version.n):
        database.executemany("INSERT INTO matched_sentences VALUES (?, ?, ?, ?, ?, ?, ?)", _matched(current, last, key))


def _insert_verdict(database: sqlite3.Connection, verdict: Verdict) -> None:
    labels = None if verdict.labels is None else ", ".join(verdict.labels)
    row = (int(verdict.article, 16), verdict.version - 1, iso(verdict.at), verdict.by, verdict.weight)
    opinion = (", ".join(verdict.shown), labels, verdict.note, verdict.link)
    database.execute("INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *opinion))


def _matched(
    current: SplitVersion, last: SplitVersion, key: tuple[int, int]
) -> Iterator[tuple[int | float | None, ...]]:
    assert current.version.change is not None
    before, after = last.sentences, current.sentences
    for old, new in matches(current.version.change, last, current):
        apart: tuple[float | None, float | None] = (None, None)
        if old is not None and new is not None:
            apart = distances(before[old], after[new])
        yield (key[0], key[1] - 1, key[1], old, new, *apart)


_SQLITE: Final = b"SQLite format 3\x00"
_NEEDED: Final = ("url", "created", "text")
_USED: Final = ("entry_id", "version", "title", "source", *_NEEDED)
MAX_FIELD_BYTES: Final = 50_000_000
_BLOCK: Final = re.compile(r"(?i)</?(?:p|div|br|li|h[1-6]|blockquote)\b[^>]*>|\n+")
_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]*>")


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of the corpus; `name` identifies its row."""

    name: str
    url: str
    source: str
    seen: datetime
    title: str
    paragraphs: tuple[str, ...]


def text_versions(path: Path) -> Iterator[TextVersion | str]:
    """Yield versions, oldest first; an invalid row is yielded as a message that says what is wrong.

    Raises UsageError if the file cannot be read, PageError if it has no such table.
    """
    with _table(path) as (database, columns):
        # Times in different zones are in order only once they are read; those that cannot be are refused below.
        database.create_function("instant", 1, _instant, deterministic=True)
        order = "instant(created), version" if "version" in columns else "instant(created)"
        shown = ", ".join(name if name in columns else f"'' AS {name}" for name in _USED)
        try:
            for row in database.execute(f"SELECT {shown} FROM entryversion ORDER BY {order}, rowid"):  # noqa: S608 - ours
                yield _version(dict(zip(_USED, row, strict=True)))
        except sqlite3.Error as error:
            raise PageError(f"not a NewsEdits table: {error}", resource=str(path)) from error


@contextmanager
def _table(path: Path) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    with reading(path) as file:
        start = file.read(len(_SQLITE))
    place = f"{path.absolute().as_uri()}?mode=ro&immutable=1" if start == _SQLITE else ""
    with closing(sqlite3.connect(place, uri=bool(place))) as database:
        try:
            if place:
                _distrust(database)
            else:
                _load(path, database)
            columns = [row[1] for row in database.execute("PRAGMA table_info(entryversion)")]
        except (sqlite3.Error, csv.Error) as error:
            raise PageError(f"not a NewsEdits table: {error}", resource=str(path)) from error
        lacking = [name for name in _NEEDED if name not in columns]
        if lacking:
            raise PageError(
                f"not a NewsEdits table: it has no column {lacking[0]!r}",
                resource=str(path),
                hint="use a SQLite file with the table entryversion, or a CSV file with its columns",
            )
        yield database, columns


def _distrust(database: sqlite3.Connection) -> None:
    """Guard against a hostile file: only a plain table is read, and no huge cell.

    A view may compute without end, and so may a computed column. Raises sqlite3.Error.
    """
    # The file is from somebody else, and SQL in its schema runs when a table is read.
    database.execute("PRAGMA trusted_schema=OFF")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_FIELD_BYTES)
    kinds = database.execute("SELECT type, sql FROM sqlite_schema WHERE name = 'entryversion' COLLATE NOCASE")
    for kind, made in kinds.fetchall():
        if kind != "table" or not str(made).lstrip().upper().startswith("CREATE TABLE"):
            raise sqlite3.DatabaseError("entryversion must be a table, not a view or a virtual table")
    if any(row[6] for row in database.execute("PRAGMA table_xinfo(entryversion)")):
        raise sqlite3.DatabaseError("entryversion has computed columns")


def _load(path: Path, database: sqlite3.Connection) -> None:
    """Load a CSV file into a database, so that it can be sorted even if it is large."""
    limit = csv.field_size_limit(MAX_FIELD_BYTES)
    try:
        texts = (line.decode("utf-8", "replace").replace("\0", "") for line in lines(path))
        # Spreadsheets begin their files with a byte order mark.
        rows = csv.DictReader((text.removeprefix("\ufeff") for text in texts), strict=True)
        columns = [name for name in _USED if name in (rows.fieldnames or ())]
        if not columns:
            return
        # Versions are numbers: as texts, 10 would come before 2.
        typed = ", ".join(f"{name} NUMERIC" if name == "version" else name for name in columns)
        database.execute(f"CREATE TABLE entryversion ({typed})")
        marks = ", ".join("?" * len(columns))
        database.executemany(
            f"INSERT INTO entryversion VALUES ({marks})",  # noqa: S608 - only marks
            ([row.get(name) for name in columns] for row in rows),
        )
    finally:
        csv.field_size_limit(limit)


def _version(row: dict[str, Any]) -> TextVersion | str:
    name = f"{row['entry_id'] or row['url']} version {row['version']}".strip()
    url, text = str(row["url"] or "").strip(), row["text"]
    if not url:
        return f"{name}: it has no address"
    if not isinstance(text, str) or not (paragraphs := _paragraphs(text)):
        return f"{name}: it has no text"
    seen = _moment(row["created"])
    if seen is None:
        return f"{name}: its time cannot be read: {row['created']!r}"
    title = " ".join(html.unescape(_TAG.sub(" ", str(row["title"] or ""))).split())
    return TextVersion(name, url, str(row["source"] or ""), seen, title, paragraphs)


def _moment(value: object) -> datetime | None:
    """Parse a time: text in ISO 8601, in UTC unless it has a zone, or a number of seconds since 1970."""
    try:
        if isinstance(value, (int, float)):
            when = datetime.fromtimestamp(value, UTC)
        else:
            when = datetime.fromisoformat(str(value).strip())
            when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        require_usable(when)
    except (ValueError, OverflowError, OSError):
        return None
    return when.replace(microsecond=when.microsecond // 1000 * 1000)


def _instant(value: object) -> float | None:
    when = _moment(value)
    return when.timestamp() if when else None


def _paragraphs(text: str) -> tuple[str, ...]:
    parts = (" ".join(html.unescape(_TAG.sub(" ", part)).split()) for part in _BLOCK.split(text))
    return tuple(part for part in parts if part)
