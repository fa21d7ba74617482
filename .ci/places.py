"""Write tracker/classify/places.txt: countries, regions and large cities in seven languages, as the CLDR names them.

    .venv/bin/python .ci/places.py [--check]

The names come from babel's copy of the Unicode CLDR (Unicode licence): its territories, and the city by which it names
each time zone. With --check nothing is written; the exit code is 1 where the file is not what would be written.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel import Locale

FILE = Path(__file__).resolve().parents[1] / "tracker/classify/places.txt"
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


def main() -> int:
    """Write or check the file; return the exit code."""
    text = "\n".join(names()) + "\n"
    if "--check" in sys.argv:
        return int(FILE.read_text(encoding="utf-8") != text)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
