"""Units, currencies and scales in seven languages, by the names and symbols that the CLDR gives them.

`quantities.json` holds the names; `.ci/quantities.py` writes it. A language is loaded when its first number is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

_FILE = Path(__file__).with_name("quantities.json")
_GAP = " \u00a0\u202f-"
# The next words after a number, or a sign. Longer names of units are read up to `_MAX_UNIT_WORDS` words.
_TOKEN = re.compile(r"[^\W\d_]+(?:['./][^\W\d_]+)*[²³]?|[%‰°$€£¥₹₩₪₫₱₽₺₦₴₸][^\W\d_]?")
_MAX_UNIT_WORDS = 4
_RATE = re.compile(r"\s?(?:/|(?:per|an?|pro|par|por|al|alla|a la|à l|all|je)(?:\s|'))\s?")
# A token after a number that no language has as a word: µSv, kWh, dB, m/s.
_SYMBOL = re.compile(
    r"(?:(?:[^\W\d_]{0,3}[µμΩ°²³]|[^\W\d_]{1,3}/)[^\s\d,;:!?)]{0,4}|[a-zµμ]{1,2}[A-Z][a-zA-Z]?)(?![^\W_])"
)
# A currency is written before the number as a sign, a sign with letters (US$, R$) or a code (CHF).
_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])[A-Z]{1,3})?[$€£¥₹₩₪₫₱₽₺₦₴₸](?:[A-Z]{2})?\s?$|(?<![^\W_])[A-Z]{3}[ \u00a0\u202f]?$"
)
_SPANS_OF_TIME = ("minute", "hour", "day", "week", "month", "year", "decade", "century")
MAX_CURRENCY_CHARACTERS = 6


class Unit(NamedTuple):
    """What a number is measured in.

    Attributes:
        code: the unit as it is compared: "kilometer", "usd", "percent", "usd-per-hour"; "" for none.
        kind: what it measures: "length", "money", "percent", "duration" …
        end: where its words end.
    """

    code: str
    kind: str
    end: int


class _Table(NamedTuple):
    names: dict[str, tuple[str, str]]
    scales: dict[str, float]
    spans: dict[str, bool]


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(_FILE.read_bytes())
    return data


@lru_cache(maxsize=16)
def _table(lang: str) -> _Table:
    names: dict[str, tuple[str, str]] = {}
    small: dict[str, set[tuple[str, str]]] = {}
    for code, (kind, listed) in _data()[lang]["units"].items():
        for name in listed.split("|"):
            # "Pounds" weigh before they pay; a sign of money says so itself.
            if kind != "money" or name not in names:
                names[name] = (code, kind)
            is_code = kind == "money" and len(name) == 3 and name.isupper()
            if not is_code and not name.islower():
                small.setdefault(name.lower(), set()).add((code, kind))
    for prefix in "MGT":  # the CLDR has the kilowatt-hour alone
        names[f"{prefix}Wh"] = (f"{prefix}Wh", "energy")
        small[f"{prefix}Wh".lower()] = {names[f"{prefix}Wh"]}
    # In small letters "MW" and "mW" are one.
    names |= {name: next(iter(units)) for name, units in small.items() if len(units) == 1 and name not in names}
    scales = {name: float(10**zeros) for name, zeros in _data()[lang]["scales"].items()}
    spans: dict[str, bool] = {}
    for unit in _SPANS_OF_TIME:
        for k, name in enumerate(_data()[lang]["units"][unit][1].lower().split("|")):
            spans[name] = k > 0
    if lang == "en":  # the CLDR has none
        for name in ("fortnight", "fortnights"):
            names[name], spans[name] = ("fortnight", "duration"), name.endswith("s")
    return _Table(names, scales | {name.lower(): size for name, size in scales.items()}, spans)


def unit_after(text: str, low: str, end: int, lang: str) -> Unit:
    """Return the unit of a number that ends at `end`; an empty one where none follows.

    What looks like a symbol is a unit, whether it is known or not: "5 µSv".
    """
    at = end + (end < len(low) and (low[end] in _GAP or low[end] == "'"))
    found = _named(text, low, at, lang)
    if not found.code:
        symbol = _SYMBOL.match(text, at)
        return Unit(symbol[0].replace("μ", "µ"), "symbol", symbol.end()) if symbol else Unit("", "", end)
    return with_rate(found, text, low, lang)


def with_rate(unit: Unit, text: str, low: str, lang: str) -> Unit:
    """Return a unit with the one that follows it as a rate: miles *an hour*, £30 *a day*, Euro *pro Monat*."""
    rate = _RATE.match(low, unit.end)
    per = _named(text, low, rate.end(), lang) if rate else Unit("", "", 0)
    if not per.code:
        return unit
    kind = "speed" if (unit.kind, per.kind) == ("length", "duration") else unit.kind
    return Unit(f"{unit.code}-per-{per.code}", kind, per.end)


def _named(text: str, low: str, at: int, lang: str) -> Unit:
    names = _table(lang).names
    best = Unit("", "", at)
    stop = at
    for _ in range(_MAX_UNIT_WORDS):
        token = _TOKEN.match(low, stop)
        if token is None:
            break
        end = token.end()
        unit = names.get(text[at:end].replace("μ", "µ")) or names.get(low[at:end].replace("μ", "µ"))
        if unit is not None and not low[end : end + 1].isalnum() and not (end - at == 1 and low[at - 1] == "-"):
            best = Unit(*unit, end)
        elif stop == at and not token[0][0].isalpha() and (unit := names.get(token[0][0])) is not None:
            best = Unit(*unit, at + 1)  # 20°south
        stop = end + 1
        if low[end : end + 1] not in _GAP or end + 1 >= len(low):
            break
    return best


def currency_before(text: str, start: int, lang: str) -> tuple[str, int]:
    """Return the currency written before a number that begins at `start`, and where it begins; "" without one."""
    found = _BEFORE.search(text, max(0, start - MAX_CURRENCY_CHARACTERS), start)
    if found is None:
        return "", start
    names = _table(lang).names
    sign = found[0].strip()
    code, kind = names.get(sign) or names.get(sign.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) or ("", "")
    return (code, found.start()) if kind == "money" else ("", start)


def measure_of(word: str, lang: str) -> str:
    """Return what a unit measures ("duration" for "days"); "" if `word` is not a unit."""
    unit = _table(lang).names.get(word)
    return unit[1] if unit else ""


def are_two_units(one: str, other: str, lang: str) -> bool:
    """Return whether two words are the names or symbols of different units."""
    names = _table(lang).names
    return one in names and other in names and names[one] != names[other]


def spans_of_time(lang: str) -> dict[str, bool]:
    """Return the words for spans of time, from minutes to centuries, each with whether it is not the singular."""
    return _table(lang).spans


def scale_of(word: str, lang: str) -> float:
    """Return what a word multiplies the number before it by (million, bn, Mrd); 0 for another word."""
    return _table(lang).scales.get(word, 0.0)
