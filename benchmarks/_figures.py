"""Write the figures of benchmarks/results into README.md and docs: `make figures`.

A page says what to write in a comment: a format string, with the name of a benchmark first. What is between the
comments is written anew:

    <!-- figures
    Measured on {diff[date]}: {diff[figures][pairs]:,} pairs.
    -->
    Measured on 2026-11-27: 1,402 pairs.
    <!-- end of figures -->

A requirement of a soak test is formatted with its number of cases: `{soak[day][completeness]:.1%}` is "99.8% of 328".
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_REGION = re.compile(r"(<!-- figures\n(.*?)-->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


class Figures(dict[str, Any]):
    """Figures by name. A name of digits is a number in a format string: `{pipeline[304]}`."""

    def __missing__(self, key: object) -> Any:
        if isinstance(key, int):
            return self[str(key)]
        raise KeyError(key)

    def __format__(self, spec: str) -> str:
        return f"{self['value']:{spec}} of {self['of']:,}"


def results() -> dict[str, Any]:
    """Return the last run of each benchmark: commit, date, machine and figures, by name; long tests under "nightly".

    "soak" has the requirements of each soak test.
    """
    folder = ROOT / "benchmarks" / "results"
    nightly = _last_runs(folder / "nightly")
    day, four_days = (nightly[f"soak_{hours}_hours"]["figures"] for hours in (24, 96))
    soak = {
        "day": day["without_faults"]["gates"],
        "faults": day["with_faults"]["gates"],
        "four_days": four_days["with_faults"]["gates"],
    }
    return _last_runs(folder) | {"nightly": nightly, "soak": soak}


def _last_runs(folder: Path) -> dict[str, Any]:
    files = sorted(folder.glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8"), object_hook=Figures) for path in files}


def pages() -> Iterator[Path]:
    """Return the pages that may hold figures."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").glob("*/*.md"))


def filled(text: str, found: Mapping[str, Any]) -> str:
    """Return the text of a page with the figures of these results."""
    return _REGION.sub(lambda region: region[1] + region[2].format_map(found), text)


def main() -> int:
    """Write every page."""
    found = results()
    for page in pages():
        text = page.read_text(encoding="utf-8")
        page.write_text(filled(text, found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
