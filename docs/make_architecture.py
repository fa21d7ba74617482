"""Draw `docs/explanation/architecture.svg` from the imports of `tracker/`: run `python docs/make_architecture.py`."""  # noqa: INP001 - a script

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tracker"
PICTURE = ROOT / "docs" / "explanation" / "architecture.svg"

ROW = 24
BOX_WIDTH = 200
MARGIN = 16
GAP = 6
HEADER = 84

TITLE = "Packages of tracker in layers, and the imports between them"

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2933 }
.background { fill: #ffffff } .layer { fill: #eef2f6 } .box { fill: #ffffff; stroke: #52606d }
.lines { fill: #52606d; text-anchor: end } .cell { fill: #2b6cb0 } .self { fill: #d3dae2 } .grid { stroke: #dfe5eb }
.count { fill: #ffffff; font-size: 10px; text-anchor: middle }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e9ee } .background { fill: #14181d } .layer { fill: #1f262e } .box { fill: #14181d; stroke: #8b98a5 }
  .lines { fill: #a7b3bf } .cell { fill: #2f6fb5 } .self { fill: #3a4550 } .grid { stroke: #2a333c }
}
""".strip()


def layers() -> list[list[str]]:
    """Return the packages and single modules of `tracker/`, highest layer first, as the import contract has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    contract = next(contract for contract in contracts if contract["type"] == "layers")
    named = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    return [[name for name in layer if files_of(name)] for layer in named]


def files_of(name: str) -> list[Path]:
    """Return the Python files of a package, or the file of a single module."""
    module = PACKAGE / f"{name}.py"
    return [module] if module.is_file() else sorted((PACKAGE / name).rglob("*.py"))


def lines_of(name: str) -> int:
    """Return how many lines a package has, rounded to hundreds, so that the picture need not follow each edit."""
    return max(100, round(sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files_of(name)), -2))


def imports_of(path: Path) -> Iterator[str]:
    """Yield the package of `tracker/` that each import of a file names, imports for type checking included."""
    here = ["tracker", *path.relative_to(PACKAGE).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: -node.level] if node.level else []
            module = base + (node.module.split(".") if node.module else [])
            modules = [[*module, alias.name] for alias in node.names]
        else:
            continue
        yield from (module[1] for module in modules if module[0] == "tracker" and len(module) > 1)


def imports_between(names: list[str]) -> Counter[tuple[str, str]]:
    """Count, for each pair of packages, the files of the first that import the second."""
    found: Counter[tuple[str, str]] = Counter()
    for name in names:
        for path in files_of(name):
            found.update((name, imported) for imported in set(imports_of(path)) if imported in names)
    return found


def picture() -> str:
    """Return the picture as SVG: a box for each package in its layer, next to a matrix of what it imports."""
    rows = [name for layer in layers() for name in layer]
    imports = imports_between(rows)
    tops = _tops()
    left = MARGIN + BOX_WIDTH + 2 * GAP
    columns = {name: left + place * ROW for place, name in enumerate(rows)}
    width = left + len(rows) * ROW + MARGIN
    height = max(tops.values()) + ROW + MARGIN + GAP
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{TITLE}">',
        f"<style>{STYLE}</style>",
        f'<rect class="background" width="{width}" height="{height}"/>',
    ]
    for layer in layers():
        top = tops[layer[0]] - GAP / 2
        band = len(layer) * ROW + GAP
        drawn.append(
            f'<rect class="layer" x="{MARGIN - GAP}" y="{top:g}" width="{width - 2 * (MARGIN - GAP)}" '
            f'height="{band}" rx="4"/>'
        )
    for name, x in columns.items():
        middle = x + ROW // 2
        drawn.append(f'<path class="grid" d="M{middle} {HEADER}V{height - MARGIN}"/>')
        drawn.append(f'<text transform="translate({middle + 4} {HEADER - GAP}) rotate(-60)">{escape(name)}</text>')
    for name in rows:
        drawn += _row(name, tops[name], columns, imports)
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _tops() -> dict[str, int]:
    """Return where the row of each package begins; layers are separated by a gap."""
    tops, top = {}, HEADER + GAP
    for layer in layers():
        for name in layer:
            tops[name] = top
            top += ROW
        top += 2 * GAP
    return tops


def _row(name: str, top: int, columns: dict[str, int], imports: Counter[tuple[str, str]]) -> list[str]:
    text = top + 16
    drawn = [
        f'<rect class="box" x="{MARGIN}" y="{top + 1}" width="{BOX_WIDTH}" height="{ROW - 2}" rx="3"/>',
        f'<text class="package" x="{MARGIN + 8}" y="{text}">{escape(name)}</text>',
        f'<text class="lines" x="{MARGIN + BOX_WIDTH - 8}" y="{text}">{lines_of(name):,} lines</text>',
        f'<rect class="self" x="{columns[name] + 2}" y="{top + 2}" width="{ROW - 4}" height="{ROW - 4}" rx="3"/>',
    ]
    for imported, x in columns.items():
        count = imports[name, imported]
        if imported == name or not count:
            continue
        drawn += [
            f'<rect class="cell" x="{x + 2}" y="{top + 2}" width="{ROW - 4}" height="{ROW - 4}" rx="3"/>',
            f'<text class="count" x="{x + ROW // 2}" y="{text}">{count}</text>',
        ]
    return drawn


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
