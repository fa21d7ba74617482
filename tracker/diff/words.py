"""Cut text into words, compare two runs of them, and make the result readable. Only this imports diff-match-patch.

Numbers and punctuation marks are words, too; the whitespace after a word belongs to it. Each word is encoded as one
code point, so that libraries made for letters compare words. There is no time limit, because the result must not depend
on the machine: the exact edit distance shows beforehand how long a comparison will take. Pairs that would take
diff-match-patch too long are compared by a bit-parallel algorithm, whose result is as short. A pair too long even for
that is shown as one replacement, and `Change.budget_hit` is set.

Two things make a minimal diff hard to read: words that are equal by chance between two changes, and edits that begin in
the middle of a phrase although they could begin at its end. `clean` follows diff-match-patch's semantic cleanup, but
works on words and has rules for news.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel, Postfix, Prefix

# Everything but whitespace and punctuation is part of a word (letters, digits, marks, joiners, emoji), so that no cut
# falls between a letter and its accent or inside a joined emoji.
_PUNCT = (
    r"\x00-\x08!-/:-@\[-^`{-~\x7f-\x84\x86-\x9f\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u0589\u060c\u061b\u061f\u06d4\u0964\u104a\u104b\u1361-\u1368\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2190-\u21ff\u2e00-\u2e7f\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Chinese and Japanese write without spaces, so each character is a token.
_CJK = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LETTER = rf"[^\s{_PUNCT}{_CJK}]"
_MARKS = r"[\u0300-\u036f\u20d0-\u20f0\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
# The first branch is only for speed: most words are plain letters, one space and a visible ASCII character.
_TOKEN = re.compile(
    rf"[A-Za-z]++\x20(?=[!-~])"
    rf"|(?:\d++(?:[.,:]\d++)*+{_LETTER}*+(?:(?:['’]|(?<=\u200d)[↔↕]){_LETTER}++)*+"
    rf"|{_LETTER}++(?:(?:['’.]|(?<=\u200d)[↔↕]){_LETTER}++)*+"
    rf"|[{_CJK}]{_MARKS}|[{_PUNCT}]{_MARKS})\s*+|\s++"
)

MIN_LONG_WORD_CHARACTERS = 4
"""A shorter word says too little about the subject of a sentence."""
_FIRST_SURROGATE = 0xD800
_SURROGATES = 0x800


class Vocabulary(dict[str, str]):
    """Maps each run of characters between blanks to its words, a code point each, to compare words as letters.

    The whitespace after a word makes no difference to its code. Surrogates are skipped: diff libraries take none.

    Attributes:
        words: the code of each word.
        long_words: the codes of words of MIN_LONG_WORD_CHARACTERS and more.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self.long_words: set[str] = set()

    def __missing__(self, run: str) -> str:
        codes = ""
        for word in map(str.rstrip, _TOKEN.findall(run)):
            code = self.words.get(word)
            if code is None:
                n = len(self.words) + 1
                code = self.words[word] = chr(n if n < _FIRST_SURROGATE else n + _SURROGATES)
                if len(word) >= MIN_LONG_WORD_CHARACTERS:
                    self.long_words.add(code)
            codes += code
        self[run] = codes
        return codes

    def encode(self, text: str) -> str:
        """Return the code of each of the words that `words_of` cuts `text` into."""
        # No word continues after a blank, and only whitespace at the start of a text is a word by itself.
        codes = "".join(map(self.__getitem__, text.split()))
        return self[" "] + codes if text[:1].isspace() else codes


def words_of(text: str) -> list[str]:
    """Return the words of `text`, each with the whitespace after it; joined, they are the text."""
    return _TOKEN.findall(text)


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
        """Append a text and its code in the vocabulary."""
        self.pieces += words_of(text)
        self.code += code


MAX_MYERS_DISTANCE = 10
"""The largest edit distance, in words, left to diff-match-patch (Myers 1986): its time grows with the square."""
MAX_SUBSEQUENCE_PRODUCT = 4_000_000
"""The largest product of two lengths, in words, for which the words in common are worked out."""
MAX_COMPARED_WORDS = 10_000
"""Only so many words of longer runs are compared: a page without full stops must not take seconds."""
MIN_SHARED_FOR_STEMS = 0.4
"""From this share of words in common on, other forms of one word count as common; below it they may be chance."""

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

    If nearly half are, other forms of a word count too: "räumte" and "geräumt", "nahm fest" and "festgenommen".
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


_STOP_WORDS = frozenset(
    "a an the of to in on at by for from with and or but as is was are were be been has have had it its that this "
    "he she his her they their who which not will would said there then than into "
    "der die das den dem des ein eine einen einem einer und oder in im am an auf zu zum zur von vom mit bei für "
    "aus als ist war sind hat haben es er sie sich nicht dass wie auch "
    "le la les l d un une des du de et ou en au aux à dans par pour sur avec que qui est a ont se ce il elle ne "
    "el los las una uno y o del al con por para es su se lo no "
    "il lo gli i e di da nel nella della dei che ha è si "
    "os as um uma do da dos das no na nos nas em ao com por que são "
    "het een van en de of te op voor met is zijn dat die niet".split()
)

MAX_TRIVIAL_CHARACTERS = 15
"""Up to this many characters, spaces not counted, an equal run may be dropped between longer changes."""
_MAX_TRIVIAL_TOKENS = 8
_MAX_TRIVIAL_STOP_WORDS = 2
# More words of a change need not be weighed: with one character each, these are already longer than any trivial run.
_MAX_WEIGHED_WORDS = MAX_TRIVIAL_CHARACTERS + _MAX_TRIVIAL_TOKENS + 1
_START = Match(0, 0, 0)
_SENTENCE_ENDS = frozenset(".!?…。！？।؟۔")
_CLAUSE_ENDS = frozenset(",;:—–)，、；：）،؛")
_ENDS = _CLAUSE_ENDS | _SENTENCE_ENDS


def clean(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Return the equal runs without trivial ones between two changes, shifted so that edits end where clauses end."""
    contiguous: list[Match] = []
    for run in runs:
        last = contiguous[-1] if contiguous else None
        if last and last.old + last.n == run.old and last.new + last.n == run.new:
            contiguous[-1] = Match(last.old, last.new, last.n + run.n)
        elif run.n:
            contiguous.append(run)
    kept: list[Match] = []
    queue = contiguous[::-1]
    while queue:
        run = queue.pop()
        if run.n <= _MAX_TRIVIAL_TOKENS:
            words = old.pieces[run.old : run.old + run.n]
            before = _between(kept[-1] if kept else _START, run, old, new)
            after = _between(run, queue[-1] if queue else Match(len(old.pieces), len(new.pieces), 0), old, new)
            # Each line of a list or a table is edited separately.
            lines = [piece for piece in (*old.pieces[run.old - 1 : run.old], *words) if "\n" in piece]
            if any(before) and any(after) and not lines and _is_trivial([w.rstrip() for w in words], before, after):
                if kept:
                    # The change before has grown: the run before it may be trivial now.
                    queue.append(kept.pop())
                continue
        kept.append(run)
    return _shift_edits(kept, old, new)


def _between(run: Match, following: Match, old: Tokens, new: Tokens) -> tuple[list[str], list[str]]:
    """Return the words removed and the words added between two equal runs; of many, only the last."""
    i = max(run.old + run.n, following.old - _MAX_WEIGHED_WORDS)
    j = max(run.new + run.n, following.new - _MAX_WEIGHED_WORDS)
    return old.pieces[i : following.old], new.pieces[j : following.new]


def _is_trivial(cores: list[str], before: tuple[list[str], list[str]], after: tuple[list[str], list[str]]) -> bool:
    """Return whether an equal run between two changes is one or two stop words or marks, or short next to the changes.

    A run next to whole sentences that were only removed or only added is not equal by chance: it is trivial only if it
    is one or two stop words or marks. `cores` are the words of the run without whitespace, `before` and `after` the
    words removed and the words added on either side of it.
    """
    words = [core.lower() for core in cores if core[:1].isalnum()]
    if len(words) <= _MAX_TRIVIAL_STOP_WORDS and all(map(_STOP_WORDS.__contains__, words)):
        return True
    if cores[-1] in _SENTENCE_ENDS and not all(after):
        return False
    if not all(before) and (before[0] or before[1])[-1].rstrip() in _SENTENCE_ENDS:
        return False
    size = sum(map(len, cores))
    around = sum(max(sum(map(len, side)) for side in change) for change in (before, after))
    return size <= MAX_TRIVIAL_CHARACTERS and size + len(cores) < around


def _shift_edits(runs: list[Match], old: Tokens, new: Tokens) -> list[Match]:
    """Shift insertions and deletions to where clauses and sentences end, where the words allow it.

    "a, [b,] c" and "a[, b], c" are the same edit; the second reads better.
    """
    out = list(runs)
    for k in range(len(out) - 1):
        left, right = out[k], out[k + 1]
        i, j = left.old + left.n, left.new + left.n
        removed, added = right.old - i, right.new - j
        # A replacement has other words on both sides; only a lone insertion or deletion can be shifted.
        if bool(removed) == bool(added):
            continue
        tokens, start, size = (old, i, removed) if removed else (new, j, added)
        code, end = tokens.code, start + size
        least = most = 0
        while -least < left.n and code[start + least - 1] == code[end + least - 1]:
            least -= 1
        while most < right.n and code[start + most] == code[end + most]:
            most += 1
        # Of equally good places the nearest wins, so that edits are not shifted without need.
        nearest_first = sorted(range(least, most + 1), key=abs)
        strengths = [_strength(tokens, start + shift) + _strength(tokens, end + shift) for shift in nearest_first]
        shift = nearest_first[strengths.index(max(strengths))]
        if shift:
            out[k] = Match(left.old, left.new, left.n + shift)
            out[k + 1] = Match(right.old + shift, right.new + shift, right.n - shift)
    return [run for run in out if run.n]


def _strength(tokens: Tokens, at: int) -> int:
    """Return how well an edit can end before token `at`: 4 between sentences, 3 between clauses, 1 before a mark."""
    before = tokens.pieces[at - 1].rstrip()
    if at in {0, len(tokens.pieces)} or before in _SENTENCE_ENDS:
        return 4
    if before in _CLAUSE_ENDS:
        return 3
    return int(tokens.pieces[at].rstrip() in _ENDS)
