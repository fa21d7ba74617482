"""Parquet and CSV out of an archive."""

import csv
import io
import sys

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import NOW, URL
from tests.integration.exchange.pages import job
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version
from tracker.errors import UsageError
from tracker.exchange import parquet, sheet
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


def test_a_row_a_version(full):
    out = io.BytesIO()
    seen: list[int] = []
    made = job(full, stdout=out, progress=lambda tally: seen.append(tally.versions))
    sheet.write(made)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8"), newline="")))
    assert (made.tally.versions, len(rows), seen[-1]) == (5, 5, 5)
    assert rows[0]["title"] == "River floods 1 streets"
    assert rows[0]["words_added"] == rows[0]["announced"] == rows[0]["previous_seen"] == ""
    last = rows[-1]
    assert last["source"] == "Post"
    assert last["labels"] == "correction; name"
    assert last["evidence"] == "correction: 1 → 2; name: 1 → 2"
    assert last["byline"] == "Ada Lark; Jo Reed"
    assert last["announced"] == "yes"
    assert last["notices"] == "update-note: Updates with 2"
    assert last["seen"] == "2026-11-25T09:09:00Z"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\0="])
def test_no_cell_is_a_formula(start):
    cell = sheet.guarded(f'{start}HYPERLINK("https://evil.example")')
    assert cell.startswith("'")
    assert "\0" not in cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_cells_come_back(cells):
    out = io.StringIO(newline="")
    csv.writer(out).writerow([sheet.guarded(cell) for cell in cells])
    (back,) = list(csv.reader(io.StringIO(out.getvalue(), newline=""))) or [[]]
    assert back == [sheet.guarded(cell) for cell in cells]


def test_nor_is_a_part_of_a_cell():
    assert sheet.guarded("Ada; =1; Jo;+2") == "Ada;' =1; Jo;'+2"
    assert sheet.guarded('a\n=1;"=2') == "a\n'=1;'\"=2"
    assert sheet.guarded("5 - 3; a=b") == "5 - 3; a=b"
