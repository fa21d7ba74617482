"""Edits of kinds that are rare in news, each of which one branch of the rules decides."""

import pytest

from tests.edit_judgements import changed
from tracker.model.labels import LabelKind


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (
            "Anna Berg met Tom Reyes on the pier, where Anna Berg gave the keys away.",
            "Anna Berg met Tom Reyes on the pier, where Tom Reyes gave the keys away.",
            ("name", "", "Anna Berg", "Tom Reyes"),
        ),
        (
            "The bridge will close, officials said. The ferry will stop, officials said.",
            "The bridge will close, officials said. The ferry will stop.",
            ("source", "attribution", "officials", ""),
        ),
        (
            "It cost 5m euros in all to build.",
            "It cost 6m euros in all to build.",
            ("number", "money", "5m", "6m"),
        ),
        (
            "The tunnel is 5€ a trip for cars now.",
            "The tunnel is 7€ a trip for cars now.",
            ("number", "money", "5", "7"),
        ),
        (
            "The vote ended 120-80 in the lower house.",
            "The vote ended 120-90 in the lower house.",
            ("number", "", "120-80", "120-90"),
        ),
    ],
)
def test_the_fact_that_differs_is_named(old, new, fact):
    assert fact in [(found.kind, found.role, found.old, found.new) for found in changed(old, new).facts]


def test_a_paragraph_in_the_place_of_another_is_a_rewrite_of_both():
    change = changed(
        "Children sang on the quay while the band of the fire brigade played until dusk.",
        "Nobody knows yet who pays for repairs once winter storms have passed along this coast.",
    )
    (label,) = [each for each in change.labels if each.kind is LabelKind.REWRITE]
    assert label.blocks == (1, 2)
