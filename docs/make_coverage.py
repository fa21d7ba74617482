"""Write docs/reference/coverage.md, what a proof covers in each table: `python docs/make_coverage.py`."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from tracker.archive.ledger.verify import COVERED, uncovered
from tracker.archive.schema import METADATA

PAGE = Path(__file__).parent / "reference" / "coverage.md"
_HEAD = """\
# What is proved

`verify` names an alteration of a covered column; of the columns in the last column of the table it does not.
`tests/nightly/forgeries.py` alters, swaps, empties, removes and adds to each of them on both databases. Covered is what
a checkpoint contains: entries after it are counted by `verify --against`, see
[Search, verify and prove](../how-to/keep-and-prove.md).

| table | covered columns, and by what | not covered |
|---|---|---|
"""
_TAIL = """
Numbers of rows (`id`) show nothing by themselves; where other rows refer to them, they are covered. Also not covered:
the search index, quarantined pages, and on PostgreSQL views, triggers and other code in the database. Of rows in
covered tables,

- stored bytes may be added that nothing names.
- outlets may be added that have no article.
- checkpoints may be deleted from the archive itself: only the notes kept elsewhere count.
"""


def _code(columns: list[str]) -> str:
    return " ".join(f"`{column}`" for column in columns)


def text() -> str:
    """Return the page."""
    lines, rest = [], set(uncovered())
    for name, table in sorted(METADATA.tables.items()):
        covered = "; ".join(f"{_code(columns.split())}: {proof}" for proof, columns in COVERED.get(name, {}).items())
        others = _code([column.name for column in table.columns if str(column) in rest])
        lines.append(f"| `{name}` | {covered} | {others} |\n")
    return _HEAD + "".join(lines) + _TAIL


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
