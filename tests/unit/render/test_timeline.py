from dataclasses import replace
from datetime import timedelta

import pytest

from tracker.model.change import Change
from tracker.model.labels import Label, LabelKind
from tracker.render import timeline
from tracker.render.text import cells

from .samples import NOON, content, version

ONE_WORD = replace(version(1, None), content=content("Closed."))
BARE = replace(version(2, Change()), content=replace(version().content, title=""))


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (version(), "a7f30c1d v4→v5 2026-11-25T12:05:00Z +6 −5 headline,number “Portland visit postponed”"),
        (version(1, None), "a7f30c1d v1 2026-11-25T12:05:00Z 6 words first “Portland visit postponed”"),
        (ONE_WORD, "a7f30c1d v1 2026-11-25T12:05:00Z 1 word first “Portland visit postponed”"),
        (BARE, "a7f30c1d v1→v2 2026-11-25T12:05:00Z +0 −0 unlabelled “https://example.org/portland”"),
    ],
    ids=["an edit", "a first version", "a first version of one word", "without label and title"],
)
def test_one_line_says_it_all(shown, line):
    assert timeline.line(shown, NOON) == line


def test_line_is_cut_to_the_width():
    shown = timeline.line(version(), NOON + timedelta(days=2), 80)
    assert cells(shown) <= 80
    assert shown.endswith("…”")
    assert "25 Nov 12:05" in shown
    assert cells(timeline.line(version(), NOON, 50)) <= 50
    assert timeline.line(version(), NOON, 200).endswith("postponed”")


def test_where_width_is_short_the_headline_and_the_most_prominent_labels_stay():
    labels = tuple(Label(kind, "") for kind in (LabelKind.LEAD, LabelKind.DEK, LabelKind.DATE, LabelKind.NAME))
    many = version(2, Change(labels=labels))
    assert "name,date,+2 “Portland visit postponed”" in timeline.line(many, NOON, 80)
    assert "name,date,dek,+1 “" in timeline.line(many, NOON, 90)
    assert "lead,dek,date,name “" in timeline.line(many, NOON)
