"""One SQLite file with the tables of NewsEdits (Spangher et al. 2022): what was written for that corpus reads it.

Versions count from 0 there; sentences count through the whole text. An added or removed sentence is a row with one side
NULL. The two distances are the shares of a sentence's words that have no partner on the other side, in order. Tables
``entryversion`` and ``label`` say more of each version.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import LCSseq

from tracker.model.change import Op
from tracker.render.times import iso

from .files import replacing
from .selection import ExportProgress, by_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tracker.archive.archive import Archive
    from tracker.model.change import BlockChange, Change
    from tracker.model.version import Version

    from .selection import Progress, Selection, Split

    Match = tuple[int | None, int | None]

_TABLES: Final = """
CREATE TABLE entryversion (
    entry_id INTEGER, version INTEGER, article TEXT, source TEXT, url TEXT, created TEXT, title TEXT, text TEXT,
    num_versions INTEGER, sha256 TEXT, PRIMARY KEY (entry_id, version));
CREATE TABLE label (entry_id INTEGER, version INTEGER, kind TEXT, evidence TEXT);
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
_FAST: Final = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
"""The file takes its name when it is complete, so nothing is lost with half of it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A version cut into sentences: those of each editorial block, and how many stand before each."""

    version: Version
    blocks: tuple[tuple[str, ...], ...]
    before: tuple[int, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the sentences of the whole text."""
        return tuple(sentence for block in self.blocks for sentence in block)

    def place(self, block: int | None, at: int | None) -> int | None:
        """Return where in the whole text the sentence *at* of a block stands."""
        known = block is not None and at is not None and block < len(self.blocks) and at < len(self.blocks[block])
        return self.before[block] + at if known and block is not None and at is not None else None


def export(
    store: Archive, selection: Selection, path: Path, *, split: Split, progress: Progress | None = None
) -> ExportProgress:
    """Write what is selected to a new SQLite file at *path*; *split* cuts a text into sentences."""
    tally = ExportProgress()
    with replacing(path) as part:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as database:
            database.executescript(_FAST + _TABLES)
            last: Cut | None = None
            for version in by_article(store, selection):
                cut = cut_up(version, split)
                _write(database, cut, last)
                last = cut
                tally.versions += 1
                if progress is not None:
                    progress(tally)
            database.commit()
            database.executescript(_INDEXES)
    return tally


def cut_up(version: Version, split: Split) -> Cut:
    """Cut a version into sentences."""
    blocks = tuple(tuple(split(block.text, version.content.lang)) for block in version.content.editorial)
    return Cut(version, blocks, tuple(accumulate((len(block) for block in blocks), initial=0)))


def matches(change: Change, old: Cut, new: Cut) -> Iterator[Match]:
    """Yield which sentence of the old text is which of the new; None where there is no partner."""
    pairs = list(dict.fromkeys(pair for block in change.blocks for pair in _of_block(block, old, new)))
    # A sentence that went from one paragraph into another stands with its partner there, and alone where it went.
    befores = {before for before, after in pairs if after is not None}
    afters = {after for before, after in pairs if before is not None}
    for before, after in pairs:
        moved = (after is None and before in befores) or (before is None and after in afters)
        if not moved:
            yield before, after


def distances(old: str, new: str) -> tuple[float, float]:
    """Return which share of the words of each side has no partner on the other."""
    before, after = old.split(), new.split()
    same = LCSseq.similarity(before, after)
    return 1 - same / max(len(before), 1), 1 - same / max(len(after), 1)


def _of_block(block: BlockChange, old: Cut, new: Cut) -> Iterator[Match]:
    if block.sentences:
        for each in block.sentences:
            place = old.place(each.old_block, each.old), new.place(each.new_block, each.new)
            if place != (None, None):
                yield place
    elif block.op is Op.DELETE:
        yield from ((place, None) for place in _places(old, block.old))
    elif block.op is Op.INSERT:
        yield from ((None, place) for place in _places(new, block.new))
    else:
        # The same words on both sides, so the same cut.
        yield from zip(_places(old, block.old), _places(new, block.new), strict=False)


def _places(cut: Cut, block: int | None) -> Sequence[int]:
    if block is None or block >= len(cut.blocks):
        return ()
    return range(cut.before[block], cut.before[block + 1])


def _write(database: sqlite3.Connection, cut: Cut, last: Cut | None) -> None:
    version = cut.version
    key = (int(version.article, 16), version.n - 1)
    content = version.content
    row = (*key, version.article, version.source, version.url, iso(version.seen))
    text = (_clean(content.title), _clean(content.text), None, content.sha256)
    database.execute("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *text))
    sentences = [(*key, place, _clean(sentence.strip())) for place, sentence in enumerate(cut.sentences)]
    database.executemany("INSERT INTO split_sentences VALUES (?, ?, ?, ?)", sentences)
    if version.change is None:
        return
    labels = [(*key, label.kind.value, _clean(label.evidence)) for label in version.change.labels]
    database.executemany("INSERT INTO label VALUES (?, ?, ?, ?)", labels)
    if last is not None and (last.version.article, last.version.n + 1) == (version.article, version.n):
        database.executemany("INSERT INTO matched_sentences VALUES (?, ?, ?, ?, ?, ?, ?)", _matched(cut, last, key))


def _matched(cut: Cut, last: Cut, key: tuple[int, int]) -> Iterator[tuple[int | float | None, ...]]:
    assert cut.version.change is not None
    before, after = last.sentences, cut.sentences
    for old, new in matches(cut.version.change, last, cut):
        apart: tuple[float | None, float | None] = (None, None)
        if old is not None and new is not None:
            apart = distances(before[old], after[new])
        yield (key[0], key[1] - 1, key[1], old, new, *apart)


def _clean(text: str) -> str:
    # SQLite takes no lone surrogates.
    return text.encode("utf-8", "replace").decode("utf-8")
