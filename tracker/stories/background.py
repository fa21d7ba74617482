"""How rare words are before an archive has any articles: the share of articles that they stand in."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Final

RARE: Final = math.exp(-8.0)
"""The share of a word that is not in the table: it stands in one of 3,000 articles."""

_FILE: Final = Path(__file__).with_name("background.txt")


@cache
def background() -> dict[str, float]:
    """Return the share of articles, 0 to 1, that stems stand in, read from `background.txt` at first use.

    The file has minus the logarithm of the share before the stems of a line.
    """
    shares: dict[str, float] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        level, _, stems = line.partition("\t")
        if stems:
            shares |= dict.fromkeys(stems.split(), math.exp(-float(level)))
    return shares
