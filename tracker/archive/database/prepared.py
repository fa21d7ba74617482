"""Core statements compiled once and run on the driver's own cursor, for the write path.

Core's way of executing costs some 100 µs a statement, ten times what SQLite needs to carry it out. What is bound and
read still goes through the columns' types. The transaction stays Core's; `Database` maps the driver's errors.
"""

from __future__ import annotations

from collections import namedtuple
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary
from sqlalchemy.exc import ArgumentError

from tracker.archive.schema.columns import Quick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.types import TypeEngine

    Convert = Callable[[Any], Any] | None
    Given = Mapping[str, Any]


class Prepared:
    """A statement that is compiled when it first runs on a dialect; *columns* are those an insert or update sets."""

    def __init__(self, statement: Executable, columns: Iterable[str] = ()) -> None:
        self._statement: Final = statement
        self._columns: Final = list(columns) or None
        self._forms: Final[dict[str, _Form]] = {}

    def run(self, connection: Connection, given: Given) -> None:
        """Run it once."""
        self._form(connection.dialect).execute(connection, given)

    def run_many(self, connection: Connection, rows: Sequence[Given]) -> None:
        """Run it once for each of *rows*."""
        if rows:
            form = self._form(connection.dialect)
            connection.connection.cursor().executemany(form.text, [form.bind(row) for row in rows])

    def run_plain(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Do as `run_many`, on SQLite, for values as its columns keep them, in the order of the statement."""
        connection.connection.cursor().executemany(self._form(connection.dialect).text, rows)

    def ask(self, connection: Connection, given: Given) -> Callable[[], list[Any]]:
        """Run it, a select, and return what gives its rows as named tuples, after the block it ran `together` in."""
        form = self._form(connection.dialect)
        cursor = form.execute(connection, given)
        return lambda: form.read(cursor)

    def ask_plain(self, connection: Connection, given: Given) -> Callable[[], list[Any]]:
        """Do as `ask`, for rows as the driver has them: for many, whose columns read as they stand."""
        cursor = self._form(connection.dialect).execute(connection, given)
        return lambda: list(cursor.fetchall())

    def all(self, connection: Connection, given: Given) -> list[Any]:
        """Run it, a select, and return its rows as named tuples."""
        return self.ask(connection, given)()

    def first(self, connection: Connection, given: Given) -> Any:  # noqa: ANN401 - a named tuple
        """Run it, a select, and return its first row as a named tuple, None where there is none."""
        found = self.all(connection, given)
        return found[0] if found else None

    def _form(self, dialect: Dialect) -> _Form:
        if dialect.name not in self._forms:
            self._forms[dialect.name] = _Form(self._statement, self._columns, dialect)
        return self._forms[dialect.name]


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Let PostgreSQL answer prepared statements of the block together, not each for itself; no other may run in it."""
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        yield


class _Form:
    """A statement as one dialect has it."""

    def __init__(self, statement: Any, columns: list[str] | None, dialect: Dialect) -> None:  # noqa: ANN401 - any statement
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.text: Final[str] = compiled.string
        self._fixed: Final = {name: value for name, value in compiled.params.items() if value is not None}
        self._names: Final = list(compiled.positiontup or compiled.binds)
        self._positional: Final = compiled.positiontup is not None
        self._take: Final = _taker(self._names)
        converts = (_writer(compiled.binds[name].type, dialect) for name in self._names)
        self._writes: Final = [(place, to) for place, to in enumerate(converts) if to is not None]
        self._dialect: Final = dialect
        self._reads: list[Convert] | None = None
        if statement.is_select:
            self._kinds: Final = [column.type for column in statement.selected_columns]
            self._row: Final = _maker([column.key for column in statement.selected_columns])

    def execute(self, connection: Connection, given: Given) -> Any:  # noqa: ANN401 - the driver's cursor
        cursor = connection.connection.cursor()
        cursor.execute(self.text, self.bind(given))
        return cursor

    def bind(self, given: Given) -> Any:  # noqa: ANN401 - what the driver takes
        values = list(self._take({**self._fixed, **given} if self._fixed else given))
        try:
            for place, to in self._writes:
                values[place] = to(values[place])
        except (TypeError, ValueError) as error:
            raise ArgumentError("a value is none of its column's") from error
        return values if self._positional else dict(zip(self._names, values, strict=True))

    def read(self, cursor: Any) -> list[Any]:  # noqa: ANN401 - the driver's own
        rows = cursor.fetchall()
        if self._reads is None:
            # Some types read by what the server says it sends.
            self._reads = _readers(self._kinds, self._dialect, [each[1] for each in cursor.description])
        if self._reads:
            rows = [
                [value if to is None else to(value) for to, value in zip(self._reads, row, strict=True)] for row in rows
            ]
        return [self._row(row) for row in rows]


def _taker(names: Sequence[str]) -> Callable[[Given], tuple[Any, ...]]:
    """Return what takes the values of these names out of a row, at one go."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: tuple(given[name] for name in names)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    if isinstance(kind, Quick):
        return kind.write
    # Both drivers take bytes as they are.
    return None if isinstance(kind, LargeBinary) else kind.dialect_impl(dialect).bind_processor(dialect)


def _readers(kinds: Sequence[TypeEngine[Any]], dialect: Dialect, codes: Sequence[Any]) -> list[Convert]:
    reads: list[Convert] = [
        kind.dialect_impl(dialect).result_processor(dialect, code) for kind, code in zip(kinds, codes, strict=True)
    ]
    return reads if any(reads) else []


def _maker(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    kind: Any = namedtuple("Row", names)  # type: ignore[misc] # noqa: PYI024 - names known only now
    made: Callable[[Iterable[Any]], Any] = kind._make
    return made
