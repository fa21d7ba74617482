"""`writethru stats cadence`: show what has been learned about updates, and how often articles are checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from tracker.archive.activity import hint_tallies, survey_watched
from tracker.archive.memos import get_memo
from tracker.archive.sources import list_sources
from tracker.durations import format_rate
from tracker.jobs.cadence_signals import precision, recall
from tracker.jobs.pricing import Forecast, forecast
from tracker.jobs.update_model import MEMO, UpdateModel, from_json
from tracker.render import one_line
from tracker.render.times import ago, iso, span
from tracker.render.wrap import wrap

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config import Config
    from tracker.jobs.cadence_replay import Replayed
    from tracker.model.check import Tracked
    from tracker.model.counts import Survey

MAX_NEXT_CHECKS = 5
_CONSTANTS = ("alpha", "scale", "mean_updates", "shape", "burst", "burst_decay", "delay_weight")


@dataclass(frozen=True)
class Cadence:
    """How check times are chosen: what was learned, what is watched, and the requests and changes to expect."""

    beliefs: UpdateModel
    survey: Survey
    planned: Forecast
    config: Config
    names: Sequence[str]

    @property
    def next_checks(self) -> list[Tracked]:
        """Return the articles that are checked next."""
        due = [(each.next_check_at, each) for each in self.survey.sample if each.next_check_at]
        return [each for _, each in sorted(due, key=lambda pair: pair[0])[:MAX_NEXT_CHECKS]]

    def as_json(self) -> dict[str, Any]:
        """Return the object of `stats cadence --json`."""
        sources = {}
        for name in self.names:
            tally, own = self.beliefs.tallies.get(name), self.config.source(name)
            sources[name] = {
                "factor": round(self.beliefs.curve.factor(name), 4),
                "threshold": self.beliefs.threshold(name, ""),
                "budget_an_hour": own.budget if own else None,
                "every_seconds": own.every.total_seconds() if own and own.every else None,
                "hub_precision": round(precision(tally), 4) if tally else None,
                "hub_recall": round(recall(tally), 4) if tally else None,
            }
        return {
            "schema": 1,
            "threshold": self.beliefs.curve.threshold,
            "curve": {name: getattr(self.beliefs.curve, name) for name in _CONSTANTS},
            "learned": iso(self.beliefs.fitted_at),
            "learned_from_articles": self.beliefs.articles,
            "sources": sources,
            "slow_hosts": dict(self.beliefs.hosts),
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


@verb()
@click.option("--replay", is_flag=True, help="Replay three schedules on the check log and compare them.")
def cadence(app: App, *, replay: bool) -> None:
    """Show how check times are chosen: the request threshold, sources, lists, the next checks and the budget.

    With --replay, compare the current schedule, a fixed interval and the newsdiffs schedule on the archive's own check
    log, at the same number of requests. Changes that no check saw are not in the log, so all three look better than
    they are.
    """
    config = app.config
    with app.archive() as store:
        if replay:
            _replay(app, store, config)
            return
        beliefs = from_json(get_memo(store, MEMO), hint_tallies(store))
        survey = survey_watched(store, app.now)
        shown = Cadence(beliefs, survey, forecast(beliefs, survey, config, app.now), config, list_sources(store))
    if app.settings.json:
        app.out.data(shown.as_json())
    else:
        app.out.page(_lines(app, shown))


def _replay(app: App, store: Archive, config: Config) -> None:
    from tracker.jobs.cadence_replay import compare
    from tracker.service.check_log import histories

    found = histories(store)
    until = max((source.until for source in config.sources), default=timedelta(days=30))
    app.out.note(f"replaying three schedules on the log of {len(found):,} articles …")
    rows = compare(found, until=until, curve=from_json(get_memo(store, MEMO)).curve)
    if app.settings.json:
        app.out.data({"schema": 1, "articles": len(found), "policies": [_replayed(row) for row in rows]})
        return
    app.out.page(_table(app, rows, len(found)))


def _replayed(row: Replayed) -> dict[str, Any]:
    delay = row.median_delay.total_seconds() / 60 if row.median_delay is not None else None
    return {
        "policy": row.policy,
        "requests": row.requests,
        "captured": row.captured,
        "updates": row.updates,
        "median_delay_minutes": None if delay is None else round(delay, 1),
    }


def _table(app: App, rows: Sequence[Replayed], articles: int) -> Iterator[str]:
    if not articles:
        yield "No article has been checked twice yet, so there is nothing to replay."
        return
    yield f"{'policy':<18} {'requests':>9} {'versions seen':>20} {'median delay':>13}"
    for row in rows:
        share = f" ({row.captured / row.updates:.0%})" if row.updates else ""
        seen = f"{row.captured:,} of {row.updates:,}{share}"
        delay = span(row.median_delay) if row.median_delay is not None else "never"
        yield f"{row.policy:<18} {row.requests:>9,} {seen:>20} {delay:>13}"
    yield from wrap(
        "Each update is assumed to have happened halfway between two checks. Changes between checks that were undone "
        "before the next one are not in the log, so no schedule can score better than the checks that were made.",
        app.out.columns,
    )


def _lines(app: App, shown: Cadence) -> Iterator[str]:
    for what, value in _facts(app, shown):
        yield from wrap(value, app.out.columns, first=f"{what:<15} ", rest=" " * 16)
    sources = [line for name in shown.names if (line := _source(shown.beliefs, shown.config, name))]
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

    beliefs, survey, planned = shown.beliefs, shown.survey, shown.planned
    curve, budget = beliefs.curve, shown.config.service.budget
    if beliefs.fitted_at:
        learned = f"{ago(beliefs.fitted_at, app.now)}, from the checks of {beliefs.articles:,} articles"
    else:
        learned = "not yet; defaults are used until 300 articles have been checked twice"
        learned += "" if can_learn() else "; to learn from checks: pip install 'writethru[fit]'"
    yield "watched", f"{survey.articles:,} articles, {survey.fresh:,} of them new in the last day"
    yield "threshold", f"an article is checked when waiting is expected to miss {curve.threshold:.3g} updates"
    soon = f"{curve.seen_by(1):.0%} of them within an hour, {curve.seen_by(24):.0%} within a day"
    yield "updates", f"{curve.mean_updates:.2f} per article in 30 days, {soon}"
    yield "learned", learned
    limit = "no budget is set" if budget is None else f"the budget is {budget:,.0f}"
    yield "requests", f"{planned.requests:,.0f} per hour expected; {limit}"
    parts = f"new articles {planned.fresh:,.1f}, fixed intervals {planned.fixed:,.0f}, scheduled {planned.decided:,.0f}"
    yield "", f"lists {planned.lists:,.0f}, {parts}"
    yield "last day", f"{survey.checks:,} checks: {survey.changed:,} changes, {survey.first:,} first versions"
    yield "changes", f"{planned.captures:,.1f} per day expected from scheduled checks; {survey.changed:,} found"
    for host, threshold in beliefs.hosts.items():
        yield "slow host", f"{host}: its slow rate raises the threshold to {threshold:.3g}"


def _source(beliefs: UpdateModel, config: Config, name: str) -> str:
    own, tally, parts = config.source(name), beliefs.tallies.get(name), []
    if name in beliefs.curve.sources:
        parts.append(f"updated {beliefs.curve.factor(name):.2f} times as often as other sources")
    if tally:
        counts = f"{tally.hits:.0f} right, {tally.false_touches:.0f} wrong, {tally.misses:.0f} missed"
        right = f"its lists are right in {precision(tally):.0%} of the updates they report"
        parts.append(f"{right}, and report {recall(tally):.0%} of changes ({counts})")
    if own and own.budget:
        parts.append(f"budget {format_rate(own.budget)}, threshold {beliefs.threshold(name, ''):.3g}")
    if own and own.every:
        parts.append("fixed interval")
    return f"{one_line(name)}: {'; '.join(parts)}" if parts else ""
