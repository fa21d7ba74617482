"""The table of labels, and what is read from it."""

from pathlib import Path

import pytest

from tracker.alerts.message import name
from tracker.classify.label import RULES
from tracker.model.change import CORRECTIONS, LABELS, LabelKind, most_prominent_first

FROM_HISTORY = {LabelKind.UNPUBLISHED, LabelKind.RESTORED, LabelKind.FLAP}


def test_every_label_has_a_row():
    assert set(LABELS) == set(LabelKind)
    assert all(label.meaning for label in LABELS.values())


def test_every_label_has_a_rule_that_finds_it_unless_it_comes_from_the_history():
    assert set(RULES) == set(LabelKind) - FROM_HISTORY


def test_labels_that_nobody_may_miss_come_first():
    given = ["dek", "lead", "number", "insert", "not-noted"]
    assert most_prominent_first(given) == ["not-noted", "number", "dek", "lead", "insert"]


def test_corrections_are_what_the_outlet_says_it_got_wrong():
    assert CORRECTIONS == (LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["number", "not-noted"], "edit not noted by the outlet"),
        (["not-noted", "correction"], "correction"),
        (["insert"], "changed"),
    ],
)
def test_the_most_prominent_label_names_an_alert(kinds, expected):
    assert name({"type": "article.changed", "labels": [{"kind": kind} for kind in kinds]}) == expected


def test_the_docs_show_the_table_as_it_is():
    page = (Path(__file__).parents[3] / "docs" / "explanation" / "labels.md").read_text(encoding="utf-8")
    rows = [f"| `{kind.value}` | {label.meaning} |" for kind, label in LABELS.items()]
    assert [line for line in page.partition("## Labels")[2].split("\n") if line.startswith("| `")] == rows
