"""Hubs that name each article's last update, and a crawler that learns how far to believe them."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from _cadence_crawl import Score, mark
from _cadence_likelihood import at_source
from _cadence_policies import Watched
from _cadence_world import ALPHA, LIFE, SCALE, SOURCES, Piece

from tracker.durations import jitter
from tracker.jobs.cadence import Signal, signal, wait_hours
from tracker.model.source import HintTally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracker.jobs.curve import Curve

POLL = 5 / 60
LISTED = 48.0
GRACE = 6.0  # as tracker.jobs.cadence gives
FALSE_TOUCHES = 0.5
ARTICLES_A_DAY = 100
# Polls of a source's hub that fall on one article.
HUB_REQUESTS = 24 / POLL / ARTICLES_A_DAY


@dataclass(frozen=True, slots=True)
class Touch:
    """A hub's word on an update: the age it names, and the age at which a poll sees it."""

    named: float
    seen: float


def everywhere() -> Mapping[int, float]:
    """Return the recall of each source's hub where all of them are good."""
    return dict.fromkeys(range(SOURCES), 0.95)


def mixed() -> Mapping[int, float]:
    """Return it for the mix: 10 sources of 24 name no update, 7 forget some, 7 are good."""
    return {source: (0.0 if source < 10 else 0.6 if source < 17 else 0.95) for source in range(SOURCES)}


def touches(piece: Piece, recall: float, rng: random.Random, false_share: float = FALSE_TOUCHES) -> list[Touch]:
    """Return what the hub tells of *piece* in the 48 hours it lists it; false touches come to any article alike."""
    if not recall:
        return []
    named = [age for age in piece.updates if age < LISTED and rng.random() < recall]
    whole = 1 - (1 + LIFE / SCALE) ** -ALPHA
    for _ in range(4):
        if rng.random() < false_share * 1.1 / 4:
            age = SCALE * ((1 - rng.random() * whole) ** (-1 / ALPHA) - 1)
            named += [age] if age < LISTED else []
    return [Touch(age, math.ceil((piece.born + age) / POLL) * POLL - piece.born) for age in sorted(named)]


class Believer:
    """tracker.jobs.cadence with signals; its tallies go on from one crawl to the next."""

    def __init__(self, curve: Curve, recalls: Mapping[int, float]) -> None:
        self.curve, self.recalls = curve, recalls
        self.tallies: defaultdict[int, HintTally] = defaultdict(HintTally)

    def make(self, pieces: Sequence[Piece], seed: int = 7) -> Callable[[float], Score]:
        """Return what crawls *pieces* at a threshold."""
        told = [touches(piece, self.recalls[piece.source], random.Random(seed + n)) for n, piece in enumerate(pieces)]

        def at(threshold: float) -> Score:
            score, curve = Score(articles=len(pieces), delays=[]), replace(self.curve, threshold=threshold)
            for piece, names in zip(pieces, told, strict=True):
                mark(score, piece, self._watch(piece, names, curve))
            return score

        return at

    def _signal(self, piece: Piece, age: float) -> Signal:
        return signal(self.tallies[piece.source], LISTED - age)

    def _watch(self, piece: Piece, names: Sequence[Touch], curve: Curve) -> list[float]:
        source = str(piece.source)
        watched = Watched(piece)
        ages: list[float] = []
        at = 0
        age, stood, found = piece.found, piece.stands(piece.found), 0
        while True:
            signal = self._signal(piece, age)
            outlook = replace(
                watched.outlook(age, found),
                recall=signal.recall,
                listed=signal.listed,
                unlisted=bool(self.recalls[piece.source]) and age >= LISTED + GRACE,
            )
            own = at_source(curve, source, (piece.born + age) % 24)
            due = age + wait_hours(outlook, own, jitter=jitter(f"{piece.born}", len(ages)))
            touched = False
            while at < len(names) and names[at].seen < due:
                touch, at = names[at], at + 1
                if touch.named > age:
                    touched = True
                    due = min(due, max(touch.seen, age + wait_hours(outlook, own, pending=signal.precision)))
            if due >= LIFE:
                return ages
            listed, age = age < LISTED, due
            ages.append(age)
            stands = piece.stands(age)
            found, stood = int(stands > stood), stands
            if listed:
                self.tallies[piece.source] = self.tallies[piece.source].after(touched=touched, changed=bool(found))
