"""How often a page that says the same is recognised without reading it, whether that is ever wrong, and what it saves.

    benchmarks/same_page.py [--data DIR] [--quick]

DIR holds ``pages/recaptures/dev`` (pages of news, captured again after months) and ``real/dev/revisions`` (documents,
captured every few hours or days). Every capture is read in full and compared with what its fingerprint said of it: a
hit is *wrong* if the full reading gives another article. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracker.extraction.extractor import read, read_unless_same
from tracker.model.article import SamePage

DEFAULT = Path("/work/shared/data")
QUICK_CAPTURES = 4


def recaptures(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the captures of every page, oldest first, as they were served."""
    with gzip.open(folder / "captures.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            yield (
                row["url"],
                [gzip.decompress((folder / "pages" / each["file"]).read_bytes()) for each in row["captures"]],
            )


def histories(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the captures of every document, oldest first; those of one are in one compressed file."""
    documents: dict[str, list[dict[str, Any]]] = {}
    for row in map(json.loads, (folder / "truth.jsonl").read_text().splitlines()):
        documents.setdefault(row["doc"], []).append(row)
    for captures in documents.values():
        whole = lzma.decompress((folder / captures[0]["file"]).read_bytes())
        yield captures[0]["url"], [whole[each["at"] : each["at"] + each["len"]] for each in captures]


def measure(documents: Iterator[tuple[str, list[bytes]]], limit: int | None) -> dict[str, float]:
    """Compare each capture with the one before it; times are in milliseconds of processor time."""
    counts: dict[str, float] = defaultdict(float)
    for url, captures in documents:
        before = None
        for html in captures[:limit]:
            started = time.process_time()
            reading = read(html, url, prefer=before.signature if before else "")
            counts["full ms"] += 1e3 * (time.process_time() - started)
            counts["captures"] += 1
            if before is not None and before.fingerprint:
                counts["pairs"] += 1
                is_same = (reading.page, reading.article.sha256) == (before.page, before.article.sha256)
                counts["unchanged"] += is_same
                started = time.process_time()
                hit = isinstance(read_unless_same(html, url, before.fingerprint), SamePage)
                spent = 1e3 * (time.process_time() - started)
                counts["hits"] += hit
                counts["hit ms"] += spent if hit else 0.0
                if hit and not is_same:
                    counts["wrong"] += 1
                    print(f"! wrong: {url}", file=sys.stderr)
            before = reading
    return counts


def figures(counts: dict[str, float]) -> dict[str, float]:
    """Return what is printed of a set: milliseconds a page, read in full and recognised."""
    full, hit = counts["full ms"] / max(counts["captures"], 1), counts["hit ms"] / max(counts["hits"], 1)
    shown = {key: counts[key] for key in ("pairs", "unchanged", "hits", "wrong")}
    return shown | {"full ms": round(full, 2), "hit ms": round(hit, 2), "saved ms": round(full - hit, 2)}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK_CAPTURES} captures of each page")
    options = parser.parse_args()
    sets = {
        "recaptures": (recaptures, options.data / "pages" / "recaptures" / "dev"),
        "histories": (histories, options.data / "real" / "dev" / "revisions"),
    }
    found = {}
    for name, (captures, folder) in sets.items():
        if not folder.is_dir():
            print(f"! {name} is left out: no folder {folder}", file=sys.stderr)
            continue
        found[name] = figures(measure(captures(folder), QUICK_CAPTURES if options.quick else None))
        print(f"{name:11}", "  ".join(f"{key} {value:g}" for key, value in found[name].items()))
    print(json.dumps({"benchmark": "same_page", "quick": options.quick, **found}))
    return 1 if any(each["wrong"] for each in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
