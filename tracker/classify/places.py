# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Tell names of places, and of those who come from them, from the names of people and organisations.

The names of countries, regions and capitals in seven languages come from the Unicode CLDR, those of other large cities
from GeoNames (CC BY 4.0); `.ci/places.py` writes both files. A country's adjective is known by its beginning ("Ukraine",
"Ukrainian"), or listed where it begins otherwise. Squares, rivers and districts are known by their last word.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

_PLACES_FILE: Final = Path(__file__).with_name("places.txt")
_CITIES_FILE: Final = Path(__file__).with_name("cities.txt")
_MIN_STEM_LETTERS: Final = 4
_MAX_ENDING_LETTERS: Final = 6
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
        "us|u.s|usa|america|united states|vereinigte staaten|vereinigten staaten|amerika|états-unis|etats-unis|amérique|ee uu|ee.uu|estados unidos|stati uniti|eua|vs|verenigde staten",
        "uk|u.k|britain|great britain|united kingdom|vereinigtes königreich|vereinigten königreich|großbritannien|royaume-uni|grande-bretagne|reino unido|gran bretaña|regno unito|gran bretagna|grã-bretanha|verenigd koninkrijk|groot-brittannië",
        "eu|e.u|european union|europäische union|europäischen union|union européenne|ue|unión europea|unione europea|união europeia|europese unie",
        "un|u.n|uno|united nations|vereinte nationen|vereinten nationen|nations unies|onu|naciones unidas|nazioni unite|nações unidas|verenigde naties|vn",
        "uae|vae|emirates|united arab emirates|emirate|émirats|emiratos|emirati|emirados|emiraten",
        "turkey|türkiye|türkei|turquie|turquía|turchia|turquia|turkije",
        "czechia|czech republic|tschechien|tschechische republik",
    )
)


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(_PLACES_FILE.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def _cities() -> frozenset[str]:
    return frozenset(_CITIES_FILE.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    """Return the beginnings of places of one word, without the vowel that an adjective drops."""
    stems = set()
    for word in _places():
        bare = word.rstrip("aeiouyéí")
        stems.add(bare if len(bare) >= _MIN_STEM_LETTERS else word[:_MIN_STEM_LETTERS])
    return frozenset(stem for stem in stems if " " not in stem and len(stem) >= _MIN_STEM_LETTERS)


def are_two_places(a: str, b: str) -> bool:
    """Say whether two words in lower case are names of different countries or regions: "austria", "australia"."""
    return a != b and a in _places() and b in _places()


@lru_cache(maxsize=4096)
def other_names(name: str) -> tuple[str, ...]:
    """Return the names in lower case that the same place has, *name* included: "US", "United States"."""
    low = name.casefold().rstrip(".")
    return next((names for names in _ALIASES if low in names), (low,))


@lru_cache(maxsize=4096)
def is_place(name: str) -> bool:
    """Say whether *name* is that of a place, or an adjective of one."""
    low = name.casefold().rstrip(".").replace("’", "'")
    if low in _places() or low in _ADJECTIVES or low in _cities():
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
    """Say whether one word is that of a place by itself: a name in the lists, or one of its people: "Ukrainian".

    A beginning and any ending would do for "manager" (Managua) as well.
    """
    low = word.casefold()
    listed = low in _places() or low in _ADJECTIVES or low in _cities()
    return listed or (low.endswith(("ian", "ians", "ese", "ish")) and is_place(word))


_ENDINGS: Final = (
    *("ian", "ians", "an", "ans", "ese", "i", "is", "ish", "ien", "iens", "ienne", "iano", "iana", "ianos", "iani"),
    *("er", "ern", "ische", "ischen", "ischer", "isches", "ois", "ais", "aise", "ano", "ana", "ino", "és", "ês", "se"),
)
_DIRECTIONS: Final = frozenset("north south east west northern southern eastern western central new saudi".split())
# Words by which a name is that of a place: "Freedom Square", "Capitol Hill".
_GEOGRAPHIC: Final = frozenset(
    "square street road avenue boulevard bridge river lake sea ocean island islands valley bay beach coast hill hills mountain "
    "mountains desert peninsula strait gulf county province district region village airport stadium".split()
)
