"""The tables of derived and learned data: lines and hubs of sources, state, the passages of search, and stories.

The index over the words of passages is made by a migration and holds no text of its own: a hit reads its passage from
the version it first appeared in. For stories, the features that were read, each article's place and people's decisions
are stored.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from tracker.model.source import HabitKind
from tracker.model.story import StoryDecisionKind

from .core import Clean, Digest, Instant, NumberedRow, Row, Word, column, one_of, reference_to


class LineRow(Row, table=True):
    """A short line of a source's articles and in how many of them it appears."""

    source_id: int = reference_to("source", primary=True)
    key: str = column(String(16), primary=True)
    articles: int = column(Integer)


class HabitRow(NumberedRow, table=True):
    """A line of a source that is not news."""

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint(one_of("kind", list(HabitKind)), name="kind"),
    )
    source_id: int = reference_to("source")
    kind: str = column(Word)
    key: str = column(String(16))
    sample: str = column(Clean)
    articles: int = column(Integer)
    learned_at: int = column(Instant)


class TallyRow(Row, table=True):
    """How often the hubs of a source were right: hint and change, hint alone, change alone."""

    source_id: int = reference_to("source", primary=True)
    hits: float = column(Float)
    false_touches: float = column(Float)
    misses: float = column(Float)


class StateRow(Row, table=True):
    """A single value that the service keeps for itself from one run to the next."""

    name: str = column(Clean, primary=True)
    at: int = column(Instant)
    value: str = column(Clean)


class ThresholdRow(Row, table=True):
    """A threshold at which checks are due: of "all", or of the "source" or "host" of this name."""

    scope: str = column(Word, primary=True)
    name: str = column(Clean, primary=True)
    value: float = column(Float)


class StormRow(Row, table=True):
    """The latest storm of a source, because of which its alerts wait or waited."""

    source_id: int = reference_to("source", primary=True)
    began_at: int = column(Instant)
    until_at: int = column(Instant)
    changed: int = column(Integer)
    seen: int = column(Integer)
    spared_until: int | None = column(Instant, nullable=True)


class LayoutRow(Row, table=True):
    """The latest change of layout of a source; `articles` are the first that moved, with blanks between."""

    source_id: int = reference_to("source", primary=True)
    began_at: int = column(Instant)
    last_at: int = column(Instant)
    articles: str = column(Clean)


class QuarantineRow(Row, table=True):
    """The newest page of an article or a hub that could not be read; `body` is compressed by zlib, `headers` JSON."""

    name: str = column(Clean, primary=True)
    url: str = column(Clean)
    status: int = column(SmallInteger)
    fetched_at: int = column(Instant)
    sha256: bytes = column(Digest)
    reason: str = column(Clean)
    headers: str = column(Clean)
    body: bytes = column(LargeBinary)


class AddressEventRow(NumberedRow, table=True):
    """An event of an address of an article, such as that it was dropped."""

    __table_args__ = (Index("ix_address_event_article_id", "article_id", "id"),)
    article_id: int = reference_to("article")
    at: int = column(Instant)
    url: str = column(Clean)
    event: str = column(Clean)


class OutsideJobRow(Row, table=True):
    """A capture that another archive was asked for and has not answered yet; `job` is empty between attempts."""

    article_id: int = reference_to("article", primary=True)
    n: int = column(Integer, primary=True)
    job: str = column(Clean)
    attempts: int = column(Integer)


class CitationRow(NumberedRow, table=True):
    """A passage of version `n` of an article that somebody quoted; `place` numbers equal passages, from 0."""

    __table_args__ = (Index("ix_citation_article_id", "article_id"),)
    article_id: int = reference_to("article")
    n: int = column(Integer)
    quotation: str = column(Clean)
    passage: str = column(Clean)
    place: int = column(Integer)
    note: str = column(Clean)
    at: int = column(Instant)


class ReaderMarkRow(Row, table=True):
    """When a user marked all as read, and the newest version then; `reader` is a hash of the user's name."""

    reader: str = column(String(32), primary=True)
    newest: int = column(BigInteger)
    at: int = column(Instant)


class ReadMarkRow(Row, table=True):
    """The version of an article that a user last read with `diff --since-read`; `reader` is as in `reader_mark`."""

    reader: str = column(String(32), primary=True)
    article_id: int = reference_to("article", primary=True)
    n: int = column(Integer)
    at: int = column(Instant)


class NamedUrlRow(Row, table=True):
    """An address that the configuration named by itself when it was last read."""

    url: str = column(Clean, primary=True)


class UnwatchedRow(Row, table=True):
    """An article that was paused because the configuration no longer names it, or filters it out."""

    article_id: int = reference_to("article", primary=True)
    reason: str = column(Word)


class ChangeCountRow(Row, table=True):
    """How many changes of an article have a label of this `kind`, or are "announced", "unannounced" or "undecided"."""

    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = reference_to("article", primary=True)
    kind: str = column(Word, primary=True)
    changes: int = column(Integer)


class PassageRow(NumberedRow, table=True):
    """A paragraph of an article from version `first_n` to `last_n` (none while it is still there).

    `block` is its place among the editorial blocks of version `first_n`; -1 is the headline, -2 the dek. `digest` is
    the start of the SHA-256 of its text.
    """

    __table_args__ = (Index("ix_passage_article_id", "article_id", "first_n"),)
    article_id: int = reference_to("article")
    first_n: int = column(Integer)
    last_n: int | None = column(Integer, nullable=True)
    block: int = column(SmallInteger)
    digest: int = column(BigInteger)


class StoryReadingRow(Row, table=True):
    """A version that was read for its story; a version without such a row is still to be read."""

    version_id: int = reference_to("version", primary=True)
    at: int = column(Instant)


class StoryHomeRow(Row, table=True):
    """The story that the machine put an article into, and why; `least` is the size of its smallest signature."""

    __table_args__ = (Index("ix_story_home_story", "story"),)
    article_id: int = reference_to("article", primary=True)
    story: str = column(Clean)
    score: float | None = column(Float, nullable=True)
    is_copy: bool = column(Boolean)
    reasons: str = column(Clean)
    least: int = column(Integer)
    at: int = column(Instant)


class StoryMarkRow(Row, table=True):
    """A mark of a text's signature and an article that has it: how copies are found.

    The other way, only a takedown looks, and reads all marks: an index by article would double their bytes.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)
    mark: int = column(BigInteger, primary=True)
    article_id: int = reference_to("article", primary=True)


class StoryCopyRow(Row, table=True):
    """Two articles that hold the same text; the id of the first is the lesser one."""

    __table_args__ = (Index("ix_story_copy_second_id", "second_id"),)
    first_id: int = reference_to("article", primary=True)
    second_id: int = reference_to("article", primary=True)
    contained: float = column(Float)
    reason: str = column(Clean)
    at: int = column(Instant)


class StoryDecisionRow(NumberedRow, table=True):
    """A decision of a person about stories; rows are added, never changed."""

    __table_args__ = (CheckConstraint(one_of("verdict", list(StoryDecisionKind)), name="verdict"),)
    at: int = column(Instant)
    by: str = column(Clean)
    verdict: str = column(Word)
    story: str = column(Clean)
    articles: str = column(Clean)
    into: str = Field(sa_column=Column("into_story", Clean, nullable=False))


class StoryOutRow(Row, table=True):
    """An article that a person took out of a named story: no configuration brings it back."""

    article_id: int = reference_to("article", primary=True)
    name: str = column(Clean, primary=True)
