"""Each column is covered by a proof or listed as not covered; `tests.nightly.forgeries` tries all of them."""

import random
import re
from pathlib import Path

import pytest

from tests.archives import new_archive_at
from tests.integration.archive.tampering import Sealed
from tests.nightly.forgeries import SEALED_AT, UNCOVERED, UNCOVERED_ROWS, attempts_on, try_all
from tracker.archive.ledger.verify import COVERED
from tracker.archive.schema import METADATA

SAMPLED_ATTEMPTS = 60


PAGE = Path(__file__).parents[3] / "docs" / "reference" / "coverage.md"


def test_each_column_is_in_the_table_once() -> None:
    """Fails for a new column until the page, which is written once it is decided on, has it."""
    rows = [re.findall("`([a-z0-9_]+)`", line) for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    columns = {table.name: sorted(table.columns.keys()) for table in METADATA.sorted_tables}
    assert {table: sorted(named) for table, *named in rows} == columns
    assert len(rows) == len(columns)


def test_what_is_declared_as_covered_exists() -> None:
    for table, proofs in COVERED.items():
        assert set(" ".join(proofs.values()).split()) <= set(METADATA.tables[table].columns.keys())


def test_what_may_be_done_to_whole_rows_is_on_the_page() -> None:
    page = PAGE.read_text()
    assert [what for what in UNCOVERED_ROWS.values() if f"- {what}" not in page] == []


def test_a_sample_of_forgeries_is_named_or_listed(tmp_path: Path) -> None:
    sealed = Sealed(new_archive_at(tmp_path / "archive.db"), None, SEALED_AT)
    attempts = attempts_on(sealed, 2)
    on_log = [each for each in attempts if each.what in {"backdate", "fork"} or each.where.startswith("event ")]
    others = [each for each in attempts if each not in on_log]
    outcomes = try_all(sealed, [*on_log, *random.sample(others, SAMPLED_ATTEMPTS)])
    assert outcomes.silent == []
    assert outcomes.wrong == []
    assert set(outcomes.counts["backdate"]) == {"named"}
    assert outcomes.counts["fork"] == {"named": 1}


def test_a_column_that_is_listed_as_covered_and_is_not_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = Sealed(new_archive_at(tmp_path / "archive.db"), None, SEALED_AT)
    (attempt,) = [each for each in attempts_on(sealed, 1) if (each.what, each.where) == ("alter", "article.etag")]
    assert try_all(sealed, [attempt]).silent == []
    monkeypatch.setattr("tests.nightly.forgeries.UNCOVERED", UNCOVERED - {"article.etag"})
    assert try_all(sealed, [attempt]).silent == ["alter article.etag"]
