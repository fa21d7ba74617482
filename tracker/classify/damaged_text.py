"""Tell a text whose letters were damaged by a wrong encoding from an edit: "caf�" and "cafÃ©" are "café"."""

from __future__ import annotations

from typing import Final

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
MAX_LOST_CHARACTERS: Final = 4
"""Characters that one run of replacement characters stands for, at most."""


def is_damaged(text: str, whole: str) -> bool:
    """Return whether `text` is `whole` with some letters or marks turned into U+FFFD, or into two or three others.

    No encoding damages figures: a replacement character never stands for one.
    """
    if not text or not whole:
        return False
    if _REPLACEMENT in text:
        first, *rest = text.split(_REPLACEMENT)
        return whole.startswith(first) and _fits([part for part in rest[:-1] if part] + rest[-1:], whole, len(first))
    try:
        return text != whole and text.encode("cp1252").decode("utf-8") == whole
    except UnicodeError:
        return False


def _fits(parts: list[str], whole: str, at: int) -> bool:
    """Return whether `whole` goes on from `at` with these parts in order, each after a few letters or marks.

    The nearest place of a part is taken and never given up: a page cannot make this slow.
    """
    for k, part in enumerate(parts, start=1):
        ends = range(at + 1, min(at + MAX_LOST_CHARACTERS, len(whole)) + 1)
        fitting = (end for end in ends if whole.startswith(part, end))
        found = next((end for end in fitting if k < len(parts) or end + len(part) == len(whole)), None)
        if found is None or any(c.isdigit() or c.isspace() for c in whole[at:found]):
            return False
        at = found + len(part)
    return True
