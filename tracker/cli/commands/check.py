"""`writethru check`: check everything that is due once, and exit."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import timedelta
from itertools import count
from typing import Any, Final

import click

from tracker.addresses.urls import host_of
from tracker.archive.archive import Archive
from tracker.archive.articles import force_due, get_article
from tracker.archive.checks import list_checks
from tracker.archive.quarantine import list_quarantined
from tracker.archive.sources import get_host, list_hubs, stored_source
from tracker.cli.exit_codes import CHANGES, LOCKED, OK, PARTIAL
from tracker.errors import ArchiveLocked, UsageError
from tracker.model.watch import ArticleState, CheckOutcome
from tracker.observe import logs
from tracker.pipeline.check import PollReport, Report
from tracker.pipeline.settle import CheckReport
from tracker.render.text import counted, facts, one_line
from tracker.render.times import ago, suspicion
from tracker.service.one_pass import Summary, Wanted, check_once
from tracker.service.runtime import slow_pace_warning
from tracker.views.article import ArticleView

from .. import options
from ..app import App, verb

NOTHING_WATCHED: Final = "Nothing is watched yet. To add something: writethru add URL"
NOTHING_DUE: Final = "Nothing is due. To see when: writethru sources list. To check anyway: writethru check --all"
# Checks with these outcomes, which are nearly all, are only counted unless -v is given.
_QUIET = {"unchanged", "not-modified"}
MAX_SHOWN_CHECKS = 10
# A shorter wait is the pause between two requests.
MIN_REST = timedelta(seconds=30)


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
    For each ID, the last checks, the next one and whether the page is set aside are shown at the end.
    Exits with 4 if some checks failed or alerts wait for a target that cannot be used, for instance because its
    secret is not set; an article that is gone, or possibly gone, is a result, not a failure. Exits with 75 if another
    writethru is using the archive. In that case, the articles or the source that you name are made due now, so that the
    running service checks them next.
    """
    if sum((bool(articles), due, all_, source is not None)) > 1:
        raise UsageError("give article IDs, or only one of --due, --all and --source")
    wanted = Wanted(articles=articles, source=source, everything=all_)
    summary: Summary | None = None
    try:
        summary = _check_once(app, wanted, no_pace=no_pace, migrate=migrate)
    # Usually it is the service, which makes the named checks sooner than a person could stop and start it.
    except ArchiveLocked as locked:
        if not (articles or source):
            raise
        # Made due now, so that the running service checks it.
        with app.archive(readonly=False) as archive:
            if source is not None:
                stored_source(archive, source)
            named = [get_article(archive, each).id for each in articles]
            force_due(archive, app.now, source=source, articles=named)
        app.out.note(f"{locked.message}. Marked as due now: if that process is the service, it checks them next.")
    if summary is not None:
        _report(app, summary, wanted)
    if articles:
        with app.archive() as archive:
            for ident in articles:
                _explain(app, archive, ident)
    if summary is None:
        return LOCKED
    if summary.failed or any(target.waiting for target in summary.unusable):
        return PARTIAL
    return CHANGES if exit_code and summary.changed else OK


def _check_once(app: App, wanted: Wanted, *, no_pace: bool, migrate: bool) -> Summary:
    """Check, and show each result as it is stored. Raises ArchiveLocked."""
    if wanted.articles and not migrate:
        with app.archive() as archive:
            for rest in _rests(app, archive, (get_article(archive, ident).host for ident in wanted.articles)):
                app.out.note(f"{rest}; this check waits until then")
    logs.configure(app.config.service.log, level="debug" if app.settings.verbose else "error")
    # JSON lines are read by a program, which counts for itself.
    is_watched = sys.stderr.isatty() and not app.settings.json
    if is_watched and not app.config.contact:
        app.out.note(f"{slow_pace_warning(no_pace=no_pace)} Set `contact`.")
    done = count(1)
    with app.out.progress("checked", timed=False) if is_watched else nullcontext() as tell:

        def show(report: Report) -> None:
            line, value = _check(report) if isinstance(report, CheckReport) else _poll(report)
            if app.settings.json:
                app.out.data(value)
            elif (
                value["outcome"] not in _QUIET
                or any(value.get(each) for each in ("new", "restored", "still_published"))
                or app.settings.verbose
            ):
                app.out.wrapped(line)
            if tell is not None:
                tell(next(done), 0)

        work = check_once(
            app.config, wanted, config_path=app.config_path, no_pace=no_pace, migrate=migrate, listener=show
        )
        return asyncio.run(work)


def _rests(app: App, archive: Archive, hosts: Iterable[str]) -> list[str]:
    """Return, for each of the hosts that gets no requests for a while, until when."""
    states = [get_host(archive, host) for host in sorted(set(hosts))]
    return [
        f"no requests to {each.host} until {each.not_before:%H:%M:%S} UTC, because it failed"
        for each in states
        if each.not_before is not None and each.not_before > app.now + MIN_REST
    ]


def _check(report: CheckReport) -> tuple[str, dict[str, Any]]:
    """Return one check as a line, and as the object of `check --json`."""
    tracked, check = report.tracked, report.intent.check
    made = report.intent.version
    title = made.content.title if made else tracked.title
    named = one_line(f"“{title}”" if title else tracked.url)
    size = f" +{made.change.words_added} −{made.change.words_removed}" if made and made.change else ""
    kinds = list(dict.fromkeys(str(label.kind) for label in made.change.labels)) if made and made.change else []
    number = report.committed.version
    found = f"v{number}{size} {','.join(kinds)}".rstrip()
    restored = tracked.state is ArticleState.GONE and check.outcome.saw_page
    since, is_back = report.possibly_gone_since, report.is_still_published
    detail = (
        "the page is back" if restored or is_back else suspicion(since, check.at) if since else one_line(check.detail)
    )
    shown = "missing" if since else str(check.outcome)
    what = f"{found} {named}" if number else f"{named}: {detail}"
    value = {
        "event": "check",
        "article": tracked.id,
        "url": tracked.url,
        "source": tracked.source,
        "outcome": str(check.outcome),
        "status": check.status,
        "detail": check.detail,
        "version": number,
        "labels": kinds,
        "alerts": report.committed.alerts,
        "new": False,
        "restored": restored,
        "possibly_gone_since": since,
        "still_published": is_back,
    }
    return f"{tracked.id[:8]} {shown:<12} {what}".removesuffix(": "), value


def _poll(report: PollReport) -> tuple[str, dict[str, Any]]:
    """Return the reading of one list as a line, and as the object of `check --json`."""
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
    what = one_line(poll.detail) or f"{counted(len(poll.targets), 'article')}, {len(report.new)} new"
    outcome = "read" if poll.outcome == "unchanged" else str(poll.outcome)
    return f"{poll.hub.kind!s:<8} {outcome:<12} {one_line(poll.hub.url)}: {what}", value


def _report(app: App, summary: Summary, wanted: Wanted) -> None:
    """Write the targets that cannot be used, then the numbers of checks, lists and new articles."""
    for target in summary.unusable:
        waits = "waits" if target.waiting == 1 else "wait"
        waiting = f"; {counted(target.waiting, 'alert')} {waits}" if target.waiting else ""
        app.out.note(f"warning: {target.error.resource}: {target.error.message}, so nothing is sent to it{waiting}")
        app.out.note(f"hint: {target.error.hint}" if target.error.hint else "hint: writethru doctor")
    if app.settings.json:
        value: dict[str, Any] = {
            "event": "summary",
            "articles": summary.outcomes,
            "hubs": summary.hubs,
            "new": summary.new,
            "changed": summary.changed,
            "failed": summary.failed,
        }
        if summary.unusable:
            value["alerts_waiting"] = {target.name: target.waiting for target in summary.unusable}
        app.out.data(value)
        return
    visits = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.outcomes.items()))
    polls, new = sum(summary.hubs.values()), summary.new
    if not (visits or polls):
        is_plain = not (wanted.articles or wanted.source or wanted.everything)
        if is_plain:
            app.out.note(NOTHING_DUE if app.config.sources or app.config.stories else NOTHING_WATCHED)
            return
        with app.archive() as archive:
            rests = _rests(app, archive, (host_of(each.hub.url) for each in list_hubs(archive)))
        named = "everything" if wanted.everything else "the source or article that you named"
        why = ", ".join(rests) or f"{named} is paused, or nothing is watched"
        app.out.note(f"Nothing was checked: {why}. To see when each is due: writethru sources list")
        return
    found = counted(new, "new article") if new else "no new articles"
    failed = sum(summary.hubs.get(each, 0) for each in CheckOutcome if each.saw_nothing)
    lists = f"{polls - failed:,} of {counted(polls, 'list')} read" if failed else f"{counted(polls, 'list')} read"
    app.out.note(f"{f'{lists} ({found}); ' if polls else ''}articles: {visits or 'none due'}")


def _explain(app: App, archive: Archive, ident: str) -> None:
    """Write the state of one article, its next check and its last ones. Raises NotKnown."""
    tracked, now = get_article(archive, ident), app.now
    host, checks = get_host(archive, tracked.host), list_checks(archive, tracked.id, MAX_SHOWN_CHECKS)
    # A pause that is over is nothing to explain.
    rests = host.not_before if host.not_before is not None and host.not_before > now else None
    set_aside = tracked.id in list_quarantined(archive)
    if app.settings.json:
        value = {"event": "article", **ArticleView.of(tracked).as_json()}
        app.out.data({**value, "host_rests_until": rests, "set_aside": set_aside, "last_checks": checks})
        return
    many = f"{counted(tracked.versions, 'version')}, {counted(tracked.checks, 'check')}"
    due = None if tracked.state is ArticleState.PAUSED else tracked.next_check_at
    coming = "due now" if due is not None and due <= now else ago(due, now)
    known = [("state", f"{tracked.state}, {many}")]
    if tracked.possibly_gone_since:
        known.append(("page", suspicion(tracked.possibly_gone_since, now)))
    elif tracked.failures:
        known.append(("failures", f"{tracked.failures:,} in a row"))
    known.append(("next check", "none: it is paused, or no longer watched" if due is None else coming))
    if rests is not None:
        failed = f"; {counted(host.failures, 'failure')} lately" if host.failures else ""
        known.append(("host", f"no requests to {tracked.host} until {rests:%H:%M:%S} UTC{failed}"))
    if set_aside:
        command = f"writethru show {tracked.id[:8]} --quarantined"
        known.append(("set aside", f"its page could not be read: {command}"))
    app.out.wrapped(one_line(f"{tracked.id} {tracked.url}"))
    for check in checks:
        status, detail = f" {check.status}" if check.status else "", f": {check.detail}" if check.detail else ""
        known.append((f"{check.at:%Y-%m-%d %H:%M:%S}", f"{check.outcome}{status}{detail}"))
    for line in facts(known, app.out.columns, 16, "  "):
        app.out.line(line)
