"""Parquet out of an archive."""

import sys

import pyarrow.parquet as pq
import pytest

from tests.archive_samples import NOW, URL
from tests.integration.exchange.pages import job
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version
from tracker.errors import UsageError
from tracker.exchange import parquet
from tracker.exchange.export import Selection


def test_a_row_a_version_article_by_article(full, tmp_path):
    path = tmp_path / "news.parquet"
    seen: list[int] = []
    made = job(full, path, progress=lambda tally: seen.append(tally.versions))
    parquet.write(made)
    table = pq.read_table(path)
    assert (made.tally.versions, table.num_rows, seen[-1]) == (5, 5, 5)
    rows = table.to_pylist()
    assert [(row["source"], row["version"]) for row in rows] == [
        ("Herald", 1), ("Herald", 2), ("Herald", 3), ("Post", 1), ("Post", 2),
    ]  # fmt: skip
    first, last = rows[0], rows[-1]
    kept = get_version(full, get_article(full, URL).id, 1)
    assert first["text"] == kept.content.text
    assert (first["seen"], first["published"]) == (kept.seen, kept.content.published)
    assert first["labels"] is None
    assert first["blocks"][1] == {"kind": "promo", "text": "Read more"}
    assert last["labels"][0] == {"kind": "correction", "evidence": "1 → 2"}
    assert last["announced"] is True
    assert "body" not in table.column_names
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_captures_go_along_on_demand(full, tmp_path):
    ident = get_article(full, URL).id
    take_down(full, ident, "court order", NOW, 2)
    made = job(full, tmp_path / "a.parquet", Selection(articles=(ident,)), with_captures=True)
    parquet.write(made)
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert (made.tally.pages, made.tally.without_page) == (2, 1)
    assert rows[0]["body"] == get_capture(full, ident, 1).body
    assert rows[0]["headers"][0] == {"name": "Content-Type", "value": "text/html"}
    assert (rows[1]["body"], rows[1]["removed"]) == (None, "court order")


def test_nothing_selected_makes_an_empty_table(full, tmp_path):
    parquet.write(job(full, tmp_path / "a.parquet", Selection(source="Nobody")))
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0


def test_the_package_to_install_is_named(full, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="Parquet needs pyarrow"):
        parquet.write(job(full, tmp_path / "a.parquet"))
    assert list(tmp_path.glob("a.parquet*")) == []
