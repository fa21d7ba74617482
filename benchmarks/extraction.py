"""How well and how fast pages are read: ours beside the peers, interleaved page by page in one run.

    benchmarks/extraction.py [--data DIR] [--quick] [--only NAME,…]

DIR, or its folder ``pages``, holds folders (scrapinghub, fundus, …), each with ``truth.jsonl.gz`` and
``pages/<id>.html.gz``, or with a ``dev`` folder that holds these. Peers come with ``uv sync --group bench``; one that
is missing is skipped and named.
Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _extraction_adapters as adapters
from _extraction_score import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = Path("/work/shared/data/pages")
QUICK = 20
SETS = ("scrapinghub", "fundus", "wcxb_articles", "trafilatura_eval", "mediacloud_dates", "postlight_meta")
WITH_DEK = frozenset({"fundus", "trafilatura_eval"})
"""Sets whose truth counts the standfirst as text."""


def folders(data: Path) -> list[tuple[str, Path]]:
    found = []
    home = data / "pages" if any((data / "pages" / name).is_dir() for name in SETS) else data
    for name in SETS:
        for place in (home / name / "dev", home / name):
            if (place / "truth.jsonl.gz").is_file():
                found.append((name, place))
                break
    if not found and (data / "truth.jsonl.gz").is_file():
        found.append((data.parent.name if data.name in {"dev", "heldout"} else data.name, data))
    return found


def pages(folder: Path, limit: int | None) -> Iterator[tuple[dict[str, Any], str]]:
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            row = json.loads(line)
            with gzip.open(folder / "pages" / f"{row['id']}.html.gz", "rt", encoding="utf-8", newline="") as page:
                yield row, page.read()


def run(name: str, folder: Path, extractors: dict[str, adapters.Extractor], limit: int | None) -> dict[str, Tally]:
    tallies = {key: Tally() for key in extractors}
    shuffle = random.Random(0)
    for number, (row, html) in enumerate(pages(folder, limit)):
        order = list(extractors)
        shuffle.shuffle(order)
        for key in order:
            if number == 0:
                adapters.attempt(extractors[key], html, row.get("url"), name in WITH_DEK)
            started = time.process_time()
            got, error = adapters.attempt(extractors[key], html, row.get("url"), name in WITH_DEK)
            tallies[key].spend(time.process_time() - started, error)
            tallies[key].add(row, got)
    return tallies


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} pages of each set")
    parser.add_argument("--only", default="", help="names of extractors, comma-separated")
    options = parser.parse_args()
    extractors, missing = adapters.available(set(filter(None, options.only.split(","))))
    for peer, reason in missing.items():
        print(f"! {peer} is left out: {reason}", file=sys.stderr)
    places = folders(options.data)
    if not places:
        print(f"no data in {options.data}: name a folder with --data", file=sys.stderr)
        return 1
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for name, folder in places:
        tallies = run(name, folder, extractors, QUICK if options.quick else None)
        figures[name] = {key: tally.figures() for key, tally in tallies.items()}
        print(f"\n{name}")
        for key, values in figures[name].items():
            print(f"  {key:24}" + "  ".join(f"{metric} {value:g}" for metric, value in values.items()))
    print(json.dumps({"benchmark": "extraction", "quick": options.quick, "missing": missing, "sets": figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
