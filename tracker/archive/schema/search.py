"""The table of full-text search: passages and how long they stood. The index over their words is made by a migration.

That index holds no text of its own: a hit reads its passage from the version it first stood in.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, SmallInteger

from .columns import Row, column, index_where, reference_to, row_key


class PassageRow(Row, table=True):
    """A paragraph of an article from version *first_n* to *last_n* (none while it stands).

    *block* is its place among the editorial blocks of version *first_n*; -1 is the headline, -2 the dek. *digest* is
    the start of the SHA-256 of its text.
    """

    __tablename__ = "passage"
    __table_args__ = (
        index_where("last_n IS NULL", "ix_passage_standing", "article_id"),
        Index("ix_passage_article_id", "article_id", "first_n"),
    )
    id: int | None = row_key()
    article_id: int = reference_to("article")
    first_n: int = column(Integer)
    last_n: int | None = column(Integer, nullable=True)
    block: int = column(SmallInteger)
    digest: int = column(BigInteger)
