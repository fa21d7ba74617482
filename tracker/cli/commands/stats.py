"""`writethru stats`: count what the archive holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.articles import list_articles
from tracker.archive.check_days import counted_checks
from tracker.archive.checks import list_checks
from tracker.archive.counts import count_all
from tracker.archive.sources import list_sources
from tracker.archive.versions import iter_versions
from tracker.cli.lookup import stored_source
from tracker.model.version import VersionQuery
from tracker.render import one_line
from tracker.render.times import ago, iso, span
from tracker.render.wrap import wrap

from ..app import App, pass_app, verb
from ..lazy import VerbGroup

if TYPE_CHECKING:
    from tracker.classify.scorecard import Scorecard, Share
    from tracker.classify.unseen import Unseen

_TABLE = {
    "cadence": ("tracker.cli.commands.stats_cadence:cadence", "Show how often articles are checked, and why."),
    "source": (
        "tracker.cli.commands.stats:source",
        "Count a source's edits, its corrections, and the edits it did not note.",
    ),
}
MAX_CHECKS = 1_000_000


@click.group(cls=VerbGroup, table=_TABLE)
@pass_app
def stats(app: App) -> None:
    """Count what the archive holds. The subcommands show a source's edits, or how often articles are checked."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with app.archive() as store:
        counts = count_all(store)
        sources = len(list_sources(store))
    values = {"sources": sources, **asdict(counts), "oldest_pending_at": iso(counts.oldest_pending_at)}
    if app.settings.json:
        app.out.data({"schema": 1, **values})
        return
    shown = {
        **{name.replace("_", " "): f"{value:,}" for name, value in values.items() if isinstance(value, int)},
        "size": f"{counts.bytes / 1e6:,.1f} MB",
    }
    shown.pop("bytes")
    if counts.oldest_pending_at is not None:
        shown["oldest pending"] = ago(counts.oldest_pending_at, app.now)
    app.out.page(f"{name:<18} {value:>12}" for name, value in shown.items())


@verb()
@click.argument("name")
def source(app: App, name: str) -> None:
    """Count a source's edits: how many articles changed, how many changes it noted, how fast it corrects.

    Time to correction is measured from the publication time on the page until the correction was first seen. "Clock"
    refers to the modification time on the page.
    """
    from tracker.classify.scorecard import moved_alone, scorecard
    from tracker.classify.unseen import unseen

    with app.archive() as store:
        stored_source(store, name)
        found = scorecard(iter_versions(store, VersionQuery(source=name, reverse=True)))
        visits = [list_checks(store, each.id, MAX_CHECKS) for each in list_articles(store, source=name)]
        counted = counted_checks(store, name)
    alone, dark = sum(map(moved_alone, visits)), unseen(visits)
    # Old checks inside a run of equal ones are only counted; the times between what bounds the run are the same.
    lost = sum(checks for outcome, checks in counted.items() if outcome.saw_nothing)
    dark = replace(dark, count=dark.count + lost, of=dark.of + sum(counted.values()))
    if app.settings.json:
        app.out.data({"schema": 1, "source": name, **_as_json(found, alone, dark)})
    else:
        app.out.page(_lines(app, name, found, alone, dark))


def _as_json(found: Scorecard, alone: int, dark: Unseen) -> dict[str, Any]:
    def share(of: Share) -> dict[str, Any]:
        return {"count": of.count, "of": of.of, "share": of.share}

    return {
        "articles_changed": share(found.changed),
        "changes": found.changes,
        "announced": share(found.announced),
        "headline_only": share(found.headline_only),
        "corrections": {
            "count": len(found.correction_hours),
            "median_hours": found.median_hours,
            "hours": list(found.correction_hours),
            "undated": found.undated_corrections,
            "in_first_version": found.early_corrections,
        },
        "clock_still": share(found.clock_still),
        "clock_moved_for_form": share(found.clock_for_form),
        "clock_moved_with_nothing_changed": alone,
        "flaps": found.flaps,
        "unseen": {
            "count": dark.count,
            "of": dark.of,
            "hours": round(dark.time_unseen.total_seconds() / 3600, 3),
            "longest_hours": round(dark.longest.total_seconds() / 3600, 3),
        },
    }


def _lines(app: App, name: str, found: Scorecard, alone: int, dark: Unseen) -> Iterator[str]:
    def percent(of: Share) -> str:
        return f" ({of.share:.0%})" if of.share is not None else ""

    changed, announced, still, form = found.changed, found.announced, found.clock_still, found.clock_for_form
    timed, middle = len(found.correction_hours), found.median_hours
    median = f"median {span(timedelta(hours=middle))} from publication" if middle is not None else "no times known"
    late = f"{found.undated_corrections:,} without a publication time"
    early = f"{found.early_corrections:,} in the first version already"
    unchecked = f"; articles went unchecked for {span(dark.time_unseen)}, at most {span(dark.longest)} at a time"
    facts = [
        ("articles", f"{changed.count:,} of {changed.of:,} changed{percent(changed)}"),
        ("changes", f"{found.changes:,}" + (f", and {found.flaps:,} flaps" if found.flaps else "")),
        ("noted", f"{announced.count:,} of {announced.of:,} changes to note{percent(announced)}"),
        ("headline only", f"{found.headline_only.count:,} of {found.changes:,} changes{percent(found.headline_only)}"),
        ("to correction", f"{median} ({timed:,} timed, {late}, {early})"),
        ("clock unchanged", f"in {still.count:,} of {still.of:,} changes where both pages have a time{percent(still)}"),
        ("clock changed", f"in {form.count:,} of {form.of:,} changes of only form or order{percent(form)}"),
        ("", f"{alone:,} {'time' if alone == 1 else 'times'} with nothing changed at all"),
        ("not seen", f"{dark.count:,} of {dark.of:,} checks failed or were refused{unchecked if dark.count else ''}"),
    ]
    yield one_line(name)
    for what, value in facts:
        yield from wrap(value, app.out.columns, first=f"  {what:<16} ", rest=" " * 19)
