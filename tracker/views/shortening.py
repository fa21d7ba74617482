"""Shorten text and edits to the room of a message.

A text of n words is also cut to n times `MAX_WORD_CHARACTERS` characters, because not every script has spaces between
words.
"""

from __future__ import annotations

from typing import Final

from tracker.model.change import Hunk

MAX_WORD_CHARACTERS: Final = 20


def shorten(text: str, characters: int) -> str:
    """Return `text`, cut to at most `characters`; a text that was cut ends in …."""
    return text if len(text) <= characters else text[: max(characters - 1, 0)] + "…"


def near_edits(hunks: tuple[Hunk, ...], words: int, most: int | None = None) -> tuple[Hunk, ...]:
    """Return hunks with at most `words` unchanged words next to each edit; an edit is cut to `most` words if given."""
    last = len(hunks) - 1
    cut: list[Hunk] = []
    for index, (op, text) in enumerate(hunks):
        if op != "=":
            shown = text if most is None else first_words(text, most)
        elif index == last:
            shown = first_words(text, words)
        elif index == 0:
            shown = last_words(text, words)
        # Between two edits: the words next to either, or all of it if leaving some out would gain nothing.
        elif len(text.split()) <= 2 * words:
            shown = shorten(text, 2 * words * MAX_WORD_CHARACTERS)
        else:
            shown = f"{first_words(text, words)} {last_words(text, words).removeprefix('… ')}"
        cut.append((op, shown))
    return tuple(cut)


def first_words(text: str, most: int) -> str:
    """Return at most this many words of `text`, ending in … if there are more."""
    words = text.split()
    if len(words) <= most:
        return shorten(text, most * MAX_WORD_CHARACTERS)
    # Hunks are joined again, so the space at the edge of an edit must stay.
    lead = " " if text[:1].isspace() else ""
    return shorten(lead + " ".join(words[:most]), most * MAX_WORD_CHARACTERS).removesuffix("…") + " …"


def last_words(text: str, most: int) -> str:
    """Return at most this many words from the end of `text`, beginning with … if there are more."""
    words = text.split()
    if len(words) <= most and len(text) <= most * MAX_WORD_CHARACTERS:
        return text
    end = " " if text[-1:].isspace() else ""
    return "… " + " ".join(words[-most:])[-most * MAX_WORD_CHARACTERS :] + end
