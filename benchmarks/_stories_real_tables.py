"""Print how real articles on known events are grouped: as shipped, on topics left out of the fit, in other orders."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from _stories_real import RealArticle, adjusted_rand, best_join, cosines, fit, folds, grouped, judged, plain_linkage

EARLY = (10, 50, 200)
FOLD_JOINS = (-2.4, -2.1, -1.8, -1.5, -1.2, -0.9)
PLAIN_LIMITS = tuple(n / 100 for n in range(4, 16))


def events_table(articles: Sequence[RealArticle], *, quick: bool) -> dict[str, Any]:
    """Print how real articles on known events are grouped: as shipped, on topics left out of the fit, and plainly."""
    print(
        f"Real events: {len(articles)} articles on {len({each.event for each in articles})} events (B-cubed P, R, F1)"
    )
    started = time.process_time()
    shipped = grouped(articles)
    spent = (time.process_time() - started) * 1000 / len(articles)
    cut = plain_linkage(articles)
    plain = {limit: judged(articles, cut(limit)) for limit in PLAIN_LIMITS}
    best = max(plain, key=lambda limit: plain[limit][2])
    figures: dict[str, Any] = {"ms": round(spent, 2)}
    for name, found in (
        ("writethru", judged(articles, shipped)),
        (f"TF-IDF, average linkage, best at {best}", plain[best]),
    ):
        print(f"  {name:44}" + "".join(f"{value:8.3f}" for value in found))
    figures |= {"f1": round(judged(articles, shipped)[2], 4), "plain_best_f1": round(plain[best][2], 4)}
    figures["folds"] = folds_table(articles, plain, cut, 3 if quick else 10)
    figures["early"], figures["rand"] = orders_table(articles)
    print(f"  {spent:.2f} ms CPU an article, grouping alone")
    return figures


def folds_table(
    articles: Sequence[RealArticle],
    plain: Mapping[float, tuple[float, ...]],
    cut: Callable[[float], dict[str, str]],
    count: int,
) -> dict[str, float]:
    """Print what weights and threshold that were tuned without some topics do on these topics."""
    pairs = cosines(articles)
    sums = {"writethru": [0.0] * 3, "plain": [0.0] * 3}
    for number, (tuned, aside) in enumerate(folds(articles, count), start=1):
        ids = {each.id for each in tuned}
        model = fit([pair for pair in pairs if pair[0].id in ids and pair[1].id in ids])
        model = replace(model, join=best_join(tuned, model, FOLD_JOINS))
        limit = max(plain, key=lambda each: judged(tuned, cut(each))[2])
        ours, theirs = judged(aside, grouped(articles, model)), judged(aside, cut(limit))
        for name, found in (("writethru", ours), ("plain", theirs)):
            sums[name] = [total + value * len(aside) for total, value in zip(sums[name], found, strict=True)]
        shown = "".join(f"{value:8.3f}" for value in (*ours, *theirs))
        print(f"  topics aside, fold {number:2}: {len(aside):3} articles, join {model.join:4.1f} {shown}")
    means = {name: [value / len(articles) for value in total] for name, total in sums.items()}
    print(f"  {'mean of the folds, ours and plain':37}" + "".join(f"{v:8.3f}" for name in means for v in means[name]))
    precision, recall, _ = means["writethru"]
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(means["writethru"][2], 4),
        "plain_f1": round(means["plain"][2], 4),
    }


def orders_table(articles: Sequence[RealArticle]) -> tuple[dict[str, float], float]:
    """Print F1 after the first articles of a fresh archive, and how alike the stories of five orders are."""
    early: dict[int, list[float]] = {count: [] for count in EARLY}
    found = []
    for seed in range(5):
        order = list(articles)
        random.Random(seed).shuffle(order)
        for count in EARLY:
            early[count].append(judged(order[:count], grouped(order[:count]))[2])
        found.append(grouped(order))
    least = {str(count): round(min(values), 4) for count, values in early.items()}
    rand = min(adjusted_rand(one, other) for one, other in combinations(found, 2))
    print("  least F1 of five orders after " + ", ".join(f"{n} articles: {value:.3f}" for n, value in least.items()))
    print(f"  least adjusted Rand between two of them: {rand:.3f}")
    return least, round(rand, 4)
