"""`writethru sql`: ask the archive a question in SQL, read-only."""

from __future__ import annotations

import csv
import sys
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.readable import VIEWS, ask

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.archive.archive import Archive


@verb()
@click.argument("query", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV with a row of column names.")
def sql(app: App, *, query: str | None, as_csv: bool) -> None:
    """Run one SQL query on the archive, read-only, and print its rows.

    QUERY can also come through a pipe. Without one, the views made for reading are listed with their columns:
    versions_readable, changes_readable, checks_readable and verdicts_readable. On SQLite they include texts and
    labels, and writethru_version(version_id) and writethru_text(version_id) read any version; on PostgreSQL they have
    only what is stored in plain columns.
    """
    if query is None and not sys.stdin.isatty():
        query = sys.stdin.read().strip() or None
    with app.archive() as archive:
        if query is None:
            _list_views(app, archive)
            return
        rows = ask(archive, query)
        # Also runs the query, so that an error is reported before anything is written.
        names = tuple(map(str, next(rows)))
        body = ([_plain(cell) for cell in row] for row in rows)
        if as_csv:
            csv.writer(sys.stdout).writerows(chain([names], body))
        elif app.settings.json:
            app.out.records(dict(zip(names, row, strict=True)) for row in body)
        else:
            app.out.table(names, (tuple("" if cell is None else str(cell) for cell in row) for row in body))


def _list_views(app: App, archive: Archive) -> None:
    """List the views made for reading, with their columns."""
    views = {view: tuple(map(str, next(ask(archive, f"SELECT * FROM {view} LIMIT 0")))) for view in VIEWS}  # noqa: S608 - our own names
    if app.settings.json:
        app.out.records({"view": view, "columns": columns} for view, columns in views.items())
    else:
        app.out.table(("VIEW", "COLUMNS"), [(view, ", ".join(columns)) for view, columns in views.items()])


def _plain(cell: Any) -> Any:  # noqa: ANN401 - whatever the database has
    """Return a value as JSON has it: bytes in hexadecimal, times and decimals as their text."""
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).hex()
    return cell if isinstance(cell, bool | int | float | str | None) else str(cell)
