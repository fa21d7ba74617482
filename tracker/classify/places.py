# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Distinguish the names of places and their peoples from the names of persons and organisations.

The names of countries, regions and capitals in seven languages come from the Unicode CLDR, some regions from Faker (MIT
licence), other large cities from GeoNames (CC BY 4.0); `.ci/places.py` and `.ci/regions.py` write the files. A country's adjective is known by its beginning ("Ukraine",
"Ukrainian"), or listed where it begins otherwise. Squares, rivers and districts are known by their last word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from . import lexicon
from .lexicon import lemma

_MIN_STEM_LETTERS: Final = 4
_MAX_ENDING_LETTERS: Final = 6
_MIN_BARE_LETTERS: Final = 6
"""A place of at least this many letters may be written without accents: "Léon" and "Leon" may be two places."""
_MIN_ALIAS_LETTERS: Final = 5
"""A shorter other name of a place may be a word: "Un", "Us"."""


@cache
def known_places() -> frozenset[str]:
    """Return the names of countries, regions and capitals in lower case."""
    aliases = (name for names in lexicon.entries(lexicon.NAMES, "other_names", "places") for name in names.split("|"))
    long = frozenset(name for name in aliases if len(name) >= _MIN_ALIAS_LETTERS)
    return long | lexicon.lines("places.txt") | {"england", "scotland", "wales"}


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(_listed("adjectives"))


@cache
def _cities_and_regions() -> frozenset[str]:
    found = lexicon.lines("cities.txt") | lexicon.lines("regions.txt")
    # English writes them without accents: "Medellin".
    return found.union(bare(name) for name in found if len(name) >= _MIN_BARE_LETTERS and not name.isascii())


@cache
def _listed(key: str) -> tuple[str, ...]:
    return tuple(lexicon.entries(lexicon.NAMES, "places", key))


def people(word: str, lang: str) -> str:
    """Return the base form of the adjective of a people: "rusas" gives "ruso"; "" for any other word.

    `word` is in lower case.
    """
    base = lemma(word, lang)
    # "Ucraine", "russos": a plural that the lexicon does not know as one.
    for form in (base, *(word[:-cut] + vowel for cut in (1, 2) for vowel in "oae")):
        if form in lexicon.lines("peoples.txt"):
            return form
    plain = bare(word)
    lengths = range(len(plain) - 2, max(_MIN_STEM_LETTERS, len(plain) - _MAX_ENDING_LETTERS) - 1, -1)
    is_adjective = plain.endswith(_listed("small_endings")) and word not in known_places()
    return next((plain[:n] for n in lengths if is_adjective and plain[:n] in _stems()), "")


def bare(word: str) -> str:
    """Return a word without its accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def _stems() -> frozenset[str]:
    """Return the names of places of one word without their last vowels, which adjectives drop."""
    stems = set()
    for word in known_places():
        stem = word.rstrip("aeiouyéí")
        stems.add(stem if len(stem) >= _MIN_STEM_LETTERS else word[:_MIN_STEM_LETTERS])
    return frozenset(stem for stem in stems if " " not in stem and len(stem) >= _MIN_STEM_LETTERS)


@lru_cache(maxsize=4096)
def other_names(name: str) -> Sequence[str]:
    """Return the names in lower case that the same place or party has, `name` included: "US", "United States"."""
    low = name.casefold().rstrip(".")
    groups = [group for key in ("places", "parties") for group in lexicon.entries(lexicon.NAMES, "other_names", key)]
    return next((names for names in (group.split("|") for group in groups) if low in names), (low,))


@lru_cache(maxsize=4096)
def is_place(name: str) -> bool:
    """Return whether `name` is the name of a place, or an adjective of one."""
    low = name.casefold().rstrip(".").replace("’", "'")
    if low in known_places() or low in _adjectives() or low in _cities_and_regions():
        return True
    # "Asia-Pacific", "anti-Israel"
    if low.rpartition("-")[2] in known_places() or low.rpartition("-")[2] in _adjectives():
        return True
    first, _, rest = low.partition(" ")
    last = low.rsplit(" ", 1)[-1]
    if rest and (last in _listed("kinds") or (first in _listed("directions") and rest in known_places())):
        return True
    lengths = range(max(_MIN_STEM_LETTERS, len(last) - _MAX_ENDING_LETTERS), len(last) + 1)
    # An adjective has an ending of its own: "Ukrainian", "Russians", "Syrische".
    if last.endswith(_listed("endings")) and any(last[:n] in _stems() for n in lengths):
        return low == last or low.rsplit(" ", 1)[0] in _listed("directions")
    return False


def is_surely_place(word: str) -> bool:
    """Return whether a single word is the name of a place in the lists, or of its people: "Ukrainian".

    Unlike in `is_place`, a stem with any ending is not enough, because "manager" has that of Managua.
    """
    low = word.casefold()
    if low in known_places() or low in _adjectives() or low in _cities_and_regions():
        return True
    if low.endswith(("ian", "ians", "ese", "ish")) and is_place(word):
        return True
    # "An" may be in the place of the last vowel: "german", "moroccans", "cuban".
    stem = low.removesuffix("s").removesuffix("an")
    is_stem = len(stem) >= _MIN_STEM_LETTERS - 1 and stem != low
    return is_stem and not known_places().isdisjoint((f"{stem}a", f"{stem}o", f"{stem}any"))
