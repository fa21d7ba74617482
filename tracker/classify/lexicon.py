# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Read the lists of words that the rules look for: `data/<language>.toml`, and `data/names.toml` for all languages.

A file is read when a text in its language is judged for the first time; importing this module reads none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl")
DATA: Final = Path(__file__).with_name("data")
NAMES: Final = "names"
"""The file of names, which the news of every language has from every language."""
_WORD: Final = re.compile(r"[^\W_]+")


class PerLanguage(dict[str, T]):
    """A value for each language, made when it is first asked for."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, lang: str) -> T:
        value = self[lang] = self._make(lang)
        return value


@cache
def _tables(name: str) -> Mapping[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def entries(name: str, table: str, key: str = "words") -> Sequence[str]:
    """Return a list as a file has it.

    Args:
        name: one of LANGUAGES, or NAMES.
        table: a table of the file.
        key: a list of that table.
    """
    found: Sequence[str] = _tables(name)[table][key]
    return found


def keys(name: str, table: str) -> Sequence[str]:
    """Return the names of the lists of a table."""
    return tuple(_tables(name)[table])


def word_set(name: str, table: str, key: str = "words") -> frozenset[str]:
    """Return such a list as a set."""
    return frozenset(entries(name, table, key))


def text(name: str, table: str, key: str) -> str:
    """Return a value that is one text, such as a pattern."""
    found: str = _tables(name)[table][key]
    return found


def groups(name: str, table: str, key: str) -> dict[str, int]:
    """Return the words of a list whose entries are groups of words, each with the number of its group."""
    return {word: n for n, group in enumerate(entries(name, table, key)) for word in group.split()}


@cache
def lines(file: str) -> frozenset[str]:
    """Return the lines of a text file in the folder of the data, such as "places.txt"."""
    return frozenset((DATA / file).read_text(encoding="utf-8").splitlines())


def any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches one of `words`, the longest that fits."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def words_of(low: str) -> list[tuple[str, int]]:
    """Return the words of `low`, each with where it starts."""
    return [(m[0], m.start()) for m in _WORD.finditer(low)]


class Phrases:
    """Finds any of many phrases in a text, with one look-up a word. Phrases are given in lists."""

    def __init__(self, *lists: Iterable[str] | str) -> None:
        self._by_first: dict[str, list[str]] = {}
        listed = (part.split("|") if isinstance(part, str) else part for part in lists)
        for phrase in sorted(
            {phrase.strip() for part in listed for phrase in part} - {""},
            key=lambda p: (-len(p), p),  # of phrases that begin alike, the longest is found
        ):
            first = _WORD.match(phrase)
            if first:  # a sign such as % is not a word
                self._by_first.setdefault(first[0], []).append(phrase)

    @classmethod
    def by_language(cls, lists: dict[str, str]) -> dict[str, Phrases]:
        """Return one finder a language for one list a language."""
        return {lang: cls(phrases) for lang, phrases in lists.items()}

    def find(self, low: str, words: Sequence[tuple[str, int]] | None = None) -> list[tuple[int, int]]:
        """Return the start and end of every phrase in a text, in order and without overlap.

        Args:
            low: the text in lower case with plain apostrophes.
            words: its words, where a caller has them already.
        """
        found: list[tuple[int, int]] = []
        by_first = self._by_first
        end = 0
        if words is None:
            words = words_of(low)
        for word, at in [each for each in words if each[0] in by_first]:
            if at < end:
                continue
            for phrase in by_first[word]:
                stop = at + len(phrase)
                if low.startswith(phrase, at) and not low[stop : stop + 1].isalnum():
                    found.append((at, stop))
                    end = stop
                    break
        return found


# Words that carry grammar, which may be added or dropped without a change of what is said.
GRAMMAR: Final = PerLanguage(lambda lang: word_set(lang, "grammar"))
PREPOSITIONS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "prepositions"))
SMALL: Final = PerLanguage(lambda lang: GRAMMAR[lang] | PREPOSITIONS[lang])
"""Words of both kinds; all others are content words."""
EMPHASIS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "emphasis"))
"""Words of degree and emphasis."""
PRONOUNS: Final = PerLanguage(lambda lang: groups(lang, "grammar", "pronouns"))
"""The pronouns that show whom they stand for, each with a number that those of the same person share."""
GENDERS: Final = PerLanguage(
    lambda lang: frozenset(frozenset(pair.split()) for pair in entries(lang, "grammar", "genders"))
)
"""Pairs of articles that differ in gender: with the other one, "le maire" is somebody else."""
LIST_JOINTS: Final = PerLanguage(lambda lang: word_set(lang, "grammar", "list_joints").union("&,;/|"))
"""Words and marks between the items of a list."""
NO_COMMENT: Final = PerLanguage(lambda lang: re.compile(text(lang, "saying", "no_comment")))
"""Who was asked said nothing."""
NO_NAMES: Final = PerLanguage(lambda lang: word_set(lang, "names", "no_names") | SMALL[lang])
"""Words that have a capital letter at the start of a sentence or in German and are not names."""
ACRONYMS: Final = frozenset({"IT", "US", "WHO"})
"""Written so, they are names and no words of grammar: "a US jet", "the WHO"."""


def initials(words: Sequence[str], lang: str) -> tuple[str, str]:
    """Return the initials of `words` in capitals, with and without those of grammar: "BOE" and "BE"."""
    large = [word for word in words if word.lower() not in SMALL[lang]]
    return "".join(w[0] for w in words).upper(), "".join(w[0] for w in large).upper()


def share_kept(old: Iterable[str], new: Iterable[str], lang: str) -> float:
    """Return the share of the content words of two texts, in lower case, that both have, 0 to 1; 1 if neither has any."""
    before, after = set(old) - SMALL[lang], set(new) - SMALL[lang]
    return len(before & after) / len(before | after) if before or after else 1.0


@cache
def titles() -> frozenset[str]:
    """Return the titles before names, of all languages: "mr", "senator"."""
    return word_set(NAMES, "people", "titles")


@cache
def _german_offices() -> tuple[str, ...]:
    return tuple(entries(NAMES, "people", "german_offices"))


def is_title(word: str, lang: str) -> bool:
    """Return whether `word` is a title or an office that a name may follow."""
    low = word.lower().rstrip(".")
    if low in titles():
        return True
    # German offices are one word, so that no list has them all: "Außenminister", "Polizeichefin".
    return lang == "de" and low.removesuffix("in").endswith(_german_offices())


def is_office(word: str, lang: str) -> bool:
    """Return whether `word` is a title that says what somebody is: "Senator", not "Mr"."""
    low = word.lower().rstrip(".")
    other = entries(NAMES, "people", "other_offices")
    return low in other or (is_title(word, lang) and low not in entries(NAMES, "people", "honorifics"))


# Words of quantities, which the tables of the language files are to take in.


def by_language(listed: str) -> dict[str, str]:
    """Split a list that has one part a language, parted by "§", in the order of `LANGUAGES`."""
    return dict(zip(LANGUAGES, listed.split("§"), strict=True))


# Amounts that words say without a number.
LOOSE_NUMBERS = by_language(
    "dozen|dozens|hundreds|thousands|millions|billions|trillions|several|half a million|half a billion|half a dozen"
    "§dutzend|dutzende|dutzenden|hunderte|hunderten|tausende|tausenden|millionen|milliarden|mehrere|eine halbe million"
    "|ein halbes dutzend"
    "§douzaine|dizaine|dizaines|centaines|milliers|millions|milliards|plusieurs|un demi-million"
    "§docena|docenas|decenas|cientos|miles|millones|varios|varias|medio millón"
    "§dozzina|decine|centinaia|migliaia|milioni|miliardi|mezzo milione"
    "§dúzia|dezenas|centenas|milhares|milhões|bilhões|vários|várias|meio milhão"
    "§dozijn|tientallen|honderden|duizenden|miljoenen|miljarden|verschillende|half miljoen"
)
EXACT_NUMBERS = {
    "half a million": "500000", "half a billion": "500000000", "half a dozen": "6", "eine halbe million": "500000",
    "ein halbes dutzend": "6", "un demi-million": "500000", "medio millón": "500000", "mezzo milione": "500000",
    "meio milhão": "500000", "half miljoen": "500000",
}  # fmt: skip
"""Of the loose numbers, those that are exact."""


def _values(listed: str) -> dict[str, dict[str, int]]:
    """Read "word/word=2 word=3" of each language into the value of each word."""
    pairs = {lang: [part.split("=") for part in words.split()] for lang, words in by_language(listed).items()}
    return {lang: {w: int(n) for words, n in ps for w in words.split("/")} for lang, ps in pairs.items()}


# Parts of a whole after a number or an article: two thirds, a quarter, ein Drittel. A half needs neither.
PARTS = _values(
    "half=2 third/thirds=3 quarter/quarters=4 fifth/fifths=5 sixth/sixths=6 eighth/eighths=8 tenth/tenths=10"
    "§hälfte=2 drittel/dritteln=3 viertel/vierteln=4 fünftel/fünfteln=5 sechstel=6 achtel=8 zehntel=10"
    "§moitié=2 tiers=3 quart/quarts=4 cinquième/cinquièmes=5 sixième/sixièmes=6 dixième/dixièmes=10"
    "§mitad=2 tercio/tercios=3 cuarto/cuartos=4 quinto/quintos=5 sexto/sextos=6 décimo/décimos=10"
    "§metà=2 terzo/terzi=3 quarto/quarti=4 quinto/quinti=5 sesto/sesti=6 decimo/decimi=10"
    "§metade=2 terço/terços=3 quarto/quartos=4 quinto/quintos=5 sexto/sextos=6 décimo/décimos=10"
    "§helft=2 derde=3 kwart=4 vijfde=5 zesde=6 achtste=8 tiende=10"
)
# How often, and how many times as much.
TIMES = _values(
    "once=1 twice=2 thrice=3 double/doubled=2 triple/tripled/trebled=3 quadrupled=4"
    "§einmal=1 verdoppelt/doppelt=2 verdreifacht=3 vervierfacht=4"
    "§double/doublé=2 triple/triplé=3"
    "§doble/duplicado=2 triple/triplicado=3"
    "§doppio/raddoppiato=2 triplo/triplicato=3"
    "§dobro/dobrou=2 triplo/triplicou=3"
    "§eenmaal=1 tweemaal=2 driemaal=3 dubbele/verdubbeld=2 verdrievoudigd=3"
)
MULTIPLES = frozenset(word for words in TIMES.values() for word in words) - {"twice", "thrice", "tweemaal", "driemaal"}
"""Of these, those that say little on their own: "a double murder"."""
FOLDS = {"en": "fold", "de": "mal", "nl": "voudig"}
"""The ending by which a number becomes "so many times": tenfold, dreimal."""
# Words that text2num reads as numbers and that mean something else in running text.
NO_NUMBERS = frozenset("sei quarto quinto segundo segunda quinta sexta oh threes fours fives sixes sevens".split())
# What a number counts, by the words next to it.
ROLES = {
    "killed": "killed|kills|kill|dead|deaths|died|die|fatalities|death toll|lives|tote|toten|getötet|opfer|gestorben|morts|mort|tués|décès|muertos|muerto|fallecidos|morti|vittime|mortos|mortes|doden|dood|omgekomen|starb|starben|tötet|tötete|töteten|tue|tué|tuent|mata|mató|matan|mataron|matou|mataram|uccide|ucciso|uccidono|doodt|doodde|doodden|bodies|dead bodies",
    "injured": "injured|wounded|hurt|injuries|verletzt|verletzte|verletzten|blessés|heridos|feriti|feridos|gewonden|gewond",
    "missing": "missing|unaccounted|vermisst|vermisste|vermissten|disparus|portés disparus|desaparecidos|dispersi|vermist|vermisten",
    "people": "people|persons|residents|workers|students|menschen|personen|personnes|personas|persone|pessoas|mensen|arrested|suspects|women|men|children",
}  # fmt: skip
# Days and times relative to the date of publication.
DAYS = by_language(
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today|tomorrow|tonight|last week|next week"
    "|last month|next month|last year|next year|this week|this month|this year|this morning|this afternoon|this evening"
    "|last night|overnight|midnight|on the morning|on the afternoon|on the evening|on the night|in the morning|in the afternoon|in the evening|in the spring|in the summer"
    "|in the autumn|in the fall|in the winter|last spring|last summer|last autumn|last winter|next spring|next summer"
    "|next autumn|next winter|this spring|this summer|this autumn|this winter|the weekend|noon|midday|christmas|christmas eve|christmas day|boxing day|easter|new year's eve"
    "|new year's day|thanksgiving|halloween|ramadan"
    "§montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|gestern|heute|morgen|vorgestern|übermorgen"
    "|vergangene woche|letzte woche|nächste woche|kommende woche|diese woche|vergangenes jahr|nächstes jahr|dieses jahr"
    "|im frühjahr|im frühling|im sommer|im herbst|im winter|am wochenende|am morgen|am vormittag|am nachmittag|am abend"
    "|in der nacht|montagabend|dienstagabend|mittwochabend|donnerstagabend|freitagabend|samstagabend|sonntagabend"
    "|montagmorgen|dienstagmorgen|mittwochmorgen|donnerstagmorgen|freitagmorgen|samstagmorgen|sonntagmorgen|mitternacht|weihnachten|heiligabend|ostern|pfingsten|silvester|neujahr|ramadan"
    "§lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier|aujourd'hui|demain|avant-hier|après-demain"
    "|la semaine dernière|la semaine prochaine|cette semaine|le mois dernier|le mois prochain|l'an dernier|l'an prochain"
    "|cette année|ce matin|ce soir|cette nuit|au printemps|en été|cet été|à l'automne|en hiver|cet hiver|minuit|midi|noël|pâques|ramadan"
    "§lunes|martes|miércoles|jueves|viernes|sábado|domingo|ayer|hoy|mañana|anteayer|anoche|esta mañana|esta tarde"
    "|esta noche|la semana pasada|la próxima semana|esta semana|el mes pasado|el próximo mes|el año pasado"
    "|el próximo año|este año|en primavera|en verano|en otoño|en invierno|medianoche|mediodía|navidad|nochebuena|nochevieja|semana santa|ramadán"
    "§lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|ieri|oggi|domani|stamattina|stasera|stanotte"
    "|la settimana scorsa|la scorsa settimana|la prossima settimana|questa settimana|il mese scorso|il mese prossimo"
    "|l'anno scorso|l'anno prossimo|quest'anno|in primavera|in estate|in autunno|in inverno|mezzanotte|mezzogiorno|natale|pasqua|capodanno|ferragosto|ramadan"
    "§segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo|ontem|hoje|amanhã|esta semana"
    "|semana passada|próxima semana|mês passado|próximo mês|ano passado|próximo ano|este ano|na primavera|no verão"
    "|no outono|no inverno|meia-noite|meio-dia|natal|páscoa|carnaval"
    "§maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|gisteren|vandaag|morgen|eergisteren|overmorgen|vanavond"
    "|vanochtend|vanmiddag|vannacht|vorige week|volgende week|deze week|vorige maand|volgende maand|vorig jaar"
    "|volgend jaar|dit jaar|in de lente|in de zomer|in de herfst|in de winter|middernacht|kerst|kerstmis|pasen|pinksteren|ramadan"
)
# Noon and midnight are hours, too.
HOURS_BY_NAME = dict.fromkeys(
    "midnight mitternacht minuit medianoche mezzanotte meia-noite middernacht".split(), "0"
) | dict.fromkeys("noon midday midi mediodía mezzogiorno meio-dia".split(), "12")
# Before or after a span of time, these say which one it is: this year, in the coming weeks, la semana pasada.
WHICH_BEFORE = frozenset(
    "this last next past coming recent previous following dieses diesem diesen dieser letzten letztes letzter letztem vergangenen "
    "vergangenem vergangenes vorigen vorigem vorletzten kommenden kommendem kommendes nächsten nächstem nächstes laufenden ces cette "
    "cet dernières derniers prochaines prochains este esta estos estas próximos próximas últimos últimas questo questa questi "
    "queste prossimi prossime scorsi ultimi ultime neste nesta deste desta próximos últimos deze dit komende afgelopen vorige "
    "volgende laatste".split()
)
WHICH_AFTER = frozenset(
    "dernier dernière derniers dernières prochain prochaine prochains prochaines suivant suivante pasado pasada pasados pasadas "
    "próximo próxima siguiente scorso scorsa scorsi scorse prossimo prossima successivo passado passada seguinte ago "
    "later earlier zuvor später darauf geleden later plus".split()
)
# Before a span of time without a number: for days, seit Jahren, da mesi.
DURING = frozenset(
    "for within in since over after before für seit binnen nach vor innert über pendant depuis durant après durante desde hace "
    "tras per da dopo por há após voor sinds na binnen gedurende al".split()
)
