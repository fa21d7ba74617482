"""Measure the features of a text that decide whether it is a notice: form and place, opening, reference.

A text is read as the meanings of its words (`vocabulary.py`). Features are the meanings that are there, those within
two words of each other, those that share a sentence, and three words in a row; also the words themselves and
pairs of neighbours, as far as the training texts have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import Final

from .openings import Opening, read_opening
from .vocabulary import PATTERNS, meanings

_QUOTED: Final = re.compile(r"“[^”“]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«|\"[^\"]*\"|‘[^’‘]{12,}’(?!\w)")
_OPENS_WITH_QUOTE: Final = re.compile(r"[“„«»\"‘]|(?:- |– )?[“«\"]")
_CLOCK: Final = re.compile(r"\W*\d{1,2} ?[:.h'’] ?(?:\d\d)?(?! ?(?:[ap]\.?m|uhr)?\.?\s*:)")
_WHOLE_IN_BRACKETS: Final = re.compile(r"\W?\(.*\)\W?|\W?\[.*\]\W?", re.DOTALL)
TOKEN: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d[\d.,:]*|[.!?;](?=\s|$)|\"\"")
_QUOTE: Final = '""'
_SENTENCE_ENDS: Final = frozenset(".!?;")
# Several words with one meaning.
_JOINED: Final = {
    "mettrons à jour": "misajour", "mettre à jour": "misajour", "mise à jour": "misajour", "mis à jour": "misajour",
    "mises à jour": "misajour", "pie de foto": "piedefoto", "pies de foto": "piedefoto",
    "linha fina": "linhafina", "fe de errores": "fedeerratas", "fe de erratas": "fedeerratas",
    "fe de errata": "fedeerratas", "errata corrige": "erratacorrige",
}  # fmt: skip
_JOINED_WORDS: Final = re.compile("|".join(rf"\b{words}\b" for words in _JOINED))
_END: Final = "."
_UNKNOWN: Final = "?"
_OPENING_WORDS: Final = 3
_NEAR_WORDS: Final = 2
SHORT_CHARS: Final = 60
_LONG_CHARS: Final = 250
_VERY_LONG_CHARS: Final = 400
# Meanings that say nothing by being in the same sentence as another.
_COMMON: Final = frozenset(
    (
        "WHEN,the,an,was,not,they,will,by mistake,after,but,to show,number,year,our,month,day,clock,you,more,ordinal"
    ).split(",")
)
# Meanings of which a notice has more than news has.
_TELLING: Final = frozenset(
    "TEXT,EDIT,FAULT,US,LABEL,this,earlier,at first,regret,readers,in truth,contrary".split(",")
)


class Measured:
    """The measurements of one text.

    Attributes:
        opening: how it begins.
        quotes: it opens with a quotation mark, or most of it is quoted.
    """

    __slots__ = ("_at_edge", "_meanings", "_plain", "_set_apart", "opening", "quotes", "text")

    def __init__(self, text: str, *, at_edge: bool = False, set_apart: bool = False) -> None:
        self.text = text
        self._at_edge = at_edge
        self._set_apart = set_apart
        low = text.lower().replace("’", "'").replace("\u00a0", " ")
        # Quoted words are left out: there, "we" is not the outlet.
        plain = " ".join(_QUOTED.sub(f" {_QUOTE} ", text).lower().replace("’", "'").split())
        self.opening: Opening = read_opening(text, low)
        self.quotes = bool(_OPENS_WITH_QUOTE.match(text)) or len(plain) < len(low) // 2
        self._plain = plain
        joined = _JOINED_WORDS.sub(lambda words: _JOINED[words[0]], plain)
        # Of each word; None at the end of a sentence.
        self._meanings = [
            None if token in _SENTENCE_ENDS else ("quote",) if token == _QUOTE else meanings(token)
            for token in TOKEN.findall(joined)
        ]

    def features(self) -> set[str]:
        """Return the names of the features that are true of the text."""
        found, sentence = set[str](), set[str]()
        for n, of_word in enumerate([*self._meanings, None]):
            if of_word is None:
                # The meanings that share a sentence.
                found |= sentence
                found.update(f"{one}+{other}" for one, other in combinations(sorted(sentence - _COMMON), 2))
                sentence = set()
                continue
            sentence.update(of_word)
            if n < _OPENING_WORDS:
                found.update(f"^{name}" for name in of_word)
            for following in self._meanings[n + 1 : n + 1 + _NEAR_WORDS]:
                if following is None:
                    break
                found.update(f"{name}>{other}" for name in of_word for other in following)
        # Three words in a row, each by the widest of its meanings.
        row = ["^", *(_END if of_word is None else of_word[-1] if of_word else _UNKNOWN for of_word in self._meanings)]
        threes = (three for three in zip(row, row[1:], row[2:], strict=False) if three.count(_UNKNOWN) < 2)
        found.update(map(" ".join, threes))
        # The words as they are written, alone and with the next one: "=article", "=this article".
        words = TOKEN.findall(self._plain)
        found.update(f"={word}" for word in words)
        found.update(f"={word} {following}" for word, following in pairwise(["^", *words, "$"]))
        found.update(self._of_form())
        return found

    def _of_form(self) -> Iterator[str]:
        opening = self.opening
        if opening.label:
            yield f"label {opening.label}"
        yield from (f"formula {name}" for name, pattern in _formulas() if pattern.search(self._plain))
        words = [of_word for of_word in self._meanings if of_word is not None]
        telling = sum(not _TELLING.isdisjoint(of_word) for of_word in words)
        yield f"telling words {min(8, 16 * telling // max(1, len(words)))} of 16"
        size = len(self.text)
        for name, holds in (
            ("dated label", opening.dated),
            ("wire", opening.wire is not None),
            ("quotes", self.quotes),
            ("opens with a time", _CLOCK.match(self.text) is not None),
            ("bracketed", _WHOLE_IN_BRACKETS.fullmatch(self.text) is not None),
            ("at edge", self._at_edge),
            ("set apart", self._set_apart),
            ("short", size < SHORT_CHARS),
            ("long", size > _LONG_CHARS),
            ("very long", size > _VERY_LONG_CHARS),
        ):
            if holds:
                yield name


@cache
def _formulas() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return set phrases that are too short for the meanings of words, compiled when they are first looked for."""
    return tuple((name, re.compile("|".join(words))) for name, words in PATTERNS["formulas"].items())
