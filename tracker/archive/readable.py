"""The views for people with SQL, with texts and labels decoded by functions of our own.

The archive itself has the views of VIEWS, in plain SQL: any client can read them. Texts and changes are compressed, so
on a SQLite connection of `decode_on` the same views have more columns, and two functions read a version by its
`version_id`.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Final

from tracker.errors import ArchiveError, UsageError
from tracker.model.version import Version
from tracker.render.json import dumps
from tracker.views.version import VersionView

from .archive import Archive
from .versions import SELECT_VERSION, versions_of

VIEWS: Final = ("versions_readable", "changes_readable", "checks_readable", "verdicts_readable")
# Rows of a query that are in memory at a time.
MAX_FETCHED_ROWS: Final = 1000
DEFAULT_QUERY_SECONDS: Final = 60.0
# SQLite's instructions between two looks at the clock: some milliseconds.
_STEPS: Final = 100_000
_RAISED: Final = "user-defined function raised exception"  # of sqlite3
# COPY, ATTACH and some other statements write files although the transaction is read-only. Each comment ends at its
# first end (`?>`), so that a later one cannot hide the statement.
_IS_QUERY: Final = re.compile(
    r"(?>(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*)"
    r"(?:(?:select|with|values|table|explain|show)\b|pragma\s+(?:table|index|foreign_key)_)",
    re.DOTALL | re.IGNORECASE,
)
_QUERY_CANCELED: Final = "57014"
_ONLY_QUERIES: Final = "use a statement that only reads, such as SELECT"
# Each column of a row decodes the same version.
MAX_CACHED_VERSIONS: Final = 64
_ONE: Final = f"{SELECT_VERSION} WHERE v.id = :id"
_FIELDS: Final = {
    "versions_readable": {
        "title": "content.title",
        "dek": "content.dek",
        "byline": "content.byline",
        "section": "content.section",
        "lang": "content.lang",
        "published": "content.published",
        "modified": "content.modified",
        "words": "words",
        "notices": "notices",
    },
    "changes_readable": {
        "title": "content.title",
        "words_added": "change.words_added",
        "words_removed": "change.words_removed",
        "substance": "change.substance",
        "noted": "change.noted",
        "evidence": "change.labels",
    },
}

# In UTC, as other times in the views: with the offsets of pages they would not sort as text.
_DATES: Final = frozenset({"published", "modified"})


def ask(archive: Archive, query: str, seconds: float = DEFAULT_QUERY_SECONDS) -> Iterator[Sequence[object]]:
    """Yield the names of the columns of a query, then its rows.

    The archive is to be opened read-only. Raises UsageError for a statement that cannot be run, does not only read,
    returns no rows, or keeps the database busy for longer than `seconds`; ArchiveError for a version that is damaged.
    """
    if not _IS_QUERY.match(query):
        raise UsageError("this is not a query", hint=_ONLY_QUERIES)
    began, waited = time.monotonic(), 0.0
    failed = list[ArchiveError]()

    def is_over() -> bool:
        return time.monotonic() - began - waited > seconds

    with archive.read() as connection:
        driver = connection.driver
        if isinstance(driver, sqlite3.Connection):
            failed = decode_on(driver, archive)
            driver.set_progress_handler(is_over, _STEPS)
        else:
            connection.run("SELECT set_config('statement_timeout', :ms, true)", ms=str(int(seconds * 1000)))
        cursor = driver.cursor()
        try:
            # Prepared: otherwise a server would run several statements, of which one might end the transaction.
            cursor.execute(query) if isinstance(cursor, sqlite3.Cursor) else cursor.execute(query, prepare=True)
            if cursor.description is None:
                raise UsageError("this is not a query", hint=_ONLY_QUERIES)
            yield [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(MAX_FETCHED_ROWS):
                handed = time.monotonic()
                yield from rows
                # Not the time of the query: the reader may be a person.
                waited += time.monotonic() - handed
        except (archive.driver_error, ValueError) as error:
            if str(error) == _RAISED and not is_over():
                if not failed:
                    raise KeyboardInterrupt from None
                raise failed[-1] from failed[-1].__cause__
            raise _explained(error, archive, seconds, is_over=is_over()) from None
        finally:
            if isinstance(driver, sqlite3.Connection):
                driver.set_progress_handler(None, 0)


def _explained(error: Exception, archive: Archive, seconds: float, *, is_over: bool) -> UsageError:
    """Return the error for a query that failed. Raises KeyboardInterrupt if Ctrl-C ended it."""
    code, state = getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)
    if state == _QUERY_CANCELED or (is_over and (code == sqlite3.SQLITE_INTERRUPT or str(error) == _RAISED)):
        hint = "narrow it down with WHERE or LIMIT, or allow more time with --timeout"
        return UsageError(f"the query took longer than {seconds:g} s and was stopped", hint=hint)
    if code == sqlite3.SQLITE_INTERRUPT:
        # SQLite swallows exceptions that a signal raises in our functions.
        raise KeyboardInterrupt
    reason = str(error).strip().partition("\n")[0]
    hint = "writethru sql without a query lists the views and their columns"
    if "writethru_" in reason and not archive.is_sqlite:
        hint = "on PostgreSQL texts cannot be decoded in SQL; see docs/how-to/query-it.md"
    return UsageError(f"the query cannot be run: {reason}", hint=hint)


def decode_on(driver: sqlite3.Connection, archive: Archive) -> list[ArchiveError]:
    """Register `writethru_version` and `writethru_text` on a connection, and let its views have decoded columns.

    `writethru_version(version_id)` is the object of `show --json`, `writethru_text(version_id)` the text. Both are NULL
    for a version that is not there. The views are temporary: they hide those of the archive on this connection alone.
    Errors of the functions are added to the list that is returned, but not a Ctrl-C that comes before one begins.
    """
    failed = list[ArchiveError]()

    @lru_cache(MAX_CACHED_VERSIONS)
    def version_of(key: int) -> Version | None:
        with archive.read() as connection:
            found = versions_of(connection, connection.all(_ONE, id=key))
        return found[0] if found else None

    @lru_cache(MAX_CACHED_VERSIONS)
    def as_json(key: int) -> str | None:
        version = version_of(key)
        return None if version is None else dumps(VersionView.of(version, with_content=True))

    def text(key: int) -> str | None:
        version = version_of(key)
        return None if version is None else version.content.text

    def called(function: Callable[[int], str | None], key: int) -> str | None:
        try:
            return function(key)
        except KeyboardInterrupt:
            driver.interrupt()  # SQLite would report it as an error of this function
            return None
        except Exception as error:
            hint = getattr(error, "hint", "") or "run writethru verify to list the damage"
            failed.append(ArchiveError("this version cannot be decoded", resource=f"version_id {key}", hint=hint))
            failed[-1].__cause__ = error
            raise

    driver.create_function("writethru_version", 1, partial(called, as_json), deterministic=True)
    driver.create_function("writethru_text", 1, partial(called, text), deterministic=True)
    for view, fields in _FIELDS.items():
        version = "writethru_version(r.version_id)"
        values = {name: f"json_extract({version}, '$.{path}')" for name, path in fields.items()}
        for name in _DATES & values.keys():
            values[name] = f"strftime('%Y-%m-%dT%H:%M:%fZ', {values[name]})"
        decoded = [f"{value} AS {name}" for name, value in values.items()]
        if view == "versions_readable":
            decoded.append("writethru_text(r.version_id) AS text")
        # Temporary views come before those of the file in name resolution, so that queries need not know of them.
        driver.execute(f"CREATE TEMP VIEW IF NOT EXISTS {view} AS SELECT r.*, {', '.join(decoded)} FROM main.{view} r")
    return failed
