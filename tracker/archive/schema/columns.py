"""Column types by their contents, and the base of all tables; `connection.py` says how values are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.orm import declared_attr, registry
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

T = TypeVar("T")

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# A table of the metadata, as `writethru db move` copies it.
StoredTable = Table
# Row numbers: SQLite gives out numbers of its own only for INTEGER.
Key: Final = BigInteger().with_variant(Integer(), "sqlite")
# An instant, as milliseconds since 1970.
Instant: Final = BigInteger
# A SHA-256, as 32 bytes.
Digest: Final = LargeBinary
# A text without NUL and lone surrogates.
Clean: Final = Text
# A member of an enumeration, as its word.
Word: Final = Text
# A member of an enumeration, as its place in a list of `values.py`: for tables with very many rows.
Code: Final = SmallInteger


def one_of(column: str, words: Sequence[str]) -> str:
    """Return the SQL condition that `column` holds one of `words`."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"


class Row(SQLModel, registry=registry(metadata=METADATA)):
    """The base of all tables: their own metadata, so that other SQLModel users in one process stay apart."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - what SQLAlchemy calls with the class
        """Return the table of a class: that of StoryHomeRow is story_home."""
        return re.sub("(?<=.)([A-Z])", r"_\1", cls.__name__.removesuffix("Row")).lower()


def row_key() -> int | None:
    """Return the primary key of rows that are numbered."""
    key: int | None = Field(default=None, sa_column=Column(Key, primary_key=True))
    return key


def reference_to(target: str, *, primary: bool = False, nullable: bool = False, index: bool = False) -> int:
    """Return a reference to rows of `target`."""
    foreign = ForeignKey(f"{target}.id")
    key: int = Field(sa_column=Column(Key, foreign, primary_key=primary, nullable=nullable, index=index or None))
    return key


def column(kind: type[TypeEngine[T]] | TypeEngine[T], *, nullable: bool = False, primary: bool = False) -> T:
    """Return a plain column; as a `primary` key it is never numbered by the database."""
    if primary:
        field: T = Field(sa_column=Column(kind, primary_key=True, autoincrement=False))
    else:
        field = Field(default=None, sa_column=Column(kind, nullable=nullable))
    return field


def index_where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Return an index of the rows that meet `condition` alone."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
