"""A5: every table and column is altered, swapped, emptied, removed, added to and backdated behind a checkpoint.

python -m tests.nightly.forgeries [--rows 6]
"""

import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint

from tests.archive_samples import minutes
from tests.archives import new_archive_at
from tests.integration.archive.tampering import Alter, Refused, Sealed, backdated_recapture, sealed_again
from tests.postgres import running
from tracker.archive.database.connection import Connection
from tracker.archive.ledger.log import EventKind, enter
from tracker.archive.ledger.verify import uncovered
from tracker.archive.opening import open_archive
from tracker.archive.schema import METADATA

from .report import Figure, read_options, report, say

UNCOVERED = frozenset(uncovered())
# What may be done to whole rows of covered tables, and how docs/reference/coverage.md says so.
UNCOVERED_ROWS = {
    "append blob": "stored bytes that were added and that no row names",
    "append source": "outlets that were added and have no article",
    "remove checkpoint": "checkpoints that were deleted from the archive: only the notes that you keep elsewhere count",
}
BACKDATED_DAYS = 2000
SEALED_AT = 200.0


@dataclass(frozen=True)
class Attempt:
    """One forgery: what it does, to which column (or table), and how."""

    what: str
    where: str
    alter: Alter

    @property
    def is_listed(self) -> bool:
        """Whether the docs say that nothing covers it."""
        table, _, column = self.where.partition(".")
        if table not in METADATA.tables or f"{self.what} {table}" in UNCOVERED_ROWS:
            return table in METADATA.tables
        return self.where in UNCOVERED if column else all(f"{table}.{each}" in UNCOVERED for each in _names(table))


def _names(table: str) -> list[str]:
    return [column.name for column in METADATA.tables[table].columns]


def another(column: Column[Any], value: Any) -> Any:
    """Return a value of the column's type that is not this one."""
    kind = column.type.python_type
    if kind is bytes:
        data = bytearray(value or b"\1" * 32)
        data[len(data) // 2] ^= 4
        return bytes(data)
    if kind is bool:
        return not value
    if kind in {int, float}:
        most = 1 if column.name == "outcome" else 900
        return (value or 0) + (most if value != most else -1)
    words = allowed(column)
    if words:
        return next(word for word in words if word != value)
    text = str(value or "")
    return text[:-1] + ("y" if text.endswith("x") else "x")


def allowed(column: Column[Any]) -> list[str]:
    """Return the words that a CHECK allows in a column; none if it allows any."""
    checks = (str(each.sqltext) for each in column.table.constraints if isinstance(each, CheckConstraint))
    found = next((check for check in checks if check.startswith(f"{column.name} IN")), "")
    return re.findall(r"'([^']*)'", found)


def keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def rows_of(connection: Connection, table: Table, most: int) -> list[dict[str, Any]]:
    """Return some rows; of bytes that were deleted, whose frames nothing reads, none."""
    names = _names(table.name)
    where = "WHERE length(data) > 0" if table.name == "blob" else ""
    order = ", ".join(keys(table))
    found = [
        {name: getattr(row, f"c{place}") for place, name in enumerate(names)}
        for row in connection.all(
            f"SELECT {', '.join(f'{name} AS c{place}' for place, name in enumerate(names))} FROM {table.name} {where}"
            f" ORDER BY {order}"
        )
    ]
    return found if len(found) <= most else random.Random(1).sample(found, most)


def setting(table: Table, row: dict[str, Any], values: dict[str, Any]) -> Alter:
    """Return what gives columns of a row other values."""

    def alter(connection: Connection) -> None:
        change = ", ".join(f"{name} = :new_{name}" for name in values)
        where = " AND ".join(f"{name} = :{name}" for name in keys(table))
        given = {f"new_{name}": value for name, value in values.items()} | {name: row[name] for name in keys(table)}
        assert connection.run(f"UPDATE {table.name} SET {change} WHERE {where}", **given)

    return alter


def together(*alters: Alter) -> Alter:
    def alter(connection: Connection) -> None:
        for each in alters:
            each(connection)

    return alter


def removing(table: Table, row: dict[str, Any]) -> Alter:
    where = " AND ".join(f"{name} = :{name}" for name in keys(table))

    def alter(connection: Connection) -> None:
        assert connection.run(f"DELETE FROM {table.name} WHERE {where}", **{name: row[name] for name in keys(table)})

    return alter


def adding(table: Table, row: dict[str, Any]) -> Alter:
    """Return what adds a copy of a row, with other values where they must be unique.

    A row of which a version has one at most goes to a version that has none.
    """
    constraints = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    unique = {column.name for each in constraints for column in each.columns}
    changed = {name for name in {*keys(table), *unique} if not table.columns[name].foreign_keys}
    copy = {name: another(table.columns[name], value) if name in changed else value for name, value in row.items()}
    free = f"SELECT min(id) FROM version WHERE id NOT IN (SELECT version_id FROM {table.name})"

    def alter(connection: Connection) -> None:
        if keys(table) == ["version_id"]:
            copy["version_id"] = connection.value(int, free)
            if copy["version_id"] is None:
                raise Refused("each version has one")
        names = ", ".join(copy)
        connection.run(f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(f':{name}' for name in copy)})", **copy)

    return alter


def made_up(table: Table) -> dict[str, Any]:
    """Return a row for a table that has none."""
    return {column.name: another(column, None) for column in table.columns}


def on_tables(connection: Connection, most: int) -> Iterator[Attempt]:
    """Yield what can be done to each column of so many rows, and to the rows."""
    hashes = {row.id: bytes(row.sha256) for row in connection.all("SELECT id, sha256 FROM blob")}
    for table in METADATA.sorted_tables:
        rows = rows_of(connection, table, most)
        if not rows:
            yield Attempt("append", table.name, adding(table, made_up(table)))
        for row in rows:
            yield Attempt("remove", table.name, removing(table, row))
            yield Attempt("append", table.name, adding(table, row))
            for column in table.columns:
                where, value = f"{table.name}.{column.name}", row[column.name]
                yield Attempt("alter", where, setting(table, row, {column.name: another(column, value)}))
                # Changes of release 0.1 have no number of the rules: it was 1.
                if column.nullable and value is not None and (where, value) != ("change.classifier", 1):
                    yield Attempt("empty", where, setting(table, row, {column.name: None}))
        for column in table.columns:
            yield from swaps(table, column, rows, hashes)


def swaps(
    table: Table, column: Column[Any], rows: list[dict[str, Any]], hashes: dict[object, bytes]
) -> Iterator[Attempt]:
    """Yield exchanges between neighbouring rows; `hashes` are those of blobs, of which some hold the same bytes."""
    name = column.name
    of_blobs = hashes if any(each.column.table.name == "blob" for each in column.foreign_keys) else {}
    for one, other in pairwise(rows):
        values = [of_blobs.get(row[name], row[name]) for row in (one, other)]
        if values[0] != values[1] and name not in keys(table):
            away = setting(table, one, {name: another(column, one[name])})
            alter = together(away, setting(table, other, {name: one[name]}), setting(table, one, {name: other[name]}))
            yield Attempt("swap", f"{table.name}.{name}", alter)


def on_the_log(connection: Connection) -> Iterator[Attempt]:
    """Yield events of each kind, of now and of long ago, and forks of the log."""
    fields = {
        "n": 2, "extractor": "9", "came_to": "code", "no_edit": False, "signature": "", "identity": "", "content": "",
        "change": "", "parts": "capture", "reason": "court", "capture": "", "url": "", "key": "", "source": "",
        "new_url": "", "new_source": "", "state": "active", "author": "eve", "weight": "", "shown": "", "labels": None,
        "note": "", "link": "", "service": "", "address": "", "answer": "",
    }  # fmt: skip
    row = connection.first("SELECT id, ident FROM article ORDER BY id")
    assert row is not None
    for kind in EventKind:
        for what, at in (("append", minutes(1000)), ("backdate", minutes(-BACKDATED_DAYS * 1440))):

            def alter(connection: Connection, kind: EventKind = kind, at: Any = at) -> None:
                enter(connection, (row.id, row.ident), kind, **fields, at=at)

            yield Attempt(what, f"event {kind}", alter)
    yield Attempt("backdate", "recapture entry", backdated_recapture)
    yield Attempt("fork", "log", sealed_again)


class Outcomes:
    """What became of the attempts."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.silent: list[str] = []
        self.wrong: list[str] = []

    def enter(self, sealed: Sealed, attempt: Attempt, folder: Path) -> None:
        what = f"{attempt.what} {attempt.where}"
        try:
            found = sealed.altered(folder, attempt.alter)
        except Refused:
            self.counts[attempt.what]["refused by the database"] += 1
            return
        named = bool(found.damage or found.after) if attempt.what != "backdate" else bool(found.damage)
        outcome = "named" if named else "listed" if attempt.is_listed else "silent"
        self.counts[attempt.what][outcome] += 1
        if outcome == "silent":
            self.silent.append(what)
        if named and attempt.where in UNCOVERED and not attempt.where.endswith(".id"):
            self.wrong.append(what)


def attempts_on(sealed: Sealed, rows: int) -> list[Attempt]:
    with open_archive(sealed.url) as archive, archive.read() as connection:
        return [*on_tables(connection, rows), *on_the_log(connection)]


def try_all(sealed: Sealed, attempts: list[Attempt]) -> Outcomes:
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory() as folder:
        for attempt in attempts:
            outcomes.enter(sealed, attempt, Path(folder))
    return outcomes


def main() -> int:
    """Try everything on both databases; return 1 if an alteration is neither named nor listed."""
    options = read_options(__doc__, rows=6)
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder, running() as server:
        url = server.create()
        open_archive(url, migrate=True).close()
        for name, sealed in (
            ("sqlite", Sealed(new_archive_at(Path(folder) / "archive.db"), None, SEALED_AT)),
            ("postgresql", Sealed(url, server, SEALED_AT)),
        ):
            outcomes = try_all(sealed, attempts_on(sealed, options.rows))
            for what, counts in sorted(outcomes.counts.items()):
                say(f"{name}: {what}: {counts.total()} tried, " + ", ".join(f"{n} {how}" for how, n in counts.items()))
            for each in outcomes.silent:
                say(f"{name}: SILENT: {each}")
            figures |= {f"{name} tried": (sum(each.total() for each in outcomes.counts.values()), ">=", 1000.0)}
            figures |= {f"{name} silent": (len(outcomes.silent), "==", 0.0)}
    return report("forgeries", figures)


if __name__ == "__main__":
    sys.exit(main())
