"""Write docs/explanation/targets.md: every target of benchmarks/targets.toml next to the figure of the last run.

`make figures` runs it. A target without a figure says so, and a missed one says why.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from _figures import results

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "targets.md"
_TAKE: dict[str, Callable[[list[float]], float]] = {"sum": sum, "max": max, "min": min}
_INTRODUCTION = """# Targets and measurements

This page shows every target that `benchmarks/` measures, next to the figure of the last run. `make figures` writes it
from `benchmarks/targets.toml` and `benchmarks/results`. The last table names the commit, day and machine of each run.
Times vary with the machine, so targets compare them only as ratios, to a peer in the same run where there is one.

The results of long tests (kills, power cuts, four days of news) are in [What is guaranteed](reliability.md).
"""


class Row(NamedTuple):
    """One target and what was measured. `met` is None where no result has the figure."""

    area: str
    measure: str
    target: str
    figure: str
    peer: str
    met: bool | None
    why: str


def rows(found: Mapping[str, Any]) -> Iterator[Row]:
    """Compare each target with the results by name, in the order of the file."""
    for area in areas():
        for each in area["targets"]:
            value = figure(each, found)
            target = f"≤ {each['max']:g}" if "max" in each else f"≥ {each['min']:g}"
            met = None if value is None else value <= each.get("max", value) and value >= each.get("min", value)
            shown = "not measured" if value is None else rounded(value)
            yield Row(area["name"], each["measure"], target, shown, peer(each, found), met, each.get("why", ""))


def rounded(value: float) -> str:
    """Return a figure with three digits after the point if it is small, with one if it is not."""
    return f"{round(value, 3 if abs(value) < 10 else 1):g}"


def peer(target: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return the name of what a target is compared with, after its figure if it has one; empty if there is none."""
    beside = target.get("peer", {"name": ""})
    value = figure(beside, found) if "figure" in beside else None
    return beside["name"] if value is None else f"{rounded(value)} ({beside['name']})"


def areas() -> list[dict[str, Any]]:
    """Return the areas of the file of targets."""
    content = tomllib.loads((ROOT / "benchmarks" / "targets.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["areas"]
    return found


def figure(target: Mapping[str, Any], found: Mapping[str, Any]) -> float | None:
    """Return the figure of a target, or None where the results lack a part of it."""
    parts = {
        name: [value for path in _paths(target[name]) for value in _values(found, path)]
        for name in ("figure", "over", "minus")
        if name in target
    }
    if not all(parts.values()):
        return None
    value: float = target.get("factor", 1) * _TAKE[target.get("take", "sum")](parts["figure"])
    return (value - sum(parts.get("minus", []))) / sum(parts.get("over", [1]))


def _paths(named: str | list[str]) -> list[str]:
    return [named] if isinstance(named, str) else named


def _values(found: Mapping[str, Any], path: str) -> list[float]:
    """Return every number that a path leads to; `*` stands for any key."""
    name, *keys = path.split("/")
    reached = [found[name]["figures"]] if name in found else []
    for key in keys:
        reached = [inner for each in reached for inner in _inner(each, key)]
    return reached


def _inner(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        return [value[int(key)]]
    if key == "*":
        return list(value.values()) if isinstance(value, dict) else []
    return [value[key]] if isinstance(value, dict) and key in value else []


def page(found: Mapping[str, Any]) -> str:
    """Return the text of the page of targets."""
    table = list(rows(found))
    met = sum(row.met is True for row in table)
    lines = [_INTRODUCTION, f"**{met} of {len(table)} targets are met.**", ""]
    for area in areas():
        lines += [
            f"## {area['name']}",
            "",
            area["note"],
            "",
            "| measure | target | measured | peer | |",
            "|---|---|---|---|---|",
        ]
        marks = {True: "", False: "missed", None: ""}
        lines += [
            f"| {row.measure} | {row.target} | {row.figure} | {row.peer} | {marks[row.met]} |"
            for row in table
            if row.area == area["name"]
        ]
        lines.append("")
    lines += ["## What falls short, and why", "", "| measure | target | measured | why |", "|---|---|---|---|"]
    lines += [
        f"| {row.area}: {row.measure} | {row.target} | {row.figure} | {row.why} |" for row in table if row.met is False
    ]
    lines += ["", "## The runs", "", "| benchmark | commit | day | machine |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {run} |" for name, each in found.items() if name not in {"nightly", "soak"} for run in _runs(each)
    ]
    return "\n".join(lines) + "\n"


def _runs(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield commit, day and machine of a result, or of each of its parts."""
    parts = result.get("parts") or {"": result}
    for part, run in parts.items():
        yield f"{run['commit']}{f' ({part})' if part else ''} | {run['date']} | {run['machine']}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(results()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
