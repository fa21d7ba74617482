"""Cut text into words, numbers and punctuation marks, each with the blanks after it."""

from __future__ import annotations

import re

# Not a word: blanks and punctuation. All else is (letters, digits, combining marks, joiners, emoji), so no cut can
# fall between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\x84\x86-\x9f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
# The first branch is for speed alone: most words are plain letters and one blank.
_TOKEN = re.compile(
    rf"[A-Za-z]++\x20(?!\s)"
    rf"|(?:\d++(?:[.,:]\d++)*+{_WORD}*+(?:['’]{_WORD}++)*+|{_WORD}++(?:['’.]{_WORD}++)*+"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS})\s*+|\s++"
)


_SURROGATES = 0xD800


class Vocabulary(dict[str, str]):
    """Gives each distinct word a code point of its own, surrogates skipped, whatever blanks follow it.

    *words* holds the words without blanks and their codes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, str] = {}

    def __missing__(self, piece: str) -> str:
        core = piece.rstrip()
        code = self.words.get(core)
        if code is None:
            n = len(self.words) + 1
            code = self.words[core] = chr(n if n < _SURROGATES else n + 0x800)
        self[piece] = code
        return code


class Tokens:
    """A run of tokens: *pieces* are words with the blanks after them, *code* has one code point for each word."""

    __slots__ = ("code", "pieces", "vocabulary")

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.pieces: list[str] = _TOKEN.findall(text)
        self.code = "".join(map(vocabulary.__getitem__, self.pieces))
        self.vocabulary = vocabulary

    def extend(self, other: Tokens) -> None:
        """Append the tokens of *other*."""
        self.pieces += other.pieces
        self.code += other.code

    def core(self, at: int) -> str:
        """Return the word at *at* without its blanks."""
        return self.pieces[at].rstrip()

    def text(self, start: int, end: int) -> str:
        """Return the text of the tokens from *start* up to *end*."""
        return "".join(self.pieces[start:end])
