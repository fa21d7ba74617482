"""No regular expression of ours takes runaway time: twice the text takes about twice the time, whatever the text.

python -m tests.nightly.regexes [--size 6000]

Users' own expressions are run by RE2, which takes linear time (`tracker/patterns.py`).
"""

import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path

import tracker
from tracker.classify.lexicon import LANGUAGES, PerLanguage

from .report import progress, read_options, report, say

BITS = (
    *("a", " ", "\n", "<", ">", "&", '"', "'", "-", ".", ",", "/", "=", "1", "A", "é", "\u00a0", "@", ":", ";", "("),
    *("[", "a ", "A a ", "1,", "1.", "1 ", "://", "x@", "a.", "A. ", "“a", "<a ", "--", "<!--", "a=a ", "Mr. ", "and "),
    *("By A ", "12:34 ", "2026-11-25 ", "Nov 25, ", "updated ", "Correction: ", "[a]", "((", "a-", "\t \n", "http://a"),
)
MAX_RATIO = 3.0
"""Linear is 2, quadratic is 4."""
MIN_SECONDS = 0.01
MIN_SECONDS_SHORT = 0.1
"""Times below these are too short to compare; the second is for expressions that only get short texts."""


MAX_CHARACTERS = {
    # White space was collapsed, and a pair of brackets became one blank.
    "tracker.extraction.byline._TRAILING_DATE": 500,
    "tracker.extraction.byline._TRAILING_NOTE": 500,
    "tracker.extraction.byline": 1_000,
    "tracker.extraction.page_kind._SENTENCE": 600,
    "tracker.classify.mentions._GIVEN": 60,
    "tracker.classify.mentions._SPEAKER_BEFORE": 40,
    "tracker.classify.mentions._WORD_BEFORE": 40,
    "tracker.classify.quantities._APPOSED": 24,
    "tracker.classify.spelling._DOUBLED": 80,
    "tracker.sources.listing_builder._TAG": 2_000,
}
"""Expressions that the code gives no longer texts than this."""
ANCHORED = (
    "tracker.fetch.robots._RULE[",
    "tracker.fetch.robots._RULE_OR_DELAY[",
    "tracker.classify.verb_tense._DONE[",
    "tracker.classify.verb_tense._TO_COME[",
    "tracker.notices.openings._WIRE[",
)
"""Expressions that are used with match and fullmatch alone, but under another name."""


def is_anchored(place: str) -> bool:
    """Return whether its module uses an expression only with match and fullmatch."""
    module, _, name = place.partition("[")[0].rpartition(".")
    code = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    asked = set(re.findall(rf"\b{name}(?:\[[\w.]+\])?\.(\w+)\(", code))
    return place.startswith(ANCHORED) or (bool(asked) and asked <= {"match", "fullmatch"})


def expressions() -> dict[str, re.Pattern[str]]:
    """Return every expression that a module of ours names, by where it is."""
    found: dict[str, tuple[str, re.Pattern[str]]] = {}
    for each in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if each.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(each.name)).items():
            for number, pattern in enumerate(find_patterns(value)):
                found.setdefault(f"{pattern.flags} {pattern.pattern}", (f"{each.name}.{name}[{number}]", pattern))
    return dict(found.values())


def find_patterns(value: object) -> Iterator[re.Pattern[str]]:
    """Yield the expressions in a value, in tuples, lists and mappings within it, and in fields of dataclasses.

    Those of a language are made here.
    """
    if isinstance(value, PerLanguage):
        value = [value[lang] for lang in LANGUAGES]
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, tuple | list | Mapping):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from find_patterns(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from find_patterns(getattr(value, each.name))


def seconds(pattern: re.Pattern[str], text: str, *, anchored: bool) -> float:
    """Return the processor time of finding all matches in a text, or of matching its start if `anchored`."""
    began = time.process_time()
    if anchored:
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - began


def find_ratio(pattern: re.Pattern[str], bit: str, size: int, *, anchored: bool, min_seconds: float) -> float:
    """Return how many times longer twice the text takes, if that is too long; else 0."""
    text = bit * (size // len(bit))
    for end in ("", "!"):
        twice = seconds(pattern, text + text + end, anchored=anchored)
        if twice > min_seconds:
            ratio = twice / max(seconds(pattern, text + end, anchored=anchored), 1e-9)
            if ratio > MAX_RATIO:
                return ratio
    return 0.0


def find_runaway(place: str, pattern: re.Pattern[str], size: int) -> tuple[float, str] | None:
    """Return how many times longer twice of a text takes, and the text, for an expression with runaway time."""
    short = next((most // 2 for begun, most in MAX_CHARACTERS.items() if place.startswith(begun)), 0)
    ask = partial(
        find_ratio,
        pattern,
        size=short or size,
        anchored=is_anchored(place),
        min_seconds=MIN_SECONDS_SHORT if short else MIN_SECONDS,
    )
    for bit in BITS:
        # Measure again, because the machine may have been busy.
        if ask(bit) and (ratio := ask(bit)):
            return ratio, bit
    return None


def main() -> int:
    options = read_options(__doc__, size=6_000)
    known, slow = expressions(), []
    with progress("regexes") as tell:
        tell(f"{len(known)} expressions on {len(BITS)} texts each")
        for place, pattern in known.items():
            if runs := find_runaway(place, pattern, options.size):
                slow.append(place)
                say(f"{place}: {runs[0]:.1f} times on {runs[1]!r}: {pattern.pattern[:80]}")
    return report(
        "regexes",
        {
            "expressions": (len(known), ">=", 100),
            "texts for each": (len(BITS), ">=", 40),
            "expressions with runaway time": (len(slow), "==", 0),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
