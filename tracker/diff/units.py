"""Sentences as the aligner sees them: where they stand, their words, the letters they weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .sentences import split
from .tokens import Tokens, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unit:
    """One sentence: *block* and *at* say where it stands, *whole* is its text, *text* without the trailing blanks."""

    __slots__ = ("_vocabulary", "at", "block", "code", "text", "tokens", "whole")

    tokens: Tokens
    """The words, the trailing blanks included."""
    code: str
    """The words as code points."""

    def __init__(self, whole: str, block: int, at: int, vocabulary: Vocabulary) -> None:
        self.text = whole.rstrip()
        self.whole = whole
        self.block = block
        self.at = at
        self._vocabulary = vocabulary

    def __getattr__(self, name: str) -> object:
        """Cut the words when they are first asked for: most sentences of an article are never looked into."""
        if name not in {"tokens", "code"}:
            raise AttributeError(name)
        self.tokens = Tokens(self.whole, self._vocabulary)
        self.code = self.tokens.code
        return getattr(self, name)


def units(blocks: Iterable[tuple[int, str]], lang: str, vocabulary: Vocabulary) -> list[Unit]:
    """Cut the numbered *blocks* into sentences, in order."""
    return [
        Unit(sentence, block, at, vocabulary) for block, text in blocks for at, sentence in enumerate(split(text, lang))
    ]
