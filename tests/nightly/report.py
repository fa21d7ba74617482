"""What nightly scripts share: options, progress on stderr, figures next to targets, one line of JSON, an exit code."""

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

REPEAT_SECONDS = 30.0
"""Progress is repeated after so many seconds, to show that the script is alive."""

Figure = tuple[float, str, float]
"""What was measured, "<=", ">=" or "==", and its target."""


def read_options(doc: str | None, **defaults: float | str | None) -> argparse.Namespace:
    """Read the options of a script, each with the type of its default; without one it is a path."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=Path if default is None else type(default), default=default)
    return parser.parse_args()


def holds(figure: Figure) -> bool:
    """Return whether a figure meets its target."""
    value, sign, target = figure
    return {"<=": value <= target, ">=": value >= target, "==": value == target}[sign]


def report(name: str, figures: Mapping[str, Figure]) -> int:
    """Print the figures and return the exit code of the script."""
    missed = [what for what, figure in figures.items() if not holds(figure)]
    for what, (value, sign, target) in figures.items():
        say(f"{'MISSED' if what in missed else 'ok':<7} {what:<34} {value:>12g}   {sign} {target:g}")
    values = {what: float(value) for what, (value, _, _) in figures.items()}
    say(json.dumps({name: {**values, "holds": not missed}}))
    return 1 if missed else 0


@contextmanager
def progress(name: str) -> Iterator[Callable[[str], None]]:
    """Give a function that prints a line of progress to stderr."""
    began, last, done = time.monotonic(), ["starting"], threading.Event()

    def tell(text: str) -> None:
        last[0] = text
        sys.stderr.write(f"{name} {time.monotonic() - began:5.0f} s: {text}\n")
        sys.stderr.flush()

    def repeat() -> None:
        while not done.wait(REPEAT_SECONDS):
            tell(last[0])

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        done.set()
        thread.join()


def say(text: str) -> None:
    """Write one line to stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
