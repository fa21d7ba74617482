"""Tell edits of form (punctuation, case, spelling, blanks) from edits of content."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from ..model import FactKind
from .lexicon import CONFUSABLE
from .mentions import mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Hunk

_WORD = re.compile(r"\w+(?:['’.]\w+)*")
_PIECE = re.compile(r"\w+(?:['’.]\w+)*|[^\w\s]")
_LONG = 400
"""More than so many changed characters are not judged by value."""
_MANY = 1200
"""Nor are more words of both sides."""
_INITIALS = re.compile(r"(?:\w\.)+\w?")
_FIGURE = re.compile(r"\d(?:[\d.,:’']*\d)?")
_TELLING = frozenset("?%$€£¥+=<>")
_ENDINGS = ("s", "d", "ed", "ing", "r", "er", "ly", "n", "en", "e", "es", "t", "n't", "m", "is")
_GROUPING = re.compile(r"[,’'](?=\d{3}(?!\d))")
_VOWELS = frozenset("aeiouy")
_MISTAKEN = frozenset("sz cs ck mn".split())
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
# Nouns that German writes with a capital end so, and no name does.
_NO_NAME = ("ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "wehr", "ismus")
_LOANED = frozenset(
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
    """Say whether the changes touch form alone: punctuation, case, spelling, blanks, a word said twice.

    So does another way to write the same number or date: "40 percent", "40%". A question mark, a currency sign that
    was not there, an acronym's case are content. Quotation marks are not judged here: `facts` reports them.
    """
    pairs = _changes(hunks)
    if all(_same_content(old, new) or _repeats(old + new, hunks, k) for k, old, new in pairs):
        return True
    if sum(len(old) + len(new) for _, old, new in pairs) > _LONG:
        return False
    old, new = ("".join(text for op, text in hunks if op != other) for other in "+-")
    a, b = _by_value(old, lang), _by_value(new, lang)
    if a is None or b is None or len(a) + len(b) > _MANY:
        return False
    matched = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return all(tag == "equal" or _same_content(" ".join(a[i:j]), " ".join(b[k:m])) for tag, i, j, k, m in matched)


def _by_value(text: str, lang: str) -> list[str] | None:
    """Return the words of *text* with each number and date as its value; None where it has none."""
    said: list[str] = []
    at = 0
    found = [m for m in mentions(text, lang) if m.kind in {FactKind.NUMBER, FactKind.DATE}]
    if not found:
        return None
    for m in sorted(found, key=lambda m: m.start):
        if m.start >= at:
            value = f"{m.key}¤{m.unit}" if m.unit else m.key
            said += [*_PIECE.findall(text[at : m.start]), f"⟨{value}⟩"]
            at = m.start + len(m.whole)
    return said + _PIECE.findall(text[at:])


def changes(hunks: Sequence[Hunk]) -> list[tuple[str, str]]:
    """Return what was replaced by what."""
    return [(old, new) for _, old, new in _changes(hunks)]


def _changes(hunks: Sequence[Hunk]) -> list[tuple[int, str, str]]:
    out: list[tuple[int, str, str]] = []
    old = new = ""
    for k, (op, text) in enumerate((*hunks, ("=", ""))):
        if op == "-":
            old += text
        elif op == "+":
            new += text
        elif old or new:
            out.append((k, old, new))
            old = new = ""
    return out


def _repeats(word: str, hunks: Sequence[Hunk], after: int) -> bool:
    """Say whether what came or went only doubles the word next to it: "the the"."""
    bare = word.strip().lower()
    if not bare.isalpha():
        return False
    before = hunks[after - 2][1].lower().split() if after >= 2 and hunks[after - 2][0] == "=" else []
    following = hunks[after][1].lower().split() if after < len(hunks) else []
    return before[-1:] == [bare] or following[:1] == [bare]


def _same_content(old: str, new: str) -> bool:
    if _TELLING.intersection(old) != _TELLING.intersection(new) or _figures(old) != _figures(new):
        return False
    before, after = (_words(text) for text in (old, new))
    if "".join(before).lower() == "".join(after).lower():
        return all(_same_case(a, b) for a, b in zip(before, after, strict=False))
    if len(before) != len(after):
        return False
    return all(a == b or same_word(a, b) for a, b in zip(before, after, strict=True))


def _words(text: str) -> list[str]:
    found = _WORD.findall(_in_full(_GROUPING.sub("", text).replace("’", "'")))
    return [word.replace(".", "") if _INITIALS.fullmatch(word) else word for word in found]


def _in_full(text: str) -> str:
    """Write contractions in full: "isn't" is "is not"."""
    if "'" in text or "annot" in text:
        for contracted, whole in _CONTRACTED:
            text = contracted.sub(whole, text)
    return text


def _figures(text: str) -> list[str]:
    return [_GROUPING.sub("", figure) for figure in _FIGURE.findall(text)]


def _same_case(a: str, b: str) -> bool:
    if a == b or a.lower() != b.lower():
        return True
    short_acronym = (a.isupper() != b.isupper()) and 1 < len(a) <= 5
    return not (short_acronym and (a.islower() or b.islower()))


def same_word(a: str, b: str) -> bool:
    """Say whether two spellings are one word: case, a known variant, or a slip of one letter (two in a long word)."""
    x, y = a.lower(), b.lower()
    if x == y:
        return _same_case(a, b)
    if any(c.isdigit() for c in x + y) or frozenset((x, y)) in CONFUSABLE:
        return False
    if _bare(x) == _bare(y) and frozenset((x, y)) not in _LOANED:
        return _same_but_accents(x, y)
    if frozenset((x, y)) in _LOANED or any(x.replace(a, b) == y.replace(a, b) for a, b in _VARIANTS):
        return True
    return _misspelt(a, b)


def _misspelt(a: str, b: str) -> bool:
    """Say whether one is a slip for the other; a name is none, nor an ending that says something."""
    x, y = a.lower(), b.lower()
    if min(len(x), len(y)) < 5 or x[0] != y[0]:
        return False
    if (a[:1].isupper() or b[:1].isupper()) and not (x.endswith(_NO_NAME) or y.endswith(_NO_NAME)):
        return False
    if any(x + ending == y or y + ending == x for ending in _ENDINGS):
        return False
    return _slip(x, y)


def _bare(word: str) -> str:
    """Take off the accents, not the dots of an umlaut nor the tilde of an ñ: those are their own letters, ã is not."""
    apart = unicodedata.normalize("NFD", word).replace("a\u0303", "a").replace("o\u0303", "o")
    return "".join([c for c in apart if c not in _ACCENTS])


def _same_but_accents(x: str, y: str) -> bool:
    """Say whether accents alone make no other word: "evenements", not "arrive" for "arrivé" nor "esta" for "está"."""
    if len(x) < 4 or len(x) != len(y):
        return False
    last = x[-1] != y[-1]
    both = last and not (x[-1].isascii() or y[-1].isascii())
    return not last or both or (len(x) > 4 and {x[-2:], y[-2:]} == {"ta", "tà"})


def _slip(x: str, y: str) -> bool:
    """Say whether one letter was dropped, added, swapped with its neighbour, or is a common mistake for another."""
    if OSA.distance(x, y, score_cutoff=2) > 1:
        return len(x) != len(y) and min(len(x), len(y)) >= 8 and OSA.distance(x, y, score_cutoff=2) <= 2
    if len(x) != len(y) or sorted(x) == sorted(y):
        return True
    a, b = next((a, b) for a, b in zip(x, y, strict=True) if a != b)
    return {a, b} <= _VOWELS or a + b in _MISTAKEN or b + a in _MISTAKEN
