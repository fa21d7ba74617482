"""Real captures of one page at two times: unchanged articles must stay unchanged, edits must be seen."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import _extraction_adapters as adapters
from _extraction_score import lines, normal

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, extractors: dict[str, adapters.Extractor]) -> dict[str, dict[str, int]]:
    """Compare every two captures that follow one another; *alike* counts pairs without truth that read the same."""
    figures = {
        name: dict.fromkeys(("unchanged", "stayed", "edited", "seen", "pairs", "alike"), 0) for name in extractors
    }
    with gzip.open(folder / "captures.jsonl.gz", "rt", encoding="utf-8") as source:
        for line in source:
            row = json.loads(line)
            for one, other in zip(row["captures"], row["captures"][1:], strict=False):
                for name, extractor in extractors.items():
                    _compare(figures[name], extractor, folder, row, (one, other))
    return figures


def _compare(
    figures: dict[str, int], extractor: adapters.Extractor, folder: Path, row: dict[str, Any], pair: tuple[Any, Any]
) -> None:
    texts = []
    for capture in pair:
        with gzip.open(folder / "pages" / capture["file"], "rt", encoding="utf-8", newline="") as page:
            got, _ = adapters.attempt(extractor, page.read(), row["url"], True)
        texts.append(lines(got.get("body") or ""))
    same = texts[0] == texts[1]
    told = [capture.get("paragraphs") for capture in pair]
    if not all(told):
        figures["pairs"] += 1
        figures["alike"] += same
    elif [normal(p) for p in told[0]] == [normal(p) for p in told[1]]:
        figures["unchanged"] += 1
        figures["stayed"] += same
    else:
        figures["edited"] += 1
        figures["seen"] += not same
