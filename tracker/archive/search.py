"""Search: which paragraphs hold these words, and when each was on the page.

Its index has each paragraph ("passage") of an article once, with the versions that it was in.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tracker.errors import UsageError
from tracker.model.article import Article
from tracker.views.json import from_fields
from tracker.views.version import SearchHitView

from . import blobs, codec
from .archive import Archive
from .articles import IN_STORY
from .database.connection import Connection, Row, Statement, Values, chunks, from_ms, insert_into, to_instant, where_all

# Han, kana, hangul, Thai, Lao, Khmer, Myanmar: often written without spaces, so each character is indexed as a word
# and a searched word becomes a phrase of characters.
_UNSPACED: Final = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
# Accents and the vowel points of Hebrew and Arabic: people seldom type them in a query.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
_NO_WORD: Final = re.compile(r"[\W_]+")
_PLAIN: Final = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
# Letters of one paragraph that are indexed. PostgreSQL takes a mebibyte of words, and a letter has up to four bytes.
MAX_FOLDED_CHARS: Final = 250_000
_TOKEN: Final = re.compile(r'(?<!\s)\s*(?P<no>-)?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s"]+))')
_SYNTAX: Final = 'all words must occur in one paragraph; also "a phrase", prefix*, -excluded, this OR that'


def fold(text: str) -> str:
    """Return the words of `text` separated by single spaces: lower case, without accents, unspaced scripts split."""
    if text.isascii():
        return b" ".join(text[:MAX_FOLDED_CHARS].encode().translate(_PLAIN).split()).decode()
    plain = unicodedata.normalize("NFKD", text[:MAX_FOLDED_CHARS].casefold())
    # NFKD also decomposes hangul and kana; NFC composes them again.
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    spaced = _UNSPACED.sub(r" \1 ", bare)
    return _NO_WORD.sub(" ", spaced).strip()[:MAX_FOLDED_CHARS]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; with `prefix` its last word may continue."""

    words: tuple[str, ...]
    prefix: bool = False

    def text(self, *, is_sqlite: bool) -> str:
        """Return it in the query syntax of FTS5, or in that of to_tsquery."""
        if is_sqlite:
            return f'"{" ".join(self.words)}"' + ("*" if self.prefix else "")
        quoted = [f"'{word}'" for word in self.words]
        return "(" + " <-> ".join(quoted) + (":*" if self.prefix else "") + ")"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: matches paragraphs with at least one term of each group in `groups`, and none of `without`."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...] = ()

    def text(self, *, is_sqlite: bool) -> str:
        """Return it in the query syntax of FTS5, or in that of to_tsquery."""
        both, either, without = (" AND ", " OR ", " NOT ") if is_sqlite else (" & ", " | ", " & !")
        groups = (either.join(term.text(is_sqlite=is_sqlite) for term in group) for group in self.groups)
        wanted = both.join(f"({group})" for group in groups)
        return f"({wanted})" + "".join(without + term.text(is_sqlite=is_sqlite) for term in self.without)


def parse(text: str) -> Query:
    """Parse a search query. Raises UsageError that names the mistake."""
    groups: list[tuple[Term, ...]] = []
    without: list[Term] = []
    alternative = False
    for negated, term in _terms(text):
        if term is None:
            if not groups or alternative:
                raise UsageError("OR needs a word on both sides", resource=text, hint=_SYNTAX)
            alternative = True
        elif negated:
            if alternative:
                raise UsageError("OR cannot be followed by an excluded word", resource=text, hint=_SYNTAX)
            without.append(term)
        elif alternative:
            groups[-1] = (*groups[-1], term)
            alternative = False
        else:
            groups.append((term,))
    if alternative:
        raise UsageError("OR needs a word on both sides", resource=text, hint=_SYNTAX)
    if not groups:
        raise UsageError("the query has no word to search for", resource=text, hint=_SYNTAX)
    return Query(tuple(groups), tuple(without))


def _terms(text: str) -> Iterator[tuple[bool, Term | None]]:
    """Yield each term with whether it is excluded; a term of None stands for OR.

    AND is ignored; NOT works like a minus.
    """
    negated = False
    for found in _TOKEN.finditer(text):
        phrase, word = found["phrase"], found["word"]
        if phrase is not None and not found["end"]:
            place = found.start("phrase")
            raise UsageError(f"the quotation mark at character {place} is not closed", resource=text, hint=_SYNTAX)
        if word == "OR" and not found["no"]:
            yield False, None
            continue
        if word == "AND" and not found["no"]:
            continue
        if word == "NOT" and not found["no"]:
            negated = True
            continue
        given = phrase if phrase is not None else word
        words = tuple(fold(given).split())
        # Punctuation alone, as in "war - peace", is not a word.
        if words:
            yield negated or bool(found["no"]), Term(words, prefix=given.endswith("*"))
            negated = False
    if negated:
        raise UsageError("NOT needs a word after it", resource=text, hint=_SYNTAX)


# -- the index of passages

# Eight bytes, signed: a BIGINT of both databases.
_START: Final = struct.Struct(">q")
# Texts in memory at a time: an article may have hundreds of versions.
MAX_CONTENTS_READ_TOGETHER: Final = 20

_CURRENT: Final = "SELECT id, digest FROM passage WHERE last_n IS NULL AND article_id ="
_INSERT_WORDS: Final = Statement(
    sqlite=insert_into("fts_passage", ("rowid", "words")),
    postgresql="INSERT INTO fts_passage (rowid, words) VALUES (:rowid, to_tsvector('simple', :words))",
)
_NEXT_NUMBERS: Final = "SELECT nextval('passage_id_seq') FROM generate_series(1, :count)"
_CONTENTS: Final = """
SELECT v.n, coalesce(r.content_id, v.content_id) AS content_id FROM version v
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
WHERE v.article_id = :article_id AND (t.parts IS NULL OR t.parts <> 'all') ORDER BY v.n
"""
_ENDED: Final = """
SELECT a.ident, a.published_at, p.first_n, p.last_n AS n, p.digest, v.seen_at
FROM passage p JOIN article a ON a.id = p.article_id
  JOIN version v ON v.article_id = p.article_id AND v.n = p.first_n
WHERE a.ident IN (:idents) AND p.last_n IN (:numbers)
"""
# Not a DELETE: a table of FTS5 without content forgets words only when it is told which ones they were.
_REMOVE_WORDS: Final = "INSERT INTO fts_passage(fts_passage, rowid, words) VALUES ('delete', :rowid, :words)"
# Blocks of an article that are indexed, such as rows of a table: the column of their places has 16 bits.
MAX_BLOCKS: Final = 1 << 15
Where = Literal["current", "removed", "all"]
TITLE: Final = -1
DEK: Final = -2
PLACES: Final = {TITLE: "title", DEK: "dek"}


def current(connection: Connection, article: str) -> Callable[[], list[Row]]:
    """Ask for the passages of an article's newest version: their rows' numbers, and their digests."""
    return connection.ask(f"{_CURRENT} (SELECT id FROM article WHERE ident = :ident)", ident=article)


def enter(
    connection: Connection, article_id: int, n: int, previous: int, content: Article, before: Sequence[Row] = ()
) -> None:
    """Bring the passages of an article from version `previous`, which had those in `before`, to version `n`."""
    # Lists, because a paragraph may be in a text twice: each occurrence continues one of those before.
    unmatched: defaultdict[int, list[int]] = defaultdict(list)
    for row in before:
        unmatched[row.digest].append(row.id)
    new: list[tuple[int, int, str]] = []
    for block, text in texts(content):
        digest = _digest(text)
        if unmatched[digest]:
            unmatched[digest].pop()
        else:
            new.append((block, digest, text))
    gone = [key for keys in unmatched.values() for key in keys]
    if not new and not gone:
        return
    # Numbered here, because the index takes the same numbers. On SQLite a writer is alone.
    first = connection.number("SELECT max(id) FROM passage") + 1 if connection.is_sqlite else 0
    keys = list(range(first, first + len(new))) if first else connection.column(int, _NEXT_NUMBERS, count=len(new))
    rows = [
        {"id": key, "article_id": article_id, "first_n": n, "block": block, "digest": digest}
        for key, (block, digest, _) in zip(keys, new, strict=True)
    ]
    connection.insert_many("passage", rows)
    words = [{"rowid": key, "words": fold(text)} for key, (_, _, text) in zip(keys, new, strict=True)]
    connection.run_many(_INSERT_WORDS, words)
    closed = [{"last": previous, "id": key} for key in gone]
    connection.run_many("UPDATE passage SET last_n = :last WHERE id = :id", closed)


def forget(connection: Connection, article_id: int) -> None:
    """Take the passages of an article out of the index; its texts must still be there."""
    of_article = "FROM passage WHERE article_id = :article_id"
    if connection.is_sqlite:
        connection.run_many(_REMOVE_WORDS, _words(connection, article_id))
    else:
        connection.run(f"DELETE FROM fts_passage WHERE rowid IN (SELECT id {of_article})", article_id=article_id)
    connection.run(f"DELETE {of_article}", article_id=article_id)


def rebuild(connection: Connection, article_id: int) -> None:
    """Enter all versions of an article that were not taken out, one after the other."""
    previous = 0
    for n, content in _contents(connection, article_id):
        before = connection.all(f"{_CURRENT} :article_id", article_id=article_id)
        enter(connection, article_id, n, previous, content, before)
        previous = n


def index(connection: Connection, article_id: int) -> None:
    """Enter the words of an article's passages into the search index, where they are missing."""
    connection.run_many(_INSERT_WORDS, _words(connection, article_id))


def compact(connection: Connection) -> None:
    """Rewrite the index without the words that it was told to forget."""
    if connection.is_sqlite:
        # Until then deleted words stay readable in the file, in segments of the index that wait to be merged.
        connection.run("INSERT INTO fts_passage(fts_passage) VALUES ('optimize')")


def stood_since(archive: Archive, gone: Mapping[tuple[str, int], Sequence[str]]) -> dict[tuple[str, int], datetime]:
    """Return since when the paragraphs that a version removed had been on the page: the earliest of its `gone` texts.

    Keys are pairs of an article and the number of that version. Paragraphs of a first version count from the time of
    publication, where the outlet gives one. Versions whose texts are not found are left out.
    """
    with archive.read() as connection:
        rows = list(connection.of_pairs(_ENDED, ((ident, n - 1) for ident, n in gone)))
    found: dict[tuple[str, int], datetime] = {}
    for row in rows:
        key = (row.ident, row.n + 1)
        if row.digest not in {_digest(text) for text in gone[key]}:
            continue
        since = from_ms(row.seen_at)
        published = to_instant(row.published_at)
        if row.first_n == 1 and published is not None:
            since = min(since, published)
        found[key] = min(found.get(key, since), since)
    return found


def _words(connection: Connection, article_id: int) -> list[Values]:
    """Return the words of an article's passages with the numbers of their rows, as the index takes them."""
    contents = dict(_contents(connection, article_id))
    rows = connection.all("SELECT id, first_n, block FROM passage WHERE article_id = :id ORDER BY id", id=article_id)
    found = [(row, contents[row.first_n]) for row in rows if row.first_n in contents]
    return [{"rowid": row.id, "words": fold(text_at(content, row.block))} for row, content in found]


def _contents(connection: Connection, article_id: int) -> Iterator[tuple[int, Article]]:
    rows = connection.all(_CONTENTS, article_id=article_id)
    for some in chunks(rows, MAX_CONTENTS_READ_TOGETHER):
        raw = blobs.read(connection, [row.content_id for row in some])
        for row in some:
            yield row.n, codec.load(Article, raw[row.content_id])


def _digest(each: str) -> int:
    """Return the start of the hash of a text, enough to distinguish the paragraphs of one article."""
    digest: int = _START.unpack_from(hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest())[0]
    return digest


def texts(content: Article) -> Iterator[tuple[int, str]]:
    """Yield the passages of an article with their places: headline, dek, then each editorial block."""
    if content.title:
        yield TITLE, content.title
    if content.dek:
        yield DEK, content.dek
    for place, block in enumerate(content.editorial[:MAX_BLOCKS]):
        yield place, block.text


def text_at(content: Article, block: int) -> str:
    """Return the passage at a place that `texts` gave."""
    return {TITLE: content.title, DEK: content.dek}.get(block) or content.editorial[block].text


# -- searching it


# SQLite's index has a hidden column of the same name, which is matched as a whole; PostgreSQL's is a plain table.
_MATCHES: Final = Statement(
    sqlite="f.fts_passage MATCH :query", postgresql="f.words @@ to_tsquery('simple'::regconfig, :query)"
)
# The value a match is weighed by, and its score, in two steps: PostgreSQL would else weigh matches beyond the LIMIT.
_WEIGHED_BY: Final = Statement(sqlite="bm25(f.fts_passage)", postgresql="f.words")
_SCORE: Final = Statement(
    sqlite="weighed_by", postgresql="-ts_rank(weighed_by, to_tsquery('simple'::regconfig, :query))"
)
MAX_RANKED_MATCHES: Final = 10_000
"""Only so many of the newest matches are ranked: common words match millions of passages."""
_OF_PASSAGE: Final = """
  JOIN article a ON a.id = p.article_id JOIN source s ON s.id = a.source_id
  JOIN version first ON first.article_id = a.id AND first.n = p.first_n
  LEFT JOIN version after ON after.article_id = a.id AND after.n = p.last_n + 1
"""
# Common words match a great many passages: the columns to show are read for the chosen ones alone.
_SELECT: Final = f"""
SELECT p.block, p.first_n AS first_version, p.last_n AS last_version,
  a.ident AS article, a.url, a.title, s.name AS source, coalesce(r.content_id, first.content_id) AS content_id,
  first.seen_at AS since, after.seen_at AS until
FROM (
    SELECT id, {{score}} AS score FROM (
      SELECT f.rowid AS id, {{weighed_by}} AS weighed_by FROM fts_passage f {{joins}} {{where}}
      ORDER BY f.rowid DESC LIMIT :matches
    ) newest ORDER BY score, id DESC LIMIT :most
  ) found JOIN passage p ON p.id = found.id {_OF_PASSAGE}
  LEFT JOIN reading r ON r.version_id = first.id AND r.superseded_at IS NULL
ORDER BY found.score, found.id DESC
"""


def search_passages(
    archive: Archive,
    query: str,
    *,
    where: Where = "all",
    source: str = "",
    story: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    ranked: bool = False,
    limit: int = 50,
) -> list[SearchHitView]:
    """Return paragraphs that match, newest first; where `ranked`, the best of the newest MAX_RANKED_MATCHES first.

    All words must be in one paragraph. `since` leaves out paragraphs that were gone by then, `until` later ones.
    Raises UsageError for a query that cannot be understood.
    """
    asked = parse(query)
    conditions = {
        "p.last_n IS NULL": where == "current",
        "p.last_n IS NOT NULL": where == "removed",
        "s.name = :source": source,
        IN_STORY: story,
        "(after.seen_at IS NULL OR after.seen_at > :since)": since,
        "first.seen_at < :until": until,
    }
    sqlite, postgresql = (
        _SELECT.format(
            score=score if ranked else 0,
            weighed_by=weighed_by if ranked else 0,
            joins=f"JOIN passage p ON p.id = f.rowid {_OF_PASSAGE}" if any(conditions.values()) else "",
            where=where_all({matches: True, **conditions}),
        )
        for matches, weighed_by, score in zip(_MATCHES, _WEIGHED_BY, _SCORE, strict=True)
    )
    with archive.read() as connection:
        words = asked.text(is_sqlite=connection.is_sqlite)
        given = {"source": source, "story": story, "since": since, "until": until}
        most = max(limit, MAX_RANKED_MATCHES) if ranked else limit
        rows = connection.all(Statement(sqlite, postgresql), query=words, **given, matches=most, most=limit)
        contents = blobs.read(connection, [row.content_id for row in rows])
    articles = {key: codec.load(Article, text) for key, text in contents.items()}
    return [
        from_fields(
            SearchHitView,
            row,
            place=PLACES.get(row.block, "text"),
            text=text_at(articles[row.content_id], row.block),
            since=from_ms(row.since),
            until=None if row.until is None else from_ms(row.until),
        )
        for row in rows
    ]
