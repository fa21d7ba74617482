"""Tell a text whose letters were damaged by a wrong encoding from an edit: "caf�" and "cafÃ©" are "café"."""

from __future__ import annotations

import re
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# A letter of UTF-8 takes up to four bytes; each may have become a character of its own.
_DAMAGED: Final = re.compile(re.escape(REPLACEMENT) + "+")
_CHARACTERS: Final = r"[^\d\s]{1,4}"


def is_damaged(text: str, whole: str) -> bool:
    """Say whether *text* is *whole* with letters or marks that became replacement characters, or two or three others.

    No encoding damages figures: a replacement character never stands for one.
    """
    if not text or not whole:
        return False
    if REPLACEMENT in text:
        parts = map(re.escape, _DAMAGED.split(text))
        return re.fullmatch(_CHARACTERS.join(parts), whole) is not None
    try:
        return text != whole and text.encode("cp1252").decode("utf-8") == whole
    except UnicodeError:
        return False
