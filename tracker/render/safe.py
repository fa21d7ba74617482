"""Make the text of pages harmless for terminals, mails and lines of JSON.

A page may contain escape sequences that rewrite the screen, marks that reverse the direction of text (CVE-2021-42574),
and tag characters that nobody sees. One translation table removes them or makes them visible.
"""

from __future__ import annotations

from typing import Final

# Marks that change the direction of text.
_BIDI: Final = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Invisible copies of ASCII.
_TAGS: Final = range(0xE0000, 0xE0080)
_INVISIBLE: Final = (0x00AD, 0x200B, 0x2060, 0xFEFF)
# Some terminals take these as escape sequences.
_C1: Final = range(0x80, 0xA0)
_SURROGATES: Final = range(0xD800, 0xE000)
_SEPARATORS: Final = (0x2028, 0x2029)

# ESC (U+001B) becomes ␛ (U+241B), and so on.
_TABLE: Final[dict[int, str]] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "␡",
    **dict.fromkeys(_C1, "\ufffd"),
    **dict.fromkeys(_SURROGATES, "\ufffd"),
    **dict.fromkeys(_SEPARATORS, " "),
    **dict.fromkeys((*_BIDI, *_TAGS, *_INVISIBLE), ""),
}
# Code points of characters that a terminal obeys or a reader does not see, and that JSON may contain.
HIDDEN: Final = (0x7F, *_C1, *_SURROGATES, *_SEPARATORS, *_BIDI, *_TAGS, *_INVISIBLE)


def safe(text: str) -> str:
    """Return `text` without what could control a terminal or is hidden from a reader.

    Control characters become visible signs (ESC is ␛). Direction marks, tag characters and zero-width characters are
    dropped. New lines and tabs are kept.
    """
    return text.translate(_TABLE)


def one_line(text: str) -> str:
    """Return `text` made safe, on one line with single spaces."""
    return " ".join(safe(text).split())
