"""How many words a text has, in any script."""

from __future__ import annotations

import re
from typing import Final

_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese, which are written without spaces between words."""
_MARKS: Final = "\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
"""The punctuation of Chinese and Japanese, which is as wide as a character."""
_HAS_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")
_WORDS: Final = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}{_MARKS}]+")


def count_words(text: str) -> int:
    """Count the words of a text: what stands between spaces, and each character of a script that has none."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return len(text.split())
    return sum(1 for _ in _WORDS.finditer(text))
