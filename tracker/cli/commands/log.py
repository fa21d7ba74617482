"""`writethru log`: list the versions of an article, or of all articles."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import chain, takewhile
from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import iter_versions
from tracker.cli.lookup import stored_source, unknown
from tracker.errors import UsageError
from tracker.model import ArticleState, CheckOutcome, LabelKind, Tracked, Version, VersionQuery
from tracker.render import ansi, one_line, plain, timeline
from tracker.render.times import moment
from tracker.views.version import VersionView

from ..app import App, verb
from ..events import with_events
from ..versions import parse_when, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tracker.archive.archive import Archive

DEFAULT_LIMIT = 50
MAX_SCANNED_CHECKS = 10_000


@verb()
@click.argument("ident", metavar="[ID]", required=False)
@click.option("--all", "all_", is_flag=True, help="List every version of every article, without a limit.")
@click.option("--since", metavar="TIME", help="List only versions seen after this: 24h, 7d, 2026-11-24T09:00.")
@click.option("--until", metavar="TIME", help="List only versions seen before this, in the same form.")
@click.option(
    "--kind", metavar="KIND,…", multiple=True, help="List only versions with these labels, such as correction,headline."
)
@click.option("--source", metavar="NAME", help="List only versions of this source.")
@click.option("--story", metavar="NAME", help="List only versions of this story.")
@click.option(
    "--min-words",
    type=click.IntRange(0),
    default=0,
    help="List only versions with at least this many words added and removed.",
)
@click.option("-n", "--limit", type=click.IntRange(1), help="List at most this many versions.")
@click.option("--reverse", is_flag=True, help="List the oldest first.")
@click.option("--stat", is_flag=True, help="Also show how much changed in each paragraph.")
@click.option("--changes-only", is_flag=True, help="Leave out first versions.")
def log(
    app: App, *, ident: str | None, all_: bool, since: str | None, until: str | None, kind: tuple[str, ...],
    source: str | None, story: str | None, min_words: int, limit: int | None, reverse: bool, stat: bool,
    changes_only: bool,
) -> None:  # fmt: skip
    """List the versions of one article (ID, unique prefix or address) or of all articles, newest first.

    Without ID, --all or -n, the newest 50 are listed. With --kind unpublished,restored, the list also shows when
    pages were taken down and when they came back.
    """
    with app.archive() as store:
        source = stored_source(store, source)
        if story and not list_articles(store, story=story):
            named = sorted({name for each in list_articles(store) for name in each.stories})
            raise unknown("story", story, named)
        tracked = get_article(store, split(ident)[0]) if ident else None
        query = VersionQuery(
            article=tracked.id if tracked else "",
            source=source,
            story=story or "",
            kinds=kinds(kind),
            since=parse_when(since, app.now) if since else None,
            until=parse_when(until, app.now) if until else None,
            min_words=min_words,
            limit=limit or (None if ident or all_ else DEFAULT_LIMIT),
            reverse=reverse,
            changes_only=changes_only,
        )
        status = {LabelKind.UNPUBLISHED, LabelKind.RESTORED}.intersection(query.kinds)
        versions = with_events(store, query, status, tracked) if status else iter_versions(store, query)
        if app.settings.json:
            for version in versions:
                app.out.data(VersionView(version).as_json())
        else:
            gone = _gone(store, tracked, app.now) if tracked else ()
            app.out.page(chain(_lines(app, versions, stat=stat), gone))


def _lines(app: App, versions: Iterable[Version], *, stat: bool) -> Iterator[str]:
    count = 0
    for count, version in enumerate(versions, 1):  # noqa: B007 - counted for the line after the loop
        if app.out.styled:
            yield ansi.line(version, app.now, width=app.out.width, color=app.out.colored)
        else:
            yield timeline.line(version, app.now, app.out.columns)
        if stat and version.change is not None:
            yield from (f"    {line}" for line in plain.stat(version.change, width=app.out.width - 4).splitlines())
            yield ""
    if not count:
        app.out.note("No versions match.")


def _gone(store: Archive, tracked: Tracked, now: datetime) -> Iterator[str]:
    """Yield a line that says since when the article's page has been gone. A removed page makes no version."""
    if tracked.state is not ArticleState.GONE:
        return
    run = list(
        takewhile(lambda check: check.outcome is CheckOutcome.GONE, list_checks(store, tracked.id, MAX_SCANNED_CHECKS))
    )
    if run:
        yield one_line(f"{tracked.id[:8]} taken down: gone since {moment(run[-1].at, now)} UTC ({run[-1].detail})")


def kinds(named: tuple[str, ...]) -> tuple[LabelKind, ...]:
    """Return the label kinds in `named`; each text may contain several, separated by commas. Raises UsageError."""
    words = [word.strip() for text in named for word in text.split(",") if word.strip()]
    for word in words:
        if word not in set(LabelKind):
            near = get_close_matches(word, list(LabelKind), n=1)
            hint = f"did you mean {near[0]}?" if near else f"labels are {', '.join(LabelKind)}"
            raise UsageError("no such label", resource=word, hint=hint)
    return tuple(LabelKind(word) for word in words)
