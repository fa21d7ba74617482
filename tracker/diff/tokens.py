"""Cut text into words, numbers and punctuation marks, each with the blanks after it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Not a word: blanks and punctuation. All else is (letters, digits, combining marks, joiners, emoji), so no cut can
# fall between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
_TOKEN = re.compile(
    rf"(\d+(?:[.,:]\d+)*{_WORD}*(?:['’]{_WORD}+)*|{_WORD}+(?:['’]{_WORD}+|\.(?={_WORD}){_WORD}+)*"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS}|(?=\s))(\s*)"
)


class Vocabulary(dict[str, str]):
    """Gives each distinct token a code point of its own, surrogates skipped."""

    def __missing__(self, core: str) -> str:
        n = len(self) + 1
        code = self[core] = chr(n if n < 0xD800 else n + 0x800)
        return code

    def encode(self, cores: Iterable[str]) -> str:
        """Return one code point a token."""
        return "".join(map(self.__getitem__, cores))


class Tokens:
    """A run of tokens: their cores, the blanks after each, and one code point for each core."""

    __slots__ = ("blanks", "code", "cores")

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        pairs = _TOKEN.findall(text)
        self.cores: list[str] = [core for core, _ in pairs]
        self.blanks: list[str] = [blank for _, blank in pairs]
        self.code = vocabulary.encode(self.cores)

    def extend(self, other: Tokens) -> None:
        """Append the tokens of *other*."""
        self.cores += other.cores
        self.blanks += other.blanks
        self.code += other.code
