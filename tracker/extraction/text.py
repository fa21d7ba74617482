"""Clean and compare short texts."""

from __future__ import annotations

import html
import re
from typing import Final

SENTENCE_ENDINGS: Final = frozenset('.!?…"”“»«’)。！？」』؟।')
"""With what whole sentences end."""
_CONTROLS: Final = (*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))
# Soft hyphen, zero-width and bidirectional marks: invisible, and different at every copy of a text.
_FORMATS: Final = (0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
_INVISIBLE: Final[dict[int, str | None]] = {**dict.fromkeys((*_CONTROLS, *_FORMATS)), 0x85: " "}
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_TOKEN: Final = re.compile(r"\w+")
# A longer run of letters is not a word: the text is in a script that puts no spaces between words.
_MAX_WORD_CHARS: Final = 24


def clean(text: str) -> str:
    """Return `text` on one line with single spaces, without invisible, control and bidirectional characters."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join(_SURROGATE.sub("\ufffd", text.translate(_INVISIBLE)).split())


def plain(text: str) -> str:
    """Return the text that a meta tag or a JSON string means: clean, without markup and entities.

    Entities are decoded twice, as many systems escape them twice.
    """
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return clean(text)


def tokens(text: str) -> list[str]:
    """Return the words of `text`, case-folded; a run of characters without spaces is one word."""
    return _TOKEN.findall(text.casefold())


def overlap(one: str, other: str) -> float:
    """Return how much two short texts share, 0 to 1: common words, divided by the words of the shorter.

    In scripts without spaces, pairs of characters stand for words.
    """
    left, right = _units(one), _units(other)
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))


def _units(text: str) -> set[str]:
    words = tokens(text)
    if words and max(map(len, words)) > _MAX_WORD_CHARS:
        joined = "".join(words)
        return {joined[i : i + 2] for i in range(len(joined) - 1)} or {joined}
    return set(words)
