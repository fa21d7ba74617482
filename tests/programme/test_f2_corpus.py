"""F2: the corpus goes through every fuzzed door, each input whole, cut and spoilt. (Nightly: `tests.nightly.fuzz`.)"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .targets import TARGETS, seeds

FOUND = Path(__file__).parent / "found"
"""Inputs that once broke a door, one folder a target: what a nightly run finds is put here when it is mended."""
ENOUGH = {"page": 100, "feed": 100, "sitemap": 60, "coded": 60, "address": 100, "rules": 40}


def variants(data: bytes, dice: random.Random, count: int) -> list[bytes]:
    """Return *count* variants of *data*: cut, with bytes changed, doubled."""
    made = []
    for _ in range(count):
        spoilt = bytearray(data[: dice.randrange(len(data) + 1)] if dice.random() < 0.5 else data)
        for _ in range(dice.randrange(8) if spoilt else 0):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        made.append(bytes(spoilt) * dice.choice((1, 1, 2)))
    return made


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_gets_more_than_a_refusal(name: str) -> None:
    dice, tried = random.Random(name), 0
    known = [path.read_bytes() for path in sorted((FOUND / name).glob("*"))]
    kept = seeds(name)
    each = -(-ENOUGH[name] // len(kept))
    for data in [*known, *kept]:
        for made in [data, *variants(data, dice, each)][: 2 if len(data) > 20_000 else None]:
            TARGETS[name](made)
            tried += 1
    assert tried >= ENOUGH[name] // 2
