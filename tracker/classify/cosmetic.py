"""Tell edits of form (punctuation, case, spelling, whitespace) from edits of content."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from ..model.change import FactKind
from .lexicon import CONFUSABLE
from .mentions import mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.change import Hunk

MAX_CHANGED_CHARACTERS = 400
"""Longer changes are not compared by the values of their numbers and dates."""
MAX_COMPARED_WORDS = 1200
"""Nor are those with more words on both sides together."""

_WORD = re.compile(r"\w+(?:['’.]\w+)*")
_WORD_OR_MARK = re.compile(r"\w+(?:['’.]\w+)*|[^\w\s]")
_INITIALS = re.compile(r"(?:\w\.)+\w?")
_FIGURE = re.compile(r"\d(?:[\d.,:’']*\d)?")
_GROUPING = re.compile(r"[,’'](?=\d{3}(?!\d))")
# Marks that are content: a question mark hedges, the others say what is counted.
_CONTENT_MARKS = frozenset("?%$€£¥+=<>")
# Endings that say something: tense, number, comparison. A word that got one of them is not misspelt.
_ENDINGS = ("s", "d", "ed", "ing", "r", "er", "ly", "n", "en", "e", "es", "t", "n't", "m", "is")
_VOWELS = frozenset("aeiouy")
_COMMON_SLIPS = frozenset("sz cs ck mn".split())
_ACCENTS = frozenset("\u0300\u0301\u0302\u0327")
_CONTRACTED = tuple(
    (re.compile(contracted, re.IGNORECASE), whole)
    for contracted, whole in (
        (r"(?<!\w)(w)on't(?!\w)", r"\1ill not"),
        (r"(?<!\w)(can)(?:'t|not)(?!\w)", r"\1 not"),
        (r"(?<=\w)n't(?!\w)", " not"),
        (r"(?<=\w)'re(?!\w)", " are"),
        (r"(?<=\w)'ll(?!\w)", " will"),
        (r"(?<=\w)'ve(?!\w)", " have"),
        (r"(?<!\w)(i)'m(?!\w)", r"\1 am"),
    )
)
# Nouns that German writes with a capital end like this; no name does.
_NOUN_ENDINGS = (
    *("ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "wehr", "ismus"),
)
# Pairs that are one word though their accents differ.
_LOANWORDS = frozenset(
    frozenset(pair.split("/"))
    for pair in "cafe/café cliche/cliché fiance/fiancé fiancee/fiancée ok/okay its/it's".split()
)
_VARIANTS = tuple(
    tuple(pair.split("/"))
    for pair in (
        "our/or isation/ization ise/ize ising/izing ised/ized yse/yze tre/ter ogue/og ence/ense lled/led lling/ling "
        "ae/e gramme/gram ss/ß ph/f"
    ).split()
)


def is_cosmetic(hunks: Sequence[Hunk], lang: str = "en") -> bool:
    """Say whether the changes touch form alone: punctuation, case, spelling, whitespace, a word written twice.

    Another way to write the same number or date ("40 percent", "40%") is form too. A question mark, a new currency sign
    or the case of an acronym is content. Quotation marks are not judged here: `changed_facts` reports them.
    """
    edits = _edits(hunks)
    if all(_same_content(old, new) or _repeats_neighbour(old + new, hunks, k) for k, old, new in edits):
        return True
    # What is written differs. Both sides may still state the same numbers and dates: those are compared by value.
    if sum(len(old) + len(new) for _, old, new in edits) > MAX_CHANGED_CHARACTERS:
        return False
    old, new = ("".join(text for op, text in hunks if op != other) for other in "+-")
    a, b = _words_with_values(old, lang), _words_with_values(new, lang)
    if a is None or b is None or len(a) + len(b) > MAX_COMPARED_WORDS:
        return False
    opcodes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return all(tag == "equal" or _same_content(" ".join(a[i:j]), " ".join(b[k:m])) for tag, i, j, k, m in opcodes)


def replacements(hunks: Sequence[Hunk]) -> list[tuple[str, str]]:
    """Return what was replaced by what, as pairs of old and new text; one of them may be empty."""
    return [(old, new) for _, old, new in _edits(hunks)]


def _edits(hunks: Sequence[Hunk]) -> list[tuple[int, str, str]]:
    """Return each edit with the index of the hunk after it."""
    edits: list[tuple[int, str, str]] = []
    old = new = ""
    for k, (op, text) in enumerate((*hunks, ("=", ""))):
        if op == "-":
            old += text
        elif op == "+":
            new += text
        elif old or new:
            edits.append((k, old, new))
            old = new = ""
    return edits


def _words_with_values(text: str, lang: str) -> list[str] | None:
    """Return the words of *text* with each number and date as its value; None where it has none."""
    words: list[str] = []
    at = 0
    found = [m for m in mentions(text, lang) if m.kind in {FactKind.NUMBER, FactKind.DATE}]
    if not found:
        return None
    for m in sorted(found, key=lambda m: m.start):
        # Numbers within dates are part of the date.
        if m.start >= at:
            value = f"{m.key}¤{m.unit}" if m.unit else m.key
            words += [*_WORD_OR_MARK.findall(text[at : m.start]), f"⟨{value}⟩"]
            at = m.start + len(m.whole)
    return words + _WORD_OR_MARK.findall(text[at:])


def _repeats_neighbour(edited: str, hunks: Sequence[Hunk], after: int) -> bool:
    """Say whether an edit only adds or removes a word that is next to it already: "the the"."""
    word = edited.strip().lower()
    if not word.isalpha():
        return False
    before = hunks[after - 2][1].lower().split() if after >= 2 and hunks[after - 2][0] == "=" else []
    following = hunks[after][1].lower().split() if after < len(hunks) else []
    return before[-1:] == [word] or following[:1] == [word]


def _same_content(old: str, new: str) -> bool:
    if _CONTENT_MARKS.intersection(old) != _CONTENT_MARKS.intersection(new) or _figures(old) != _figures(new):
        return False
    before, after = _words(old), _words(new)
    # The same letters in other words: "health care", "healthcare".
    if "".join(before).lower() == "".join(after).lower():
        return all(_same_case(a, b) for a, b in zip(before, after, strict=False))
    if len(before) != len(after):
        return False
    return all(a == b or same_word(a, b) for a, b in zip(before, after, strict=True))


def _figures(text: str) -> list[str]:
    return [_GROUPING.sub("", figure) for figure in _FIGURE.findall(text)]


def _words(text: str) -> list[str]:
    """Return the words of *text*, contractions written in full ("isn't" is "is not") and initials without dots."""
    text = _GROUPING.sub("", text).replace("’", "'")
    if "'" in text or "annot" in text:
        for contracted, whole in _CONTRACTED:
            text = contracted.sub(whole, text)
    return [word.replace(".", "") if _INITIALS.fullmatch(word) else word for word in _WORD.findall(text)]


def _same_case(a: str, b: str) -> bool:
    """Say whether two words differ in case at most, and not as an acronym differs from a word: "US", "us"."""
    if a == b or a.lower() != b.lower():
        return True
    # "us" and "US" are two words; "NASA" and "Nasa" are one.
    short_acronym = (a.isupper() != b.isupper()) and 1 < len(a) <= 5
    return not (short_acronym and (a.islower() or b.islower()))


def same_word(a: str, b: str) -> bool:
    """Say whether two spellings are one word: by case, a variant, or a slip of one letter (two in a long word)."""
    x, y = a.lower(), b.lower()
    if x == y:
        return _same_case(a, b)
    if any(c.isdigit() for c in x + y) or frozenset((x, y)) in CONFUSABLE:
        return False
    if frozenset((x, y)) in _LOANWORDS:
        return True
    if _without_accents(x) == _without_accents(y):
        return _accents_mean_nothing(x, y)
    return any(x.replace(a, b) == y.replace(a, b) for a, b in _VARIANTS) or _is_misspelt(a, b)


def _is_misspelt(a: str, b: str) -> bool:
    """Say whether one word is a slip for the other. Names are not judged: one letter makes another person."""
    x, y = a.lower(), b.lower()
    # Short words are one letter apart from other words too often, and slips are rare in the first letter.
    if min(len(x), len(y)) < 5 or x[0] != y[0]:
        return False
    if (a[:1].isupper() or b[:1].isupper()) and not (x.endswith(_NOUN_ENDINGS) or y.endswith(_NOUN_ENDINGS)):
        return False
    if any(x + ending == y or y + ending == x for ending in _ENDINGS):
        return False
    # Optimal string alignment: a dropped, added or replaced letter, or two that changed places, is a distance of 1.
    if OSA.distance(x, y, score_cutoff=2) > 1:
        return len(x) != len(y) and min(len(x), len(y)) >= 8 and OSA.distance(x, y, score_cutoff=2) <= 2
    if len(x) != len(y) or sorted(x) == sorted(y):
        return True
    # One letter stands for another: only vowels and a few consonants are mistaken for one another.
    one, other = next((c, d) for c, d in zip(x, y, strict=True) if c != d)
    return {one, other} <= _VOWELS or one + other in _COMMON_SLIPS or other + one in _COMMON_SLIPS


def _without_accents(word: str) -> str:
    """Take off accents, but not umlauts nor the tilde of ñ, which make letters of their own; ã and õ are a and o."""
    decomposed = unicodedata.normalize("NFD", word).replace("a\u0303", "a").replace("o\u0303", "o")
    return "".join([c for c in decomposed if c not in _ACCENTS])


def _accents_mean_nothing(x: str, y: str) -> bool:
    """Say whether two spellings that differ in accents are one word: "evenements", not "arrive" and "arrivé".

    In a short word, or on the last letter, an accent makes another word or another form of it.
    """
    if len(x) < 4 or len(x) != len(y):
        return False
    last_differs = x[-1] != y[-1]
    both_accented = last_differs and not (x[-1].isascii() or y[-1].isascii())
    return not last_differs or both_accented or (len(x) > 4 and {x[-2:], y[-2:]} == {"ta", "tà"})
