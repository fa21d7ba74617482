"""Cut text into words, and compare two runs of them. Only this module imports diff-match-patch.

Numbers and punctuation marks are words, too; the whitespace after a word belongs to it. Each is one code point, so
that libraries made for letters compare words. There is no time limit, because the result must not depend on the
machine: the cost of a comparison is known beforehand from the exact edit distance. What would cost diff-match-patch too
much is left to a bit-parallel algorithm whose result is as short. A pair too long even for that is shown as one
replacement, and the change says so (`Change.budget_hit`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from itertools import count
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel, Postfix, Prefix

# Whitespace and punctuation are no words. All else is (letters, digits, marks, joiners, emoji), so that
# no cut falls between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\x84\x86-\x9f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u0589\u060c\u061b\u061f\u06d4\u0964\u104a\u104b\u1361-\u1368\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Chinese and Japanese write without spaces, so each character is a token.
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LETTER = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
# The first branch is there for speed alone: most words are plain letters, one space and a visible ASCII character.
_TOKEN = re.compile(
    rf"[A-Za-z]++\x20(?=[!-~])"
    rf"|(?:\d++(?:[.,:]\d++)*+{_LETTER}*+(?:['’]{_LETTER}++)*+|{_LETTER}++(?:(?:['’.]|(?<=\u200d)[↔↕]){_LETTER}++)*+"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS})\s*+|\s++"
)

MIN_LONG_WORD_CHARACTERS = 4
"""A shorter word says too little of what a sentence is about."""
_FIRST_SURROGATE = 0xD800
_SURROGATES = 0x800


class Vocabulary(dict[str, str]):
    """Maps each run of characters between blanks to its words, a code point each, to compare words as letters.

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
        codes = ""
        for word in map(str.rstrip, _TOKEN.findall(run)):
            code = self.words.get(word)
            if code is None:
                n = next(self._numbers)
                code = chr(n if n < _FIRST_SURROGATE else n + _SURROGATES)
                # It is known as long before another thread can meet it.
                if len(word) >= MIN_LONG_WORD_CHARACTERS:
                    self.long_words.add(code)
                code = self.words.setdefault(word, code)
            codes += code
        self[run] = codes
        self.characters += len(run)
        return codes

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


MAX_MYERS_DISTANCE = 10
"""The largest edit distance, in words, left to diff-match-patch (Myers 1986): its time grows with the square."""
MAX_SUBSEQUENCE_PRODUCT = 4_000_000
"""The largest product of two lengths, in words, for which the words in common are worked out."""
MAX_COMPARED_WORDS = 10_000
"""Longer runs are alike as far as they begin alike: a page without full stops must not cost seconds."""
MIN_SHARED_FOR_STEMS = 0.4
"""From this share of words in common on, other forms of one word count as common; below, they may be so by chance."""

_STEM_LETTERS = 4
_WORD = re.compile(r"\w+")

_DMP = diff_match_patch()
_DMP.Diff_Timeout = 0


class Match(NamedTuple):
    """A run of `n` equal tokens, which starts at `old` on the one side and at `new` on the other."""

    old: int
    new: int
    n: int


def similarity(a: str, b: str, least: float = 0.0) -> float:
    """Return how much of two encoded runs is common, 0 to 1 (Indel ratio); 0 if it is below `least`."""
    return Indel.normalized_similarity(a[:MAX_COMPARED_WORDS], b[:MAX_COMPARED_WORDS], score_cutoff=least)


def shared_words(a: str, b: str) -> float:
    """Return how many of the words of two texts are in both, 0 to 1, whatever their order and case (Dice).

    Where nearly half are, other forms of a word count too: "räumte" and "geräumt", "nahm fest" and "festgenommen".
    """
    old, new = (Counter(_WORD.findall(text.lower())) for text in (a, b))
    words = old.total() + new.total()
    if not words:
        return 0.0
    shared = (old & new).total()
    if 2 * shared / words < MIN_SHARED_FOR_STEMS:
        return 2 * shared / words
    # Each old word is paired with the first of the new ones left that begins alike.
    left: dict[str, deque[int]] = defaultdict(deque)
    for place, other in enumerate((new - old).elements()):
        for begin in _beginnings(other):
            left[begin].append(place)
    taken: set[int] = set()
    for word in (old - new).elements():
        waiting = [left[begin] for begin in _beginnings(word)]
        for places in waiting:
            while places and places[0] in taken:
                places.popleft()
        if first := [places[0] for places in waiting if places]:
            taken.add(min(first))
    return 2 * (shared + len(taken)) / words


def _beginnings(word: str) -> set[str]:
    """Return what a word begins with, with and without the ge- of German and Dutch participles."""
    return {form[:_STEM_LETTERS] for form in (word, word.removeprefix("ge")) if len(form) >= _STEM_LETTERS}


def matches(old: str, new: str) -> tuple[list[Match], bool]:
    """Return the equal runs of a minimal diff of two encoded runs, and whether they were too long to be compared."""
    if old == new:
        return [Match(0, 0, len(old))], False
    head = Prefix.similarity(old, new)
    tail = Postfix.similarity(old[head:], new[head:])
    found = [Match(0, 0, head)] if head else []
    budget_hit = False
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if a and b and not set(a).isdisjoint(b):
        if Indel.distance(a, b, score_cutoff=MAX_MYERS_DISTANCE) <= MAX_MYERS_DISTANCE:
            i = j = head
            # checklines would compare lines first; here every character is a word already.
            for op, text in _DMP.diff_main(a, b, checklines=False):
                if op == 0:
                    found.append(Match(i, j, len(text)))
                i += len(text) if op <= 0 else 0
                j += len(text) if op >= 0 else 0
        elif len(a) * len(b) <= MAX_SUBSEQUENCE_PRODUCT:
            # Indel allows insertions and deletions only, so that the result is a longest common subsequence.
            for block in Indel.opcodes(a, b):
                if block.tag == "equal":
                    n = block.src_end - block.src_start
                    found.append(Match(head + block.src_start, head + block.dest_start, n))
        else:
            budget_hit = True
    if tail:
        found.append(Match(len(old) - tail, len(new) - tail, tail))
    return found, budget_hit
