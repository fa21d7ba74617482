"""`writethru watch`: versions as they come in."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tracker.archive.versions import iter_versions

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive
    from tracker.model import Version, VersionQuery

_FEW = 10
_EVERY = 1.0
_OVERLAP = timedelta(seconds=60)
_EDIT_LINES = 3


@click.command(cls=Verb)
@click.option("--follow", "-f", is_flag=True, help="Go on, and show versions as they come in.")
@click.option("--source", metavar="NAME", help="Of one source.")
@click.option("--story", metavar="NAME", help="Of one story.")
@click.option("--kind", metavar="KIND,…", multiple=True, help="With one of these labels, as in correction,headline.")
@click.option("--min-words", type=click.IntRange(0), default=0, help="With at least so many words added and removed.")
@click.option("--changes-only", is_flag=True, help="Leave first versions out.")
@click.option("-n", "--limit", type=click.IntRange(0), default=_FEW, help="So many of the latest first (10).")
@click.option("--count", type=click.IntRange(1), help="End after so many versions.")
@pass_app
def watch(
    app: App, *, follow: bool, source: str | None, story: str | None, kind: tuple[str, ...], min_words: int,
    changes_only: bool, limit: int, count: int | None,
) -> None:  # fmt: skip
    """Show the latest changes with the edit that matters most; with --follow, all that come in, until Ctrl-C.

    It reads the archive and needs no service of its own: run it beside `writethru run`, pipe it, or leave it open in
    a terminal. With --json every version is one line, as in `log --json`.
    """
    from tracker.model import VersionQuery

    from .log import kinds

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
        app.out.note("no version matches")


def _stream(store: Archive, query: VersionQuery, limit: int, *, follow: bool) -> Iterator[Version]:
    latest = list(iter_versions(store, replace(query, limit=limit)))[::-1] if limit else []
    yield from latest
    if not follow:
        return
    # Versions of the last minute are asked for again: on PostgreSQL one may become visible after a later one.
    begin = max((each.seen for each in latest), default=datetime.now(UTC))
    old = [*latest, *iter_versions(store, replace(query, since=begin - _OVERLAP))]
    known = {(each.article, each.n): each.seen for each in old}
    while True:
        for version in iter_versions(store, replace(query, since=begin - _OVERLAP, reverse=True)):
            if (version.article, version.n) not in known:
                known[version.article, version.n] = version.seen
                if version.seen >= begin - _OVERLAP:
                    yield version
        begin = max([begin, *known.values()])
        known = {key: seen for key, seen in known.items() if seen >= begin - _OVERLAP}
        time.sleep(_EVERY)


def _write(app: App, version: Version) -> None:
    import sys

    from tracker.render import ansi, timeline
    from tracker.views.version import VersionView

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
    from tracker.render import one_line, plain
    from tracker.render.highlight import top_hunk
    from tracker.render.wrap import wrap

    if version.change is None:
        return []
    top = top_hunk(version.change)
    text = one_line(plain.hunks(top.hunks)) if top.hunks else ""
    if not text:
        return []
    lines = wrap(text, app.out.columns, first="    ", rest="    ")
    return lines if len(lines) <= _EDIT_LINES else [*lines[: _EDIT_LINES - 1], lines[_EDIT_LINES - 1].rstrip() + " …"]
