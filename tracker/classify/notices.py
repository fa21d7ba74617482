"""Read what an outlet says of its own edit: what kind of notice it is, and which places it names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .families import FAMILIES, TELLING

if TYPE_CHECKING:
    from ..model import NoticeKind

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
_COUNTS = {word: n for n, word in enumerate("two three four five six seven eight nine ten".split(), start=2)}
_GRAF = (
    r"(?:paragraphs?|para?s?|grafs?|graphs?|absatz|absätze|paragraphes?|alinéas?|párrafos?|paragrafos?|parágrafos?"
    r"|paragrafi|capoversos?|alinea[’']?s?|sentences?)"
)
_AFTER = re.compile(
    rf"\b{_GRAF}\.?\s+((?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|and|to|through|und|et|y|e|en|[-–,&]|\s)+)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?<![\w-])-*+([\w-]+)\.?(?:\s+(?:and|und|et|y|e|en)\s+([\w-]+)\.?)?\s+{_GRAF}\b", re.IGNORECASE)
_SOME = re.compile(rf"\b(first|opening|top|last|final|closing)\s+(\w+)\s+{_GRAF}\b", re.IGNORECASE)
_FIELDS = {
    "title": r"headline|hed|title|überschrift|titre|titular|titolo|título|titel|kop",
    "dek": r"dek|deck|standfirst|sub-?head(?:line|ing)?|summary|vorspann|chapô|entradilla|sommario|intro",
    "byline": r"by-?lines?|autorenzeile|signature|firma",
    "caption": r"captions?|cutlines?|photos?|photographs?|pictures?|images?|bildunterschrift|légende|foto|legenda",
}
_PLACES = {field: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for field, words in _FIELDS.items()}
_THROUGHOUT = re.compile(
    r"\b(?:throughout|new throughout|writethru|writes through|durchgehend|partout)\b", re.IGNORECASE
)
_WORD = re.compile(r"\d[\d.,:]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)*")
_STAMP = re.compile(
    r"\W*(?:article |artikel |articolo |artículo |artigo |last |zuletzt |última? |ultimo |dernière )?"
    r"(?:updated?|aktualisiert|aktualisierung|mise? à jour|actualisée?|actualizad[oa]|actualización|aggiornat[oa]"
    r"|aggiornamento|atualizad[oa]|atualização|actualização|bijgewerkt|update)\b"
    r"(?:[\W\d]|\b(?:at|on|am|pm|a\.m|p\.m|um|uhr|vom|le|à|a|las?|el|alle|ore|del|il|às|as|em|de|om|uur|op|h|hrs|on"
    r"|e[ds]?t|gmt|utc|bst|cet|ist|pt|pdt|pst|th|st|nd|rd|today|yesterday"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|(?:mo|diens|mitt|donners|frei|sams|sonn)\w*"
    r"|(?:jan|feb|fév|mar|mär|maa|abr|avr|apr|may|mai|mei|mag|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|oct|okt|ott|out"
    r"|nov|dec|dez|déc|dic|gen|ene|mrt)[^\W\d]*)\b)*",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    (
        "updates update updated with adds add added comment comments quote quotes detail details background context "
        "from on the a an of to in for and throughout paragraph paragraphs graf grafs story article version earlier "
        "previous this was has been correction corrects corrected clarification clarifies editor editors editor's "
        "note that it is not who by at as were or said misstated misidentified misspelled incorrectly referred name "
        "new reflect reflects include includes additional developments information reaction reactions latest recasts "
        "refiled headline show shows fix typo reporting due error amended more be its he she they his her their "
        "should have we artikel dieser dieses wurde einer früheren cette était artículo este una articolo questo "
        "artigo dit versie eerdere first last final lead lede dek byline caption photo dropped extra extraneous word "
        "words spelling refiles repeats removes deletes garbled figure misspelling instead rather post published "
        "online print mistakenly erroneously wrong wrongly gave given statement spokesman these those there here "
        "when which while into over under than then such also only just very yet but der die das den dem des ein "
        "eines einem einen und oder aber mit für auf aus nach bei von vom zum zur als wie hieß stand habe haben hat "
        "hatte hatten war sind ist sei seien wird werden auch noch nun nur text beitrag meldung richtig falsch "
        "fassung redaktion ergänzt aktualisiert korrigiert korrektur hinweis berichtigung um wir sie es les une dans "
        "par pour sur avec cet qui que est été avait avons son ses leur plus pas comme indiqué indiquait écrit texte "
        "première précédente rectificatif erratum mise jour mis actualisé non el los las unos unas del con por para "
        "fue era ser sido está han había texto noticia información nota versión anterior primera corrección errores "
        "fe actualizado actualiza incluir incluye decía según il lo gli dei delle della dello nel nella per che sono "
        "stato stata essere testo versione precedente prima errata corrige rettifica correzione aggiornato "
        "aggiornamento os uma dos nos nas pelo pela com foi matéria reportagem versão correção atualizado "
        "atualização dizia het een van voor met door dat zijn werd wordt bericht correctie rectificatie stond "
        "aangevuld bijgewerkt aanvulling vorige"
    ).split()
)


class Parsed(NamedTuple):
    """What a notice says: its kind, the places it names, the words of what it says changed.

    *paragraphs* count from 1, from the end where negative; *fields* are "title", "dek", "byline", "caption".
    """

    kind: NoticeKind
    paragraphs: tuple[int, ...]
    fields: frozenset[str]
    throughout: bool
    words: frozenset[str]

    @property
    def general(self) -> bool:
        """Say whether it names nothing in particular ("This story has been updated.")."""
        return self.throughout or not (self.paragraphs or self.fields or self.words)


@lru_cache(maxsize=4096)
def recognise(text: str) -> NoticeKind | None:
    """Return what kind of notice a sentence or paragraph is, or None when it is news text."""
    if len(text) > 900:
        return None
    low = text.lower()
    if not any(telling in low for telling in TELLING) or _only_a_time(text):
        return None
    return next((family.kind for family in FAMILIES if family.pattern.search(text)), None)


def _only_a_time(text: str) -> bool:
    """Say whether nothing stands beside the word for "updated" but a date or a time: "Mise à jour : 18 juil. 2024"."""
    return bool(_STAMP.fullmatch(text)) and not text.rstrip().endswith(":")


def parse(kind: NoticeKind, text: str) -> Parsed:
    """Read a notice: *kind* is what the extractor took it for."""
    return Parsed(
        recognise(text) or kind,
        _paragraphs(text),
        frozenset(field for field, words in _PLACES.items() if words.search(text)),
        bool(_THROUGHOUT.search(text)),
        frozenset(stems(text)),
    )


def stems(text: str) -> set[str]:
    """Return the telling words of *text*, the first six letters of each, and its figures."""
    return {w for w in (_stem(m[0]) for m in _WORD.finditer(text)) if w}


def _stem(word: str) -> str:
    low = word.lower().replace("’", "'")
    if low in _EMPTY or (len(low) < 3 and not low[-1].isdigit()):
        return ""
    low = low.removesuffix("'s")
    if low[-1].isdigit():
        return low
    return (low[:-1] if len(low) > 4 and low[-1] == "s" and low[-2] != "s" else low)[:6]


def _paragraphs(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for m in _AFTER.finditer(text):
        said = re.findall(r"\d+|[a-z]+", m[1].lower())
        numbers = [n for n in (_number(word) for word in said) if n]
        ranged = len(numbers) == 2 and re.search(r"[-–]|\bto\b|\bthrough\b", m[1])
        found.update(range(numbers[0], numbers[1] + 1) if ranged else numbers)
    for m in _SOME.finditer(text):
        many = _number(m[2].lower()) if m[2].lower() not in _ORDINALS else 0
        from_end = _ORDINALS.get(m[1].lower(), 1) < 0
        found.update(range(-many, 0) if from_end else range(1, many + 1))
    for m in _BEFORE.finditer(text):
        found.update(_ordinal(word.lower()) for word in m.groups() if word)
    return tuple(sorted(n for n in found if n))


def _number(word: str) -> int:
    if word.isdigit():
        return int(word) if int(word) < 200 else 0
    return 1 if word == "one" else _COUNTS.get(word, 0)


def _ordinal(word: str) -> int:
    figure = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.|e|º)?", word)
    return int(figure[1]) if figure else _ORDINALS.get(word, 0)
