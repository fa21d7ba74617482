"""Read what an outlet says of its own edit, and match it to the edits it explains."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ..model import NoticeChange, NoticeKind, Op
from .families import FAMILIES

if TYPE_CHECKING:
    from ..model import BlockChange, Change

_ORDINALS = {
    word: n
    for n, listed in enumerate(
        (
            "first lead lede lde 1st erster ersten première premier primer primera primo primeiro eerste",
            "second 2nd zweiten zweiter deuxième segundo secondo tweede",
            "third 3rd dritten dritter troisième tercer terzo terceiro derde",
            "fourth 4th vierten quatrième cuarto quarto vierde",
            "fifth 5th fünften cinquième quinto vijfde",
            "sixth 6th sechsten sixième sexto sesto zesde",
            "seventh 7th siebten septième séptimo settimo sétimo zevende",
            "eighth 8th achten huitième octavo ottavo oitavo achtste",
            "ninth 9th neunten neuvième noveno nono negende",
            "tenth 10th zehnten dixième décimo decimo tiende",
        ),
        start=1,
    )
    for word in listed.split()
}
_GRAF = (
    r"(?:paragraphs?|para?s?|grafs?|absatz|absätze|paragraphes?|alinéas?|párrafos?|paragrafos?|parágrafos?|paragrafi"
    r"|capoversos?|alinea[’']?s?|sentences?)"
)
_AFTER = re.compile(rf"\b{_GRAF}\.?\s+((?:\d+|and|to|und|et|y|e|en|[-–,&]|\s)+)", re.IGNORECASE)
_BEFORE = re.compile(rf"\b(\w+)\.?\s+(?:and\s+\w+\s+)?{_GRAF}\b", re.IGNORECASE)
_HEADLINE = re.compile(r"\b(?:headline|title|überschrift|titre|titular|titolo|título|titel|kop)\b", re.IGNORECASE)
_BYLINE = re.compile(r"\bby-?line\b", re.IGNORECASE)
_WORD = re.compile(r"\d[\d.,:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
_EMPTY = frozenset(
    (
        "updates update updated with adds add added comment comments quote quotes detail details background "
        "context from on the a an of to in for and throughout paragraph paragraphs graf grafs story article "
        "version earlier previous this was has been correction corrects corrected clarification clarifies editor "
        "editors editor's note that it is not who by at as were or said misstated misidentified misspelled "
        "incorrectly referred name new reflect reflects include includes additional developments information "
        "reaction reactions latest recasts refiled headline show shows fix typo reporting due error amended more "
        "be its he she they his her their should have we artikel dieser dieses wurde einer früheren cette était "
        "artículo este una articolo questo artigo dit versie eerdere"
    ).split()
)


class Parsed(NamedTuple):
    """What a notice says: its kind, the paragraphs it names (from 1), the words of what it says changed."""

    kind: NoticeKind
    paragraphs: tuple[int, ...]
    headline: bool
    byline: bool
    words: frozenset[str]

    @property
    def general(self) -> bool:
        """Say whether it names nothing in particular ("This story has been updated.")."""
        return not (self.paragraphs or self.headline or self.byline or len(self.words) > 1)


@lru_cache(maxsize=4096)
def recognise(text: str) -> NoticeKind | None:
    """Return what kind of notice a sentence or paragraph is, or None when it is news text."""
    if len(text) > 900:
        return None
    return next((family.kind for family in FAMILIES if family.pattern.search(text)), None)


def parse(kind: NoticeKind, text: str) -> Parsed:
    """Read a notice: *kind* is what the extractor took it for."""
    words = {w for w in (_stem(m[0]) for m in _WORD.finditer(text)) if w}
    return Parsed(
        recognise(text) or kind,
        _paragraphs(text),
        bool(_HEADLINE.search(text)),
        bool(_BYLINE.search(text)),
        frozenset(words),
    )


def _paragraphs(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for m in _AFTER.finditer(text):
        numbers = [int(n) for n in re.findall(r"\d+", m[1]) if int(n) < 200]
        ranged = re.search(r"\d\s*(?:-|–|to)\s*\d", m[1]) and len(numbers) == 2
        found.update(range(numbers[0], numbers[1] + 1) if ranged else numbers)
    for m in _BEFORE.finditer(text):
        word = m[1].lower()
        figure = re.match(r"\d{1,2}(?=(?:st|nd|rd|th)?$)", word)
        if figure:
            found.add(int(figure[0]))
        elif word in _ORDINALS:
            found.add(_ORDINALS[word])
    return tuple(sorted(n for n in found if n))


def _stem(word: str) -> str:
    low = word.lower().replace("’", "'")
    if low in _EMPTY or (len(low) < 3 and not low[-1].isdigit()):
        return ""
    low = low.removesuffix("'s")
    return low if low[-1].isdigit() else low[:6]


def matched(change: Change) -> tuple[NoticeChange, ...]:
    """Return the notices of *change*, each new one with the blocks it explains.

    A notice that names a paragraph explains it where it changed; else the changed blocks that bring its words; a
    notice that names nothing explains every changed block.
    """
    changed = [(i, b) for i, b in enumerate(change.blocks) if b.op is not Op.SAME]
    return tuple(
        replace(n, explains=explained(parse(n.kind, n.text), changed)) if n.op is Op.INSERT else n
        for n in change.notices
    )


def explained(notice: Parsed, changed: list[tuple[int, BlockChange]]) -> tuple[int, ...]:
    """Return the indexes of the changed blocks that *notice* explains."""
    named = tuple(i for i, b in changed if b.new is not None and b.new + 1 in notice.paragraphs)
    if named:
        return named
    if notice.general:
        return tuple(i for i, _ in changed)
    scores = {i: _score(notice, b) for i, b in changed}
    best = max(scores.values(), default=0.0)
    least = max(1.5 if len(notice.words) > 1 else 1.0, best * 0.6)
    return tuple(i for i, score in scores.items() if score >= least)


def _score(notice: Parsed, block: BlockChange) -> float:
    """Count the notice's words in what changed; a number counts twice, a word of the untouched rest a quarter."""
    changed = _stems("".join(f" {text}" for op, text in block.hunks if op != "="))
    around = _stems(block.new_text or block.old_text)
    hits = notice.words & changed
    return sum(2.0 if w[-1].isdigit() else 1.0 for w in hits) + 0.25 * len((notice.words & around) - hits) * bool(hits)


def _stems(text: str) -> set[str]:
    return {w for w in (_stem(m[0]) for m in _WORD.finditer(text)) if w}
