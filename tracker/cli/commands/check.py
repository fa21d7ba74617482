"""`writethru check`: check what is due once, and exit."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from itertools import count
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.articles import get_article
from tracker.archive.checks import list_checks
from tracker.archive.hosts import get_host
from tracker.archive.memos import QUARANTINE_PREFIX, get_memo
from tracker.cli.exit_codes import CHANGES, OK, PARTIAL
from tracker.errors import ArchiveLocked, UsageError
from tracker.model.check import ArticleState
from tracker.render import one_line
from tracker.render.counted import counted
from tracker.render.times import ago

from .. import options
from ..app import App, verb
from ..progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.jobs.crawl import Report
    from tracker.pipeline import CheckReport, PollReport
    from tracker.service.one_pass import Summary


# Outcomes that are only counted unless -v is given: nearly all checks have one of these.
_QUIET = {"unchanged", "not-modified"}
MAX_SHOWN_CHECKS = 10


@verb()
@click.argument("articles", metavar="[ID]…", nargs=-1)
@click.option("--due", is_flag=True, help="Check everything that is due (default).")
@click.option("--all", "all_", is_flag=True, help="Check everything, due or not.")
@click.option("--source", metavar="NAME", help="Check one source: its feeds and lists, and its articles.")
@options.no_pace
@options.migrate
@click.option("--exit-code", is_flag=True, help="Exit with 3 if an article changed.")
def check(
    app: App, *, articles: tuple[str, ...], due: bool, all_: bool, source: str | None, no_pace: bool, migrate: bool,
    exit_code: bool,
) -> int:  # fmt: skip
    """Check everything that is due once, store new versions, deliver alerts, and exit.

    Articles that did not change and lists with nothing new are only counted; use -v to show them.
    Exits with 4 if some checks failed, and with 75 if another writethru is using the archive; each ID is explained
    even then: its last checks, the next one, and whether its page is set aside.
    """
    import asyncio

    from tracker import __version__
    from tracker.config.file import fingerprint
    from tracker.observe import logs
    from tracker.service.one_pass import Wanted, check_once

    if sum((bool(articles), due, all_, source is not None)) > 1:
        raise UsageError("give article IDs, or only one of --due, --all and --source")
    # Before it is loaded: after an edit in between, the next pass is a full one.
    settings = fingerprint(app.config_path, __version__)
    wanted = Wanted(articles=articles, source=source, everything=all_)
    logs.configure(app.config.service.log, level="debug" if app.settings.verbose else "error")
    is_watched = sys.stderr.isatty() and not app.settings.json
    with progress(app.out, "checked") if is_watched else nullcontext() as tell:
        made = count(1)

        def show(report: Report) -> None:
            _show(app, report)
            if tell is not None:
                tell(next(made), 0)

        work = check_once(
            app.config,
            wanted,
            config_path=app.config_path,
            settings=settings,
            no_pace=no_pace,
            migrate=migrate,
            listener=show,
        )
        try:
            summary = asyncio.run(work)
        except ArchiveLocked:
            # A running service checks them; what is known of them is told all the same.
            _explain_all(app, articles)
            raise
    _report(app, summary)
    _explain_all(app, articles)
    if summary.failed:
        return PARTIAL
    return CHANGES if exit_code and summary.changed else OK


def _explain_all(app: App, articles: Sequence[str]) -> None:
    if not articles:
        return
    with app.archive() as store:
        for ident in articles:
            for line in _explain(store, ident, app.now):
                app.out.note(line)


def _show(app: App, report: Report) -> None:
    """Show the result of one stored check: an unchanged article or list only with -v or --json."""
    from tracker.pipeline import CheckReport

    line, value = _check(report) if isinstance(report, CheckReport) else _poll(report)
    if app.settings.json:
        app.out.data(value)
    elif value["outcome"] not in _QUIET or value["new"] or app.settings.verbose:
        app.out.wrapped(line)


def _check(report: CheckReport) -> tuple[str, dict[str, Any]]:
    tracked, check = report.tracked, report.intent.check
    made = report.intent.version
    title = one_line(made.content.title if made else tracked.title or tracked.url)
    size = f" +{made.change.words_added} −{made.change.words_removed}" if made and made.change else ""
    kinds = list(dict.fromkeys(str(label.kind) for label in made.change.labels)) if made and made.change else []
    what = f"v{report.committed.version}{size} {','.join(kinds)}" if report.committed.version else check.detail
    value = {
        "event": "check",
        "article": tracked.id,
        "url": tracked.url,
        "source": tracked.source,
        "outcome": str(check.outcome),
        "status": check.status,
        "detail": check.detail,
        "version": report.committed.version,
        "labels": kinds,
        "alerts": report.committed.alerts,
        "new": False,
    }
    return f"{tracked.id[:8]} {check.outcome!s:<12} {one_line(what)} “{title}”".replace("  “", " “"), value


def _poll(report: PollReport) -> tuple[str, dict[str, Any]]:
    poll = report.poll
    value = {
        "event": "list",
        "source": poll.hub.source,
        "url": poll.hub.url,
        "kind": str(poll.hub.kind),
        "outcome": str(poll.outcome),
        "detail": poll.detail,
        "named": len(poll.targets),
        "new": len(report.new),
    }
    what = one_line(poll.detail) or f"{len(poll.targets)} articles, {len(report.new)} new"
    outcome = "read" if poll.outcome == "unchanged" else str(poll.outcome)
    return f"{poll.hub.kind!s:<8} {outcome:<12} {one_line(poll.hub.url)}: {what}", value


def _report(app: App, summary: Summary) -> None:
    if app.settings.json:
        app.out.data(
            {
                "event": "summary",
                "articles": summary.outcomes,
                "hubs": summary.hubs,
                "new": summary.new,
                "changed": summary.changed,
                "failed": summary.failed,
            }
        )
        return
    visits = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.outcomes.items()))
    read, new = sum(summary.hubs.values()), summary.new
    found = counted(new, "new article") if new else "no new articles"
    lists = f"{counted(read, 'list')} read{f' ({found})' if read else ''}"
    app.out.note(f"{lists}; articles: {visits or 'none due'}")


def _explain(store: Archive, ident: str, now: datetime) -> Iterator[str]:
    """Yield lines that explain one article. Raises NotKnown."""
    tracked = get_article(store, ident)
    host = get_host(store, tracked.host)
    yield one_line(f"{tracked.id} {tracked.url}")
    yield f"  state         {tracked.state}, {counted(tracked.versions, 'version')}, {counted(tracked.checks, 'check')}"
    if tracked.failures:
        yield f"  failures      {tracked.failures:,} in a row"
    due = tracked.next_check_at
    if tracked.state is ArticleState.PAUSED or due is None:
        yield "  next check    none: it is paused, or no longer watched"
    else:
        yield f"  next check    {'due now' if due <= now else ago(due, now)}"
    if host.not_before is not None and host.not_before > now:
        why = f" after {counted(host.failures, 'failure')} in a row" if host.failures else ""
        yield f"  host          {one_line(tracked.host)} rests until {host.not_before:%H:%M:%S} UTC{why}"
    if get_memo(store, f"{QUARANTINE_PREFIX}{tracked.id}"):
        yield f"  set aside     its page hung or crashed extraction: writethru show {tracked.id[:8]} --quarantined"
    for check in list_checks(store, tracked.id, MAX_SHOWN_CHECKS):
        status = f" {check.status}" if check.status else ""
        detail = f": {check.detail}" if check.detail else ""
        yield f"  {check.at:%Y-%m-%d %H:%M:%S}  {one_line(f'{check.outcome}{status}{detail}')}"
