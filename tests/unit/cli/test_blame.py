from datetime import timedelta

import pytest

from tests.unit.render.samples import NOON
from tracker.cli.commands.blame import lines
from tracker.render.text import cells
from tracker.views.paragraph import BlameView, VersionMark

OLD = VersionMark(1, NOON - timedelta(days=1, minutes=5))
NEW = VersionMark(12, NOON, NOON - timedelta(minutes=4))
TEXT = "The harbour was closed on Monday after three boats broke loose in the storm."


def paragraph(text: str, first: VersionMark, *edits: VersionMark) -> BlameView:
    return BlameView("a7f3", "https://herald.example/harbour", 12, 3, text, first, edits)


@pytest.mark.parametrize("width", [20, 34, 60, 80])
def test_every_line_fits_and_no_word_is_lost(width):
    shown = list(lines([paragraph(TEXT, OLD, NEW), paragraph("Short.", NEW)], NOON, width))
    assert max(cells(margin) + cells(text) for margin, text in shown) <= width
    assert " ".join(text for _, text in shown if text) == f"{TEXT} Short."
    assert ("", "") in shown


def test_a_paragraph_shorter_than_its_history_shows_all_of_it():
    shown = list(lines([paragraph("Short.", OLD, NEW, NEW)], NOON, 60))
    assert [margin.split()[0] for margin, _ in shown] == ["+", "~", "~"]
