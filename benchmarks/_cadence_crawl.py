"""Crawls the newsroom under a policy and scores it; finds the knob that spends a budget. Hours everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from _cadence_likelihood import CheckInterval
from _cadence_world import LIFE, Piece

# Given the age at a check and how many changes it found (0 or 1), a step returns the hours until the next check.
Step: TypeAlias = Callable[[float, int], float]
Policy: TypeAlias = Callable[[Piece], Step]


@dataclass(slots=True)
class Score:
    """What a policy did: checks after the first, updates it has a version of, delays of all updates in hours."""

    articles: int = 0
    checks: int = 0
    updates: int = 0
    captured: int = 0
    late: int = 0
    late_captured: int = 0
    delays: list[float] | None = None

    @property
    def requests(self) -> float:
        return self.checks / self.articles

    @property
    def capture(self) -> float:
        return self.captured / self.updates

    @property
    def capture_late(self) -> float:
        return self.late_captured / max(self.late, 1)

    def delay(self, share: float = 0.5) -> float:
        """Return the delay in minutes that the share of all updates, overwritten ones included, stays within."""
        assert self.delays is not None
        return sorted(self.delays)[int(share * len(self.delays))] * 60 if self.delays else math.inf


def crawl(pieces: Sequence[Piece], policy: Policy, log: list[CheckInterval] | None = None) -> Score:
    """Watch every piece from discovery to the end of its life; the first check is every policy's, not counted."""
    score = Score(articles=len(pieces), delays=[])
    for number, piece in enumerate(pieces):
        ages = _watch(piece, policy(piece))
        mark(score, piece, ages)
        if log is not None:
            log.extend(_check_intervals(number, piece, ages))
    return score


def checks_needed(pieces: Sequence[Piece], policy: Policy) -> float:
    """Return how many checks an article takes under *policy*."""
    return sum(len(_watch(piece, policy(piece))) for piece in pieces) / len(pieces)


def tuned(spends: Callable[[float], float], budget: float, guess: float) -> float | None:
    """Return the knob at which *spends* says *budget* checks an article; more of the knob means fewer checks.

    None where no knob from a billionth to a billion spends as much.
    """
    low, high = None, None
    knob, factor = guess, 4.0
    for _ in range(40):
        spent = spends(knob)
        if abs(math.log(max(spent, 1e-9) / budget)) < 0.01:
            return knob
        if spent > budget:
            low = knob
        else:
            high = knob
        if low is None and high is not None:
            knob = high / factor
        elif high is None and low is not None:
            knob = low * factor
        elif low is not None and high is not None:
            knob = math.sqrt(low * high)
            if high / low < 1.001:
                return knob
        if not 1e-9 < knob < 1e9:
            return None
    return knob


def needed(points: Sequence[tuple[float, float]], share: float) -> float | None:
    """Return the requests at which *points* (requests, captured share) reach *share*, on a line in log requests."""
    known = sorted(points)
    for (few, low), (many, high) in pairwise(known):
        if low < share <= high:
            return float(few * (many / few) ** ((share - low) / (high - low)))
    return None


def _watch(piece: Piece, step: Step) -> list[float]:
    age, count, found = piece.found, piece.stands(piece.found), 0
    ages: list[float] = []
    while True:
        age += step(age, found)
        if age >= LIFE:
            return ages
        ages.append(age)
        now = piece.stands(age)
        found, count = int(now > count), now


def mark(score: Score, piece: Piece, ages: Sequence[float]) -> None:
    """Add to *score* what checks at *ages* saw of *piece*."""
    assert score.delays is not None
    score.checks += len(ages)
    last, at = piece.stands(piece.found), 0
    updates = piece.updates
    score.updates += len(updates) - last
    for number in range(last, len(updates)):
        born = updates[number]
        while at < len(ages) and ages[at] < born:
            at += 1
        until = updates[number + 1] if number + 1 < len(updates) else LIFE
        captured = at < len(ages) and ages[at] < until
        score.captured += captured
        score.delays.append(ages[at] - born if at < len(ages) else math.inf)
        if born > 24:
            score.late += 1
            score.late_captured += captured


def _check_intervals(number: int, piece: Piece, ages: Sequence[float]) -> list[CheckInterval]:
    found, before, stood = [], piece.found, piece.stands(piece.found)
    for age in ages:
        stands = piece.stands(age)
        found.append(
            CheckInterval(str(number), str(piece.source), before, age, stands > stood, (piece.born + before) % 24)
        )
        before, stood = age, stands
    return found


def error(score: Score) -> float:
    """Return the standard error of the captured share, in points, taking updates as independent."""
    return 100 * math.sqrt(score.capture * (1 - score.capture) / score.updates)
