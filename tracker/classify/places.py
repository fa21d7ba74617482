# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell names of places, and of those who come from them, from the names of people and organisations.

The names of countries, regions and capitals in seven languages come from the Unicode CLDR, some regions from Faker (MIT
licence), other large cities from GeoNames (CC BY 4.0); `.ci/places.py` and `.ci/regions.py` write the files. A country's adjective is known by its beginning ("Ukraine",
"Ukrainian"), or listed where it begins otherwise. Squares, rivers and districts are known by their last word.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from .lemmas import lemma

_PLACES_FILE: Final = Path(__file__).with_name("places.txt")
_CITIES_FILE: Final = Path(__file__).with_name("cities.txt")
_REGIONS_FILE: Final = Path(__file__).with_name("regions.txt")
_PEOPLES_FILE: Final = Path(__file__).with_name("peoples.txt")
_MIN_STEM_LETTERS: Final = 4
_MAX_ENDING_LETTERS: Final = 6
_MIN_BARE_LETTERS: Final = 6
"""Letters from which a place may lack its accents: "Léon" and "Leon" may be two."""
# Adjectives and peoples that begin otherwise than their country, and parts of the world.
_ADJECTIVES: Final = frozenset(
    (
        "american americans british briton britons french english dutch scottish scots welsh irish danish swiss swedish spanish "
        "spaniards turkish polish greek greeks finnish thai iraqi iraqis iranian yemeni israeli israelis saudi saudis western eastern "
        "asian african european europeans pacific atlantic arctic antarctic baltic balkan balkans caribbean nordic arab arabs arabian filipino lebanese congolese peruvian norwegian chinese japanese cypriot "
        "amerikaner amerikanische amerikanischen britische britischen französische englische türkei türkische "
        "américain américaine britannique français française allemand allemande espagnol américains "
        "estadounidense británico francés alemán español statunitense britannico francese tedesco spagnolo "
        "americano britânico francês alemão espanhol amerikaanse britse franse duitse spaanse"
    ).split()
)


# The same place by its other names. An abbreviation that is the initials of its words need not be here.
_ALIASES: Final = tuple(
    tuple(group.split("|"))
    for group in (
        "us|u.s|usa|america|united states|vereinigte staaten|vereinigten staaten|amerika|états-unis|etats-unis|amérique|ee uu|ee.uu|ee. uu|eeuu|estados unidos|stati uniti|eua|vs|verenigde staten|american|americans",
        "uk|u.k|britain|great britain|united kingdom|vereinigtes königreich|vereinigten königreich|großbritannien|royaume-uni|grande-bretagne|reino unido|gran bretaña|regno unito|gran bretagna|grã-bretanha|verenigd koninkrijk|groot-brittannië|british|briton|britons",
        "eu|e.u|european union|europäische union|europäischen union|union européenne|ue|unión europea|unione europea|união europeia|europese unie",
        "un|u.n|uno|united nations|vereinte nationen|vereinten nationen|nations unies|onu|naciones unidas|nazioni unite|nações unidas|verenigde naties|vn",
        "uae|vae|emirates|united arab emirates|emirate|émirats|emiratos|emirati|emirados|emiraten",
        "turkey|türkiye|türkei|turquie|turquía|turchia|turquia|turkije",
        "czechia|czech republic|tschechien|tschechische republik",
    )
)
_PARTY_ALIASES: Final = tuple(
    tuple(group.split("|"))
    for group in (
        "tory|tories|conservative|conservatives|conservative party",
        "gop|republican|republicans|republican party",
        "lib dem|lib dems|liberal democrat|liberal democrats",
    )
)
_MIN_ALIAS_LETTERS: Final = 5
"""A shorter one may be a word: "Un", "Us"."""


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    aliases = frozenset(name for names in _ALIASES for name in names if len(name) >= _MIN_ALIAS_LETTERS)
    return aliases.union(_PLACES_FILE.read_text(encoding="utf-8").splitlines(), ("england", "scotland", "wales"))


@lru_cache(maxsize=1)
def _cities_and_regions() -> frozenset[str]:
    listed = (file.read_text(encoding="utf-8") for file in (_CITIES_FILE, _REGIONS_FILE))
    found = {name for names in listed for name in names.splitlines()}
    # English writes them without accents: "Medellin".
    return frozenset(found | {bare(name) for name in found if len(name) >= _MIN_BARE_LETTERS and not name.isascii()})


@lru_cache(maxsize=1)
def _peoples() -> frozenset[str]:
    return frozenset(_PEOPLES_FILE.read_text(encoding="utf-8").splitlines())


def people(word: str, lang: str) -> str:
    """Return the base form of an adjective of a people in small letters, "" for another word: "rusas" gives "ruso".

    Args:
        word: a word in lower case.
        lang: the two letters of its language.
    """
    base = lemma(word, lang)
    # "Ucraine", "russos": a plural that the lexicon does not know as one.
    for form in (base, *(word[:-cut] + vowel for cut in (1, 2) for vowel in "oae")):
        if form in _peoples():
            return form
    plain = bare(word)
    lengths = range(len(plain) - 2, max(_MIN_STEM_LETTERS, len(plain) - _MAX_ENDING_LETTERS) - 1, -1)
    is_adjective = plain.endswith(_SMALL_ENDINGS) and word not in _places()
    return next((plain[:n] for n in lengths if is_adjective and plain[:n] in _stems()), "")


def bare(word: str) -> str:
    """Return a word without its accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    """Return the beginnings of places of one word, without the vowel that an adjective drops."""
    stems = set()
    for word in _places():
        stem = word.rstrip("aeiouyéí")
        stems.add(stem if len(stem) >= _MIN_STEM_LETTERS else word[:_MIN_STEM_LETTERS])
    return frozenset(stem for stem in stems if " " not in stem and len(stem) >= _MIN_STEM_LETTERS)


def are_two_places(a: str, b: str) -> bool:
    """Return whether two words in lower case are names of different countries or regions: "austria", "australia"."""
    return a != b and a in _places() and b in _places()


@lru_cache(maxsize=4096)
def other_names(name: str) -> tuple[str, ...]:
    """Return the names in lower case that the same place or party has, `name` included: "US", "United States"."""
    low = name.casefold().rstrip(".")
    return next((names for names in (*_ALIASES, *_PARTY_ALIASES) if low in names), (low,))


@lru_cache(maxsize=4096)
def is_place(name: str) -> bool:
    """Return whether `name` is that of a place, or an adjective of one."""
    low = name.casefold().rstrip(".").replace("’", "'")
    if low in _places() or low in _ADJECTIVES or low in _cities_and_regions():
        return True
    # "Asia-Pacific", "anti-Israel"
    if low.rpartition("-")[2] in _places() or low.rpartition("-")[2] in _ADJECTIVES:
        return True
    first, _, rest = low.partition(" ")
    last = low.rsplit(" ", 1)[-1]
    if rest and (last in _GEOGRAPHIC or (first in _DIRECTIONS and rest in _places())):
        return True
    lengths = range(max(_MIN_STEM_LETTERS, len(last) - _MAX_ENDING_LETTERS), len(last) + 1)
    # An adjective has an ending of its own: "Ukrainian", "Russians", "Syrische".
    if last.endswith(_ENDINGS) and any(last[:n] in _stems() for n in lengths):
        return low == last or low.rsplit(" ", 1)[0] in _DIRECTIONS
    return False


def is_surely_place(word: str) -> bool:
    """Return whether one word alone is that of a place: a name in the lists, or one of its people: "Ukrainian".

    A beginning and any ending would do for "manager" (Managua) as well.
    """
    low = word.casefold()
    listed = low in _places() or low in _ADJECTIVES or low in _cities_and_regions()
    return listed or (low.endswith(("ian", "ians", "ese", "ish")) and is_place(word)) or _is_people(low)


def _is_people(low: str) -> bool:
    """Return whether a word is a place with "an" in the place of its last vowel: "german", "moroccans", "cuban"."""
    stem = low.removesuffix("s").removesuffix("an")
    return (
        len(stem) >= _MIN_STEM_LETTERS - 1
        and stem != low
        and any(place in _places() for place in (*(stem + vowel for vowel in ("a", "o")), f"{stem}any"))
    )


_ENDINGS: Final = tuple(
    (
        "ian ians an ans ese i is ish ien iens ienne iano iana ianos iani er ern ische ischen ischer isches ois ais "
        "aise ano ana ino és ês se"
    ).split()
)
# Those of adjectives that have a small letter and no accent.
_SMALL_ENDINGS: Final = tuple(
    (
        "ien iens ienne iennes ais aise aises ois oise oises ano ana anos anas ani ane eno ena enos enas ense enses "
        "ino ina inos inas ies ese esi esa eses ische ischen ischer isches ischem se"
    ).split()
)
_DIRECTIONS: Final = frozenset("north south east west northern southern eastern western central new saudi".split())
# Words by which a name is that of a place: "Freedom Square", "Capitol Hill".
_GEOGRAPHIC: Final = frozenset(
    "square street road avenue boulevard bridge river lake sea ocean island islands valley bay beach coast hill hills mountain "
    "mountains desert peninsula strait gulf county province district region village airport stadium abbey cathedral castle palace "
    "arena station prison hospital".split()
)
