"""Pages just below the size limit that are costly to compare: comparing and judging each takes at most 2 s of CPU.

python -m tests.nightly.large_pages [--letters 490000]

Each pair of pages is compared in a process of its own.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from functools import partial

from tests.articles import article
from tests.unit.pipeline.test_large_pages import ENDS, MAKERS, is_exact, paragraphs, sentence, shuffled, words
from tracker import compare
from tracker.model.article import Article, Notice, NoticeKind

from .report import progress, read_options, report

MAX_CPU_SECONDS = 2.0
MAX_MEGABYTES = 300.0
# Below the size limit there are sizes at which a page is just small enough to be compared in detail.
SHARES = (1.0, 0.25, 0.1, 0.05, 0.03, 0.015)

Pair = tuple[Article, Article]


def edited(letters: int, notes: int = 0) -> Pair:
    pieces = words(sentence, letters)
    new = [piece.replace("counted", "found").replace("Monday", "Tuesday") for piece in pieces]
    notices = tuple(Notice(NoticeKind.CORRECTION, f"Correction: it said Monday in ward {n}.") for n in range(notes))
    return article(*paragraphs(pieces, 5)), article(*paragraphs(new, 5), notices=notices)


def renewed(make: Callable[[int], str], letters: int, length: int) -> Pair:
    pieces = words(make, letters)
    return article(*paragraphs(pieces, length)), article(*paragraphs([*shuffled(pieces), "x"], length))


CASES: dict[str, Callable[[int], Pair]] = {
    **{
        f"{kind}, {ends}": partial(renewed, make, length=length)
        for kind, make in MAKERS.items()
        for ends, length in ENDS.items()
    },
    "sentences": lambda letters: renewed(sentence, letters, 5),
    "all edited": edited,
    "all edited, one note": lambda letters: edited(letters, 1),
    "all edited, many notes": lambda letters: edited(letters, letters // 100),
    "no spaces": lambda letters: (article("ab" * (letters // 2)), article("ba" * (letters // 2))),
    "tiny paragraphs": lambda letters: (
        article(*(f"o{n:x}" for n in range(letters // 8))),
        article(*(f"n{n:x}" for n in range(letters // 8))),
    ),
    "chinese": lambda letters: renewed(lambda n: f"{chr(0x4E00 + n * 31 % 3000) * 9}。", letters, 10**9),
    "headline": lambda letters: (
        article("Text.", title=" ".join(words(MAKERS["names"], letters))),
        article("Text.", title=" ".join(shuffled(words(MAKERS["names"], letters)))),
    ),
}


def measure(name: str, letters: int) -> tuple[float, float, bool, bool]:
    """Compare one pair; return the seconds of CPU, the megabytes, and whether it is exact and in detail."""
    old, new = CASES[name](letters)
    compare(article("Twelve people died on Monday."), article("Ten people may have died on Tuesday."))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    change = compare(old, new)
    seconds = time.process_time() - began
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return seconds, used, is_exact(change, old, new), not change.budget_hit


def main() -> int:
    options = read_options(__doc__, letters=490_000)
    slowest = largest = 0.0
    exact = True
    context = multiprocessing.get_context("spawn")
    with progress("large_pages") as tell, context.Pool(1, maxtasksperchild=1) as pool:
        for name in CASES:
            for share in SHARES:
                letters = int(options.letters * share)
                seconds, megabytes, is_right, in_detail = pool.apply(measure, (name, letters))
                slowest, largest, exact = max(slowest, seconds), max(largest, megabytes), exact and is_right
                how = "in detail" if in_detail else "coarsely"
                tell(f"{name}, {letters:,} letters: {seconds:.2f} s, {megabytes:.0f} MB, {how}")
    figures = {
        "CPU of the slowest, s": (round(slowest, 2), "<=", MAX_CPU_SECONDS),
        "memory of the largest, MB": (round(largest), "<=", MAX_MEGABYTES),
        "every change exact": (float(exact), "==", 1.0),
    }
    return report("large_pages", figures)


if __name__ == "__main__":
    sys.exit(main())
