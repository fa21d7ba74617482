"""`writethru stats` and `sql`: count what the archive holds, and ask it a question in SQL, read-only."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import chain
from typing import Any

import click

from tracker.archive.archive import Archive
from tracker.archive.articles import list_articles
from tracker.archive.checks import counted_checks, list_checks
from tracker.archive.readable import DEFAULT_QUERY_SECONDS, VIEWS, ask
from tracker.archive.sources import list_sources, summarise_sources
from tracker.archive.state import count_all
from tracker.archive.verdicts import verdicts_by_version
from tracker.archive.versions import get_changes, iter_versions
from tracker.errors import require_known
from tracker.model.source import Scorecard, Share, SourceSummary, Unseen, median_hours
from tracker.model.version import VersionQuery
from tracker.render.text import counted, facts, one_line, without_controls
from tracker.render.times import ago, span
from tracker.service.source_report import count_edits, moved_alone, scorecard, visit_gaps
from tracker.service.verdicts import score
from tracker.views.json import from_fields
from tracker.views.statistics import CountsView, ScorecardView, ShareView, read_from_versions

from .. import options
from ..app import App, LazyGroup, add_global_options, pass_app, verb

# All that an article can have: the figures are of its whole history.
MAX_CHECKS = 1_000_000


@click.group(cls=LazyGroup, invoke_without_command=True)
@pass_app
def stats(app: App) -> None:
    """Count what the archive holds. The subcommands count edits by source, and how often labels are right."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with app.archive() as archive:
        counts = count_all(archive)
    if app.settings.json:
        app.out.data(from_fields(CountsView, counts))
        return
    shown = {
        name.replace("dead", "failed").replace("_", " "): f"{value:,}"
        for name, value in asdict(counts).items()
        if isinstance(value, int) and name != "bytes"
    }
    shown["size"] = f"{counts.bytes / 1e6:,.1f} MB"
    if counts.oldest_pending_at is not None:
        shown["oldest pending"] = ago(counts.oldest_pending_at, app.now)
    app.out.page(f"{name:<22} {value:>12}" for name, value in shown.items())


add_global_options(stats)


@verb(group=stats)
@click.argument("name")
def source(app: App, name: str) -> None:
    """Count a source's edits: how many articles changed, how many changes it noted, how fast it corrects.

    Time to correction is measured from the publication time on the page until the correction was first seen. "Clock"
    refers to the modification time on the page.
    """
    with app.archive() as archive:
        require_known("source", [name], list_sources(archive))
        (summary,) = summarise_sources(archive, name)
        view, found, missed = _report(archive, summary)
    if app.settings.json:
        app.out.data(view)
    else:
        app.out.page(_lines(app, view, found, missed))


def _report(archive: Archive, summary: SourceSummary) -> tuple[ScorecardView, Scorecard, Unseen]:
    """Count the edits of a source: as shown, with the figures behind it, and with the times without a check."""
    name = summary.name
    found = scorecard(iter_versions(archive, VersionQuery(source=name, reverse=True)))
    visits = [list_checks(archive, each.id, MAX_CHECKS) for each in list_articles(archive, source=name)]
    old = counted_checks(archive, name)
    missed = visit_gaps(visits)
    # Old checks inside a run of equal ones are only counted; the times between what bounds the run are the same.
    lost = sum(checks for outcome, checks in old.items() if outcome.saw_nothing)
    missed = replace(missed, count=missed.count + lost, of=missed.of + sum(old.values()))
    more = read_from_versions(found, missed, sum(map(moved_alone, visits)))
    view = ScorecardView.of(name, count_edits(archive, summary), **more, unpublished=summary.gone)
    return view, found, missed


@verb(group=stats)
def outlets(app: App) -> None:
    """Compare all sources in one table, with some of what `stats source` counts of each.

    NOTED is the share of the changes that alter facts, CORRECTED the median time from publication to a correction, and
    GONE the number of articles whose page is gone now. With --json, each source is the object of `stats source --json`.
    """
    with app.archive() as archive, app.out.progress("sources counted") as tell:
        summaries = [each for each in summarise_sources(archive) if each.articles]
        views = []
        for done, summary in enumerate(summaries, 1):
            views.append(_report(archive, summary)[0])
            tell(done, len(summaries))
    if app.settings.json:
        app.out.records(views)
        return
    head = ("SOURCE", "ARTICLES", "CHANGED", "CHANGES", "NOTED", "CORRECTED", "GONE")
    app.out.table(head, map(_outlet_cells, views), always_head=True)


def _outlet_cells(view: ScorecardView) -> tuple[str, ...]:
    changed, noted = view.articles_changed, view.announced
    hours = view.corrections.median_hours if view.corrections else None
    return (
        view.source,
        f"{changed.of:,}",
        "-" if changed.share is None else f"{changed.share:.0%}",
        f"{view.changes:,}",
        "-" if noted.share is None else f"{noted.share:.0%} of {noted.of:,}",
        "-" if hours is None else span(timedelta(hours=hours)),
        f"{view.unpublished or 0:,}",
    )


def _lines(app: App, view: ScorecardView, found: Scorecard, missed: Unseen) -> Iterator[str]:
    """Yield the lines of `stats source`."""

    def percent(of: Share | ShareView) -> str:
        return f" ({of.share:.0%})" if of.share is not None else ""

    changed, announced, still, form = view.articles_changed, view.announced, found.clock_still, found.clock_for_form
    headline, timed, middle = found.headline_only, len(found.correction_hours), median_hours(found.correction_hours)
    factual, were = counted(announced.of, "factual change"), "was" if announced.count == 1 else "were"
    median = f"median {span(timedelta(hours=middle))} from publication" if middle is not None else "no times known"
    late = f"{found.undated_corrections:,} without a publication time"
    early = f"{found.early_corrections:,} already in the first version"
    unchecked = f"; articles went unchecked for {span(missed.time_unseen)} in all, {span(missed.longest)} at most"
    known = [
        ("articles", f"{changed.count:,} of {changed.of:,} changed{percent(changed)}, {view.unpublished or 0:,} gone"),
        ("changes", f"{view.changes:,}" + (f", and {counted(found.flaps, 'flap')}" if found.flaps else "")),
        ("noted", f"{announced.count:,} of {factual} {were} fully noted{percent(announced)}"),
        ("headline only", f"{headline.count:,} of {counted(headline.of, 'change')}{percent(headline)}"),
        ("to correction", f"{median} ({timed:,} timed, {late}, {early})"),
        (
            "clock unchanged",
            f"in {still.count:,} of {counted(still.of, 'change')} with times on both pages{percent(still)}",
        ),
        ("clock changed", f"in {form.count:,} of {counted(form.of, 'change')} of form or order only{percent(form)}"),
        ("", f"{counted(view.clock_moved_with_nothing_changed or 0, 'time')} with nothing changed at all"),
        (
            "not seen",
            f"{missed.count:,} of {counted(missed.of, 'check')} failed or refused{unchecked if missed.count else ''}",
        ),
    ]
    yield one_line(view.source)
    yield from facts(known, app.out.columns, 19, "  ")


@verb(group=stats)
def labels(app: App) -> None:
    """Measure how often labels and significance are right, by the verdicts that people gave with `writethru note`.

    The verdicts are compared with the labels that these changes have now. Only changes whose labels somebody judged are
    counted, so the shares may not hold for other changes.
    """
    with app.archive() as archive:
        verdicts = verdicts_by_version(archive)
        changes = get_changes(archive, list(verdicts))
    found = score((changes[key], given) for key, given in verdicts.items() if key in changes)
    pairs = found.significant * found.routine
    if app.settings.json:
        app.out.data({**asdict(found), "pairs": pairs})
        return
    if not verdicts:
        app.out.note("No change has been judged yet. To judge one: writethru note ID@V")
        return
    app.out.line(f"labels right and complete   {found.all_right:,} of {counted(found.judged, 'change')} judged")
    significance = f"{found.ordered:g} of {pairs:,} pairs of a significant and a routine change"
    app.out.line(f"significance in order       {significance}")
    if found.labels:
        app.out.line()
        rows = [(each.kind.value, f"{each.right:,}", f"{each.wrong:,}", f"{each.missing:,}") for each in found.labels]
        app.out.table(("LABEL", "RIGHT", "WRONG", "MISSING"), rows)


@verb()
@click.argument("query", required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV with a row of column names.")
@options.decimal("--timeout", "SECONDS", "End a query that takes longer.", 0.1, 86_400, DEFAULT_QUERY_SECONDS)
def sql(app: App, *, query: str | None, as_csv: bool, timeout: float) -> None:
    """Run one SQL query on the archive, read-only, and print its rows.

    QUERY can also come through a pipe. Without one, the views made for reading are listed with their columns:
    versions_readable, changes_readable, checks_readable and verdicts_readable. On SQLite they include texts and
    labels, and writethru_version(version_id) and writethru_text(version_id) read any version; on PostgreSQL they have
    only data in plain columns. Only statements that read are run. A query that takes longer than --timeout is ended;
    Ctrl-C ends it at once.
    """
    if query is None and not sys.stdin.isatty():
        query = sys.stdin.read().strip() or None
    with app.archive() as archive:
        if query is None:
            views = {view: tuple(map(str, next(ask(archive, f"SELECT * FROM {view} LIMIT 0")))) for view in VIEWS}  # noqa: S608 - our own names
            if app.settings.json:
                app.out.records({"view": view, "columns": columns} for view, columns in views.items())
            else:
                app.out.table(("VIEW", "COLUMNS"), [(view, ", ".join(columns)) for view, columns in views.items()])
            return
        rows = ask(archive, query, timeout)
        # Also runs the query, so that an error is reported before anything is written.
        names = tuple(map(str, next(rows)))
        body = ([_plain(cell) for cell in row] for row in rows)
        if as_csv:
            cells = ([without_controls(cell) if isinstance(cell, str) else cell for cell in row] for row in body)
            csv.writer(sys.stdout).writerows(chain([names], cells))
        elif app.settings.json:
            app.out.records(dict(zip(names, row, strict=True)) for row in body)
        else:
            app.out.table(names, (tuple("" if cell is None else str(cell) for cell in row) for row in body))


def _plain(cell: Any) -> Any:  # noqa: ANN401 - whatever the database has
    """Return a value as JSON has it: bytes in hexadecimal, times and decimals as their text."""
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).hex()
    return cell if isinstance(cell, bool | int | float | str | None) else str(cell)
