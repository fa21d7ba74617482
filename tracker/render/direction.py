"""Which way a text is read."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.article import Article


def direction(content: Article) -> str:
    """Return the direction of an article, "rtl" or "ltr", by its first letter."""
    texts = (content.title, *(block.text for block in content.editorial[:3]))
    letters = (unicodedata.bidirectional(char) for text in texts for char in text[:200])
    return "rtl" if next((each for each in letters if each in {"L", "R", "AL"}), "L") in {"R", "AL"} else "ltr"
