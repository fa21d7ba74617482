"""No expression of ours runs away on a page: twice the text takes about twice the time, whatever the text.

python -m tests.nightly.regexes [--size 6000]

Expressions that users bring are run by RE2, which cannot run away (`tracker/patterns.py`).
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import re
import sys
import time
from functools import partial
from pathlib import Path

import tracker

from .verdict import heard, say, told

BITS = (
    *("a", " ", "\n", "<", ">", "&", '"', "'", "-", ".", ",", "/", "=", "1", "A", "é", "\u00a0", "@", ":", ";", "("),
    *("[", "a ", "A a ", "1,", "1.", "1 ", "://", "x@", "a.", "A. ", "“a", "<a ", "--", "<!--", "a=a ", "Mr. ", "and "),
    *("By A ", "12:34 ", "2026-11-25 ", "Nov 25, ", "updated ", "Correction: ", "[a]", "((", "a-", "\t \n", "http://a"),
)
RATIO = 3.0
"""Linear is 2, quadratic is 4."""
NOTICEABLE = 0.01
BEARABLE = 0.1
"""Seconds that an expression may take for all of a text that is cut short before."""


SHORT = {"tracker.extraction.person_names": 1_000, "tracker.classify.mentions._GIVEN": 60}
"""So many characters are given to these at most, where they are asked."""


def is_anchored(place: str) -> bool:
    """Say whether its module only asks an expression whether a text begins with it, or is it."""
    module, _, name = place.partition("[")[0].rpartition(".")
    code = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    asked = set(re.findall(rf"\b{name}\.(\w+)\(", code))
    return bool(asked) and asked <= {"match", "fullmatch"}


def expressions() -> dict[str, re.Pattern[str]]:
    """Return every expression that stands in a module of ours, by its place."""
    found: dict[str, str] = {}
    for each in pkgutil.walk_packages(tracker.__path__, "tracker."):
        if each.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(each.name)).items():
            values = value if isinstance(value, tuple | list) else [value]
            for place, inner in enumerate(values):
                if isinstance(inner, re.Pattern) and isinstance(inner.pattern, str):
                    found.setdefault(inner.pattern, f"{each.name}.{name}[{place}]")
    return {place: re.compile(pattern) for pattern, place in found.items()}


def seconds(pattern: re.Pattern[str], text: str, *, anchored: bool) -> float:
    """Return the processor time that finding everything in *text*, or asking whether it begins with it, takes."""
    began = time.process_time()
    if anchored:
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return time.process_time() - began


def runs_away(pattern: re.Pattern[str], bit: str, size: int, *, anchored: bool, most: float) -> float:
    """Return how many times longer twice the text takes, 0 where both take no time."""
    text = bit * (size // len(bit))
    for end in ("", "!"):
        twice = seconds(pattern, text + text + end, anchored=anchored)
        if twice > most:
            ratio = twice / max(seconds(pattern, text + end, anchored=anchored), 1e-9)
            if ratio > RATIO:
                return ratio
    return 0.0


def judged(place: str, pattern: re.Pattern[str], size: int) -> tuple[float, str] | None:
    """Return on what text an expression runs away, and how many times longer twice of it takes; None where on none."""
    short = next((most // 2 for begun, most in SHORT.items() if place.startswith(begun)), 0)
    ask = partial(
        runs_away, pattern, size=short or size, anchored=is_anchored(place), most=BEARABLE if short else NOTICEABLE
    )
    for bit in BITS:
        # Measured again where it looks bad: this machine may have been busy.
        if ask(bit) and (ratio := ask(bit)):
            return ratio, bit
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=6_000)
    options = parser.parse_args()
    known, slow = expressions(), []
    with heard("regexes") as tell:
        tell(f"{len(known)} expressions on {len(BITS)} texts each")
        for place, pattern in known.items():
            if runs := judged(place, pattern, options.size):
                slow.append(place)
                say(f"{place}: {runs[0]:.1f} times on {runs[1]!r}: {pattern.pattern[:80]}")
    return told(
        "regexes",
        {
            "expressions": (float(len(known)), ">=", 100.0),
            "texts for each": (float(len(BITS)), ">=", 40.0),
            "expressions that run away": (float(len(slow)), "==", 0.0),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
