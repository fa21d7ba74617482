"""Cut paragraphs into sentences: the sentencex library, then rules of our own for news."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, pairwise

from sentencex import segment

from .words import Vocabulary

_LANGUAGES = frozenset("en de fr es it pt nl".split())

# A full stop after one of these does not end a sentence. sentencex knows most of them, but each in one language only.
_NEVER_ENDS = frozenset(
    f"{word}."
    for word in (
        "S.&P U.S.S trn bn mln Mr Mrs Ms Dr Prof Sen Rep Gov Gen Lt Col Capt Cmdr Adm Maj Sgt Rev Hon St Mt Ft No Nos "
        "vs approx "
        "M MM Mme Mlle Me Sr Sra Srta EE UU Dra Ud Uds Sig Dott Avv On Nr Abs Art Hr Fr bzw z.B d.h u.a "
        "dhr mevr mw bijv o.a"
    ).split()
)
# These may end a sentence. It continues if a small letter, a figure, a day or a time zone follows.
_MAY_END = frozenset("U.S. U.K. U.N. D.C. N.Y. E.U. a.m. p.m. Inc. Co. Corp. Ltd. Jr. etc.".split())
_ABBREVIATIONS = _NEVER_ENDS | _MAY_END
_DAY_OR_ZONE = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[ECMP][SD]?T|BST|GMT|UTC|(?:Eastern|Pacific) [Tt]ime)"
    r"\b(?!['’])"
)
# The number of an item of a list, or a German ordinal: "1. FC Köln", "in der 90. Minute", "Freitag, 3. Mai, kam er".
_ORDINAL = re.compile(
    r"(?:\A|\b(?:de[mnrs]|die|das|im|(?<!I )am|zu[mr]|vom|beim|jede[mnrs]?|(?:[dms]?ein|ihr|unser)(?:e[mnrs]?)?)\s+)"
    r"\d{1,3}\.\s+\Z",
    re.IGNORECASE,
)
_NUMBER_AND_MONTH = re.compile(
    r"\b\d{1,2}\.\s+(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_OPENING_MARKS = "([“\"'‘«„"
# This pattern and _END_MISSED begin with the mark that ends a sentence, so that the search is fast.
_SENTENCE_IN_QUOTATION = re.compile(r"[.!?][”\"’»)\]]*\s+(?=[“\"‘«„(]?[A-ZÀ-ÖØ-Þ])")
# sentencex mistakes these words for abbreviations ("in May. Farmers …", "the EU. Farmers …").
_NO_ABBREVIATIONS = "|".join(
    rf"(?<=\b{word}\.)" for word in ("May me no ill".split() + ["[A-Z]" * n for n in range(2, 7)])
)
_END_MISSED = re.compile(rf"\.(?:{_NO_ABBREVIATIONS})\s+(?=[“\"‘«„(]?[A-ZÀ-ÖØ-Þ])")
_QUOTE_OR_BRACKET = re.compile(r"[“”\"„«»)]")
_LINE = re.compile(r"\s*\S[^\n]*(?:\n\s*)?|\s+")
_CLOSING_MARKS = re.compile(r"[”’»)\]]+\s+|[”’»\"')\]]+$")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
# Of the languages that sentencex knows: Latin, Chinese, Hindi, Arabic, Urdu, Armenian, Burmese, Amharic.
_ENDS = "!?…。！？।؟۔։။።"
_END_INSIDE = re.compile(rf"[.{_ENDS}]\s*+\S")
# The time that sentencex takes grows with the square of the length if no blank follows the marks of a text, or if its
# quotations do not end. So long texts are cut in parts, which are joined again where one ends after an abbreviation.
_PART, _SHORT_PART = (
    re.compile(rf".{{{least},}}?(?:[{_ENDS}]++[”’»」』）)\]]*+(?=\S)|[.{_ENDS}]\s++(?=\S))|.+", re.DOTALL)
    for least in (20_000, 2_000)
)
MAX_LINE_CHARACTERS = 100_000
"""A longer line is cut in shorter parts for sentencex."""


class Sentence:
    """A sentence of a block.

    Attributes:
        block: the number of its block.
        at: its index within the block.
        whole: its text with the whitespace after it; `text` is without.
        code: its words as code points.
        partner: the sentence of the other text that it is paired with, if any, and their `likeness`.
        moved: whether it is out of order.
    """

    __slots__ = ("_vocabulary", "at", "block", "code", "likeness", "moved", "partner", "text", "whole")

    likeness: float

    def __init__(self, whole: str, block: int, at: int, vocabulary: Vocabulary) -> None:
        self.text = whole.rstrip()
        self.whole = whole
        self.block = block
        self.at = at
        self.partner: Sentence | None = None
        self.moved = False
        self.code = vocabulary.encode(whole)
        self._vocabulary = vocabulary

    def long_words(self) -> set[str]:
        """Return the codes of its words that are long enough to show its subject."""
        return self._vocabulary.long_words.intersection(self.code)


def sentences_of(blocks: Iterable[tuple[int, str]], lang: str, vocabulary: Vocabulary) -> list[Sentence]:
    """Cut numbered blocks into sentences, in order. `lang` is one that `language` returns."""
    return [
        Sentence(sentence, block, at, vocabulary)
        for block, text in blocks
        for at, sentence in enumerate(split(text, lang))
    ]


def language(tag: str) -> str:
    """Return the two-letter language whose rules cut sentences; English if there are none for the language tag."""
    short = tag[:2].lower()
    return short if short in _LANGUAGES else "en"


@lru_cache(maxsize=4096)
def split(text: str, lang: str = "en") -> tuple[str, ...]:
    """Cut `text` into sentences, each with the whitespace after it; joined, they are `text` exactly.

    Each line of a list or a poem is cut separately.
    """
    if "\n" not in text.rstrip():
        return tuple(_split_line(text, lang)) if text else ()
    return tuple([sentence for line in _LINE.findall(text) for sentence in _split_line(line, lang)])


def _split_line(text: str, lang: str) -> list[str]:
    """Cut one line into sentences: as sentencex does, with its false ends joined and the ends that it missed cut."""
    if not _END_INSIDE.search(text):
        return [text]
    # sentencex takes UTF-8 only, and panics at "B\xa0.". So lone surrogates and wide blanks are replaced for the cut;
    # the sentences are then taken from `text` by their lengths.
    safe = _WIDE_BLANK.sub(" ", text.encode("utf-8", "replace").decode("utf-8")) if not text.isascii() else text
    parts = (_PART if len(safe) <= MAX_LINE_CHARACTERS else _SHORT_PART).findall(safe)
    pieces = [piece for part in parts for piece in segment(lang, part)]
    if "".join(pieces) != safe:
        pieces = [text]
    elif safe != text:
        ends = list(accumulate(map(len, pieces), initial=0))
        pieces = [text[start:end] for start, end in pairwise(ends)]
    pieces = _join_false_ends(pieces)
    if _END_MISSED.search(text):
        pieces = [sentence for piece in pieces for sentence in _cut(piece, _END_MISSED)]
    # sentencex does not cut after a bracket that closes a sentence, nor between the sentences of a quotation. But many
    # quotations have several sentences, some without a closing mark in the paragraph, and an edit changes one of them.
    return [
        sentence
        for piece in pieces
        for sentence in (_cut(piece, _SENTENCE_IN_QUOTATION) if _QUOTE_OR_BRACKET.search(piece) else [piece])
    ]


def _join_false_ends(pieces: list[str]) -> list[str]:
    """Join sentences that were cut at an abbreviation, and move closing quotes and brackets to the sentence before."""
    joined: list[str] = []
    for piece in pieces:
        closing = _CLOSING_MARKS.match(piece) if joined else None
        if closing and closing.end() < len(piece):
            joined[-1] += closing[0]
            joined.append(piece[closing.end() :])
        elif joined and (closing or not piece.strip() or _continues(joined[-1], piece)):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _continues(before: str, piece: str) -> bool:
    last = _last_word(before)
    if last in _NEVER_ENDS or (len(last) == 2 and last[0].isupper()):  # "J." is an initial
        return True
    if last[:1].isdigit() and _is_ordinal(before, piece):
        return True
    lower = piece[:1].islower()
    if last in _MAY_END:
        return lower or piece[:1].isdigit() or _DAY_OR_ZONE.match(piece) is not None
    return lower and last[-1:] == "."


def _is_ordinal(before: str, after: str) -> bool:
    return bool(_ORDINAL.search(before[-24:]) or _NUMBER_AND_MONTH.search(before[-6:] + after[:10]))


def _last_word(text: str) -> str:
    words = text[-24:].split()
    return words[-1].lstrip(_OPENING_MARKS) if words else ""


def _cut(piece: str, end: re.Pattern[str]) -> list[str]:
    """Cut where `end` matches, except after an abbreviation or an initial."""
    sentences, at = [], 0
    for found in end.finditer(piece):
        last = _last_word(piece[at : found.end()])
        forms = {last, last.capitalize()} if last.isupper() else {last}
        if (
            forms.isdisjoint(_ABBREVIATIONS)
            and not (len(last) == 2 and last.isupper())
            and not _is_ordinal(piece[at : found.end()], piece[found.end() : found.end() + 10])
        ):
            sentences.append(piece[at : found.end()])
            at = found.end()
    sentences.append(piece[at:])
    return sentences
