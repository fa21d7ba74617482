"""Sentences as the aligner sees them: where they stand, their words, the letters they weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .sentences import split
from .tokens import Tokens, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unit:
    """One sentence: *block* and *at* say where it stands, *whole* is its text, *text* without the trailing blanks."""

    __slots__ = ("_tokens", "_vocabulary", "at", "block", "text", "whole")

    def __init__(self, whole: str, block: int, at: int, vocabulary: Vocabulary) -> None:
        self.text = whole.rstrip()
        self.whole = whole
        self.block = block
        self.at = at
        self._vocabulary = vocabulary
        self._tokens: Tokens | None = None

    @property
    def tokens(self) -> Tokens:
        """Return the words, the trailing blanks included."""
        if self._tokens is None:
            self._tokens = Tokens(self.whole, self._vocabulary)
        return self._tokens

    @property
    def code(self) -> str:
        """Return the words as code points."""
        return self.tokens.code


def units(blocks: Iterable[tuple[int, str]], lang: str, vocabulary: Vocabulary) -> list[Unit]:
    """Cut the numbered *blocks* into sentences, in order."""
    return [
        Unit(sentence, block, at, vocabulary) for block, text in blocks for at, sentence in enumerate(split(text, lang))
    ]
