"""Column types that read the same from SQLite and PostgreSQL: instants, digests, enumerations, row numbers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.types import TypeDecorator

from tracker.archive.values import clean_text, from_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Dialect

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

Key: Final = BigInteger().with_variant(Integer(), "sqlite")
"""Row numbers: SQLite gives out numbers of its own only for INTEGER."""


class Quick(TypeDecorator[T]):
    """A type whose values are written the same on every database: `write` may be called without SQLAlchemy between."""

    cache_ok = True

    def write(self, value: Any) -> Any:
        """Return what the database keeps for *value*."""
        raise NotImplementedError

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        """Write a value."""
        return self.write(value)


class Instant(Quick[datetime]):
    """An aware instant, kept as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def write(self, value: datetime | None) -> int | None:
        """Write an instant."""
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Read an instant."""
        return None if value is None else from_ms(value)


class Digest(Quick[str]):
    """A SHA-256, hexadecimal outside and 32 bytes inside."""

    impl = LargeBinary
    cache_ok = True

    def write(self, value: str | None) -> bytes | None:
        """Write a digest."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Read a digest."""
        return None if value is None else bytes(value).hex()


class Clean(Quick[str]):
    """A text without NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def write(self, value: str | None) -> str | None:
        """Write a text."""
        return None if value is None else clean_text(value)


class Word(Quick[E], Generic[E]):
    """A member of an enumeration, kept as its word."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def write(self, value: E | None) -> str | None:
        """Write a member."""
        return None if value is None else value.value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Read a member."""
        return None if value is None else self.kind(value)


class Code(Quick[E], Generic[E]):
    """A member of an enumeration, kept as its place in *members*: for tables with very many rows."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, members: Sequence[E]) -> None:
        super().__init__()
        self.members = tuple(members)

    def write(self, value: E | None) -> int | None:
        """Write a member."""
        return None if value is None else self.members.index(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Read a member."""
        return None if value is None else self.members[value]


def one_of(column: str, words: Sequence[str]) -> str:
    """Return the SQL condition that *column* holds one of *words*."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"
