"""Moves the threshold until the request budget is kept: the threshold is the price of a request, everywhere the same.

Expected requests at a few thresholds are worked out from what is under watch; between them demand is taken to be a
straight line in logarithms. Each step is small, so that a wave of new articles does not throw the price about.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .cadence import wait_hours
from .curve import SHIPPED, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .curve import Curve, Outlook

LOWEST: Final = 0.001
HIGHEST: Final = 10.0
STEP: Final = 1.5


def ladder(x: float) -> tuple[float, ...]:
    """Return the thresholds around *x* at which demand is worth knowing, rising."""
    return tuple(bounded(x * 2.0**power) for power in (-2, -1, 0, 1, 2))


def demand(
    outlooks: Iterable[Outlook], thresholds: Sequence[float], curve: Curve = SHIPPED
) -> tuple[tuple[float, float], ...]:
    """Return for each threshold how many requests an hour the articles would take: pairs of threshold and requests."""
    curves = [replaced(curve, threshold) for threshold in thresholds]
    totals = [0.0] * len(curves)
    for outlook in outlooks:
        for at, each in enumerate(curves):
            totals[at] += 1 / wait_hours(outlook, each)
    return tuple(zip(thresholds, totals, strict=True))


def steer(x: float, expected: Sequence[tuple[float, float]], budget: float, *, step: float = STEP) -> float:
    """Return the next threshold: nearer to where *expected* (threshold, requests an hour) meets *budget* an hour.

    Moves by at most the factor *step*, and stays where nothing is under watch.
    """
    wanted = crossing(expected, budget)
    if wanted is None:
        return bounded(x)
    return bounded(min(max(wanted, x / step), x * step))


def for_host(x: float, expected: Sequence[tuple[float, float]], delay: float, *, share: float = 0.8) -> float:
    """Return the threshold of one host: *x*, or more where that would ask for a page oftener than politeness allows.

    *delay* is the seconds between two requests to the host; articles may take *share* of what that leaves room for.
    """
    if delay <= 0:
        return x
    wanted = crossing(expected, share * 3600 / delay)
    return x if wanted is None else max(x, wanted)


def crossing(expected: Sequence[tuple[float, float]], budget: float) -> float | None:
    """Return the threshold at which demand meets *budget*, extended beyond what is known; None without demand."""
    known = sorted((x, requests) for x, requests in expected if x > 0 and requests > 0)
    if not known:
        return None
    if budget <= 0:
        return HIGHEST
    if len(known) == 1:
        return bounded(known[0][0] * known[0][1] / budget)
    for near, far in pairwise(known):
        if far[1] <= budget <= near[1]:
            return bounded(_along(near, _slope(near, far), budget))
    if budget > known[0][1]:
        return bounded(_along(known[0], _slope(known[0], known[1]), budget))
    return bounded(_along(known[-1], _slope(known[-2], known[-1]), budget))


def bounded(x: float) -> float:
    """Return *x* within what a threshold may be."""
    return min(max(x, LOWEST), HIGHEST)


def _slope(near: tuple[float, float], far: tuple[float, float]) -> float:
    """Return how fast the threshold rises as demand falls from *near* to *far*, in logarithms."""
    run = math.log(far[0] / near[0])
    drop = math.log(near[1] / far[1])
    # Demand that the floor or the ceiling has made flat tells nothing: step as if half the price were twice the demand.
    return run / drop if run > 0 and drop > 0.05 * run else 1.0


def _along(anchor: tuple[float, float], slope: float, budget: float) -> float:
    return anchor[0] * math.exp(min(max(slope * math.log(anchor[1] / budget), -20.0), 20.0))
