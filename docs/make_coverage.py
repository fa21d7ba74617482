"""Write docs/reference/coverage.md, what a proof covers in each table: `python docs/make_coverage.py`."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from tracker.archive.ledger.verify import COVERED, uncovered
from tracker.archive.schema import METADATA

PAGE = Path(__file__).parent / "reference" / "coverage.md"
_HEAD = """\
# What is proved

`verify` names any alteration of a covered column. It does not notice alterations of the columns that are “not covered”.
`tests/nightly/forgeries.py` alters, swaps, empties, removes and adds to every column on both databases. Only entries
that a checkpoint contains are covered; `verify --against` counts the entries after it. See
[Search, verify and prove](../how-to/keep-and-prove.md).

| table | covered columns, and by what | not covered |
|---|---|---|
"""
_TAIL = """
Row numbers (`id`) mean nothing by themselves; those that other rows refer to are covered. Also not covered are the
search index, quarantined pages, and on PostgreSQL views, triggers and other code in the database. `verify` does not
notice

- stored bytes that were added and that no row names,
- outlets that were added and have no article,
- checkpoints that were deleted from the archive: only the notes that you keep elsewhere count.
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
