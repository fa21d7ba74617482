"""Column types by what they hold; how values are written is said in `database/connection.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

Key: Final = BigInteger().with_variant(Integer(), "sqlite")
"""Row numbers: SQLite gives out numbers of its own only for INTEGER."""
Instant: Final = BigInteger
"""An instant, as milliseconds since 1970."""
Digest: Final = LargeBinary
"""A SHA-256, as 32 bytes."""
Clean: Final = Text
"""A text without NUL and lone surrogates."""
Word: Final = Text
"""A member of an enumeration, as its word."""
Code: Final = SmallInteger
"""A member of an enumeration, as its place in a list of `values.py`: for tables with very many rows."""


def one_of(column: str, words: Sequence[str]) -> str:
    """Return the SQL condition that *column* holds one of *words*."""
    return f"{column} IN ({', '.join(repr(str(word)) for word in words)})"
