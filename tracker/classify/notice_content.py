"""Read what an outlet says about its own edit: the kind of notice, the places it names, the words it gives."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from tracker.model.article import NoticeKind
from tracker.notices.openings import without_time_of_edit
from tracker.notices.recogniser import recognise
from tracker.notices.vocabulary import meanings

from .lexicon import EMPHASIS, SMALL

# Paragraphs by ordinal; negative ones count from the end.
_ORDINALS = {
    word: n
    for n, listed in enumerate(
        (
            "first lead lede lde opening 1st erster ersten première premier primer primera primo primeiro eerste",
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
} | dict.fromkeys("last final closing letzten letzter dernier último ultimo laatste".split(), -1)
_ORDINALS |= dict.fromkeys(
    "penultimate second-last vorletzten avant-dernier penúltimo penultimo voorlaatste".split(), -2
)
_NUMBERS = {word: n for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)}
_PARAGRAPH = (
    r"(?:paragraphs?|para?s?|grafs?|graphs?|absatz|absätze|paragraphes?|alinéas?|párrafos?|paragrafos?|parágrafos?"
    r"|paragrafi|capoversos?|alinea[’']?s?|sentences?)"
)
# paragraphs 3, 4 and 6; paragraph two; grafs 3-5
_NUMBERS_AFTER = re.compile(
    rf"\b{_PARAGRAPH}\.?\s+((?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|and|to|through|und|et|y|e|en|[-–,&]|\s)+)",
    re.IGNORECASE,
)
# third paragraph, 3rd and 4th grafs
_ORDINAL_BEFORE = re.compile(
    rf"(?<![\w-])-*+([\w-]+)\.?(?:\s+(?:and|und|et|y|e|en)\s+([\w-]+)\.?)?\s+{_PARAGRAPH}\b", re.IGNORECASE
)
# first two paragraphs
_FIRST_OR_LAST_SOME = re.compile(rf"\b(first|opening|top|last|final|closing)\s+(\w+)\s+{_PARAGRAPH}\b", re.IGNORECASE)
_FIELDS = {
    "title": r"headline|hed|title|überschrift|titre|titular|titolo|título|titel|kop",
    "dek": r"dek|deck|standfirst|sub-?head(?:line|ing)?|summary|vorspann|chapô|entradilla|sommario|intro",
    "byline": r"by-?lines?|autorenzeile|signature|firma",
    "caption": r"captions?|cutlines?|photos?|photographs?|pictures?|images?|bildunterschrift|légende|foto|legenda",
}
_FIELD_PATTERNS = {field: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for field, words in _FIELDS.items()}
_THROUGHOUT = re.compile(
    r"\b(?:throughout|new throughout|writethru|writes through|durchgehend|partout)\b", re.IGNORECASE
)
_WORD = re.compile(r"\d[\d.,:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
# The meanings of words in notices that tell what was changed; a word of any other meaning tells that it was.
_MATTER: Final = frozenset(
    "name datum reply month day others works said interest protect warning closed display picture request press".split()
)
# Further words that say nothing about what was changed.
_STOP_WORDS: Final = frozenset(
    "additional background bearbeitet byline caption comment comments context dek deletes detail details developments "
    "editor's extra extraneous fe figure fix garbled given headline information jour latest lead lede name new nur "
    "oder online only or photo print quotes reaction reactions recasts refiles removes repeats said según should shows "
    "spelling spokesman statement such throughout under word words yet aber actualiza".split()
)


MAX_PARAGRAPH_NUMBER = 199
"""A larger number after "paragraph" counts something else."""
_MAX_STEM_LETTERS = 6


class ParsedNotice(NamedTuple):
    """What a notice says.

    Attributes:
        paragraphs: the paragraphs it names, from 1; negative ones count from the end.
        fields: the fields it names: "title", "dek", "byline", "caption".
        throughout: it says that the whole text changed.
        words: the stems of the words that say what changed.
    """

    kind: NoticeKind
    paragraphs: tuple[int, ...]
    fields: frozenset[str]
    throughout: bool
    words: frozenset[str]

    @property
    def general(self) -> bool:
        """Whether it names nothing in particular ("This story has been updated.")."""
        return self.throughout or not (self.paragraphs or self.fields or self.words)


def parse(kind: NoticeKind, text: str) -> ParsedNotice:
    """Read a notice. `kind` is what the extractor took it for; its own wording has precedence."""
    found = recognise(text)
    kind = found.kind if found is not None and found.is_sure else kind
    text = without_time_of_edit(text)
    return ParsedNotice(
        kind,
        _paragraphs(text),
        frozenset(field for field, pattern in _FIELD_PATTERNS.items() if pattern.search(text)),
        bool(_THROUGHOUT.search(text)),
        frozenset(stems(text)),
    )


def stems(text: str) -> set[str]:
    """Return the figures of `text`, and of its words that say something the first six letters."""
    return {stem for stem in (_stem(m[0]) for m in _WORD.finditer(text)) if stem}


def _stem(word: str) -> str:
    low = word.lower().replace("’", "'")
    if _is_silent(low) or (len(low) < 3 and not low[-1].isdigit()):
        return ""
    low = low.removesuffix("'s")
    if low[-1].isdigit():
        return low
    # A rough stem is enough: the words of a notice are compared with those of the same outlet's edit.
    singular = low[:-1] if len(low) > 4 and low[-1] == "s" and low[-2] != "s" else low
    return singular[:_MAX_STEM_LETTERS]


@lru_cache(maxsize=20_000)
def _is_silent(low: str) -> bool:
    """Return whether a word in lower case says nothing about what was changed."""
    if low[-1].isdigit():
        return False
    found = meanings(low)
    is_small = any(low in words for words in (*SMALL.values(), *EMPHASIS.values()))
    return is_small or low in _STOP_WORDS or (bool(found) and _MATTER.isdisjoint(found))


def _paragraphs(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for m in _NUMBERS_AFTER.finditer(text):  # paragraphs 3 to 5
        words = re.findall(r"\d+|[a-z]+", m[1].lower())
        numbers = [n for n in (_number(word) for word in words) if n]
        is_range = len(numbers) == 2 and re.search(r"[-–]|\bto\b|\bthrough\b", m[1])
        found.update(range(numbers[0], numbers[1] + 1) if is_range else numbers)
    for m in _FIRST_OR_LAST_SOME.finditer(text):  # the first two paragraphs
        count = _number(m[2].lower()) if m[2].lower() not in _ORDINALS else 0
        from_end = _ORDINALS.get(m[1].lower(), 1) < 0
        found.update(range(-count, 0) if from_end else range(1, count + 1))
    for m in _ORDINAL_BEFORE.finditer(text):  # the third and 4th paragraph
        for word in m.groups():
            if word:
                figure = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.|e|º)?", word.lower())
                found.add(int(figure[1]) if figure else _ORDINALS.get(word.lower(), 0))
    return tuple(sorted(n for n in found if n))


def _number(word: str) -> int:
    if word.isdigit():
        return int(word) if int(word) <= MAX_PARAGRAPH_NUMBER else 0
    return 1 if word == "one" else _NUMBERS.get(word, 0)
