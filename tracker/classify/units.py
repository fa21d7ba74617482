"""Units, currencies and scales in seven languages, by the names and symbols that the CLDR gives them.

`data/quantities.json` holds the names; `.ci/quantities.py` writes it. It is read when the first number is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from .lexicon import DATA, PerLanguage, Phrases, entries

_GAP: Final = " \u00a0\u202f-"
# The next words after a number, or a sign. Longer names of units are read up to `_MAX_UNIT_WORDS` words.
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['./][^\W\d_]+)*[²³]?|[%‰°$€£¥₹₩₪₫₱₽₺₦₴₸][^\W\d_]?")
_MAX_UNIT_WORDS: Final = 4
# A currency is written before the number as a sign, a sign with letters (US$, R$) or a code (CHF).
_BEFORE: Final = re.compile(
    r"(?:(?<![^\W\d_])[A-Z]{1,3})?[$€£¥₹₩₪₫₱₽₺₦₴₸](?:[A-Z]{2})?\s?$|(?<![^\W_])[A-Z]{3}[ \u00a0\u202f]?$"
)
MAX_CURRENCY_CHARACTERS: Final = 6

ROLE_OF: Final = PerLanguage(
    lambda lang: {
        word: role for role in ("killed", "injured", "missing", "people") for word in entries(lang, "numbers", role)
    }
)
"""What a number counts, by the words near it: "killed" for dead, deaths, fatalities …"""
ROLE_WORDS: Final = PerLanguage(lambda lang: Phrases(ROLE_OF[lang]))


class Unit(NamedTuple):
    """What a number is measured in.

    Attributes:
        code: the unit as it is compared: "kilometer", "usd", "percent"; "" for none.
        kind: the measured quantity: "length", "money", "percent", "duration" …
        end: where its words end.
    """

    code: str
    kind: str
    end: int


class QuantityNames(NamedTuple):
    """The words of one language next to numbers.

    Attributes:
        units: the code and the measured quantity of each unit.
        scales: what a word multiplies the number before it by: million, bn, Mrd.
        spans: the words for spans of time, from minutes to centuries, each with whether it is not the singular.
    """

    units: dict[str, tuple[str, str]]
    scales: dict[str, float]
    spans: dict[str, bool]


@lru_cache(maxsize=16)
def quantity_names(lang: str) -> QuantityNames:
    """Return the names of units, scales and spans of time in a language."""
    listed: dict[str, Any] = orjson.loads((DATA / "quantities.json").read_bytes())[lang]
    units = {name: (code, kind) for code, (kind, known) in listed["units"].items() for name in known.split("|")}
    scales = {name: float(10**zeros) for name, zeros in listed["scales"].items()}
    spans = {name: k > 0 for known in listed["spans"] for k, name in enumerate(known.split("|"))}
    return QuantityNames(units, scales, spans)


def unit_after(text: str, low: str, end: int, lang: str) -> Unit:
    """Return the unit of a number that ends at `end`; an empty one where none follows."""
    names = quantity_names(lang).units
    at = stop = end + (end < len(low) and (low[end] in _GAP or low[end] == "'"))
    best = Unit("", "", end)
    for _ in range(_MAX_UNIT_WORDS):
        token = _TOKEN.match(low, stop)
        if token is None:
            break
        stop = token.end()
        unit = names.get(text[at:stop].replace("μ", "µ")) or names.get(low[at:stop].replace("μ", "µ"))
        if unit is not None and not low[stop : stop + 1].isalnum() and not (stop - at == 1 and low[at - 1] == "-"):
            best = Unit(*unit, stop)
        elif token.start() == at and not token[0][0].isalpha() and (unit := names.get(token[0][0])) is not None:
            best = Unit(*unit, at + 1)  # 20°south
        if low[stop : stop + 1] not in _GAP or stop + 1 >= len(low):
            break
        stop += 1
    return best


def currency_before(text: str, start: int, lang: str) -> tuple[str, int]:
    """Return the currency written before a number that begins at `start`, and where it begins; "" without one."""
    found = _BEFORE.search(text, max(0, start - MAX_CURRENCY_CHARACTERS), start)
    if found is None:
        return "", start
    names = quantity_names(lang).units
    sign = found[0].strip()
    code, kind = names.get(sign) or names.get(sign.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) or ("", "")
    return (code, found.start()) if kind == "money" else ("", start)
