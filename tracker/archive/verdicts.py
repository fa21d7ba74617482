"""People’s verdicts on changes. Rows are added, never changed, and each is an entry of the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import orjson

from tracker.model.change import LabelKind, Verdict, Weight, stored_words

from .addresses import no_version
from .archive import Archive
from .codec import row_to_value
from .database.connection import Statement, to_ms, where_all
from .ledger.log import EventKind, enter, naming_damage

# Verdicts by article and version, oldest first.
VerdictsByVersion = dict[tuple[str, int], list[Verdict]]
_VERSION_ROW: Final = """
SELECT a.id AS article_id, a.ident, a.versions, v.id FROM article a
  LEFT JOIN version v ON v.article_id = a.id AND v.n = :n WHERE a.ident = :ident
"""
# Locked, so that verdicts on an article come into the log in the order of their rows.
_VERSION: Final = Statement(sqlite=_VERSION_ROW, postgresql=f"{_VERSION_ROW} FOR UPDATE OF a")
_KNOWN: Final = "SELECT id FROM verdict WHERE version_id = :version_id AND at = :at AND author = :author"
_VERDICTS: Final = """
SELECT a.ident AS article, a.title, v.n AS version, d.at, d.author AS by, d.weight, d.shown, d.labels, d.note, d.link
FROM verdict d JOIN version v ON v.id = d.version_id JOIN article a ON a.id = v.article_id
"""
_ENTRIES: Final = """
SELECT a.ident, e.record FROM event e JOIN article a ON a.id = e.article_id
WHERE e.kind = 'verdict' AND a.ident IN (:idents)
"""
_OF_SOURCE: Final = "a.source_id = (SELECT id FROM source WHERE name = :source)"
# The newest verdict on a change that weighs it, or that refers to its labels.
_NEWEST: Final = """
v.id IN (SELECT d.version_id FROM verdict d WHERE d.{0} AND {1} AND NOT EXISTS (
  SELECT 1 FROM verdict e WHERE e.version_id = d.version_id AND e.{0} AND (e.at, e.id) > (d.at, d.id)))
"""
_ON_LABELS: Final = "labels IS NOT NULL"
CONFIRMED: Final = "confirmed"
VERDICTS: Final[Mapping[str, str]] = {
    "any": "v.id IN (SELECT version_id FROM verdict)",
    "none": "h.version_id IS NOT NULL AND v.id NOT IN (SELECT version_id FROM verdict)",
    **dict.fromkeys(Weight, _NEWEST.format("weight <> ''", "d.weight = :verdict")),
    "labels-right": _NEWEST.format(_ON_LABELS, "d.labels = d.shown"),
    "wrong-label": _NEWEST.format(_ON_LABELS, "d.labels <> d.shown"),
    CONFIRMED: _NEWEST.format(_ON_LABELS, "({labels})"),
}
"""The verdicts that versions are selected by, each with its condition on versions (v) and changes (h)."""


def where_verdict(word: str, kinds: Iterable[LabelKind]) -> str:
    """Return the condition for a word of VERDICTS. CONFIRMED asks for one of `kinds`; without kinds, for any label."""
    confirmed = " OR ".join(f"',' || d.labels || ',' LIKE '%,{kind},%'" for kind in stored_words(kinds))
    return VERDICTS[word].format(labels=confirmed or "d.labels <> ''")


def save_verdict(archive: Archive, verdict: Verdict, *, imported_at: datetime | None = None) -> bool:
    """Store a verdict; return whether it is new: the same person's of the same time is stored once.

    `imported_at` is when the verdict was read from a file, None for one that was given just now. Raises NotKnown if
    there is no such version.
    """
    row: dict[str, object] = {
        "at": to_ms(verdict.at),
        "author": verdict.by,
        "weight": verdict.weight or "",
        "shown": ",".join(verdict.shown),
        "labels": None if verdict.labels is None else ",".join(verdict.labels),
        "note": verdict.note,
        "link": verdict.link,
    }
    with archive.write() as connection:
        found = connection.first(_VERSION, ident=verdict.article, n=verdict.version)
        if found is None or found.id is None:
            raise no_version(verdict.article, verdict.version, found.versions if found else None)
        if connection.value(int, _KNOWN, version_id=found.id, at=row["at"], author=verdict.by) is not None:
            return False
        connection.insert("verdict", version_id=found.id, **row)
        # Without it, `verify` would take an old verdict for one that was backdated.
        imported = {} if imported_at is None else {"imported": to_ms(imported_at)}
        enter(connection, (found.article_id, found.ident), EventKind.VERDICT, n=verdict.version, **row, **imported)
    return True


def list_verdicts(
    archive: Archive, article: str = "", *, find: str = "", source: str = "", limit: int | None = None
) -> list[Verdict]:
    """Return verdicts, newest first: of one article, of one source, or with every word of `find`.

    A word may be in the note, in the link or in the headline of the article.
    """
    words = [word for part in find.casefold().split() if (word := part.strip('"*'))]
    where = where_all({"a.ident = :article": article, _OF_SOURCE: source})
    statement = f"{_VERDICTS} {where} ORDER BY d.at DESC, d.id DESC"
    found: list[Verdict] = []
    with archive.read() as connection:
        for row in connection.stream(statement, article=article, source=source):
            if len(found) == limit:
                break
            # Compared here, not with LIKE: SQLite ignores the case of English letters alone.
            texts = [text.casefold() for text in (row.note, row.link, row.title)]
            if all(any(word in text for text in texts) for word in words):
                weight = Weight(row.weight) if row.weight else None
                given = {"labels": None if row.labels is None else _kinds(row.labels), "imported": False}
                found.append(row_to_value(Verdict, row, weight=weight, shown=_kinds(row.shown), **given))
        # The table does not tell an imported verdict from one given here; its entry in the log does.
        imported: set[tuple[str, int, int, str]] = set()
        for row in connection.of_each(_ENTRIES, "idents", dict.fromkeys(each.article for each in found)):
            with naming_damage("the record of a verdict", row.ident):
                each = orjson.loads(row.record)
                imported |= {(row.ident, each["n"], each["at"], each["author"])} if "imported" in each else set()
    return [replace(each, imported=(each.article, each.version, to_ms(each.at), each.by) in imported) for each in found]


def verdicts_by_version(archive: Archive, article: str = "") -> VerdictsByVersion:
    """Return the verdicts of one article, or all, by article and version, oldest first."""
    by_version: VerdictsByVersion = {}
    for each in reversed(list_verdicts(archive, article)):
        by_version.setdefault((each.article, each.version), []).append(each)
    return by_version


def _kinds(text: str) -> tuple[LabelKind, ...]:
    return tuple(LabelKind(word) for word in text.split(",") if word)
