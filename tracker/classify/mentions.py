"""Read the facts a stretch of text mentions: numbers, dates, names, quotations, hedges, negations, sources."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..model import FactKind
from . import lexicon
from .lexicon import words

_B, _E = r"(?<![\w])", r"(?![\w])"


def _phrases(*lists: str) -> re.Pattern[str]:
    return re.compile(rf"{_B}(?:{words(*lists)}){_E}", re.IGNORECASE)


_MONTH = words(lexicon.MONTHS)
_DATE = re.compile(
    rf"{_B}(?:(?P<dm>\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+|of\s+)?(?:{_MONTH})(?:,?\s+(?:de\s+)?\d{{4}})?)"
    rf"|(?P<md>(?:{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+\d{{4}})?)|(?P<my>(?:{_MONTH})\s+(?:de\s+)?\d{{4}})"
    rf"|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})"
    rf"|(?P<year>(?:19|20)\d\d(?:-\d\d)?)(?![.,]\d|\s*(?:{words(*lexicon.ROLES.values())}))"
    rf"|(?P<day>{words(lexicon.DAYS)})){_E}",
    re.IGNORECASE,
)
_LONE_MONTH = re.compile(
    r"(?<!\w)(?:January|February|March|April|May|June|July|August|September|October|November|December)(?!\w)"
)
_SCALE = words("|".join(lexicon.SCALES))
_ROLE_OF = {
    phrase.strip(): role for role, listed in lexicon.ROLES.items() for phrase in listed.split("|") if phrase.strip()
}
_ROLE = re.compile(
    rf"(?:{_B}(?:{words(*(v for v in lexicon.ROLES.values()))}){_E}|[%$€£¥])".replace(r"\%|", "").replace(r"\$|", ""),
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<money>[$€£¥]\s?|US\$\s?)?(?P<sign>(?<![\w\d])[-−–])?(?<![\w.])(?P<digits>\d+(?:[.,:’'\u202f\u00a0]\d+)*)"
    rf"(?:[\s\u00a0-]?(?P<scale>{_SCALE}){_E})?(?P<percent>\s?%)?(?P<suffix>[^\W\d_]{{1,12}}(?:-[^\W\d_]+)*)?"
    rf"|{_B}(?P<word>{words('|'.join(lexicon.NUMBER_WORDS))}|{words(lexicon.LOOSE_NUMBERS)})"
    rf"(?:[\s-](?P<unit>{words('|'.join(lexicon.NUMBER_WORDS))}))?(?:[\s-](?P<wscale>{_SCALE}))?{_E}",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«\s*([^«»]+?)\s*»|\"([^\"]+)\"|(?<![\w])‘([^‘’]*(?:’\w[^‘’]*)*)’(?!\w)"
    r"|(?<![\w'])'([^'\n]*(?:(?<=\w)'(?=\w)[^'\n]*)*)'(?![\w'])"
)
_HEDGE = _phrases(lexicon.HEDGES)
_NEGATION = re.compile(rf"{_B}(?:{words(lexicon.NEGATIONS)}){_E}|(?<=\w)n['’]t{_E}", re.IGNORECASE)
_SAYING = _phrases(lexicon.SAYING)
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĘĚĞĠĢĪİŁĽŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŹŻŽ]"
_CAPITALISED = re.compile(rf"{_B}{_CAPITAL}[\w’'-]*(?:\.{_CAPITAL}\.?)*")
_START = re.compile(r"(?:^|[.!?:]\s+|[“\"„«‘(—–]\s*|\s[-•]\s)$")


class Mention(NamedTuple):
    """One fact as it is said: *key* is what is compared, *text* the words, *start* where, *role* what it is about."""

    kind: FactKind
    key: str
    text: str
    start: int
    role: str = ""


@lru_cache(maxsize=2048)
def mentions(text: str, lang: str = "en") -> tuple[Mention, ...]:
    """Return every fact *text* mentions, by kind and then in order."""
    dates = _dates(text)
    taken = [(m.start, m.start + len(m.text)) for m in dates]
    found = [*dates, *_numbers(text, lang, taken), *_quotes(text), *_hedges(text, taken), *_negations(text)]
    return (*found, *_sources(text), *_names(text, lang, taken))


def _dates(text: str) -> list[Mention]:
    found = [
        Mention(FactKind.DATE, re.sub(r"[\s,.]+", " ", m[0].lower()).strip(), m[0], m.start())
        for m in _DATE.finditer(text)
        if not (m["md"] and m[0].startswith(("may ", "march ")))
    ]
    covered = [(m.start, m.start + len(m.text)) for m in found]
    found += [
        Mention(FactKind.DATE, m[0].lower(), m[0], m.start())
        for m in _LONE_MONTH.finditer(text)
        if not _inside(m.start(), covered) and not (m[0] in {"May", "March"} and _START.search(text[: m.start()]))
    ]
    return found


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _numbers(text: str, lang: str, taken: list[tuple[int, int]]) -> list[Mention]:
    found = []
    for m in _NUMBER.finditer(text):
        if _inside(m.start(), taken) or _inside(m.end() - 1, taken):
            continue
        role = _role(text, m)
        found.append(Mention(FactKind.NUMBER, f"{_value(m, lang)}{_tail(m)}", m[0].strip(), m.start(), role))
    return found


def _value(m: re.Match[str], lang: str) -> str:
    if m["word"]:
        word = m["word"].lower()
        value = lexicon.NUMBER_WORDS.get(word)
        if value is None:
            return word
        unit = lexicon.NUMBER_WORDS.get((m["unit"] or "").lower(), 0)
        value = value * unit if unit >= 100 else value + unit
        scale = lexicon.SCALES.get((m["wscale"] or "").lower(), 1)
    else:
        parsed = _parsed(m["digits"], lang)
        if parsed is None:
            return m["digits"]
        value, scale = parsed, lexicon.SCALES.get((m["scale"] or "").lower(), 1)
    sign = "-" if m["sign"] else ""
    return f"{sign}{value * scale:.6g}" if value * scale < 1e6 else f"{sign}{value * scale:.0f}"


def _parsed(digits: str, lang: str) -> float | None:
    if ":" in digits:
        return None
    point = "." if lang == "en" else ","
    parts = re.split(r"[.,’'\u202f\u00a0]", digits)
    grouped = len(parts) > 1 and all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3
    if grouped and (len(parts) > 2 or point not in digits):
        return float("".join(parts))
    if len(parts) == 1:
        return float(digits)
    if len(parts) == 2:
        return float(f"{parts[0]}.{parts[1]}")
    whole, _, rest = digits.rpartition(point)
    try:
        return float(re.sub(r"\D", "", whole or digits) + (f".{rest}" if whole else ""))
    except ValueError:
        return None


def _tail(m: re.Match[str]) -> str:
    return "%" if m["percent"] else ""


def _role(text: str, m: re.Match[str]) -> str:
    if m["percent"]:
        return "percent"
    if m["money"]:
        return "money"
    if m["digits"] and ":" in m["digits"]:
        return "time"
    after = text[m.end() : m.end() + 28]
    near = _ROLE.search(after)
    if near and not re.search(r"[.;!?]\s", after[: near.start()]):
        return _ROLE_OF.get(re.sub(r"\s+", " ", near[0].lower()), "")
    before = list(_ROLE.finditer(text[max(0, m.start() - 24) : m.start()]))
    return _ROLE_OF.get(before[-1][0].lower(), "") if before else ""


def _quotes(text: str) -> list[Mention]:
    found = []
    for m in _QUOTE.finditer(text):
        inner = next(group for group in m.groups() if group is not None)
        key = re.sub(r"[\s,.]+", " ", inner.replace("’", "'").lower()).strip()
        if key:
            found.append(Mention(FactKind.QUOTE, key, m[0], m.start()))
    return found


def _hedges(text: str, taken: list[tuple[int, int]]) -> list[Mention]:
    return [
        Mention(FactKind.HEDGE, re.sub(r"\s+", " ", m[0].lower()), m[0], m.start())
        for m in _HEDGE.finditer(text)
        if not _inside(m.start(), taken) and not (m[0] == "May" and not _START.search(text[: m.start()]))
    ]


def _negations(text: str) -> list[Mention]:
    return [
        Mention(FactKind.NEGATION, "not" if m[0][:2] == "n'" or m[0][:2] == "n’" else m[0].lower(), m[0], m.start())
        for m in _NEGATION.finditer(text)
        if m[0] != "No" or not re.match(r"\.\s?\d", text[m.end() :])
    ]


def _sources(text: str) -> list[Mention]:
    return [
        Mention(FactKind.SOURCE, re.sub(r"\s+", " ", m[0].lower()), m[0], m.start()) for m in _SAYING.finditer(text)
    ]


def _names(text: str, lang: str, taken: list[tuple[int, int]]) -> list[Mention]:
    found = []
    runs = list(_CAPITALISED.finditer(text))
    for k, m in enumerate(runs):
        word = m[0]
        bare = re.sub(r"['’]s?$", "", word)
        if bare.lower() in lexicon.NO_NAMES or bare.lower() in lexicon.TITLES or _inside(m.start(), taken):
            continue
        joined = _touches(text, runs, k)
        if _START.search(text[: m.start()]) and not joined and not bare.isupper():
            continue
        if lang == "de" and not (joined or (bare.isupper() and len(bare) > 1) or _place(text, m.start())):
            continue
        found.append(Mention(FactKind.NAME, bare.replace("’", "'"), bare, m.start()))
    return found


def _touches(text: str, runs: list[re.Match[str]], k: int) -> bool:
    after = k + 1 < len(runs) and text[runs[k].end() : runs[k + 1].start()] in {" ", ". "}
    before = k > 0 and text[runs[k - 1].end() : runs[k].start()] in {" ", ". "}
    return (after and runs[k + 1][0].lower() not in lexicon.NO_NAMES) or (
        before and runs[k - 1][0].lower() not in lexicon.NO_NAMES
    )


def _place(text: str, at: int) -> bool:
    return bool(re.search(r"\b(?:in|nach|aus|von|bei|Herr|Frau|Präsident|Kanzler|Minister|Ministerin)\s+$", text[:at]))
