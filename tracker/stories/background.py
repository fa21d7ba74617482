"""How rare words are before an archive has any articles: minus the logarithm of the share of articles they stand in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

RARE: Final = 8.0
"""The rarity of a word that is not in the table: it stands in one of 3,000 articles."""

_FILE: Final = Path(__file__).with_name("background.txt")


@cache
def background() -> dict[str, float]:
    """Return the rarity of stems, 0 for one that is in every article, read from `background.txt` at first use."""
    rarity: dict[str, float] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        level, _, stems = line.partition("\t")
        if stems:
            rarity |= dict.fromkeys(stems.split(), float(level))
    return rarity
