"""Cut text into words, numbers and punctuation marks, each with the whitespace after it."""

from __future__ import annotations

import re
from itertools import count

# What is no word: whitespace and punctuation. All else is (letters, digits, combining marks, joiners, emoji), so that
# no cut falls between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\x84\x86-\x9f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Chinese and Japanese write without spaces, so each character is a token.
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
# The first branch is there for speed alone: most words are plain letters and one space.
_TOKEN = re.compile(
    rf"[A-Za-z]++\x20(?!\s)"
    rf"|(?:\d++(?:[.,:]\d++)*+{_WORD}*+(?:['’]{_WORD}++)*+|{_WORD}++(?:['’.]{_WORD}++)*+"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS})\s*+|\s++"
)

_FIRST_SURROGATE = 0xD800
_SURROGATES = 0x800


class Vocabulary(dict[str, str]):
    """Maps each token to a code point of its own, so that words can be compared as fast as letters.

    The whitespace after a word makes no difference to its code. Surrogates are skipped: diff libraries take none.
    `words` maps the tokens without whitespace. Threads may share one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self._numbers = count(1)

    def __missing__(self, token: str) -> str:
        word = token.rstrip()
        code = self.words.get(word)
        if code is None:
            n = next(self._numbers)
            code = self.words.setdefault(word, chr(n if n < _FIRST_SURROGATE else n + _SURROGATES))
        self[token] = code
        return code


MAX_SHARED_WORDS = 20_000
"""A shared vocabulary with more words is given up: it takes about 3 MB."""


class SharedVocabulary:
    """A vocabulary that comparisons share one after another, since most words come again in the next text."""

    def __init__(self) -> None:
        self._current = Vocabulary()

    def current(self) -> Vocabulary:
        """Return the vocabulary for one comparison."""
        if len(self._current.words) > MAX_SHARED_WORDS:
            self._current = Vocabulary()
        return self._current


class Tokens:
    """A text as tokens.

    Attributes:
        pieces: the words with the whitespace after them; joined, they are the text.
        code: one code point a word, by which texts of one vocabulary are compared.
    """

    __slots__ = ("code", "pieces")

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.pieces: list[str] = _TOKEN.findall(text)
        self.code = "".join(map(vocabulary.__getitem__, self.pieces))

    def extend(self, other: Tokens) -> None:
        """Append the tokens of *other*, which must have the same vocabulary."""
        self.pieces += other.pieces
        self.code += other.code

    def text(self, start: int, end: int) -> str:
        """Return the text of the tokens from *start* up to *end*."""
        return "".join(self.pieces[start:end])
