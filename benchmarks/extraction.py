"""How well, how steadily and how fast pages are read: ours beside the peers, interleaved page by page in one run.

    benchmarks/extraction.py [--data DIR] [--quick] [--only NAME,…] [--slow-pages N] [--generalise [--pages N]]
                             [--ablate]

DIR, or its folder ``pages``, holds folders (scrapinghub, fundus, …), each with ``truth.jsonl.gz`` and
``pages/<id>.html.gz``, or with a ``dev`` folder that holds these. Peers come with ``uv sync --group bench``; one that
is missing is skipped and named. Slow ones read the first N pages of each set (0: all).

Three parts: the sets with truth; the mutation suite on pages of Fundus, whose paragraphs are located (peers read fewer
of them, slow ones least: the table says how many); the blocks of other outlets and the recaptures. Prints a table and,
last, one line of JSON with every figure.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import _extraction_ablate as ablate
import _extraction_adapters as adapters
import _extraction_generalise as generalise
import _extraction_recaptures as recaptures
import _extraction_stability as stability
import _extraction_table as table
from _extraction_score import Tally

DEFAULT = Path("/work/shared/data/pages")
QUICK = 10
SETS = ("scrapinghub", "fundus", "wcxb_articles", "trafilatura_eval", "mediacloud_dates", "postlight_meta")
WITH_DEK = frozenset({"fundus", "trafilatura_eval"})
"""Sets whose truth counts the standfirst as text."""
SLOW = frozenset({"newspaper4k", "readability-lxml", "goose3"})
SLOW_PAGES = 40
SUITE = {"writethru": 1_000, "resiliparse": 20, "readability-lxml": 5, "newspaper4k": 3, "goose3": 3}
SUITE_OTHERS = 10
SUITE_QUICK = {"writethru": 8, "resiliparse": 2, "trafilatura fast": 1}
"""Pages of the mutation suite: some hundred readings each."""


def place(data: Path, name: str) -> Path | None:
    """Return the folder of a set, None where it is missing."""
    home = data / "pages" if any((data / "pages" / each).is_dir() for each in SETS) else data
    return next((p for p in (home / name / "dev", home / name) if p.is_dir() and any(p.glob("*.jsonl.gz"))), None)


def folders(data: Path) -> list[tuple[str, Path]]:
    """Return the sets with truth."""
    found = [(name, folder) for name in SETS if (folder := place(data, name))]
    if not found and (data / "truth.jsonl.gz").is_file():
        found.append((data.parent.name if data.name in {"dev", "heldout"} else data.name, data))
    return found


def read_set(
    name: str, folder: Path, extractors: dict[str, adapters.Extractor], limit: int | None, slow: int | None
) -> dict[str, Tally]:
    """Read the pages of a set with every extractor, in shuffled order page by page."""
    tallies = {key: Tally() for key in extractors}
    shuffle = random.Random(0)
    for number, row in enumerate(adapters.rows(folder)):
        if limit is not None and number >= limit:
            break
        html = adapters.page(folder, row["id"])
        order = [key for key in extractors if slow is None or number < slow or key not in SLOW]
        shuffle.shuffle(order)
        for key in order:
            if number == 0:
                adapters.attempt(extractors[key], html, row.get("url"), name in WITH_DEK)
            started = time.process_time()
            got, error = adapters.attempt(extractors[key], html, row.get("url"), name in WITH_DEK)
            tallies[key].spend(time.process_time() - started, error)
            tallies[key].add(row, got)
    return tallies


def suite(folder: Path, extractors: dict[str, adapters.Extractor], *, quick: bool) -> dict[str, Any]:
    """Run the mutation suite."""
    most = {name: SUITE_QUICK.get(name, 0) if quick else SUITE.get(name, SUITE_OTHERS) for name in extractors}
    readers = {name: extractor for name, extractor in extractors.items() if name != adapters.METADATA}
    return {name: each.figures() for name, each in stability.run(folder, readers, most).items() if each.pages}


def noise_bank(data: Path, *, quick: bool) -> dict[str, float]:
    """Return the false changes from other outlets' blocks, first sight and after learning."""
    folder, pages = place(data, "inline_noise_bank"), place(data, "fundus")
    if folder is None or pages is None or importlib.util.find_spec("_extraction_noise") is None:
        return {}
    measured: dict[str, float] = importlib.import_module("_extraction_noise").measure(data, QUICK if quick else None)
    return measured


def measure(
    options: argparse.Namespace,
    sets: list[tuple[str, Path]],
    extractors: dict[str, adapters.Extractor],
    figures: dict[str, Any],
) -> None:
    """Put the figures of every part into *figures*, part by part."""
    for name, folder in sets:
        print(f"reading {name}", file=sys.stderr)
        tallies = read_set(name, folder, extractors, QUICK if options.quick else None, options.slow_pages or None)
        figures[name] = {key: tally.figures() for key, tally in tallies.items()}
    fundus, pairs = place(options.data, "fundus"), place(options.data, "recaptures")
    if pairs is not None:
        print("recaptures", file=sys.stderr)
        readers = {k: v for k, v in extractors.items() if k != adapters.METADATA}
        if options.quick:
            readers = {k: v for k, v in readers.items() if k in SUITE_QUICK}
        figures["recaptures"] = recaptures.run(pairs, readers)
    if "writethru" in extractors:
        print("blocks of other outlets", file=sys.stderr)
        figures["noise bank"] = noise_bank(options.data, quick=options.quick)
    if fundus is not None:
        print("mutations", file=sys.stderr)
        figures["mutations"] = suite(fundus, extractors, quick=options.quick)


def print_generalisation(sets: list[tuple[str, Path]], limit: int | None) -> None:
    """Print the mean and the worst of each measure over thirds of the publishers, of *limit* pages of each set."""
    ours = adapters.available({"writethru"})[0]["writethru"]
    figures = {name: generalise.measure(path, ours, dek=name in WITH_DEK, limit=limit) for name, path in sets}
    for name, measures in figures.items():
        for key, found in measures.items():
            print(f"{name:18} {key:14} mean {found['mean']:.4f}  worst {found['worst']:.4f}")
    print(json.dumps({"benchmark": "extraction_generalise", "pages": limit, **figures}))


def print_ablation(sets: list[tuple[str, Path]], limit: int | None) -> None:
    """Print what each set loses without each rule, a line a rule."""
    found = dict(ablate.run(sets, WITH_DEK, limit))
    for rule, differences in found.items():
        shown = ", ".join(f"{where} {points:+.4f}" for where, points in sorted(differences.items(), key=lambda e: e[1]))
        print(f"{rule:28} {shown or 'nothing'}")
    print(json.dumps({"benchmark": "extraction_ablate", "pages": limit, "rules": found}))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} pages of each set, few mutations")
    parser.add_argument("--only", default="", help="names of extractors, comma-separated")
    parser.add_argument("--slow-pages", type=int, default=SLOW_PAGES, help="pages a set for slow peers, 0: all")
    parser.add_argument("--generalise", action="store_true", help="ours alone, on ten thirds of the publishers")
    parser.add_argument("--ablate", action="store_true", help="ours alone, without one rule after the other")
    parser.add_argument("--pages", type=int, help="with --generalise or --ablate: only so many pages of each set")
    options = parser.parse_args()
    if options.generalise:
        print_generalisation(folders(options.data), options.pages or (QUICK if options.quick else None))
        return 0
    if options.ablate:
        print_ablation(folders(options.data), options.pages or (QUICK if options.quick else None))
        return 0
    extractors, missing = adapters.available(set(filter(None, options.only.split(","))))
    for peer, reason in missing.items():
        print(f"! {peer} is left out: {reason}", file=sys.stderr)
    sets = folders(options.data)
    if not sets:
        print(f"no data in {options.data}: name a folder with --data", file=sys.stderr)
        return 1
    for each in (signal.SIGINT, signal.SIGTERM):  # shells start what runs behind them deaf to the first
        signal.signal(each, signal.default_int_handler)
    started = time.process_time()
    figures: dict[str, Any] = {}
    try:
        measure(options, sets, extractors, figures)
    except KeyboardInterrupt:
        print("interrupted: what was read so far", file=sys.stderr)
    print(table.draw(figures, list(extractors)))
    if options.slow_pages and not options.quick:
        print(f"np4k, rdbl and goos read the first {options.slow_pages} pages of each set")
    seconds = round(time.process_time() - started)
    print(
        json.dumps({"benchmark": "extraction", "quick": options.quick, "missing": missing, "cpu s": seconds, **figures})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
