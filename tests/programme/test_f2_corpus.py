"""F2: the corpus goes through every fuzz target, each input whole, cut and changed. (Nightly: `tests.nightly.fuzz`.)"""

import random
from pathlib import Path

import pytest

from .fuzz_targets import TARGETS, seeds

FOUND = Path(__file__).parent / "found"
"""Inputs that once broke a target, in a folder for each; those that a nightly run finds are added with the fix."""
VARIANTS = {"page": 100, "feed": 100, "sitemap": 60, "coded": 60, "address": 100, "rules": 40}


def variants(data: bytes, rng: random.Random, count: int) -> list[bytes]:
    """Return *count* variants of *data*: cut, with bytes changed, doubled."""
    made = []
    for _ in range(count):
        changed = bytearray(data[: rng.randrange(len(data) + 1)] if rng.random() < 0.5 else data)
        for _ in range(rng.randrange(8) if changed else 0):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        made.append(bytes(changed) * rng.choice((1, 1, 2)))
    return made


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_raises_more_than_a_named_error(name: str) -> None:
    rng, tried = random.Random(name), 0
    known = [path.read_bytes() for path in sorted((FOUND / name).glob("*"))]
    kept = seeds(name)
    each = -(-VARIANTS[name] // len(kept))
    for data in [*known, *kept]:
        for made in [data, *variants(data, rng, each)][: 2 if len(data) > 20_000 else None]:
            TARGETS[name](made)
            tried += 1
    assert tried >= VARIANTS[name] // 2
