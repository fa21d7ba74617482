"""`writethru stats cadence`: show what has been learned about updates, and how often articles are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.hint_tallies import hint_tallies
from tracker.archive.memos import get_memo
from tracker.archive.sources import list_sources
from tracker.archive.watch_state import survey_watched
from tracker.durations import format_rate
from tracker.jobs.cadence_signals import precision, recall
from tracker.jobs.pricing import Forecast, Pricing
from tracker.jobs.update_model import MEMO, UpdateModel, from_json
from tracker.render.text import facts, one_line, wrap
from tracker.render.times import ago, iso

from ..app import App, verb
from .stats import stats

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.jobs.cadence_policies import History
    from tracker.jobs.cadence_replay import Result
    from tracker.model.check import Tracked
    from tracker.model.watch_state import Survey

MAX_NEXT_CHECKS = 5
# Of a schedule, in the table of a replay.
NAME_COLUMNS = 35
# A replay takes time per article and schedule: `stats cadence` compares two, with --replay six.
MAX_COMPARED_ARTICLES = 200
MAX_REPLAYED_ARTICLES = 400
_CONSTANTS = (
    "alpha", "scale", "mean_updates", "shape", "burst", "burst_decay", "overwrite_rate", "overwrite_decay"
)  # fmt: skip
_SPANS = {
    "A": "Checks until the last one in the log",
    "C": "With the first check after the end of the log, which may find the version current then",
    "B": "With 30 more days in which nothing changes",
}


@dataclass(frozen=True)
class HourlyComparison:
    """What the log of `articles` says about this schedule and a fixed hour: checks an article, % of versions found."""

    articles: int
    checks: float
    found: float
    hourly_checks: float
    hourly_found: float

    def __str__(self) -> str:
        """Return the comparison as a sentence."""
        points = self.found - self.hourly_found
        moved = f"gains {points:.1f}" if points >= 0 else f"loses {-points:.1f}"
        return (
            f"against a check every hour, this schedule {moved} points: in the log of the newest {self.articles:,} "
            f"articles it finds {self.found:.0f}% of versions with {self.checks:.1f} checks an article, "
            f"a fixed hour {self.hourly_found:.0f}% with {self.hourly_checks:.1f}"
        )


@dataclass(frozen=True)
class Cadence:
    """How check times are chosen: what was learned, what is watched, and the requests and changes to expect."""

    model: UpdateModel
    survey: Survey
    planned: Forecast
    config: Config
    names: Sequence[str]
    hourly: HourlyComparison | None

    @property
    def next_checks(self) -> list[Tracked]:
        """Return the articles that are checked next."""
        due = [(each.next_check_at, each) for each in self.survey.sample if each.next_check_at]
        return [each for _, each in sorted(due, key=lambda pair: pair[0])[:MAX_NEXT_CHECKS]]

    def as_json(self) -> dict[str, Any]:
        """Return the object of `stats cadence --json`."""
        sources = {}
        for name in self.names:
            tally, own = self.model.tallies.get(name), self.config.source(name)
            sources[name] = {
                "factor": round(self.model.curve.factor(name), 4),
                "threshold": self.model.threshold(name, ""),
                "budget_an_hour": own.budget if own else None,
                "every_seconds": own.every.total_seconds() if own and own.every else None,
                "hub_precision": round(precision(tally), 4) if tally else None,
                "hub_recall": round(recall(tally), 4) if tally else None,
            }
        return {
            "threshold": self.model.curve.threshold,
            "curve": {name: getattr(self.model.curve, name) for name in _CONSTANTS},
            "learned": iso(self.model.fitted_at),
            "learned_from_articles": self.model.articles,
            "fit_tried": iso(self.model.tried_at),
            "fit_gain_points": None if self.model.gain is None else round(self.model.gain, 2),
            "beside_fixed_hour": asdict(self.hourly) if self.hourly else None,
            "sources": sources,
            "slow_hosts": dict(self.model.hosts),
            "articles": self.survey.articles,
            "budget_an_hour": self.config.service.budget,
            "requests_an_hour": {
                "expected": round(self.planned.requests, 3),
                "lists": round(self.planned.lists, 3),
                "new_articles": round(self.planned.fresh, 3),
                "fixed_intervals": round(self.planned.fixed, 3),
                "decided": round(self.planned.decided, 3),
            },
            "changes_a_day": {"expected": round(self.planned.captures, 3), "found": self.survey.changed},
            "visits_last_day": self.survey.checks,
            "next": [{"article": each.id, "url": each.url, "at": iso(each.next_check_at)} for each in self.next_checks],
        }


@verb(group=stats)
@click.option("--replay", is_flag=True, help="Replay other schedules on the check log and compare them with this one.")
def cadence(app: App, *, replay: bool) -> None:
    """Show how check times are chosen: the request threshold, sources, lists, the next checks and the budget.

    With --replay, compare the current schedule with a fixed interval, newsdiffs' schedule, exponential backoff and a
    share of the article's age, on the archive's own check log and at the same number of checks. Changes that no check
    saw are not in the log, so all schedules look better than they are.
    """
    config = app.config
    with app.archive() as archive:
        if replay:
            _replay(app, archive)
            return
        # What the running service uses, not a fit of our own: this is to explain its times.
        model = from_json(get_memo(archive, MEMO), hint_tallies(archive))
        survey = survey_watched(archive, app.now)
        planned, names = Pricing(model, survey, config, app.now).forecast(), list_sources(archive)
        shown = Cadence(model, survey, planned, config, names, _compare_hourly(archive, model))
    if app.settings.json:
        app.out.data(shown.as_json())
    else:
        app.out.page(_lines(app, shown))


def _compare_hourly(archive: Archive, model: UpdateModel) -> HourlyComparison | None:
    from tracker.jobs.cadence_replay import beside_an_hour, share_found
    from tracker.service.check_log import histories

    found = histories(archive, MAX_COMPARED_ARTICLES)
    if not any(each.updates for each in found):
        return None
    ours, hourly = beside_an_hour(found, model.curve)
    return HourlyComparison(
        len(found), ours.requests, share_found(ours, found), hourly.requests, share_found(hourly, found)
    )


def _replay(app: App, archive: Archive) -> None:
    from tracker.jobs.cadence_replay import compare
    from tracker.service.check_log import histories

    found = histories(archive, MAX_REPLAYED_ARTICLES)
    app.out.note(f"replaying six schedules on the log of {len(found):,} articles …")
    rows = compare(found, curve=from_json(get_memo(archive, MEMO)).curve) if found else []
    if app.settings.json:
        counts = {"articles": len(found), "updates": sum(len(each.updates) for each in found)}
        app.out.data({**counts, "results": [_result(row) for row in rows]})
        return
    app.out.page(_table(app, rows, found))


def _result(row: Result) -> dict[str, Any]:
    return {
        "span": row.span.value,
        "checks_an_article": row.budget,
        "policy": row.policy,
        "found_percent": round(row.found, 2),
        "median_delay_minutes": round(row.median_delay, 1) if isfinite(row.median_delay) else None,
        "points_ahead": round(row.ahead, 2) if isfinite(row.ahead) else None,
        "standard_error": round(row.error, 2) if isfinite(row.error) else None,
    }


def _table(app: App, rows: Sequence[Result], found: Sequence[History]) -> Iterator[str]:
    if not any(each.updates for each in found):
        yield "No check has found a change yet, so there is nothing to replay."
        return
    width = app.out.columns
    head = "Versions found in %, and points ahead of this schedule (equal loss) with their standard error"
    yield from wrap(head, width)
    for counted, some in groupby(rows, key=lambda row: row.span.value):
        listed = list(some)
        budgets = sorted({row.budget for row in listed})
        yield ""
        yield from wrap(f"{_SPANS[counted]}:", width)
        named = [("checks an article", [f"{budget:.0f}" for budget in budgets])]
        for policy in dict.fromkeys(row.policy for row in listed):
            cells = {row.budget: _cell(row) for row in listed if row.policy == policy}
            named.append((policy, [cells.get(budget, "–") for budget in budgets]))
        for name, values in named:
            line = "".join(f"{value:>18}" for value in values)
            # Where both are too wide for the terminal, the figures go below the name.
            is_narrow = width is not None and NAME_COLUMNS + len(line) > width
            yield from (name, line) if is_narrow else (f"{name:<{NAME_COLUMNS}}{line}",)
    yield ""
    yield from wrap(
        "Each update is assumed to have happened halfway between two checks. Changes between checks that were undone "
        "before the next one are not in the log, so no schedule can score better than the checks that were made.",
        width,
    )


def _cell(row: Result) -> str:
    if not isfinite(row.ahead) or not row.error:
        return f"{row.found:.1f}"
    return f"{row.found:.1f} ({row.ahead:+.1f} ± {row.error:.1f})"


def _lines(app: App, shown: Cadence) -> Iterator[str]:
    yield from facts(_facts(app, shown), app.out.columns, 16)
    sources = [line for name in shown.names if (line := _source(shown.model, shown.config, name))]
    if sources:
        yield ""
        yield "sources"
        for line in sources:
            yield from wrap(line, app.out.columns, first="  ", rest="    ")
    if shown.next_checks:
        yield ""
        yield "next checks" + ("" if len(shown.survey.sample) == shown.survey.articles else " (of a sample)")
        for each in shown.next_checks:
            due = "due" if each.next_check_at and each.next_check_at <= app.now else ago(each.next_check_at, app.now)
            title = one_line(each.title or each.url)
            yield from wrap(f"{each.id[:8]} “{title}”", app.out.columns, first=f"  {due:<10} ", rest=" " * 13)


def _facts(app: App, shown: Cadence) -> Iterator[tuple[str, str]]:
    from tracker.service.refit import can_learn

    model, survey, planned = shown.model, shown.survey, shown.planned
    curve, budget = model.curve, shown.config.service.budget
    if model.fitted_at:
        learned = f"{ago(model.fitted_at, app.now)}, from the checks of {model.articles:,} articles"
    else:
        learned = "not yet; defaults are used until 300 articles have been checked twice"
        learned += "" if can_learn() else "; to learn from checks: pip install 'writethru[fit]'"
    if model.gain is not None and model.tried_at:
        moved = f"{abs(model.gain):.1f} points {'more' if model.gain >= 0 else 'fewer'} versions"
        taken = "so it is in use" if model.gain >= 0 else "so it is not in use"
        learned += f"; the fit {ago(model.tried_at, app.now)} found {moved} on the newest third of the log, {taken}"
    yield "watched", f"{survey.articles:,} articles, {survey.fresh:,} of them new in the last day"
    yield "threshold", f"an article is checked when waiting costs as much as {curve.threshold:.3g} unseen updates"
    soon = f"{curve.seen_by(1):.0%} of them within an hour, {curve.seen_by(24):.0%} within a day"
    yield "updates", f"{curve.mean_updates:.2f} per article in 30 days, {soon}"
    yield "learned", learned
    limit = "no budget is set" if budget is None else f"the budget is {budget:,.0f}"
    yield "requests", f"{planned.requests:,.0f} per hour expected; {limit}"
    parts = f"new articles {planned.fresh:,.1f}, fixed intervals {planned.fixed:,.0f}, scheduled {planned.decided:,.0f}"
    yield "", f"lists {planned.lists:,.0f}, {parts}"
    yield "last day", f"{survey.checks:,} checks: {survey.changed:,} changes, {survey.first:,} first versions"
    yield "changes", f"{planned.captures:,.1f} per day expected from scheduled checks; {survey.changed:,} found"
    if shown.hourly and shown.hourly.hourly_checks:
        yield "fixed hour", str(shown.hourly)
    for host, threshold in model.hosts.items():
        yield "slow host", f"{host}: its slow rate raises the threshold to {threshold:.3g}"


def _source(model: UpdateModel, config: Config, name: str) -> str:
    own, tally, parts = config.source(name), model.tallies.get(name), []
    if name in model.curve.sources:
        parts.append(f"updated {model.curve.factor(name):.2f} times as often as other sources")
    if tally:
        counts = f"{tally.hits:.0f} right, {tally.false_touches:.0f} wrong, {tally.misses:.0f} missed"
        right = f"its lists are right in {precision(tally):.0%} of the updates they report"
        parts.append(f"{right}, and report {recall(tally):.0%} of changes ({counts})")
    if own and own.budget:
        parts.append(f"budget {format_rate(own.budget)}, threshold {model.threshold(name, ''):.3g}")
    if own and own.every:
        parts.append("fixed interval")
    return f"{one_line(name)}: {'; '.join(parts)}" if parts else ""
