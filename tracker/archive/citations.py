"""Citations: passages of articles that somebody quoted. These articles stay under watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import orjson

from tracker.errors import NotKnown
from tracker.model.citation import Citation
from tracker.model.watch import ArticleState

from .archive import Archive
from .codec import columns, row_to_value
from .database.connection import from_ms, where_all
from .ledger.log import naming_damage

_CITATIONS: Final = """
SELECT c.id AS key, a.ident AS article, c.n AS version, a.url, c.quotation, c.passage, c.place, c.note, c.at AS added
FROM citation c JOIN article a ON a.id = c.article_id
"""
_SAME: Final = f"""{_CITATIONS}
WHERE a.ident = :article AND c.n = :version AND c.passage = :passage AND c.place = :place AND c.note = :note
"""
_STATES: Final = """
SELECT e.record FROM event e JOIN article a ON a.id = e.article_id
WHERE a.ident = :article AND e.kind = 'state' ORDER BY e.id DESC LIMIT 2
"""


def add_citation(archive: Archive, new: Citation) -> tuple[Citation, bool]:
    """Record a citation; return it with its number, and whether it is new: a passage is recorded once for each note."""
    with archive.write() as connection:
        known = connection.first(_SAME, **columns(new))
        if known is not None:
            return row_to_value(Citation, known), False
        article_id = connection.number("SELECT id FROM article WHERE ident = :ident", ident=new.article)
        texts = {"quotation": new.quotation, "passage": new.passage, "place": new.place, "note": new.note}
        key = connection.insert_numbered("citation", article_id=article_id, n=new.version, **texts, at=new.added)
        return replace(new, key=key), True


def get_citation(archive: Archive, key: int) -> Citation:
    """Return a citation by its number. Raises NotKnown."""
    with archive.read() as connection:
        row = connection.first(f"{_CITATIONS} WHERE c.id = :key", key=key)
    if row is None:
        raise NotKnown("no such citation", resource=str(key), hint="writethru cite list")
    return row_to_value(Citation, row)


def list_citations(archive: Archive, article: str = "") -> list[Citation]:
    """Return all citations, or those of an article, oldest first."""
    where = where_all({"a.ident = :article": article})
    with archive.read() as connection:
        rows = connection.all(f"{_CITATIONS} {where} ORDER BY c.id", article=article)
    return [row_to_value(Citation, row) for row in rows]


def remove_citation(archive: Archive, key: int) -> Citation:
    """Delete a citation and return it. Raises NotKnown."""
    with archive.write() as connection:
        found = get_citation(archive, key)
        connection.run("DELETE FROM citation WHERE id = :key", key=key)
    return found


def last_gone(archive: Archive, articles: Sequence[str]) -> dict[str, tuple[bool, datetime]]:
    """Return whether an article's page is gone, and since when it is gone or back; articles never gone are left out."""
    found: dict[str, tuple[bool, datetime]] = {}
    with archive.read() as connection:
        for ident in dict.fromkeys(articles):
            with naming_damage("the record of a state", ident):
                events = map(orjson.loads, connection.column(str, _STATES, article=ident))
                states = [(each["state"] == ArticleState.GONE, from_ms(each["at"])) for each in events]
            if any(is_gone for is_gone, _ in states):
                found[ident] = states[0]
    return found
