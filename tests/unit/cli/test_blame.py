import json
from datetime import timedelta

import pytest

from tests.unit.render.samples import NOON
from tracker.cli.commands.blame import cells_of, lines
from tracker.render.json import dumps
from tracker.render.text import cells
from tracker.views.paragraph import BlameView, VersionMark

OLD = VersionMark(1, NOON - timedelta(days=1, minutes=5))
NEW = VersionMark(12, NOON, NOON - timedelta(minutes=4))
TEXT = "The harbour was closed on Monday after three boats broke loose in the storm."


def paragraph(text: str, first: VersionMark, *edits: VersionMark) -> BlameView:
    return BlameView("a7f3", "https://herald.example/harbour", 12, 3, text, first, edits)


def test_first_and_edits_have_signs():
    assert cells_of(paragraph("x", OLD, NEW), NOON) == ["+ v1 24 Nov 12:00", "~ v12 12:05"]


@pytest.mark.parametrize("width", [20, 34, 60, 80])
def test_every_line_fits_and_no_word_is_lost(width):
    shown = list(lines([paragraph(TEXT, OLD, NEW), paragraph("Short.", NEW)], NOON, width))
    assert max(cells(margin) + cells(text) for margin, text in shown) <= width
    assert " ".join(text for _, text in shown if text) == f"{TEXT} Short."
    assert ("", "") in shown


def test_a_paragraph_shorter_than_its_history_shows_all_of_it():
    shown = list(lines([paragraph("Short.", OLD, NEW, NEW)], NOON, 60))
    assert [margin.split()[0] for margin, _ in shown] == ["+", "~", "~"]


def test_nothing_to_show():
    assert list(lines([], NOON, 80)) == []


def test_page_text_is_made_safe():
    assert "\x1b" not in "".join(text for _, text in lines([paragraph("a\x1b[2Jb", OLD)], NOON, 80))


def test_json_names_the_interval_of_each_edit():
    assert json.loads(dumps(paragraph("x", OLD, NEW))) == {
        "schema": 1,
        "article": "a7f3",
        "url": "https://herald.example/harbour",
        "version": 12,
        "paragraph": 3,
        "text": "x",
        "first": {"version": 1, "seen": "2026-11-24T12:00:00Z", "previous_seen": None},
        "edits": [{"version": 12, "seen": "2026-11-25T12:05:00Z", "previous_seen": "2026-11-25T12:01:00Z"}],
    }
