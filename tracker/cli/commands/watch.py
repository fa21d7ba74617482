"""`writethru watch`: show versions as they are stored."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tracker.archive.versions import iter_versions
from tracker.model import Version, VersionQuery
from tracker.render import ansi, one_line, plain, timeline
from tracker.render.highlight import top_hunk
from tracker.render.wrap import wrap
from tracker.views.version import VersionView

from ..app import App, verb
from .log import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive

DEFAULT_LIMIT = 10
POLL_SECONDS = 1.0
# On PostgreSQL, a version can become visible after a later one, so each poll asks again for the last minute.
OVERLAP = timedelta(seconds=60)
MAX_EDIT_LINES = 3


@verb()
@click.option("--follow", "-f", is_flag=True, help="Keep running and show new versions as they are stored.")
@click.option("--source", metavar="NAME", help="Show only versions of this source.")
@click.option("--story", metavar="NAME", help="Show only versions of this story.")
@click.option(
    "--kind", metavar="KIND,…", multiple=True, help="Show only versions with these labels, such as correction,headline."
)
@click.option(
    "--min-words",
    type=click.IntRange(0),
    default=0,
    help="Show only versions with at least this many words added and removed.",
)
@click.option("--changes-only", is_flag=True, help="Leave out first versions.")
@click.option(
    "-n", "--limit", type=click.IntRange(0), default=DEFAULT_LIMIT, show_default=True, help="Start with this many."
)
@click.option("--count", type=click.IntRange(1), help="Stop after this many versions.")
def watch(
    app: App, *, follow: bool, source: str | None, story: str | None, kind: tuple[str, ...], min_words: int,
    changes_only: bool, limit: int, count: int | None,
) -> None:  # fmt: skip
    """Show the latest changes, each with its most important edit. With --follow, keep showing new ones until Ctrl-C.

    It only reads the archive: run it beside `writethru run`, in a terminal or a pipe. With --json, every version is
    one line, as in `log --json`.
    """
    query = VersionQuery(
        source=source or "",
        story=story or "",
        kinds=kinds(kind),
        min_words=min_words,
        changes_only=changes_only,
    )
    with app.archive() as store:
        shown = 0
        for version in _stream(store, query, limit, follow=follow):
            _write(app, version)
            shown += 1
            if count is not None and shown >= count:
                return
    if not shown:
        app.out.note("No versions match.")


def _stream(store: Archive, query: VersionQuery, limit: int, *, follow: bool) -> Iterator[Version]:
    latest = list(iter_versions(store, replace(query, limit=limit)))[::-1] if limit else []
    yield from latest
    if not follow:
        return
    begin = max((each.seen for each in latest), default=datetime.now(UTC))
    old = [*latest, *iter_versions(store, replace(query, since=begin - OVERLAP))]
    known = {(each.article, each.n): each.seen for each in old}
    while True:
        for version in iter_versions(store, replace(query, since=begin - OVERLAP, reverse=True)):
            if (version.article, version.n) not in known:
                known[version.article, version.n] = version.seen
                if version.seen >= begin - OVERLAP:
                    yield version
        begin = max([begin, *known.values()])
        known = {key: seen for key, seen in known.items() if seen >= begin - OVERLAP}
        time.sleep(POLL_SECONDS)


def _write(app: App, version: Version) -> None:
    import sys

    if app.settings.json:
        app.out.data(VersionView(version).as_json())
        return
    now = datetime.now(UTC)
    if app.out.styled:
        app.out.line(ansi.line(version, now, width=app.out.width, color=app.out.colored))
    else:
        app.out.line(timeline.line(version, now, app.out.columns))
    for line in _edit(app, version):
        app.out.line(line)
    sys.stdout.flush()


def _edit(app: App, version: Version) -> list[str]:
    """Return the edit that matters most, on a few lines."""
    if version.change is None:
        return []
    top = top_hunk(version.change)
    text = one_line(plain.hunks(top.hunks)) if top.hunks else ""
    if not text:
        return []
    lines = wrap(text, app.out.columns, first="    ", rest="    ")
    if len(lines) <= MAX_EDIT_LINES:
        return lines
    return [*lines[: MAX_EDIT_LINES - 1], lines[MAX_EDIT_LINES - 1].rstrip() + " …"]
