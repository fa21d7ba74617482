"""The newsroom that the cadence benchmark watches: when each article appears, and when each of its updates goes out.

Age decays like aftershocks (Lomax), 24 sources differ in how often they update, four classes of article differ in how
many updates they get and spread around that (Gamma), every update may excite others (Hawkes), nights are quiet, and an
article lives for 30 days. Hours everywhere.

CADENCE_WORLD=later in the environment makes another newsroom that agrees with what is published about as well: its
updates come later, so that fewer versions are short-lived.
"""

from __future__ import annotations

import bisect
import math
import os
import random
from dataclasses import dataclass
from typing import Final

LIFE: Final = 720.0
SOURCES: Final = 24
LATER: Final = os.environ.get("CADENCE_WORLD") == "later"
ALPHA: Final = 0.34
SCALE: Final = 3.0 if LATER else 1.5
MORE: Final = 1.15 if LATER else 1.0
# (share of articles, mean updates in a life without excitation, Gamma shape): left alone, touched up, developing, live.
CLASSES: Final = ((0.20, 0.1, 1.0), (0.71, 1.0, 2.0), (0.06, 2.6, 2.0), (0.03, 9.5, 2.0))
SOURCE_SPREAD: Final = 0.45
BRANCHING: Final = 0.14
EXCITED: Final = 0.5
LULL: Final = 0.25
LULL_HOURS: Final = (0.0, 6.0)
DISCOVERY: Final = 10 / 60
_WHOLE: Final = 1 - (1 + LIFE / SCALE) ** -ALPHA


@dataclass(frozen=True, slots=True)
class Piece:
    """One article: hour of publication, age at discovery, true *rate* (expected updates), ages of its updates."""

    source: int
    born: float
    found: float
    rate: float
    updates: tuple[float, ...]

    def stands(self, age: float) -> int:
        """Return how many updates have gone out by *age*."""
        return bisect.bisect_right(self.updates, age)


def share(age: float) -> float:
    """Return the true share of an article's own updates that fall before *age*."""
    return float((1 - (1 + age / SCALE) ** -ALPHA) / _WHOLE)


def quiet_hour(hour: float) -> bool:
    """Say whether *hour* (of any day) is at night."""
    return LULL_HOURS[0] <= hour % 24 < LULL_HOURS[1]


def newsroom(count: int, seed: int) -> list[Piece]:
    """Return *count* articles; the sources are the same whatever the seed, the articles are not."""
    fixed = random.Random(2026)
    factors = [math.exp(fixed.gauss(0, SOURCE_SPREAD)) for _ in range(SOURCES)]
    mean = sum(factors) / SOURCES
    rng = random.Random(seed)
    return [_piece(rng, source, factors[source] / mean) for source in (rng.randrange(SOURCES) for _ in range(count))]


def _piece(rng: random.Random, source: int, factor: float) -> Piece:
    _, updates, shape = rng.choices(CLASSES, [kind[0] for kind in CLASSES])[0]
    rate = factor * MORE * updates * rng.gammavariate(shape, 1 / shape)
    born = rng.uniform(0, 24)
    while quiet_hour(born) and rng.random() > LULL:
        born = rng.uniform(0, 24)
    born += 24 * rng.randrange(365)
    found = rng.uniform(0, DISCOVERY)
    ages = _own(rng, rate, born)
    ages += _aftershocks(rng, ages, born)
    return Piece(source, born, found, rate, tuple(sorted(age for age in ages if age < LIFE)))


def _own(rng: random.Random, rate: float, born: float) -> list[float]:
    ages = []
    for _ in range(_poisson(rng, rate)):
        age = SCALE * ((1 - rng.random() * _WHOLE) ** (-1 / ALPHA) - 1)
        if not quiet_hour(born + age) or rng.random() < LULL:
            ages.append(age)
    return ages


def _aftershocks(rng: random.Random, parents: list[float], born: float) -> list[float]:
    found: list[float] = []
    waiting = list(parents)
    while waiting:
        parent = waiting.pop()
        for _ in range(_poisson(rng, BRANCHING)):
            age = parent + rng.expovariate(1 / EXCITED)
            if not quiet_hour(born + age) or rng.random() < LULL:
                found.append(age)
                waiting.append(age)
    return found


def _poisson(rng: random.Random, mean: float) -> int:
    total, count = -math.log(1 - rng.random()), 0
    while total < mean:
        total -= math.log(1 - rng.random())
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A published figure about real news, and what this world gives when it is looked at in the same way."""

    name: str
    published: float
    here: float
    where: str


def aggregates(pieces: list[Piece]) -> list[Aggregate]:
    """Return the four published figures the world is calibrated to; a day is seen as polls every 15 minutes see it."""
    day = [_polled(piece, 24.0) for piece in pieces]
    updated = [n for n in day if n]
    week = [piece for piece in pieces if piece.stands(168.0)]
    early = [piece for piece in week if piece.stands(24.0)]
    timmerman, gdelt = "Timmerman 2023, 291,666 articles", "GDELT re-crawl 2020"
    return [
        Aggregate("articles updated within 24 h", 0.35, len(updated) / len(pieces), timmerman),
        Aggregate("updates per updated article", 1.94, sum(updated) / len(updated), timmerman),
        Aggregate("of those, updated once or twice", 0.80, sum(n <= 2 for n in updated) / len(updated), timmerman),
        Aggregate("changed in a week: changed in 24 h", 0.82, len(early) / len(week), gdelt),
    ]


def _polled(piece: Piece, until: float) -> int:
    return len({math.ceil(age * 4) for age in piece.updates if piece.found <= age < until})
