"""Cut text into words, numbers and punctuation marks, each with the whitespace after it."""

from __future__ import annotations

import re
from itertools import count

# What is not a word: whitespace and punctuation. All else is (letters, digits, marks, joiners, emoji), so that
# no cut falls between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\x84\x86-\x9f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u0589\u060c\u061b\u061f\u06d4\u0964\u104a\u104b\u1361-\u1368\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Chinese and Japanese write without spaces, so each character is a token.
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
# The first branch is there for speed alone: most words are plain letters, one space and a visible ASCII character.
_TOKEN = re.compile(
    rf"[A-Za-z]++\x20(?=[!-~])"
    rf"|(?:\d++(?:[.,:]\d++)*+{_WORD}*+(?:['’]{_WORD}++)*+|{_WORD}++(?:(?:['’.]|(?<=\u200d)[↔↕]){_WORD}++)*+"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS})\s*+|\s++"
)

MIN_LONG_WORD_CHARACTERS = 4
"""A shorter word says too little of what a sentence is about."""
_FIRST_SURROGATE = 0xD800
_SURROGATES = 0x800


class Vocabulary(dict[str, str]):
    """Maps what is between two blanks to its words, each a code point, so that words can be compared as letters.

    The whitespace after a word makes no difference to its code. Surrogates are skipped: diff libraries take none.
    Threads may share one.

    Attributes:
        words: the code of each word.
        long_words: the codes of words of MIN_LONG_WORD_CHARACTERS and more.
        characters: the length of all runs that it maps, together.
    """

    def __init__(self) -> None:
        super().__init__()
        self.characters = 0
        self.words: dict[str, str] = {}
        self.long_words: set[str] = set()
        self._numbers = count(1)

    def __missing__(self, run: str) -> str:
        codes = self[run] = "".join([self._code(token.rstrip()) for token in _TOKEN.findall(run)])
        self.characters += len(run)
        return codes

    def _code(self, word: str) -> str:
        code = self.words.get(word)
        if code is None:
            n = next(self._numbers)
            code = chr(n if n < _FIRST_SURROGATE else n + _SURROGATES)
            # It is known as long before another thread can meet it.
            if len(word) >= MIN_LONG_WORD_CHARACTERS:
                self.long_words.add(code)
            code = self.words.setdefault(word, code)
        return code

    def encode(self, text: str) -> str:
        """Return the code of each of the words that `words_of` cuts `text` into."""
        # No word goes on beyond a blank, and only whitespace that begins a text is a word of its own.
        codes = "".join(map(self.__getitem__, text.split()))
        return self[" "] + codes if text[:1].isspace() else codes


def words_of(text: str) -> list[str]:
    """Return the words of `text`, each with the whitespace after it; joined, they are the text."""
    return _TOKEN.findall(text)


MAX_SHARED_CHARACTERS = 200_000
"""A shared vocabulary whose runs are longer together is discarded; one of English words takes up to 7 MB."""


class SharedVocabulary:
    """A vocabulary that comparisons share one after another, since most words come again in the next text."""

    def __init__(self) -> None:
        self._current = Vocabulary()

    def current(self) -> Vocabulary:
        """Return the vocabulary for one comparison."""
        if self._current.characters > MAX_SHARED_CHARACTERS:
            self._current = Vocabulary()
        return self._current


class Tokens:
    """A text as words.

    Attributes:
        pieces: the words with the whitespace after them; joined, they are the text.
        code: one code point a word, by which texts of one vocabulary are compared.
    """

    __slots__ = ("code", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.code = ""

    def add(self, text: str, code: str) -> None:
        """Append a text and what a vocabulary encodes it as."""
        self.pieces += words_of(text)
        self.code += code
