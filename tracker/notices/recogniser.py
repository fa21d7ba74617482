"""Decide whether a text is a notice, of which kind, and how sure that is.

A text that begins with a set phrase of `data/patterns.toml` is a notice. For any other text, a logistic model weighs
features: its form, place, opening and references, and the meanings that its words have in `data/vocabulary.txt`. A
feature is a meaning, two meanings within two words or in one sentence, or three words in a row; also a word itself or a
pair of neighbours, if the training texts have it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from tracker.model.article import NoticeKind

from .first_look import begins_with_label, may_be_notice
from .openings import Opening, is_only_label, read_opening
from .vocabulary import PATTERNS, SHORT_CHARS, TOKEN, any_of, meanings

MAX_NOTICE_CHARACTERS: Final = 1_500
"""A longer paragraph is news, whatever words it has."""
MAX_WHOLE_CHARACTERS: Final = 500
"""A longer paragraph is a notice only if one of its sentences is."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
MAX_APOLOGY_CHARACTERS: Final = 90
"""A longer text with an apology reports that of somebody else."""
# Meanings of the clause after "contrary to", if the article itself is contradicted: "contrary to what we wrote".
_OF_THIS_TEXT: Final = frozenset({"this", "TEXT", "US", "published", "wrote", "at first", "earlier", "by mistake"})
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_BY_LABEL: Final = {"correction": NoticeKind.CORRECTION, "clarification": NoticeKind.CLARIFICATION}
"""The kinds that a label decides; the model decides between the others."""
_SURE: Final = 0.9
"""A text with at least this probability is a notice."""
_SURE_IF_SET_APART: Final = 0.75
"""The same for a text that is italic, small, boxed or otherwise set apart."""
_SURE_IF_LABELLED: Final = 0.5
"""The same for a text with a label that hardly any other text has."""
_UNSURE: Final = 0.28
"""A text with at least this probability may be a notice."""


class Recognised(NamedTuple):
    """The kind of notice that a text is or may be.

    Attributes:
        kind: the kind, if the text is a notice.
        is_sure: whether it certainly is one. If not, it stays in the news text, and if it is new there, it is unclear
            whether the outlet noted its edit.
    """

    kind: NoticeKind
    is_sure: bool


def recognise(text: str, *, at_edge: bool = False, set_apart: bool = False) -> Recognised | None:
    """Return the kind of notice that a line, sentence or paragraph is or may be; None if it is news.

    Args:
        text: on one line.
        at_edge: it is the first or the last paragraph of the article.
        set_apart: it is italic, small, boxed or otherwise set apart from the paragraphs around it.

    `benchmarks/notices_training.md` says how the weights were fitted.
    """
    if not 3 < len(text) <= MAX_NOTICE_CHARACTERS:
        return None
    if not (may_be_notice(text) or begins_with_label(text)):
        return None
    return _recognised(text, at_edge=at_edge, set_apart=set_apart)


# Most sentences are seen again in the next version.
@lru_cache(maxsize=4096)
def _recognised(text: str, *, at_edge: bool, set_apart: bool) -> Recognised | None:
    if is_only_label(text):
        return None
    measured = Measured(text, at_edge=at_edge, set_apart=set_apart)
    features = measured.features()
    model = _model()
    opening = measured.opening
    probability = 1.0 if opening.is_certain else 1 / (1 + math.exp(-score(features, model.notice)))
    if probability < _UNSURE:
        # A short paragraph that regrets an error may be the outlet's correction.
        is_apology = at_edge and len(text) <= MAX_APOLOGY_CHARACTERS and _phrases("apologies", "words").search(text)
        return Recognised(NoticeKind.CORRECTION, is_sure=False) if is_apology else None
    # About terms or a policy, or about future changes.
    is_of_terms = any(_phrases("exclusions", key).search(text) for key in ("terms", "may_change"))
    if _phrases("exclusions", "readers_right").search(text) or (is_of_terms and not opening.is_decisive):
        return None
    at_least = _SURE_IF_LABELLED if opening.is_decisive else _SURE_IF_SET_APART if set_apart else _SURE
    is_sure = probability >= at_least and (opening.is_decisive or opening.is_certain or not _is_of_others(text))
    if is_sure and len(text) > MAX_WHOLE_CHARACTERS:
        # Words of many sentences together may look like a notice: one sentence must be one on its own.
        parts = (Measured(part, at_edge=True, set_apart=set_apart) for part in _SENTENCE_END.split(text))
        is_sure = any(1 / (1 + math.exp(-score(part.features(), model.notice))) >= _SURE for part in parts)
    labelled = opening.wire or _BY_LABEL.get(opening.label)
    kind = labelled or NoticeKind(max(model.kinds, key=lambda kind: score(features, model.kinds[kind])))
    return Recognised(kind, is_sure)


def score(features: Collection[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of `features` and of the intercept."""
    return weights["intercept"] + sum(weights.get(name, 0.0) for name in features)


@cache
def _phrases(table: str, key: str) -> re.Pattern[str]:
    """Return the expression for the phrases of a key in PATTERNS."""
    return re.compile(any_of(table, key), re.IGNORECASE)


def _is_of_others(text: str) -> bool:
    """Return whether `text` is furniture of the site, or about an error or edit of somebody else than the outlet.

    "Contrary to what the leaflet said" contradicts somebody else; "contrary to what we wrote" does not.
    """
    if any(_phrases("exclusions", key).search(text) for key in ("furniture", "of_a_talk_page")):
        return True
    contrary = re.match(rf"\W*{any_of('exclusions', 'contrary')}(?P<clause>[^,.;:]+)[,.;:]", text, re.IGNORECASE)
    if contrary is None:
        return False
    found = {name for word in _LETTERS.findall(contrary["clause"].lower()) for name in meanings(word)}
    return _OF_THIS_TEXT.isdisjoint(found)


class _Model(NamedTuple):
    """The weights of features by their names: for being a notice, and for each kind of notice."""

    notice: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]


@cache
def _model() -> _Model:
    return _Model(**json.loads((files("tracker.notices") / "data" / "weights.json").read_text(encoding="utf-8")))


_QUOTED: Final = re.compile(r"“[^”“]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«|\"[^\"]*\"|‘[^’‘]{12,}’(?!\w)")
_OPENS_WITH_QUOTE: Final = re.compile(r"[“„«»\"‘]|(?:- |– )?[“«\"]")
_CLOCK: Final = re.compile(r"\W*\d{1,2} ?[:.h'’] ?(?:\d\d)?(?! ?(?:[ap]\.?m|uhr)?\.?\s*:)")
_WHOLE_IN_BRACKETS: Final = re.compile(r"\W?\(.*\)\W?|\W?\[.*\]\W?", re.DOTALL)
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
_LONG_CHARS: Final = 250
_VERY_LONG_CHARS: Final = 400
# Meanings that are too common for pairs of them in a sentence to count.
_COMMON: Final = frozenset(
    "WHEN,the,an,was,not,they,will,by mistake,after,but,to show,number,year,our,month,day,clock,you,more,ordinal".split(
        ","
    )
)
# Meanings that are more frequent in notices than in news.
_TELLING: Final = frozenset(
    "TEXT,EDIT,FAULT,US,LABEL,this,earlier,at first,regret,readers,in truth,contrary".split(",")
)


class Measured:
    """A text, taken apart for the model; `features` returns its features.

    Attributes: opening: how it begins. quotes: whether it opens with a quotation mark, or most of it is quoted. The
    arguments are those of `recognise`.
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
        # The meanings of each word; None at the end of a sentence.
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
    """Return the short set phrases that are features, each with its name; compiled on first use."""
    return tuple((name, re.compile("|".join(words))) for name, words in PATTERNS["formulas"].items())
