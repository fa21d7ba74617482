"""Compare policies of when to check again, at equal budget, on articles none of them was fitted on.

    .venv/bin/python benchmarks/cadence.py --timelines DIR [--quick | --max N] [--chart docs/explanation]
    .venv/bin/python benchmarks/cadence.py [--quick]

With --timelines, every policy is replayed on the times when real articles changed (`_cadence_timelines.py`): % of
versions found at equal checks, points ahead of ours with their paired standard errors, and one JSON line.

Without it, they watch a simulated newsroom, which tests the mechanisms: night hours, sources, bursts, hubs. It prints
the world's fit to published figures, a table, the targets, and one JSON line. Policies learn from check logs of
other articles, made by our own crawler on its shipped constants, never from the truth; only the oracle knows that.
Requests are checks of an article after the first one, in 30 days; nobody checks sooner than after 2 minutes.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _cadence_policies as policies
import _cadence_timelines as real
from _cadence_crawl import Policy, Score, checks_needed, crawl, error, needed, tuned
from _cadence_families import equal_loss, fixed, ladder, share_of_age
from _cadence_hubs import HUB_REQUESTS, Believer, everywhere, mixed
from _cadence_likelihood import FittedCurve, fit_all
from _cadence_world import Piece, aggregates, newsroom

from tracker.jobs.curve import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _cadence_families import Family
    from _cadence_likelihood import CheckInterval

BUDGETS = (6.0, 12.0, 25.0, 50.0, 90.0, 180.0)
DENSE = (360.0, 720.0, 1440.0, 2160.0)
LEVELS = (0.80, 0.85, 0.90)
OURS, ORACLE, FIXED, LADDER = "ours", "oracle of true rates", "fixed interval", "newsdiffs ladder, scaled"


@dataclass(frozen=True, slots=True)
class Point:
    """One policy at one budget, on unseen articles; delays in minutes."""

    budget: float
    knob: float
    requests: float
    capture: float
    median: float
    p90: float
    late: float
    error: float


@dataclass(frozen=True, slots=True)
class Rows:
    """What all policies did: points by policy, rising in requests."""

    points: Mapping[str, Sequence[Point]]
    shipped: Mapping[str, Point]
    signalled: Mapping[str, Sequence[Point]]

    def needs(self, name: str, share: float) -> float | None:
        """Return the requests an article at which a policy captures *share*."""
        return needed([(p.requests, p.capture) for p in self.points[name]], share)


def point(budget: float, knob: float, score: Score, extra: float = 0.0) -> Point:
    requests = score.requests + extra
    return Point(
        budget, knob, requests, score.capture, score.delay(), score.delay(0.9), score.capture_late, error(score)
    )


def swept(
    make: Callable[[float], Policy], budgets: Sequence[float], some: Sequence[Piece], unseen: Sequence[Piece]
) -> list[Point]:
    """Tune the knob to each budget on some articles of the log; score it on unseen ones."""
    found, guess = [], 1.0
    for budget in budgets:
        knob = tuned(lambda each: checks_needed(some, make(each)), budget, guess)
        if knob is not None:
            guess = knob
            found.append(point(budget, knob, crawl(unseen, make(knob))))
    return found


def shared(family: Family) -> Callable[[float], Policy]:
    return lambda knob: policies.of(family(knob))


def contenders(
    fitted: FittedCurve, log: Sequence[CheckInterval]
) -> dict[str, tuple[Callable[[float], Policy], Sequence[float]]]:
    dense = BUDGETS + DENSE
    return {
        FIXED: (shared(fixed), dense),
        LADDER: (shared(ladder), dense[:7]),
        "Nutch adaptive, first interval tuned": (policies.nutch, BUDGETS),
        "Nutch adaptive, increment tuned": (policies.nutch_increment, BUDGETS),
        "StormCrawler adaptive, least interval tuned": (policies.stormcrawler, BUDGETS),
        "diffengine ratio, wrap repaired": (shared(share_of_age), dense[:7]),
        "LambdaCrawl, stationary estimates": (policies.lambdacrawl(log), dense[:8]),
        "ours, shipped constants": (shared(equal_loss(SHIPPED)), BUDGETS),
        "ours, overwriting left out": (shared(equal_loss(replace(fitted, overwrite_rate=0.0))), BUDGETS),
        "ours, without hours": (shared(equal_loss(replace(fitted, hours={}))), BUDGETS),
        OURS: (shared(equal_loss(fitted)), (6.0, 12.0, 25.0, 27.0, 48.0, 50.0, 90.0, 180.0)),
        ORACLE: (policies.oracle, (6.0, 12.0, 18.0, 25.0, 35.0, 50.0, 90.0, 180.0)),
    }


def as_shipped(unseen: Sequence[Piece]) -> dict[str, Point]:
    """Score what others do with the numbers they come with."""
    named = {
        "fixed interval, 1 h": policies.of(fixed(1.0)),
        "newsdiffs": policies.of(ladder(1.0)),
        "StormCrawler (least interval 1 h)": policies.stormcrawler(1.0),
        "ours (first 300 articles)": policies.of(equal_loss(SHIPPED)(SHIPPED.threshold)),
        "clairvoyant": policies.clairvoyant(),
    }
    return {name: point(0.0, 1.0, crawl(unseen, policy)) for name, policy in named.items()}


def with_hubs(fitted: FittedCurve, log: Sequence[Piece], unseen: Sequence[Piece]) -> dict[str, list[Point]]:
    """Score ours where hubs name updates; their polls are counted, and what they are worth is learned on the way."""
    found = {}
    for name, recalls in {"every hub good": everywhere(), "hubs of all kinds": mixed()}.items():
        believer = Believer(fitted, recalls)
        believer.make(log)(SHIPPED.threshold)
        run = believer.make(unseen)
        points = [point(0.0, x, run(x), HUB_REQUESTS) for x in (0.8, 0.4, 0.2, 0.1, 0.05, 0.03)]
        found[name] = sorted(points, key=lambda each: each.requests)
    return found


def between(points: Sequence[Point], requests: float, of: str) -> float:
    """Return a figure at exactly so many requests, on a line between the nearest points."""
    known = sorted(points, key=lambda each: each.requests)
    for few, many in pairwise(known):
        if few.requests <= requests <= many.requests:
            part = (requests - few.requests) / (many.requests - few.requests)
            return float(getattr(few, of) * (1 - part) + getattr(many, of) * part)
    return float("nan")


def judged(rows: Rows) -> list[dict[str, Any]]:
    """Set each target of the issue beside what was measured."""
    ours, hub = rows.points[OURS], rows.signalled["every hub good"]
    ratio = (rows.needs(OURS, 0.9) or float("inf")) / (rows.needs(ORACLE, 0.9) or float("nan"))
    with_lastmod = needed([(p.requests, p.capture) for p in hub], 0.9) or hub[0].requests
    measured = (
        ("% captured at 27 requests", 85.0, 100 * between(ours, 27, "capture"), True),
        ("requests for 90 % with usable lastmod, polls included", 9.0, with_lastmod, False),
        ("requests for 90 %, times the oracle's", 1.5, ratio, False),
    )
    return [
        {
            "target": name,
            "wanted": wanted,
            "measured": round(value, 2),
            "met": value >= wanted if up else value <= wanted,
        }
        for name, wanted, value, up in measured
    ]


def show(rows: Rows) -> None:
    print("\n% of versions captured / median delay in minutes (all updates, overwritten ones included)")
    print(f"{'requests an article in 30 days':<46}" + "".join(f"{budget:>12.0f}" for budget in BUDGETS))
    for name, points in rows.points.items():
        at = {p.budget: p for p in points}
        cells = (f"{100 * at[b].capture:.1f} /{at[b].median:5.0f}" if b in at else "cannot spend" for b in BUDGETS)
        print(f"{name:<46}" + "".join(f"{cell:>13}" for cell in cells))
    print(f"\n{'requests an article needed for':<46}" + "".join(f"{100 * level:>11.0f}%" for level in LEVELS))
    for name in rows.points:
        found = (rows.needs(name, level) for level in LEVELS)
        print(f"{name:<46}" + "".join(f"{value:>12.1f}" if value else f"{'-':>12}" for value in found))
    print("\nwith the numbers they come with: requests, % captured, median and 90th percentile of the delay in minutes")
    for name, p in rows.shipped.items():
        print(f"{name:<46}{p.requests:>12.1f}{100 * p.capture:>12.1f}{p.median:>12.0f}{p.p90:>12.0f}")
    print("\nours where hubs name updates, hub polls counted: requests, % captured, median delay in minutes")
    for name, points in rows.signalled.items():
        for p in points:
            print(f"{name:<46}{p.requests:>12.1f}{100 * p.capture:>12.1f}{p.median:>12.1f}")
    print(
        "\nours: budget, threshold, requests, % captured, median and 90th percentile of delay, % of updates after 24 h"
    )
    for p in rows.points[OURS]:
        line = f"{p.requests:>12.1f}{100 * p.capture:>12.1f}{p.median:>12.1f}{p.p90:>12.0f}{100 * p.late:>12.1f}"
        print(f"{p.budget:>12.0f}{p.knob:>12.4f}{line}   (s.e. {p.error:.1f} points)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer articles, and figures about two points apart")
    parser.add_argument("--timelines", type=Path, help="directory of timelines of real articles")
    parser.add_argument("--data", type=Path, help="folder that holds timelines/")
    parser.add_argument("--max", type=int, default=3000, help="articles of a file of timelines to replay; 0 for all")
    parser.add_argument("--chart", type=Path, help="with --timelines, write cadence.svg and cadence.png there")
    options = parser.parse_args()
    timelines = options.data / "timelines" if options.data else options.timelines
    if timelines:
        real.main(timelines, 300 if options.quick else options.max, options.chart)
    else:
        simulated(quick=options.quick)


def simulated(*, quick: bool) -> None:
    began = time.perf_counter()
    log_size, some_size, unseen_size = (1000, 150, 700) if quick else (3000, 500, 4000)
    # Seeds 12 and 13 were looked at while the policy was made; nothing was decided on this one.
    logged, unseen = newsroom(log_size, seed=11), newsroom(unseen_size, seed=2027)
    world = aggregates(unseen + logged)
    print("the world, as published and here")
    for each in world:
        print(f"  {each.name:<40}{each.published:>8.2f}{each.here:>8.2f}   {each.where}")
    log: list[CheckInterval] = []
    logger = crawl(logged, policies.of(equal_loss(SHIPPED)(SHIPPED.threshold / 2)), log)
    fitting = time.perf_counter()
    fitted = fit_all([list(intervals) for _, intervals in groupby(log, key=lambda interval: interval.article)], SHIPPED)
    fitting = time.perf_counter() - fitting
    print(f"fitted on {len(log)} checks of {log_size} other articles ({logger.requests:.0f} each) in {fitting:.1f} s")
    some = logged[:some_size]
    points = {}
    for name, (make, budgets) in contenders(fitted, log).items():
        points[name] = swept(make, budgets, some, unseen)
    rows = Rows(points, as_shipped(unseen), with_hubs(fitted, logged, unseen))
    show(rows)
    targets = judged(rows)
    print("\ntargets")
    for row in targets:
        print(f"  {row['target']:<56}{row['wanted']:>8}{row['measured']:>9}  {'met' if row['met'] else 'MISSED'}")
    print(json.dumps(report(rows, targets, world={a.name: round(a.here, 3) for a in world}, quick=quick, began=began)))


def report(
    rows: Rows, targets: Sequence[Mapping[str, Any]], *, world: Mapping[str, float], quick: bool, began: float
) -> dict[str, Any]:
    """Return everything in one object, as it is printed in the last line."""
    table = {
        name: [[round(p.requests, 1), round(100 * p.capture, 1), round(p.median, 1)] for p in points]
        for name, points in {**rows.points, **rows.signalled}.items()
    }
    needs = {name: [round(rows.needs(name, level) or 0.0, 1) or None for level in LEVELS] for name in rows.points}
    return {
        "benchmark": "cadence",
        "quick": quick,
        "seconds": round(time.perf_counter() - began, 1),
        "world": world,
        "table": table,
        "requests_for_80_85_90": needs,
        "targets": list(targets),
    }


if __name__ == "__main__":
    main()
