"""Fits the update model to a check log by interval-censored maximum likelihood.

A check shows only whether there was an update since the previous check, not when or how many. Each article's own
rate is integrated out (Gamma prior); the constants are shrunk towards those the fit starts from, the rates and hours of
each source towards the mean of all sources (expectation maximisation).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, logsumexp

from tracker.jobs import cadence
from tracker.jobs.curve import Curve, Outlook
from tracker.model.watch import WatchedArticle

Floats: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

# Paces of an article relative to its source's mean, evenly spaced in logarithms, over which its own is integrated out.
_PACES: Final = np.exp(np.linspace(math.log(1e-4), math.log(60.0), 48))
_STEP: Final = math.log(60.0 / 1e-4) / 47
# The constants that are fitted, each between these bounds. The search is in logarithms.
_BOUNDS: Final = {
    "alpha": (0.05, 5.0),
    "scale": (0.05, 96.0),
    "mean_updates": (0.01, 50.0),
    "shape": (0.05, 20.0),
    "burst": (1e-4, 10.0),
    "burst_decay": (0.05, 24.0),
}
# The constants are drawn to those the fit starts from, as if so many articles had shown just them. That holds them
# where a log says little, or is odd: one that ends while its articles are edited would have them edited without end.
_PRIOR_ARTICLES: Final = 20.0
_MEAN_PRIOR_ARTICLES: Final = 5.0
# A source is believed to be like the others until about ten of its articles have said otherwise.
_SOURCE_PRIOR: Final = 10.0
_SOURCE_STEPS: Final = 10
# Hours of the day likewise, until about eight updates in one have said otherwise; none is ever held to be dead.
_HOUR_PRIOR: Final = 8.0
_HOUR_STEPS: Final = 12
MIN_HOUR_FACTOR: Final = 0.1
MAX_HOUR_FACTOR: Final = 4.0
_DAY: Final = 24
_TINY: Final = 1e-12
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class CheckInterval:
    """One check: the article's age in hours at the previous check (`start`) and at this one (`end`), and the result.

    `clock` is the hour of the day (UTC) of the previous check.
    """

    article: str
    source: str
    start: float
    end: float
    changed: bool
    clock: float


@dataclass(frozen=True)
class FittedCurve(Curve):
    """A curve that also knows its sources.

    `sources` holds each source's update rate relative to the mean, `hours` its relative rate in each of the 24 hours of
    a day (UTC).
    """

    sources: Mapping[str, float] = field(default_factory=dict)
    hours: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class _SourceCurve(Curve):
    """The curve of one source from the hour of the day `clock` on."""

    clock: float = 0.0
    day: Sequence[float] = ()

    def wait(self, outlook: Outlook, shortest: float, longest: float, *, pending: float = 0.0) -> float:
        """Return the hours to wait; those of the day in which the source rarely updates count less."""
        even = Curve.wait(self, outlook, shortest, longest, pending=pending)
        return min(max(stretched(even, self.clock, self.day), shortest), longest) if self.day else even


def at_source(curve: Curve, source: str, clock: float) -> Curve:
    """Return `curve` as it is for a source at an hour of the day."""
    if not isinstance(curve, FittedCurve):
        return curve
    constants = {each.name: getattr(curve, each.name) for each in fields(Curve)}
    constants["mean_updates"] *= curve.sources.get(source, 1.0)
    return _SourceCurve(**constants, clock=clock, day=curve.hours.get(source, ()))


def next_check(
    tracked: WatchedArticle, now: datetime, *, changed: bool, every: timedelta | None, until: timedelta, curve: Curve
) -> datetime | None:
    """Return what `tracker.jobs.cadence.next_check` returns, under a curve that may be a fitted one."""
    own = at_source(curve, tracked.source, now.timestamp() % 86400 / 3600)
    return cadence.next_check(tracked, now, changed=changed, every=every, until=until, curve=own)


def stretched(wait: float, clock: float, hours: Sequence[float]) -> float:
    """Return the hours from `clock` on that contain as much activity as `wait` average hours.

    `hours` are 24 positive factors with mean 1.
    """
    days, left = divmod(wait, 24.0)
    at, passed = clock % 24, 24.0 * days
    while left > 0:
        hour = int(at) % 24
        room = int(at) + 1 - at
        if left <= room * hours[hour]:
            return passed + left / hours[hour]
        left -= room * hours[hour]
        passed, at = passed + room, int(at) + 1.0
    return passed


def fit_all(articles: Sequence[Sequence[CheckInterval]], start: Curve, *, rounds: int = _ROUNDS) -> FittedCurve:
    """Return the likeliest curve for `articles`, each with its intervals in order; nothing is held back to check it."""
    likelihood = Likelihood(articles)
    curve = start
    factors: Floats = np.ones(len(likelihood.sources))
    for _ in range(rounds):
        curve = likelihood.best(curve, factors, start)
        factors = likelihood.updated(curve, factors)
    curve = likelihood.best(curve, factors, start)
    hours = likelihood.hours(curve, factors)
    return FittedCurve(
        **asdict(curve),
        sources=dict(zip(likelihood.sources, factors.tolist(), strict=True)),
        hours=dict(zip(likelihood.sources, map(tuple, hours.tolist()), strict=True)),
    )


class Likelihood:
    """Check logs of articles as arrays; each article's intervals are next to each other, in order of age."""

    def __init__(self, articles: Sequence[Sequence[CheckInterval]]) -> None:
        intervals = [interval for each in articles for interval in each]
        changed = np.array([interval.changed for interval in intervals])
        owner = np.repeat(np.arange(len(articles)), [len(each) for each in articles])
        self.sources = sorted({each[0].source for each in articles})
        at = {source: number for number, source in enumerate(self.sources)}
        self._source = np.array([at[each[0].source] for each in articles])
        self._owner = owner
        self._clock = np.array([interval.clock for interval in intervals])
        self._begin = np.array([interval.start for interval in intervals])
        self._end = np.array([interval.end for interval in intervals])
        self._since = np.array([since for each in articles for since in _since_change(each)])
        self._changed, self._quiet = np.flatnonzero(changed), np.flatnonzero(~changed)
        self._quiet_owner = owner[self._quiet]
        self._lively, self._first = np.unique(owner[self._changed], return_index=True)
        self._changed_owner = np.searchsorted(self._lively, owner[self._changed])
        self._calm = np.setdiff1d(np.arange(len(articles)), self._lively)

    def best(self, curve: Curve, factors: Floats, prior: Curve) -> Curve:
        """Return the likeliest curve for these source factors, drawn to `prior` and searched from `curve` on."""
        start, centre = _point(curve), _point(prior)
        weights = np.array([_MEAN_PRIOR_ARTICLES if name == "mean_updates" else _PRIOR_ARTICLES for name in _BOUNDS])
        weights = weights / (2 * len(self._source))
        found = minimize(
            lambda point: self.loss(_curve(curve, point), factors) + float(weights @ (point - centre) ** 2),
            start,
            method="L-BFGS-B",
            bounds=[(math.log(low), math.log(high)) for low, high in _BOUNDS.values()],
            options={"maxiter": 60, "ftol": 1e-8},
        )
        return _curve(curve, found.x)

    def loss(self, curve: Curve, factors: Floats) -> float:
        """Return the negative log-likelihood per article."""
        mean, bursts, exposure, lively = self._terms(curve, factors)
        quiet = -curve.shape * np.log1p(mean[self._calm] * exposure[self._calm] / curve.shape)
        total = quiet.sum() - bursts.sum() + logsumexp(lively, axis=1).sum()
        return float(-total / len(self._source))

    def updated(self, curve: Curve, factors: Floats) -> Floats:
        """Return source factors that are likelier: what their articles are believed to do, drawn to the mean."""
        for _ in range(_SOURCE_STEPS):
            pace = self._paces(curve, factors)
            shown = np.bincount(self._source, pace * factors[self._source])
            count = np.bincount(self._source)
            factors = (shown + _SOURCE_PRIOR) / (count + _SOURCE_PRIOR)
            factors = factors / float(np.average(factors, weights=count))
        return factors

    def hours(self, curve: Curve, factors: Floats) -> Floats:
        """Return how much more than at others each source (rows) updates in each hour of the day (columns), mean 1."""
        share, burst = self._expected(curve)
        pace = self._paces(curve, factors) * curve.mean_updates * factors[self._source]
        expected = (pace[self._owner] * share + burst) / (self._end - self._begin)
        source, lively = self._source[self._owner], self._source[self._owner[self._changed]]
        begin, end = self._clock, self._clock + self._end - self._begin
        due = np.array(
            [np.bincount(source, expected * _overlap(begin, end, hour), len(self.sources)) for hour in range(_DAY)]
        ).T
        spans = np.array([_overlap(begin[self._changed], end[self._changed], hour) for hour in range(_DAY)]).T
        common: Floats = np.ones((1, _DAY))
        for _ in range(_HOUR_STEPS):
            common = _even(_shared(spans, common[[0] * len(spans)]).sum(0), due.sum(0), np.ones((1, _DAY)))
        hours: Floats = np.repeat(common, len(self.sources), axis=0)
        for _ in range(_HOUR_STEPS):
            found = np.zeros_like(due)
            np.add.at(found, lively, _shared(spans, hours[lively]))
            hours = _even(found, due, common)
        return hours

    def _paces(self, curve: Curve, factors: Floats) -> Floats:
        """Return each article's own pace as it is believed to be after its checks, relative to its source's."""
        mean, _, exposure, lively = self._terms(curve, factors)
        pace = np.empty(len(self._source))
        pace[self._calm] = curve.shape / (curve.shape + mean[self._calm] * exposure[self._calm])
        weights = np.exp(lively - logsumexp(lively, axis=1, keepdims=True))
        pace[self._lively] = weights @ _PACES
        return pace

    def _expected(self, curve: Curve) -> tuple[Floats, Floats]:
        """Return for each interval the share of an article's updates that falls into it, and its expected bursts."""
        share = _seen_by(curve, self._end) - _seen_by(curve, self._begin)
        burst = curve.burst * curve.burst_decay * np.exp(-self._since / curve.burst_decay)
        return share, burst * -np.expm1(-(self._end - self._begin) / curve.burst_decay)

    def _terms(self, curve: Curve, factors: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return each article's mean, quiet bursts and quiet exposure, and the lively ones' log weights."""
        share, burst = self._expected(curve)
        mean = curve.mean_updates * factors[self._source]
        exposure: Floats = np.bincount(self._quiet_owner, share[self._quiet], len(mean)).astype(np.float64)
        bursts = burst[self._quiet]
        pace_mean = mean[self._lively][self._changed_owner]
        expected = np.outer(pace_mean * share[self._changed], _PACES) + burst[self._changed][:, None]
        hits = np.add.reduceat(np.log(-np.expm1(-expected) + _TINY), self._first, axis=0)
        held = np.outer(mean[self._lively] * exposure[self._lively], _PACES)
        return mean, bursts, exposure, hits - held + _log_prior(curve.shape)


def _log_prior(shape: float) -> Floats:
    """Return the logarithm of how much of a Gamma with mean 1 lies at each pace."""
    density = shape * math.log(shape) - gammaln(shape) + shape * np.log(_PACES) - shape * _PACES
    weights: Floats = density + math.log(_STEP)
    return weights


def _overlap(begin: Floats, end: Floats, hour: int) -> Floats:
    """Return how many hours between `begin` and `end` are the given hour of a day."""

    def until(at: Floats) -> Floats:
        days, rest = np.divmod(at, _DAY)
        upto: Floats = days + np.clip(rest - hour, 0.0, 1.0)
        return upto

    return until(end) - until(begin)


def _shared(spans: Floats, hours: Floats) -> Floats:
    """Return one change a row, shared among the hours it may have happened in."""
    weights = spans * hours
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _even(found: Floats, due: Floats, prior: Floats) -> Floats:
    """Return found / due, drawn to `prior` and within bounds, with a mean of 1 in each row."""
    found, due = np.atleast_2d(found), np.atleast_2d(due)
    factors = np.clip((found + _HOUR_PRIOR * prior) / (due + _HOUR_PRIOR), MIN_HOUR_FACTOR, MAX_HOUR_FACTOR)
    evened: Floats = factors / factors.mean(axis=1, keepdims=True)
    return evened


def _seen_by(curve: Curve, age: Floats) -> Floats:
    shares: Floats = (1 - (1 + age / curve.scale) ** -curve.alpha) / curve.whole
    return shares


def _since_change(intervals: Sequence[CheckInterval]) -> list[float]:
    """Return for each interval how long before its start the last change was seen; infinity before the first."""
    last, since = -math.inf, []
    for interval in intervals:
        since.append(interval.start - last)
        if interval.changed:
            last = interval.end
    return since


def _point(curve: Curve) -> Floats:
    within = [min(max(getattr(curve, name), low), high) for name, (low, high) in _BOUNDS.items()]
    return np.log(np.array(within, dtype=np.float64))


def _curve(curve: Curve, point: Sequence[float]) -> Curve:
    fitted: dict[str, Any] = {name: math.exp(float(value)) for name, value in zip(_BOUNDS, point, strict=True)}
    return replace(curve, **fitted)
