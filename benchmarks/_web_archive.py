"""A large archive for the benchmark of pages: real commits of a few articles, multiplied row by row in SQL.

Contents, changes and captures of the copies are the blobs of the originals; every row, index and word of search is
there as often as in an archive that grew, so that what pages read costs what it would.
"""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from _archive_pages import furniture, html, intent, paragraphs

from tracker import compare
from tracker.archive.articles import add_targets
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.search import fold, texts
from tracker.archive.sources import sync_source
from tracker.archive.versions import get_version
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.source import Target

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.archive.archive import Archive

NOW: Final = datetime(2026, 11, 25, 12, tzinfo=UTC)
SOURCES: Final = 40
VERSIONS: Final = 5
TEMPLATES: Final = 200
_DAYS: Final = 120

_COPY: Final = {
    "article": """INSERT INTO article SELECT id + :da, printf('%012x', (id + :da) * 2654435761 % 281474976710656),
        1 + (id + :da) % :sources, url || '?' || :k, host, first_seen_at + :dt, state, next_check_at + :dt,
        last_check_at + :dt, last_seen_at + :dt, last_change_at + :dt, checks, versions,
        CASE WHEN (id + :da) % 97 = 0 THEN 2 ELSE 0 END, etag, last_modified, signature, title || ' ' || :k, feed_title,
        published_at, told_at, touched_at, listed_until FROM article WHERE id <= :na""",
    "version": """INSERT INTO version SELECT id + :dv, article_id + :da, n, seen_at + :dt, previous_seen_at + :dt,
        status, extractor, signature, sha256, content_id FROM version WHERE id <= :nv""",
    "capture": """INSERT INTO capture SELECT version_id + :dv, fetched_at + :dt, status, sha256, head_id, body_id
        FROM capture WHERE version_id <= :nv""",
    "change": """INSERT INTO change SELECT version_id + :dv, words, significance, announced, raw_len, crc, data,
        classifier FROM change WHERE version_id <= :nv""",
    "label": "INSERT INTO label SELECT version_id + :dv, position, kind FROM label WHERE version_id <= :nv",
    "visit": """INSERT INTO visit (article_id, at, outcome, status, elapsed, detail)
        SELECT article_id + :da, at + :dt, outcome, status, elapsed, detail FROM visit WHERE article_id <= :na""",
    "change_count": """INSERT INTO change_count SELECT article_id + :da, kind, changes
        FROM change_count WHERE article_id <= :na""",
    "story": """INSERT INTO story (article_id, name) SELECT article_id + :da, name || ' ' || :k
        FROM story WHERE article_id <= :na""",
    "passage": """INSERT INTO passage SELECT id + :dp, article_id + :da, first_n, last_n, block, digest
        FROM passage WHERE id <= :np""",
}


def article_of(dice: random.Random, place: int, size: int = 12) -> list[Article]:
    """Return the states of one article: figures, names and paragraphs that change as newsrooms change them."""
    lines = paragraphs(dice, size)
    made = Article(
        title=lines[0][:70].rstrip(),
        dek=lines[1][:120],
        byline=("Ada Lark",),
        published=NOW - timedelta(days=_DAYS, hours=place % 24),
        lang="en",
        blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines),
    )
    states = [made]
    for n in range(1, VERSIONS):
        lines = [each.text for each in states[-1].editorial]
        at = dice.randrange(len(lines))
        lines[at] = f"At least {dice.randrange(2, 90)} people were hurt. " + lines[at].replace("river", "harbour", 1)
        if n % 2:
            lines.insert(dice.randrange(len(lines)), " ".join(paragraphs(dice, 1)))
        if n == 3:
            lines.append(lines.pop(2))
        notice = Notice(NoticeKind.CORRECTION, f"An earlier version misstated how many people were hurt: {n}.")
        states.append(
            replace(
                states[-1],
                title=states[-1].title + (" again" if n == 2 else ""),
                blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines),
                notices=(notice,) if dice.random() < 0.2 else states[-1].notices,
            )
        )
    return states


def build(path: Path, articles: int) -> str:
    """Build an archive of so many articles of five versions and return its URL."""
    url = f"sqlite:///{path}"
    count = min(TEMPLATES, articles)
    passages = _templates(url, count)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-200000")
    na, nv, np = (db.execute(f"SELECT max(id) FROM {name}").fetchone()[0] for name in ("article", "version", "passage"))
    step = int(timedelta(days=_DAYS).total_seconds() * 1000 / max(articles // count, 1))
    db.execute("BEGIN")
    for k in range(1, articles // count):
        given = {"k": k, "da": k * na, "dv": k * nv, "dp": k * np, "dt": k * step, "na": na, "nv": nv, "np": np}
        for statement in _COPY.values():
            db.execute(statement, given | {"sources": SOURCES})
        db.executemany(
            "INSERT INTO fts_passage(rowid, words) VALUES (?, ?)", [(key + k * np, words) for key, words in passages]
        )
    db.execute("INSERT INTO fts_passage(fts_passage) VALUES ('optimize')")
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return url


def _templates(url: str, count: int) -> list[tuple[int, str]]:
    """Keep the articles that all others are copies of; return the rows of their passages with their words."""
    start = NOW - timedelta(days=_DAYS)
    with open_archive(url, migrate=True) as store:
        for place in range(SOURCES):
            sync_source(store, f"Source {place + 1:02}", [], start)
        for place in range(count):
            dice = random.Random(place)
            address = f"https://s{place % SOURCES}.example/news/{place}"
            stories = (f"Story {place // 10}",) if place % 10 < 4 else ()
            (tracked,) = add_targets(store, f"Source {place % SOURCES + 1:02}", [Target(address)], start, stories)
            shell = furniture(place % SOURCES, 20_000)
            before: Article | None = None
            for n, state in enumerate(article_of(dice, place), 1):
                page = html(shell, [block.text for block in state.editorial], dice)
                seen = start + timedelta(minutes=37 * n + place)
                made = intent(tracked, n, (state, page), None, seen)
                assert made.version is not None
                led = compare(before, state) if before else None
                version = replace(made.version, change=led)
                commit_check(store, replace(made, version=version, next_check_at=NOW + timedelta(hours=1)))
                before = state
        return _words(store)


def _words(store: Archive) -> list[tuple[int, str]]:
    query = "SELECT p.id, a.ident, p.first_n, p.block FROM passage p JOIN article a ON a.id = p.article_id"
    with store.read() as connection:
        rows = connection.all(query)
    contents: dict[tuple[str, int], dict[int, str]] = {}
    made = []
    for row in rows:
        version = (row.ident, row.first_n)
        if version not in contents:
            contents[version] = dict(texts(get_version(store, *version).content))
        made.append((row.id, fold(contents[version][row.block])))
    return made
