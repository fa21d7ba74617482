# ruff: noqa: E501 - a list of words is read by its heading, not by its line ends
"""Write tracker/classify/data/quantities.json: units, currencies and scales in seven languages, by the names of the CLDR.

    .venv/bin/python .ci/quantities.py [--check]

The names come from babel's copy of the Unicode CLDR (Unicode licence); what the press writes besides is in ALSO. The
file is read in two milliseconds, where babel takes sixty to import and read the same, so babel is needed here alone.
With --check nothing is written; the exit code is 1 where the file is not what would be written.

The file has for each language: "units", each with what it measures and its names, which are those of no other unit;
"scales", the words that multiply a number, each with its power of ten; "spans", the names of spans of time, the
singular first. A name in small letters stands for one with capitals too where no other unit has it.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, list_currencies
from babel.units import format_unit

FILE = Path(__file__).resolve().parents[1] / "tracker/classify/data/quantities.json"
# British English adds "metre", "per cent" and "bn".
LOCALES = {lang: (lang, "en_GB") if lang == "en" else (lang,) for lang in ("en", "de", "fr", "es", "it", "pt", "nl")}
LOCALES["pt"] = ("pt", "pt_PT")
DIMENSIONS = (
    "angle-degree area concentr-percent concentr-permille consumption digital duration electric energy force frequency "
    "length mass power pressure speed temperature volume"
).split()
# Units that no news text states, or that are words of another meaning first ("points", "drops", "quarters").
LEFT_OUT = re.compile(
    r"person|solar|earth|duration-(?:quarter|night)|length-(?:point|scandi|furlong|mile-scandinavian)|speed-(?:beaufort|light)"
    r"|volume-(?:drop|pinch|jigger|dram|cup|dessert|table|tea|megaliter|.*imperial|.*metric)|foodcalorie|generic|density"
    r"|area-dunam|kilowatt-hour-per|mass-(?:grain|dalton)|force-kilowatt|length-parsec|temperature-kelvin|therm"
)
# Symbols that are words of a language, or too short to say a unit after a figure.
NO_SYMBOLS = frozenset("in st an to or at on as de en no se la le do da pt ap #".split())
NO_NOUNS = frozenset("real won all top som".split())
"""Names of money that are words of another meaning where a country does not go with them."""
LETTERS = frozenset("mgltwv")
"""Symbols of one letter that are read as units."""
# What the press writes beside the names of the CLDR.
ALSO = {
    "en": {"fortnight": "fortnight|fortnights", "mile-per-hour": "miles an hour", "kilometer-per-hour": "kilometres an hour|kilometers an hour", "kilogram": "kilo|kilos", "celsius": "c|degrees c|degree c", "fahrenheit": "f|degrees f|degree f", "percent": "pct|pc",
           "points": "percentage points|percentage point|pct points|pp|basis points|basis point", "cent": "cent|cents|pence"},
    "de": {"kilometer-per-hour": "stundenkilometer|stundenkilometern", "kilogram": "kilo", "points": "prozentpunkte|prozentpunkt|prozentpunkten|basispunkte|basispunkten", "cent": "cent"},
    "fr": {"year": "année|années", "kilogram": "kilo|kilos", "points": "points de pourcentage|point de pourcentage|points de base", "cent": "centime|centimes"},
    "es": {"kilogram": "kilo|kilos", "points": "puntos porcentuales|punto porcentual|puntos básicos", "cent": "céntimo|céntimos|centavo|centavos"},
    "it": {"kilogram": "chilo|chili", "percent": "per cento", "points": "punti percentuali|punto percentuale|punti base", "cent": "centesimo|centesimi"},
    "pt": {"kilogram": "quilo|quilos", "points": "pontos percentuais|ponto percentual|pontos base", "cent": "centavo|centavos|cêntimo|cêntimos"},
    "nl": {"kilometer-per-hour": "kilometer per uur|km/u", "week": "weken", "points": "procentpunten|procentpunt|basispunten", "pound": "pond", "cent": "cent"},
}  # fmt: skip
SYMBOLS_ALSO = {
    "energy": "MWh GWh TWh", "sound": "dB", "radiation": "Sv mSv µSv Bq kBq MBq",
}  # fmt: skip
"""Symbols that the CLDR does not have, each a unit of its own."""
SPANS_OF_TIME = ("minute", "hour", "day", "week", "month", "year", "decade", "century", "fortnight")
SCALES_ALSO = {"mn": 6, "mln": 6, "mio": 6, "bn": 9, "bln": 9, "mrd": 9, "tn": 12, "trn": 12}
# The last word of a name of money comes first in these: "dollar australien".
NOUN_FIRST = frozenset({"fr", "es", "it", "pt"})


def dimension(unit: str) -> str:
    """Return which of `DIMENSIONS` a unit of the CLDR is of; "" where it is left out."""
    return (
        next((d for d in DIMENSIONS if unit == d or unit.startswith(f"{d}-")), "") if not LEFT_OUT.search(unit) else ""
    )


def plain(name: str) -> str:
    """Return a name with plain apostrophes and spaces, and one micro sign."""
    return " ".join(name.replace("μ", "µ").replace("’", "'").split()).rstrip(".")


def is_symbol_kept(name: str, kind: str) -> bool:
    """Say whether a symbol is read as a unit after a figure."""
    letters = "h" if kind == "duration" else LETTERS
    return name not in NO_SYMBOLS and (len(name) > 1 or not name.isalpha() or name in letters)


def units(lang: str) -> dict[str, list[str]]:
    """Return each unit of a language: what it measures, then its names, the singular first."""
    found: dict[str, list[str]] = {}
    for tag in LOCALES[lang]:
        locale = Locale.parse(tag)
        for unit in sorted(locale.unit_display_names):
            kind = dimension(unit)
            if not kind:
                continue
            code = unit.removeprefix(f"{kind}-") if kind != unit else unit.rpartition("-")[2]
            names = found.setdefault(code, [kind.partition("-")[0] if kind != unit else kind.rpartition("-")[2]])
            for length in ("long", "short", "narrow"):
                for n in (1, 5):
                    name = plain(re.sub(r"[\d\s]*\d\s*", "", format_unit(n, unit, length, locale=locale), count=1))
                    if name == unit:  # the locale has no name of this length
                        continue
                    if length == "long" and n > 1 and lang == "de" and name[-1:] in "erl" and " " not in name:
                        names.append(f"{name}n")  # the dative: seit fünf Jahren
                    if name and (length == "long" or is_symbol_kept(name.lower(), kind)):
                        names.append(name)
    return found


def heads(names: dict[str, set[str]], lang: str) -> dict[str, str]:
    """Return the noun of each name of money ("dollar") with the currency that it stands for by itself.

    That is the only one with this noun, or the one that the CLDR writes with a bare sign ($, £, ¥).
    """
    english = Locale.parse("en").currency_symbols
    shared: dict[str, set[str]] = {}
    for code, known in names.items():
        for name in known:
            words = re.split(r"[\s-]", name)
            shared.setdefault(words[0 if lang in NOUN_FIRST else -1].lower(), set()).add(code)
    found = {}
    for noun, codes in shared.items():
        bare = {code for code in codes if len(english.get(code, code)) == 1}
        if len(noun) > 2 and noun not in NO_NOUNS and (len(codes) == 1 or len(bare) == 1):
            found[noun] = next(iter(bare or codes))
    return found


def currencies(lang: str) -> dict[str, list[str]]:
    """Return each currency of today: what it is, then its names, codes and signs."""
    current = {
        c for t in get_global("territory_currencies").values() for c, _, until, tender in t if tender and until is None
    }
    names: dict[str, set[str]] = {}
    signs: dict[str, set[str]] = {}
    for tag in (*LOCALES[lang], *("en", "de", "fr", "pt", "nl")):
        locale = Locale.parse(tag)
        for code in sorted(current & list_currencies(tag)):
            sign = locale.currency_symbols.get(code, code)
            signs.setdefault(code, set()).update(
                {sign.replace("\u202f", " "), code} - {"$"} if code != "USD" else {sign, code, "$"}
            )
            if tag in LOCALES[lang]:
                names.setdefault(code, set()).update(plain(get_currency_name(code, n, locale=locale)) for n in (1, 5))
    found = {code: sorted({*names[code], *signs[code]}, key=lambda n: (len(n), n)) for code in sorted(names)}
    for noun, code in sorted(heads(names, lang).items()):
        found[code].append(noun)
    return {code.lower(): ["money", *known] for code, known in found.items()}


def scales(lang: str) -> dict[str, int]:
    """Return the words that multiply a number, each with its power of ten."""
    found = dict(SCALES_ALSO)
    for tag in LOCALES[lang]:
        for by_count in Locale.parse(tag).compact_decimal_formats.values():
            for by_size in by_count.values():
                for size, pattern in by_size.items():
                    written = pattern.pattern
                    word = plain(written.replace("'", "").replace("0", ""))
                    if word and size.isdigit():
                        found[word] = len(size) - max(1, written.count("0"))
    if lang == "en":
        found |= {f"{word}s": zeros for word, zeros in found.items() if word.endswith(("and", "lion"))}
    return dict(sorted(found.items()))


def in_small_letters(names: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the names in small letters that stand for one unit alone. Codes of money are written in capitals only."""
    small: dict[str, set[tuple[str, str]]] = {}
    for name, (code, kind) in names.items():
        if not name.islower() and not (kind == "money" and len(name) == 3 and name.isupper()):
            small.setdefault(name.lower(), set()).add((code, kind))
    return {name: next(iter(units)) for name, units in small.items() if len(units) == 1 and name not in names}


def table(lang: str) -> dict[str, Any]:
    """Return what the file holds of one language."""
    known = units(lang) | currencies(lang)
    for code, also in ALSO[lang].items():
        known.setdefault(code, [{"points": "points", "fortnight": "duration"}.get(code, "money")]).extend(
            also.split("|")
        )
    for kind, symbols in SYMBOLS_ALSO.items():
        known |= {symbol: [kind, symbol] for symbol in symbols.split()}
    names: dict[str, tuple[str, str]] = {}
    for code, (kind, *listed) in sorted(known.items()):
        for name in listed:
            # "Pounds" weigh before they pay; a sign of money says so itself.
            if kind != "money" or name not in names:
                names[name] = (code, kind)
    names |= in_small_letters(names)
    found: dict[str, list[str]] = {}
    for name, (code, _) in names.items():
        found.setdefault(code, []).append(name)
    powers = scales(lang)
    return {
        "units": {code: [known[code][0], "|".join(listed)] for code, listed in sorted(found.items())},
        "scales": {name.lower(): zeros for name, zeros in powers.items()} | powers,
        "spans": ["|".join(dict.fromkeys(n.lower() for n in known[c][1:])) for c in SPANS_OF_TIME if c in known],
    }


def main() -> int:
    """Write the file, or say whether it is up to date."""
    text = json.dumps({lang: table(lang) for lang in LOCALES}, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    if "--check" in sys.argv:
        return int(not FILE.exists() or FILE.read_text(encoding="utf-8") != text)
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
