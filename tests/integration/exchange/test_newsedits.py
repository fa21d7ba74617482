"""The tables of NewsEdits."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.articles import article
from tests.integration.exchange.pages import job
from tracker.archive.articles import get_article
from tracker.archive.versions import get_version, iter_versions
from tracker.diff.sentences import language, split
from tracker.exchange import newsedits
from tracker.exchange.export import Selection
from tracker.model.change import Op
from tracker.model.version import VersionQuery


def cut(text: str, lang: str) -> tuple[str, ...]:
    return split(text, language(lang))


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


async def test_sentences_and_their_partners(morning, tmp_path):
    path = tmp_path / "news.sqlite"
    seen: list[int] = []
    made = job(morning, path, split=cut, progress=lambda tally: seen.append(tally.versions))
    newsedits.write(made)
    assert (made.tally.versions, seen) == (5, [1, 2, 3, 4, 5])
    harbour = get_article(morning, "https://herald.example/news/harbour").id
    entry = int(harbour, 16)
    assert query(path, f"SELECT version, num_versions, title FROM entryversion WHERE entry_id = {entry}") == [
        (0, 3, "Harbour closed"),
        (1, 3, "Harbour closed"),
        (2, 3, "Harbour closed"),
    ]
    joined = """
        SELECT x.sentence, y.sentence, m.avg_sentence_distance_x, m.avg_sentence_distance_y
        FROM matched_sentences m
        JOIN split_sentences x ON x.entry_id = m.entry_id AND x.version = m.version_x AND x.sent_idx = m.sent_idx_x
        JOIN split_sentences y ON y.entry_id = m.entry_id AND y.version = m.version_y AND y.sent_idx = m.sent_idx_y
        WHERE m.version_x = 0 AND m.entry_id = """
    rows = query(path, joined + str(entry))
    assert len(rows) == 4
    assert [row[:2] for row in rows if row[0] != row[1]] == [
        (
            "The harbour was closed on Monday after 3 boats broke loose in the storm, the harbour master said.",
            "The harbour was closed on Monday after 4 boats broke loose in the storm, the harbour master said.",
        )
    ]
    assert sorted(row[2] for row in rows) == [0, 0, 0, pytest.approx(1 / 18)]
    assert ("number",) in query(path, f"SELECT kind FROM label WHERE entry_id = {entry}")


async def test_what_lies_outside_of_the_selection_has_no_partners(morning, tmp_path):
    path = tmp_path / "news.sqlite"
    ident = get_article(morning, "https://herald.example/news/harbour").id
    last = get_version(morning, ident, 3).seen
    newsedits.write(job(morning, path, Selection(articles=(ident,), since=last), split=cut))
    assert query(path, "SELECT count(*) FROM split_sentences") == [(4,)]
    assert query(path, "SELECT count(*) FROM matched_sentences") == [(0,)]


async def test_every_kind_of_block(full, tmp_path):
    # The samples' changes were written by hand: their sentences are not listed, and not all their words are true.
    newsedits.write(job(full, tmp_path / "a.sqlite", split=cut))
    assert query(tmp_path / "a.sqlite", "SELECT count(*) FROM matched_sentences") == [(6,)]


async def test_added_and_removed_sentences_have_one_side(morning):
    from tracker import compare
    from tracker.model.version import Version

    def version(*texts: str) -> Version:
        first = next(iter_versions(morning, VersionQuery(limit=1)))
        content = article(*texts, title="T", lang="en")
        return Version(first.article, 1, first.url, first.seen, content, "1", "00")

    a = version("One stays here as it is. Two goes away now.", "Gone is this whole paragraph of words.", "Kept one.")
    b = version("One stays here as it is. Nine is quite new here.", "Kept one.", "Fresh words end the text today.")
    old, new = newsedits.split_version(a, cut), newsedits.split_version(b, cut)
    change = compare(a.content, b.content)
    assert {block.op for block in change.blocks} >= {Op.DELETE, Op.INSERT, Op.SAME}
    pairs = list(newsedits.matches(change, old, new))
    assert sorted(x for x, _ in pairs if x is not None) == list(range(len(old.sentences)))
    assert sorted(y for _, y in pairs if y is not None) == list(range(len(new.sentences)))
    assert (0, 0) in pairs
    assert any(y is None for _, y in pairs)
    assert any(x is None for x, _ in pairs)


async def test_distances():
    assert newsedits.distances("a b c d", "a b") == (0.5, 0)
    assert newsedits.distances("", "a") == (1, 1)
