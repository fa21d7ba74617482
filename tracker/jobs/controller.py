"""Move the threshold until the request budget is met; the threshold is the price of a request.

Expected requests are computed at a few thresholds; between them demand is interpolated linearly in logarithms. Each
step is small, so that a wave of new articles does not make the price oscillate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from .cadence import wait_hours
from .curve import SHIPPED, Curve, Outlook, replaced

MIN_THRESHOLD: Final = 0.001
MAX_THRESHOLD: Final = 10.0
MAX_STEP_FACTOR: Final = 1.5
ARTICLE_SHARE: Final = 0.8
"""The share of the requests that politeness allows a host which articles may use; its lists have the rest."""


def ladder(x: float) -> tuple[float, ...]:
    """Return thresholds around *x* to compute demand at, in ascending order."""
    return tuple(bounded(x * 2.0**power) for power in (-2, -1, 0, 1, 2))


def demand(
    outlooks: Iterable[Outlook], thresholds: Sequence[float], curve: Curve = SHIPPED
) -> tuple[tuple[float, float], ...]:
    """Return pairs of threshold and expected requests an hour for the articles."""
    curves = [replaced(curve, threshold) for threshold in thresholds]
    totals = [0.0] * len(curves)
    for outlook in outlooks:
        for at, each in enumerate(curves):
            totals[at] += 1 / wait_hours(outlook, each)
    return tuple(zip(thresholds, totals, strict=True))


def steer(x: float, expected: Sequence[tuple[float, float]], budget: float) -> float:
    """Return the next threshold, one step towards where *expected* meets *budget*, both in requests an hour.

    *expected* are pairs of threshold and requests. Moves by at most `MAX_STEP_FACTOR`; unchanged if nothing is under
    watch.
    """
    target = crossing(expected, budget)
    if target is None:
        return bounded(x)
    return bounded(min(max(target, x / MAX_STEP_FACTOR), x * MAX_STEP_FACTOR))


def for_host(x: float, expected: Sequence[tuple[float, float]], delay: float) -> float:
    """Return the threshold of one host: *x*, or higher if *x* would need more requests than politeness allows.

    *delay* is the seconds between two requests to the host; articles may use `ARTICLE_SHARE` of the resulting capacity.
    """
    if delay <= 0:
        return x
    target = crossing(expected, ARTICLE_SHARE * 3600 / delay)
    return x if target is None else max(x, target)


def crossing(expected: Sequence[tuple[float, float]], budget: float) -> float | None:
    """Return the threshold at which demand meets *budget*, extrapolated if necessary; None without demand."""
    known = sorted((x, requests) for x, requests in expected if x > 0 and requests > 0)
    if not known:
        return None
    if budget <= 0:
        return MAX_THRESHOLD
    if len(known) == 1:
        return bounded(known[0][0] * known[0][1] / budget)
    for near, far in pairwise(known):
        if far[1] <= budget <= near[1]:
            return bounded(_along(near, _slope(near, far), budget))
    if budget > known[0][1]:
        return bounded(_along(known[0], _slope(known[0], known[1]), budget))
    return bounded(_along(known[-1], _slope(known[-2], known[-1]), budget))


def bounded(x: float) -> float:
    """Return *x* clamped to the valid thresholds."""
    return min(max(x, MIN_THRESHOLD), MAX_THRESHOLD)


def _slope(near: tuple[float, float], far: tuple[float, float]) -> float:
    """Return the slope of the threshold against demand between *near* and *far*, in logarithms."""
    run = math.log(far[0] / near[0])
    drop = math.log(near[1] / far[1])
    # If floor or ceiling make demand flat, the slope is unknown: assume that half the price is twice the demand.
    return run / drop if run > 0 and drop > 0.05 * run else 1.0


def _along(anchor: tuple[float, float], slope: float, budget: float) -> float:
    return anchor[0] * math.exp(min(max(slope * math.log(anchor[1] / budget), -20.0), 20.0))
