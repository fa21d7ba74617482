"""The tables of full-text search: passages and how long they stood, and the index over their words.

The index holds no text of its own: a hit reads its passage from the version it first stood in.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import DDL, BigInteger, Index, Integer, SmallInteger, event, text

from .core import Row, column, reference_to, row_key, table_of

_STANDING: Final = "last_n IS NULL"


class PassageRow(Row, table=True):
    """A paragraph of an article from version *first_n* to *last_n* (none while it stands).

    *block* is its place among the editorial blocks of version *first_n*; -1 is the headline, -2 the dek. *digest* is
    the start of the SHA-256 of its text.
    """

    __tablename__ = "passage"
    __table_args__ = (
        Index(
            "ix_passage_standing",
            "article_id",
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
        Index("ix_passage_article_id", "article_id", "first_n"),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    first_n: int = column(Integer)
    last_n: int | None = column(Integer, nullable=True)
    block: int = column(SmallInteger)
    digest: int = column(BigInteger)


passage: Final = table_of(PassageRow)

INDEX: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": ("CREATE VIRTUAL TABLE fts_passage USING fts5(words, content='', tokenize='unicode61')",),
    "postgresql": (
        "CREATE TABLE fts_passage (rowid BIGINT PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX fts_passage_words ON fts_passage USING gin (words)",
    ),
}
"""What Alembic does not compare: made by hand on each database."""


def _ddl(statement: str, dialect: str) -> Any:
    make: Any = DDL
    return make(statement).execute_if(dialect=dialect)


for _dialect, _statements in INDEX.items():
    for _statement in _statements:
        event.listen(passage, "after_create", _ddl(_statement, _dialect))
