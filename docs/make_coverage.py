"""Write docs/reference/coverage.md, what a proof covers in each table: `python docs/make_coverage.py`."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from tracker.archive.ledger.coverage import COVERAGE, NONE, UNCOVERED_ROWS

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
the search index, quarantined pages, and on PostgreSQL views, triggers and other code in the database. Of rows in covered tables,
"""


def _code(columns: str) -> str:
    return " ".join(f"`{column}`" for column in columns.split())


def text() -> str:
    """Return the page."""
    lines = []
    for table, proofs in COVERAGE.items():
        covered = "; ".join(f"{_code(columns)}: {proof}" for proof, columns in proofs.items() if proof != NONE)
        lines.append(f"| `{table}` | {covered} | {_code(proofs.get(NONE, ''))} |\n")
    rows = "".join(f"- {what}.\n" for what in UNCOVERED_ROWS.values())
    return _HEAD + "".join(lines) + _TAIL + "\n" + rows


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
