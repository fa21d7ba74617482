"""CSV out of an archive."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.exchange.pages import job
from tracker.exchange import sheet


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
