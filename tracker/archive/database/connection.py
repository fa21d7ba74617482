"""One transaction, and how values are stored: SQL text in, rows out, the same on SQLite and PostgreSQL.

Statements are plain SQL with `:name` parameters, written once for both databases. Where the two really differ, a
`Statement` holds both texts. Values are bound by their type, so that no caller converts them: an aware datetime as
milliseconds since 1970, an enumeration as its word, a text without NUL and lone surrogates (PostgreSQL keeps neither).
Rows come as the database has them; each module maps them to values itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from .drivers import Cursor, Driver

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACE: Final = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def to_ms(instant: datetime) -> int:
    """Return milliseconds since 1970, rounded down. `instant` is aware."""
    # Whole numbers: a float of seconds would round some instants to another millisecond.
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """Return the aware UTC instant that `to_ms` gave `value` for."""
    return _EPOCH + value * _MILLISECOND


def to_instant(value: int | None) -> datetime | None:
    """Return the instant of a column that may be empty."""
    return None if value is None else from_ms(value)


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which PostgreSQL does not store, so that both databases hold the same text."""
    # Nearly every text is clean, and this check is fast.
    if "\0" not in text and (text.isascii() or not _SURROGATE.search(text)):
        return text
    return text.translate(_REPLACE)


T = TypeVar("T")

# Values that one `IN (:name)` takes; callers that have more split them with `chunks`. A statement of SQLite before 3.32
# took 999 parameters, and it has others besides its list.
MAX_LISTED_VALUES: Final = 500
# Pairs in one statement of `Connection.of_pairs`, which finds every number of every article.
MAX_PAIRS_ASKED: Final = 200

# Rows that `Connection.stream` fetches at a time.
MAX_STREAMED_ROWS: Final = 1000
# Not a cast (::bigint), nor a colon within a word.
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_LIST: Final = re.compile(r"IN \(:(\w+)\)")


class Statement(NamedTuple):
    """One statement as each database needs it, where they differ."""

    sqlite: str
    postgresql: str


class Row(tuple[Any, ...]):
    """A row whose columns are read by name, as in `row.seen_at`."""

    __slots__ = ()
    if TYPE_CHECKING:
        # Only the statement tells the type of a column: the module that wrote it gives the value its type.
        def __getattr__(self, column: str) -> Any:
            """Return the value of a column."""


# Parameters or columns by name.
Values = dict[str, object]


class Connection:
    """A transaction on a connection of the driver; made by `Archive.read` and `Archive.write`."""

    def __init__(self, driver: Driver, *, is_sqlite: bool) -> None:
        self.driver = driver
        self.is_sqlite = is_sqlite

    def all(self, statement: str | Statement, /, **values: object) -> list[Row]:
        """Run a statement and return its rows."""
        return self.ask(statement, **values)()

    def first(self, statement: str | Statement, /, **values: object) -> Row | None:
        """Run a statement and return its first row, None if there is none."""
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def value(self, kind: type[T], statement: str | Statement, /, **values: object) -> T | None:  # noqa: ARG002 - for mypy
        """Run a statement and return the first column of its first row, None if there is none.

        `kind` is the type of that column; the value is not converted.
        """
        row = self._execute(statement, values).fetchone()
        return None if row is None else cast("T | None", row[0])

    def number(self, statement: str | Statement, /, **values: object) -> int:
        """Run a statement and return the number in the first column of its first row, 0 if there is none."""
        return int(self.value(int, statement, **values) or 0)

    def column(self, kind: type[T], statement: str | Statement, /, **values: object) -> list[T]:  # noqa: ARG002 - as above
        """Run a statement and return the first column of its rows, which is of type `kind` and never NULL."""
        return [cast("T", row[0]) for row in self._execute(statement, values).fetchall()]

    def run(self, statement: str | Statement, /, **values: object) -> int:
        """Run a statement and return how many rows it changed."""
        return int(self._execute(statement, values).rowcount)

    def insert(self, table: str, rest: str = "", /, **row: object) -> int:
        """Insert a row, given by the names of its columns, and return how many were inserted.

        `rest` comes after the values, such as ON CONFLICT.
        """
        return self.run(insert_into(table, tuple(row), rest), **row)

    def insert_numbered(self, table: str, /, **row: object) -> int:
        """Insert a row as `insert` does, and return its number."""
        return self.number(insert_into(table, tuple(row), "RETURNING id"), **row)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, object]], rest: str = "") -> None:
        """Insert rows that have the same columns."""
        if rows:
            self.run_many(insert_into(table, tuple(rows[0]), rest), rows)

    def replace(self, table: str, keys: str, /, **row: object) -> None:
        """Insert a row in place of the one that has the same `keys`, names with commas between."""
        self.run(_replacing(table, keys, tuple(row)), **row)

    def replace_many(self, table: str, keys: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Do as `replace` with rows that have the same columns."""
        if rows:
            self.run_many(_replacing(table, keys, tuple(rows[0])), rows)

    def run_many(self, statement: str | Statement, rows: Sequence[Mapping[str, object]]) -> None:
        """Run a statement once for each of `rows`."""
        if rows:
            text = self._text(statement)
            prepared = text if self.is_sqlite else _for_psycopg(text)
            self.driver.cursor().executemany(prepared, [_bound(row) for row in rows])

    def ask(self, statement: str | Statement, /, **values: object) -> Callable[[], list[Row]]:
        """Run a statement and return a function that gives its rows, after the `pipeline` block it ran in."""
        cursor = self._execute(statement, values)
        return lambda: list(_rows(cursor, cursor.fetchall()))

    def stream(self, statement: str, /, **values: object) -> Iterator[Row]:
        """Run a statement and yield its rows as they are read: for questions with very many of them."""
        cursor = self._execute(statement, values)
        while found := cursor.fetchmany(MAX_STREAMED_ROWS):
            yield from _rows(cursor, found)

    def of_each(self, statement: str, name: str, listed: Iterable[object], /, **more: object) -> Iterator[Row]:
        """Run a statement with `IN (:name)` for all values listed, as many at a time as fit, and yield its rows."""
        for some in chunks(listed):
            yield from self.all(statement, **{name: some}, **more)

    def of_pairs(self, statement: str, pairs: Iterable[tuple[str, int]], /, **more: object) -> Iterator[Row]:
        """Run a statement with `IN (:idents)` and `IN (:numbers)` for pairs of both, and yield the rows of the pairs.

        The statement gives the columns `ident` and `n`.
        """
        wanted = set(pairs)
        # The databases write lists of pairs differently, so all numbers of all articles are selected.
        for some in chunks(sorted(wanted), MAX_PAIRS_ASKED):
            idents, numbers = ({pair[place] for pair in some} for place in (0, 1))
            rows = self.all(statement, idents=sorted(idents), numbers=sorted(numbers), **more)
            yield from (row for row in rows if (row.ident, row.n) in wanted)

    @contextmanager
    def pipeline(self) -> Iterator[None]:
        """Send the statements of the block to PostgreSQL without waiting for each answer."""
        if isinstance(self.driver, sqlite3.Connection):
            yield
            return
        with self.driver.pipeline():
            yield

    def _execute(self, statement: str | Statement, values: Mapping[str, object]) -> Cursor:
        """Run a statement, whatever the lengths of its lists, and return its cursor."""
        text = self._text(statement)
        given = dict(values)
        # Each value of a list that is used in `IN (:name)` gets a parameter of its own.
        for name in dict.fromkeys(_LIST.findall(text) if "IN (:" in text else ()):
            listed = cast("Sequence[object]", given.pop(name))
            names = [f"{name}_{place}" for place in range(len(listed))]
            given.update(zip(names, listed, strict=True))
            text = text.replace(f"IN (:{name})", f"IN ({', '.join(f':{each}' for each in names) or 'NULL'})")
        return self.driver.execute(text if self.is_sqlite else _for_psycopg(text), _bound(given))

    def _text(self, statement: str | Statement) -> str:
        """Return the text of a statement for this database."""
        if isinstance(statement, str):
            return statement
        return statement.sqlite if self.is_sqlite else statement.postgresql


def chunks(values: Iterable[T], size: int = MAX_LISTED_VALUES) -> Iterator[list[T]]:
    """Split `values` into lists that one `IN (:name)` takes; nothing if there are none."""
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


@lru_cache(maxsize=256)
def insert_into(table: str, columns: tuple[str, ...], rest: str = "") -> str:
    """Return an INSERT that takes each column from the parameter of its name; `rest` comes after the values."""
    values = ", ".join(f":{name}" for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}) {rest}".rstrip()


@lru_cache(maxsize=64)
def _replacing(table: str, keys: str, columns: tuple[str, ...]) -> str:
    replaced = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys.split(", "))
    return insert_into(table, columns, f"ON CONFLICT ({keys}) DO UPDATE SET {replaced}")


def where_all(conditions: Mapping[str, object]) -> str:
    """Return a WHERE clause of the conditions whose value is true, as a filter that is set; "" if there are none."""
    wanted = [condition for condition, value in conditions.items() if value]
    return f"WHERE {' AND '.join(wanted)}" if wanted else ""


@lru_cache(maxsize=1024)
def _for_psycopg(text: str) -> str:
    """Return a statement with its parameters as psycopg writes them."""
    return _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))


def _bound(values: Mapping[str, object]) -> Values:
    return {name: value if type(value) in _READY else _bind(value) for name, value in values.items()}


def _bind(value: object) -> object:
    convert = _BINDS.get(type(value))
    if convert is not None:
        return convert(value)
    return value.value if isinstance(value, Enum) else value


# The types that drivers take as they are. A value of a subclass, such as an IntEnum, goes to `_bind`.
_READY: Final = frozenset({int, float, bytes, bool, type(None)})
_BINDS: Final[dict[type, Callable[[Any], object]]] = {
    str: clean_text,
    datetime: to_ms,
    list: lambda values: [_bind(value) for value in values],
}


def _rows(cursor: Cursor, found: Sequence[tuple[object, ...]]) -> Iterable[Row]:
    if not found:
        return ()
    return map(_row_class(tuple(column[0] for column in cursor.description or ()))._make, found)


@lru_cache(maxsize=1024)
def _row_class(columns: tuple[str, ...]) -> Any:
    # Made at the first execution: only the cursor knows the columns of `a.*`.
    return namedtuple("Row", columns)  # noqa: PYI024 - as above
