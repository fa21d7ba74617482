"""Export as one SQLite file with the tables of the NewsEdits corpus (Spangher et al. 2022), for programs that read it.

Versions and sentences are counted from 0, sentences through the whole text. An added or removed sentence is a row with
NULL on the other side. The two distances are the shares of a sentence's words that have no counterpart on the other
side, in order. The tables ``entryversion``, ``label`` and ``verdict`` describe each version further.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from tracker.archive.verdicts import verdicts_by_version
from tracker.model.change import BlockChange, Change, Op
from tracker.render.times import iso

from .files import replacing

if TYPE_CHECKING:
    from tracker.model.verdict import Verdict
    from tracker.model.version import Version

    from .selection import Job, Split

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
            said = verdicts_by_version(job.store)
            for version in job.by_article():
                current = split_version(version, job.split)
                _insert(database, current, last)
                for each in said.get((version.article, version.n), ()):
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
    text = (_clean(content.title), _clean(content.text), None, content.sha256)
    database.execute("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *text))
    sentences = [(*key, index, _clean(sentence.strip())) for index, sentence in enumerate(current.sentences)]
    database.executemany("INSERT INTO split_sentences VALUES (?, ?, ?, ?)", sentences)
    if version.change is None:
        return
    labels = [(*key, label.kind.value, _clean(label.evidence)) for label in version.change.labels]
    database.executemany("INSERT INTO label VALUES (?, ?, ?, ?)", labels)
    if last is not None and (last.version.article, last.version.n + 1) == (version.article, version.n):
        database.executemany("INSERT INTO matched_sentences VALUES (?, ?, ?, ?, ?, ?, ?)", _matched(current, last, key))


def _insert_verdict(database: sqlite3.Connection, verdict: Verdict) -> None:
    labels = None if verdict.labels is None else ", ".join(verdict.labels)
    row = (int(verdict.article, 16), verdict.version - 1, iso(verdict.at), verdict.by, verdict.weight)
    said = (", ".join(verdict.shown), labels, verdict.note, verdict.link)
    database.execute("INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *said))


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


def _clean(text: str) -> str:
    # SQLite cannot store lone surrogates.
    return text.encode("utf-8", "replace").decode("utf-8")
