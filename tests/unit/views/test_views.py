import json
from dataclasses import replace
from typing import Any

from tests.unit.render.samples import CHANGE, version
from tracker.model.article import NoticeKind
from tracker.model.change import BlockChange, Change, Field, Label, LabelKind, Noted, NoticeChange, Op, SentenceChange
from tracker.render import plain as plain_text
from tracker.render.json import dumps
from tracker.views.change import ChangeView, across, top_hunk
from tracker.views.version import VersionView


def written(value: object) -> Any:
    """Return what a program reads of a value."""
    return json.loads(dumps(value))


def test_version_is_the_contract():
    made = written(VersionView.of(version()))
    assert list(made)[:8] == ["schema", "article", "url", "version", "seen", "title", "sha256", "words"]
    assert made["schema"] == 2
    assert made["seen"] == "2026-11-25T12:05:00Z"
    assert made["change"] == {
        "words_added": 6,
        "words_removed": 5,
        "labels": [
            {"kind": "headline", "evidence": "planned → postponed", "blocks": []},
            {"kind": "number", "evidence": "three → four", "blocks": [2]},
        ],
        "significance": "medium",
        "announced": True,
        "noted": "yes",
        "substance": None,
        "classifier": 1,
    }
    assert made["notices"] == [{"kind": "correction", "text": "An earlier version misstated the number of boats."}]


def test_a_change_is_the_contract_with_its_sentences_and_joins_back():
    made = written(ChangeView.of(CHANGE))
    assert {"schema", "title", "blocks", "notices", "labels", "significance", "announced", "facts"} <= set(made)
    edit = made["blocks"][2]
    assert "".join(t for op, t in edit["hunks"] if op != "+") == CHANGE.blocks[2].old_text
    assert "".join(t for op, t in edit["hunks"] if op != "-") == CHANGE.blocks[2].new_text
    assert made["notices"][0]["explains"] == [2]
    assert made["blocks"][3]["old"] is None
    block = replace(CHANGE.blocks[2], sentences=(SentenceChange(Op.EDIT, 0, 0, "a", "b"),))
    other: Any = written(ChangeView.of(replace(CHANGE, blocks=(block,))))
    (sentence,) = other["blocks"][0]["sentences"]
    expected = {"op": "edit", "old": 0, "new": 0, "old_text": "a", "new_text": "b"}
    assert sentence == expected | {"old_block": None, "new_block": None}


def test_a_change_over_several_edits_says_how_many_of_them_were_noted():
    silent = Label(LabelKind.NOT_NOTED, "three → four", (2,))
    change = replace(CHANGE, announced=False, labels=(*CHANGE.labels, silent))
    steps = {word: replace(CHANGE, noted=word) for word in Noted}
    yes, no, unclear = (steps[word] for word in (Noted.YES, Noted.NO, Noted.UNCLEAR))
    nothing = replace(CHANGE, announced=None)
    said = {
        (yes, no, nothing): "1 of 2 edits noted by the outlet",
        (no, no, unclear): "none of 3 edits noted by the outlet, unclear of 1",
        (yes, yes): "all 2 edits noted by the outlet",
        (yes, nothing): "noted by the outlet",
        (nothing, nothing): "no note from the outlet",
    }
    assert {made: plain_text.noted(across(change, made)) for made in said} == said
    mixed: Any = written(ChangeView.of(across(change, (yes, no))))
    assert (mixed["announced"], mixed["noted"]) == (None, "unclear")
    assert mixed["noted_edits"] == {"noted": 1, "not_noted": 1, "unclear": 0}
    assert "no note in the newer version explains this edit" in plain_text.diff(across(change, (yes, no)))
    assert LabelKind.NOT_NOTED not in across(change, (yes, yes)).kinds


def insert(words: int, new: int = 0) -> BlockChange:
    return BlockChange(Op.INSERT, None, new, (("+", "word " * words),))


def test_the_edit_that_matters_most_comes_first_and_fields_alone_as_fields():
    assert top_hunk(CHANGE) is CHANGE.blocks[2]
    notice = NoticeChange(NoticeKind.CORRECTION, "Fixed.", Op.INSERT, explains=(3,))
    assert top_hunk(replace(CHANGE, notices=(notice,))) is CHANGE.blocks[3]
    moved = BlockChange(Op.MOVE, 1, 0, (("=", "The mayor spoke."),))
    gone = BlockChange(Op.DELETE, 0, None, (("-", "It moves."),))
    labels = (Label(LabelKind.LEAD, "", (0,)), Label(LabelKind.MOVE, "", (0,)), Label(LabelKind.NOT_NOTED, "", (1,)))
    assert top_hunk(Change(blocks=(moved, gone), labels=labels)) is gone
    blocks = (insert(2, 0), insert(9, 1), insert(3, 2))
    assert top_hunk(Change(blocks=blocks)) is blocks[1]
    title = Field("a", "b", (("-", "a"), ("+", "b")))
    assert top_hunk(Change(title=title, blocks=(insert(3),))) is title
    assert top_hunk(Change(dek=title)) is title
    new = NoticeChange(NoticeKind.UPDATE, "More.", Op.INSERT)
    kept = NoticeChange(NoticeKind.UPDATE, "Kept.", Op.SAME)
    assert top_hunk(Change(notices=(kept, new))) == Field("", "More.", (("+", "More."),))
    assert top_hunk(Change(notices=(replace(new, op=Op.DELETE),))) == Field("More.", "", (("-", "More."),))
    assert top_hunk(Change()) == Field()
