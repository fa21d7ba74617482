"""Replays policies on timelines of real articles: when each stood on a front page, and when its text there changed.

A row is {"id", "site", "first", "last", "changes": [[last seen old, first seen new], …]}. Nothing is known of an
article before *first* and after *last*.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from _cadence_chart import draw
from _cadence_families import History, ladder
from _cadence_replay import BUDGETS, OURS, Span, compare, halfway, replay, share_found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from _cadence_families import Family, Policy, Step
    from _cadence_replay import Result

_HOUR = timedelta(hours=1)
_AGES = (0.0, 0.5, 1, 2, 3, 4.5, 6, 9, 12, 18, 24, 36, 48, 96, 1e6)
_STEP = 1 / 12


ORACLE = "oracle, knows the number"
CHARTED = (6.0, *BUDGETS)
_BEST_SIMPLE = ("newsdiffs ladder, scaled", "exponential backoff, factor tuned")
_SPANS = {
    Span.EDITED: "A: checks while the article stood on the page",
    Span.FIRST_AFTER: "C: with the first check after it left",
    Span.QUIET_MONTH: "B: with 30 more days in which nothing changes",
}


def main(directory: Path, most: int, chart: Path | None) -> None:
    """Replay every file of timelines in *directory*; draw the largest one."""
    report: dict[str, object] = {}
    largest: tuple[int, list[Result]] = (0, [])
    for path in sorted(directory.glob("*.jsonl")):
        histories = load(path, most)
        updates = sum(len(each.updates) for each in histories)
        print(f"{path.stem}: {len(histories)} articles, {updates} updates")
        results = compare(histories, budgets=CHARTED, more={ORACLE: (oracle(histories), 1.5)})
        show(results)
        published = replay(histories, ladder(1.0))
        row = {span.value: (score.requests, share_found(score, histories)) for span, score in published.items()}
        told = ", ".join(f"{name} {found:.1f} % at {checks:.1f}" for name, (checks, found) in row.items())
        print(f"newsdiffs ladder as published: {told}\n", flush=True)
        report[path.stem] = {
            "articles": len(histories),
            "updates": updates,
            "ladder_as_published": row,
            "results": by_span(results),
        }
        largest = max(largest, (len(histories), results), key=lambda pair: pair[0])
    if chart:
        draw(largest[1], chart)
    print(json.dumps({"benchmark": "cadence", "timelines": report}))


def by_span(results: Sequence[Result]) -> dict[str, Any]:
    """Return the numbers of all results by span, checks and policy, with the points we are ahead of the best of two.

    The two are the ladder of newsdiffs and a backoff with a tuned factor, the best simple rules.
    """
    found: dict[str, Any] = {}
    for each in results:
        at = found.setdefault(each.span.value, {}).setdefault(f"{each.budget:.0f}", {})
        at[each.policy] = [round(x, 2) for x in numbers(each)]
        if each.policy in _BEST_SIMPLE:
            at["ahead"] = round(min(at.get("ahead", math.inf), -each.ahead), 2)
    return found


def numbers(result: Result) -> tuple[float, float, float, float]:
    """Return % found, median delay in minutes (-1 if infinite), points ahead of ours, and their standard error."""
    delay = result.median_delay if math.isfinite(result.median_delay) else -1.0
    return result.found, delay, result.ahead, result.error


def show(results: Sequence[Result]) -> None:
    """Print a table for each span: % found, points ahead of ours ± standard error, and median delay in minutes."""
    for span, some in groupby(results, key=lambda each: each.span):
        listed = list(some)
        print(f"\n{_SPANS[span]}: % found (points ahead of ours ± standard error) median delay in minutes")
        print(f"{'checks an article':<35}" + "".join(f"{budget:>25.0f}" for budget in BUDGETS))
        for policy in dict.fromkeys(each.policy for each in listed):
            cells = {each.budget: cell(each) for each in listed if each.policy == policy}
            print(f"{policy:<35}" + "".join(f"{cells.get(budget, '-'):>25}" for budget in BUDGETS))


def cell(result: Result) -> str:
    """Return one entry of the table."""
    found, delay, ahead, error = numbers(result)
    beside = "" if result.policy == OURS else f" ({ahead:+.1f} ± {error:.1f})"
    return f"{found:.1f}{beside} {delay:.0f}"


def load(path: Path, most: int) -> list[History]:
    """Return the articles of a file of timelines; at most so many of them, evenly picked, if *most* is not 0."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if most and len(lines) > most:
        lines = [lines[n * len(lines) // most] for n in range(most)]
    return [_history(json.loads(line)) for line in lines]


def oracle(histories: Sequence[History]) -> Family:
    """Return the family that knows how many updates an article gets and when it leaves, but not when they come.

    It spreads its checks by how all updates lie over age and the hours of the day.
    """
    by_age, by_hour = _rates(histories)

    def family(threshold: float) -> Policy:
        return lambda article: _spread(article, round(len(article.updates) / threshold), by_age, by_hour)

    return family


def _history(row: dict[str, object]) -> History:
    at = datetime.fromisoformat
    first, last, changes = at(str(row["first"])), at(str(row["last"])), row["changes"]
    assert isinstance(changes, list)
    updates = tuple((halfway(at(before), at(after)) - first) / _HOUR for before, after in changes)
    return History(str(row["id"]), str(row["site"]), first, first, (last - first) / _HOUR, updates)


def _rates(histories: Sequence[History]) -> tuple[list[float], list[float]]:
    watched, updated = [1e-9] * (len(_AGES) - 1), [0.5] * (len(_AGES) - 1)
    watched_at, updated_at = [1e-9] * 24, [1.0] * 24
    for each in histories:
        for n, low in enumerate(_AGES[:-1]):
            watched[n] += max(min(_AGES[n + 1], each.last) - low, 0.0)
        clock = each.first.timestamp() / 3600
        for update in each.updates:
            updated[bisect_right(_AGES, update) - 1] += 1
            updated_at[int(clock + update) % 24] += 1
        for hour in range(int(each.last) + 1):
            watched_at[int(clock + hour) % 24] += min(each.last - hour, 1.0)
    mean = sum(updated_at) / sum(watched_at)
    by_age = [n / hours for n, hours in zip(updated, watched, strict=True)]
    return by_age, [n / hours / mean for n, hours in zip(updated_at, watched_at, strict=True)]


def _spread(article: History, checks: int, by_age: Sequence[float], by_hour: Sequence[float]) -> Step:
    if not checks:
        return lambda _age, _changed: None
    ages, totals, clock = [0.0], [0.0], article.first.timestamp() / 3600
    while ages[-1] < article.last:
        age = ages[-1]
        rate = by_age[bisect_right(_AGES, age) - 1] * by_hour[int(clock + age) % 24]
        ages.append(min(age + _STEP, article.last))
        totals.append(totals[-1] + rate * (ages[-1] - age))
    due = [ages[min(bisect_left(totals, totals[-1] * n / checks), len(ages) - 1)] for n in range(1, checks)]
    due.append(article.last)

    def step(age: float, _changed: bool) -> float | None:  # noqa: FBT001 - the seam's shape
        later = bisect_right(due, age)
        return due[later] if later < len(due) else None

    return step
