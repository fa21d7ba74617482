"""The words of notices: their possible meanings, in seven languages, and set phrases as patterns.

`vocabulary.txt` lists the words of each meaning. A meaning is the same in all languages, so that what the model learns
from one holds in the others.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

_DATA: Final = files("tracker.notices") / "data"
PATTERNS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = tomllib.loads(
    (_DATA / "patterns.toml").read_text(encoding="utf-8")
)
"""Set phrases by table and key, each a list of alternatives of a regular expression."""
# Wider meanings, each with those that it includes.
_WIDER: Final = {
    "TEXT": "piece format display picture part version",
    "EDIT": "corrected amended changed updated added removed clarified",
    "FAULT": "error wrong misstated craft misunderstood",
    "US": "we our here editors",
    "LABEL": "correction clarification updating note",
    "OTHERS": "others press works they said",
    "WHEN": "month day clock year",
}
_WIDER_BY_MEANING: Final = {name: wider for wider, names in _WIDER.items() for name in names.split()} | {
    "we have": "US",
    "we verb": "US",
}
# Spanish, Portuguese and Italian say "we" by the end of a verb, which these words have without being one.
_WE_VERB: Final = re.compile(r"\w{2}(?:[aáei]mos|[aei]mmo|[aei]vamo|iamo)$")
_NOT_WE: Final = frozenset(
    "últimos próximos mismos ramos supremos extremos mínimos máximos legítimos mesmos primos tramos séptimos"
    " ánimos".split()
)
SHORT_CHARS: Final = 60
"""Texts with fewer characters are short: they have few words to recognise a notice by."""
TOKEN: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d[\d.,:]*|[.!?;](?=\s|$)|\"\"")
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d\d")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def _by_word() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    """Return the meanings in vocabulary.txt by whole word, by beginning of a word, and by end of a word."""
    whole: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    endings: dict[str, list[str]] = {}
    name = ""
    for line in (_DATA / "vocabulary.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            for word in line.split():
                table = stems if word.endswith("*") else endings if word.startswith("*") else whole
                table.setdefault(word.strip("*"), []).append(name)
    return whole, stems, endings


WHOLE_WORDS, _STEMS, _ENDINGS = _by_word()
_STEM_LENGTHS: Final = sorted({len(stem) for stem in _STEMS})
_ENDING_LENGTHS: Final = sorted({len(ending) for ending in _ENDINGS})


@lru_cache(maxsize=16_384)
def meanings(word: str) -> tuple[str, ...]:
    """Return the meanings that a word or figure in lower case may have in a notice; most words have none."""
    if word[0].isdigit():
        kind = "clock" if _CLOCK.fullmatch(word) else "year" if _YEAR.fullmatch(word) else ""
        return ("number", kind, "WHEN") if kind else ("number",)
    found = list(WHOLE_WORDS.get(word, ()))
    for length in _STEM_LENGTHS:
        found += _STEMS.get(word[:length], ()) if length <= len(word) else ()
    for length in _ENDING_LENGTHS:
        found += _ENDINGS.get(word[-length:], ()) if length < len(word) else ()
    if _WE_VERB.search(word) and word not in _NOT_WE:
        found.append("we verb")
    found += [_WIDER_BY_MEANING[name] for name in found if name in _WIDER_BY_MEANING]
    return tuple(dict.fromkeys(found))


def any_of(table: str, key: str) -> str:
    """Return a group that matches any of the alternatives of a key in PATTERNS."""
    return f"(?:{'|'.join(PATTERNS[table][key])})"
