"""Replay check policies on the times at which articles changed: the versions each would have found, and its checks.

An update is known to lie between two sightings and is assumed to have happened halfway. Versions that nobody saw are
not in a timeline, so all policies look better than they are. Times are hours since an article's first check, which
every policy makes and which is not counted.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from _cadence_families import FAMILIES, Family, History, Policy, equal_loss

from tracker.jobs.curve import SHIPPED, Curve

OURS: Final = "equal loss"
BUDGETS: Final = (10.0, 25.0, 50.0, 100.0)
QUIET_HOURS: Final = 720.0
# Each knob is this share of the one before it: near enough to interpolate between two, and 24 span a factor of 20,000.
_FINER: Final = 0.65
_MAX_KNOBS: Final = 24
_COARSEST: Final = 0.8


class Span(StrEnum):
    """Which checks and finds count: until the timeline ends, until the first after it, or for 30 quiet days more."""

    EDITED = "A"
    FIRST_AFTER = "C"
    QUIET_MONTH = "B"


@dataclass(frozen=True, slots=True)
class Score:
    """The result of a policy: checks an article, versions found by article, and the median delay in minutes.

    The delay counts versions that were overwritten before a check, and is infinite for those never followed by one.
    """

    requests: float
    found: tuple[float, ...]
    median_delay: float


@dataclass(frozen=True, slots=True)
class Result:
    """A policy at a budget: % of versions found, median delay in minutes, and points ahead of ours with their error."""

    policy: str
    span: Span
    budget: float
    found: float
    median_delay: float
    ahead: float = 0.0
    error: float = 0.0


def halfway(before: datetime, after: datetime) -> datetime:
    """Return the time at which an update between two sightings is assumed to have happened."""
    return before + (after - before) / 2


def compare(
    histories: Sequence[History],
    *,
    curve: Curve = SHIPPED,
    budgets: Sequence[float] = BUDGETS,
    more: Mapping[str, tuple[Family, float]] | None = None,
) -> list[Result]:
    """Score ours under `curve`, the families it is compared with and `more`, at equal checks an article.

    A family that cannot make so many checks is left out at that budget.
    """
    families = {OURS: (equal_loss(curve), _COARSEST), **FAMILIES, **(more or {})}
    swept = {name: sweep(histories, family, start, max(budgets)) for name, (family, start) in families.items()}
    found = []
    for span in Span:
        for budget in budgets:
            ours = at_budget(swept[OURS][span], budget)
            for name, scores in swept.items():
                score = at_budget(scores[span], budget)
                if score is not None:
                    found.append(_result(name, span, budget, histories, score, ours))
    return found


def sweep(histories: Sequence[History], family: Family, start: float, most: float) -> dict[Span, list[Score]]:
    """Score a family at finer and finer knobs, from `start` on, until it makes `most` checks in each span."""
    found: dict[Span, list[Score]] = {span: [] for span in Span}
    knob, quiet = start, QUIET_HOURS
    for _ in range(_MAX_KNOBS):
        scores = replay(histories, family(knob), quiet=quiet)
        for span, score in scores.items():
            if span is not Span.QUIET_MONTH or quiet:
                found[span].append(score)
        # The quiet month takes most of the time, and finer knobs are of no use to it any more.
        if scores[Span.QUIET_MONTH].requests >= most:
            quiet = 0.0
        if scores[Span.EDITED].requests >= most:
            break
        knob *= _FINER
    return found


def at_budget(scores: Iterable[Score], budget: float) -> Score | None:
    """Return the score at so many checks, on a line in their logarithm; None outside what was swept."""
    for few, many in pairwise(sorted(scores, key=lambda score: score.requests)):
        if few.requests <= budget <= many.requests and 0 < few.requests < many.requests:
            part = math.log(budget / few.requests) / math.log(many.requests / few.requests)
            found = tuple(a + (b - a) * part for a, b in zip(few.found, many.found, strict=True))
            if math.isfinite(few.median_delay) and math.isfinite(many.median_delay):
                delay = few.median_delay + (many.median_delay - few.median_delay) * part
            else:
                delay = math.inf
            return Score(budget, found, delay)
    return None


def replay(histories: Sequence[History], policy: Policy, *, quiet: float = QUIET_HOURS) -> dict[Span, Score]:
    """Replay `policy`; with no `quiet` hours each article is left at the first check after the end of its timeline."""
    counts: dict[Span, list[int]] = {span: [] for span in Span}
    found: dict[Span, list[float]] = {span: [] for span in Span}
    delays: dict[Span, list[float]] = {span: [] for span in Span}
    for each in histories:
        checked_at = _watch(each, policy, each.last + quiet)
        within = bisect_right(checked_at, each.last)
        for span, count in zip(Span, (within, min(within + 1, len(checked_at)), len(checked_at)), strict=True):
            waited = _delays(each.updates, checked_at[:count])
            following = (*each.updates[1:], math.inf)[: len(waited)]
            counts[span].append(count)
            found[span].append(
                float(sum(at + wait < then for at, wait, then in zip(each.updates, waited, following, strict=True)))
            )
            delays[span] += waited
    return {
        span: Score(sum(counts[span]) / max(len(histories), 1), tuple(found[span]), 60 * _median(delays[span]))
        for span in Span
    }


def share_found(score: Score, histories: Sequence[History]) -> float:
    """Return the % of versions that were found."""
    return 100 * sum(score.found) / max(sum(len(each.updates) for each in histories), 1)


def paired(histories: Sequence[History], one: Score, other: Score) -> tuple[float, float]:
    """Return by how many points `one` finds more versions than `other`, and the standard error, paired by article."""
    total = max(sum(len(each.updates) for each in histories), 1)
    more = [a - b for a, b in zip(one.found, other.found, strict=True)]
    ratio = sum(more) / total
    spread = sum((each - ratio * len(article.updates)) ** 2 for each, article in zip(more, histories, strict=True))
    return 100 * ratio, 100 * math.sqrt(spread) / total


def _result(
    name: str, span: Span, budget: float, histories: Sequence[History], score: Score, ours: Score | None
) -> Result:
    ahead, error = paired(histories, score, ours) if ours else (math.nan, math.nan)
    return Result(name, span, budget, share_found(score, histories), score.median_delay, ahead, error)


def _watch(article: History, policy: Policy, end: float) -> list[float]:
    """Return the ages at which `policy` checks an article: until `end`, or the first one after its timeline."""
    step, updates = policy(article), article.updates
    checked_at: list[float] = []
    age, seen, due = 0.0, 0, step(0.0, False)
    while due is not None and due <= (article.last + QUIET_HOURS if age <= article.last else end):
        age = due
        stands = bisect_right(updates, age)
        checked_at.append(age)
        due = step(age, stands > seen)
        seen = stands
    return checked_at


def _delays(updates: Sequence[float], checked_at: Sequence[float]) -> list[float]:
    """Return the hours from each update to the first check after it; infinity where there is none."""
    at = [bisect_left(checked_at, update) for update in updates]
    return [checked_at[n] - update if n < len(checked_at) else math.inf for n, update in zip(at, updates, strict=True)]


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else math.nan
