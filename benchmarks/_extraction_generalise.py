"""How much the figures depend on the publishers that were looked at: the extractor on a third of them, ten times.

Nothing is fitted automatically: the spread over thirds that share no publisher says what other publishers may give.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import _extraction_adapters as adapters
from _extraction_score import Tally

if TYPE_CHECKING:
    from pathlib import Path

SPLITS = 10
MEASURES = ("F1", "paragraph F1", "title", "authors", "day", "snippet F1")


def publisher(row: adapters.Result) -> str:
    """Return the registered name of a page's host, roughly, or what the set itself calls the publisher."""
    host = urlsplit(row.get("url") or "").hostname or row["id"]
    return str(row.get("publisher") or ".".join(host.split(".")[-2:]))


def measure(
    folder: Path, extractor: adapters.Extractor, *, dek: bool, limit: int | None
) -> dict[str, dict[str, float]]:
    """Return the mean and the worst of each measure over the thirds; *limit* reads a sample of so many pages.

    Each page is read and scored once: a third's figures are those of its publishers' pages together.
    """
    rows = list(adapters.rows(folder))
    tallies: dict[str, Tally] = {}
    for row in rows if limit is None else random.Random(0).sample(rows, min(limit, len(rows))):
        started = time.process_time()
        got, error = adapters.attempt(extractor, adapters.page(folder, row["id"]), row.get("url"), dek)
        tally = tallies.setdefault(publisher(row), Tally())
        tally.spend(time.process_time() - started, error)
        tally.add(row, got)
    figures = [_merged(tallies[name] for name in third).figures() for third in _thirds(sorted(tallies))]
    return {key: _mean_and_worst(each[key] for each in figures if key in each) for key in MEASURES if key in figures[0]}


def _thirds(names: list[str]) -> Iterator[list[str]]:
    for seed in range(SPLITS):
        yield random.Random(seed).sample(names, max(1, len(names) // 3))


def _merged(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.merge(tally)
    return whole


def _mean_and_worst(values: Iterable[float]) -> dict[str, float]:
    found = list(values)
    return {"mean": round(statistics.mean(found), 4), "worst": round(min(found), 4)}
