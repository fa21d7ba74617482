"""Write the names of states, provinces and regions for tracker/classify/data: regions.txt, from the CLDR and Faker.

    npm pack cldr-subdivisions-full@48.2.0 && tar xzf cldr-subdivisions-full-48.2.0.tgz
    uv run --with faker .ci/regions.py package/subdivisions

The CLDR (Unicode licence) names the parts of each country in English, by ISO 3166-2; Faker (MIT licence) has the names
of some in their own language. Left out are names that are also given names ("Victoria") or ordinary words ("Marche"),
and those of countries and cities that are known already.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "tracker/classify/data"
# Countries whose parts the news of our languages names without the country.
COUNTRIES = frozenset("us ca au de at ch fr es it pt be nl br mx ar in ru ua cn".split())
# Of the United Kingdom its nations; of France and Italy regions, not departments and provinces.
PART = re.compile(r"gb(?:eng|sct|wls|nir)|fr(?:[a-z]{3}|20r)|it\d\d|(?!gb|fr|it)..\w+")
KIND = re.compile(r"\s+(?:oblast|province|region|krai|republic|autonomous region|state|okrug)$", re.IGNORECASE)
LISTS = {
    "states": ("de_DE", "de_AT", "es_MX"),
    "cantons": ("de_CH", "fr_CH"),
    "regions": ("fr_FR", "es_ES"),
    "provinces": ("fr_CA", "nl_NL"),
    "estados": ("pt_BR",),
}
# Faker has the provinces of Italy alone.
ITALIAN = (
    "abruzzo|basilicata|calabria|campania|friuli|liguria|lombardia|molise|piemonte|puglia|sardegna|sicilia|toscana"
    "|trentino|valle d'aosta|veneto"
)
# Ordinary words of one of the languages, and names that more people have.
ORDINARY = frozenset(
    "acre central centre centro distrito federal faro guarda indiana jewish jura lugo marche misiones pará saba sonora"
    " umbria ávila braga burgos guerrero hidalgo mendoza montana zamora".split()
)
MIN_LETTERS = 4


def names(folder: Path) -> list[str]:
    """Return every name once, in small letters and in order."""
    known: set[str] = set()
    for file in ("places.txt", "cities.txt", "given_names.txt"):
        known.update((FOLDER / file).read_text("utf-8").casefold().split("\n"))
    found = set(ITALIAN.split("|"))
    listed = json.loads((folder / "en/en.json").read_text("utf-8"))["subdivisions"]["localeDisplayNames"]
    for code, name in listed["subdivisions"].items():
        if code[:2] in COUNTRIES | {"gb"} and PART.fullmatch(code):
            found.add(KIND.sub("", re.sub(r"\s*\(.*", "", name)))
    for kind, locales in LISTS.items():
        for locale in locales:
            parts = getattr(import_module(f"faker.providers.address.{locale}").Provider, kind)
            found.update(part if isinstance(part, str) else part[1] for part in parts)
    return sorted({name.casefold() for name in found if len(name) >= MIN_LETTERS} - known - ORDINARY)


if __name__ == "__main__":
    (FOLDER / "regions.txt").write_text("\n".join(names(Path(sys.argv[1]))) + "\n", "utf-8")
