"""How a nightly script ends: figures beside targets for people, one line of JSON, an exit code."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PULSE = 30.0
"""Seconds after which it is said again that a script is alive."""

Figure = tuple[float, str, float]
"""What was measured, "<=", ">=" or "==", and what it is held against."""


def holds(figure: Figure) -> bool:
    """Say whether a figure is as it should be."""
    value, sign, target = figure
    return {"<=": value <= target, ">=": value >= target, "==": value == target}[sign]


def told(name: str, figures: Mapping[str, Figure], notes: Mapping[str, object] | None = None) -> int:
    """Print the figures and return the exit code."""
    missed = [what for what, figure in figures.items() if not holds(figure)]
    for what, (value, sign, target) in figures.items():
        say(f"{'MISSED' if what in missed else 'ok':<7} {what:<34} {value:>12g}   {sign} {target:g}")
    values = {what: value for what, (value, _, _) in figures.items()}
    say(json.dumps({name: {**values, **(notes or {}), "holds": not missed}}))
    return 1 if missed else 0


@contextmanager
def heard(name: str) -> Iterator[Callable[[str], None]]:
    """Give what says on stderr how far a script is; every half minute it is said again, so that it is seen alive."""
    began, now, over = time.monotonic(), ["it begins"], threading.Event()

    def tell(text: str) -> None:
        now[0] = text
        sys.stderr.write(f"{name} {time.monotonic() - began:5.0f} s: {text}\n")
        sys.stderr.flush()

    def beat() -> None:
        while not over.wait(PULSE):
            tell(now[0])

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        over.set()
        thread.join()


def say(text: str) -> None:
    """Write one line to stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
