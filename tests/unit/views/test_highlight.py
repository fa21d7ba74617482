from dataclasses import replace

from tests.unit.render.samples import CHANGE
from tracker.model.article import NoticeKind
from tracker.model.change import BlockChange, Change, Field, NoticeChange, Op
from tracker.model.labels import Label, LabelKind
from tracker.views.highlight import top_hunk


def insert(words: int, new: int = 0) -> BlockChange:
    return BlockChange(Op.INSERT, None, new, (("+", "word " * words),))


def test_a_changed_fact_comes_before_more_words():
    assert top_hunk(CHANGE) is CHANGE.blocks[2]


def test_what_a_correction_explains_comes_before_all():
    notice = NoticeChange(NoticeKind.CORRECTION, "Fixed.", Op.INSERT, explains=(3,))
    assert top_hunk(replace(CHANGE, notices=(notice,))) is CHANGE.blocks[3]


def test_a_claim_that_went_without_a_note_comes_before_a_paragraph_that_moved_to_the_top():
    moved = BlockChange(Op.MOVE, 1, 0, (("=", "The mayor spoke."),))
    gone = BlockChange(Op.DELETE, 0, None, (("-", "It moves."),))
    labels = (Label(LabelKind.LEAD, "", (0,)), Label(LabelKind.MOVE, "", (0,)), Label(LabelKind.NOT_NOTED, "", (1,)))
    assert top_hunk(Change(blocks=(moved, gone), labels=labels)) is gone


def test_the_largest_edit_otherwise():
    blocks = (insert(2, 0), insert(9, 1), insert(3, 2))
    assert top_hunk(Change(blocks=blocks)) is blocks[1]


def test_the_headline_alone_and_the_dek():
    title = Field("a", "b", (("-", "a"), ("+", "b")))
    assert top_hunk(Change(title=title, blocks=(insert(3),))) is title
    assert top_hunk(Change(dek=title)) is title


def test_a_notice_alone_comes_as_a_field():
    new = NoticeChange(NoticeKind.UPDATE, "More.", Op.INSERT)
    kept = NoticeChange(NoticeKind.UPDATE, "Kept.", Op.SAME)
    assert top_hunk(Change(notices=(kept, new))) == Field("", "More.", (("+", "More."),))
    assert top_hunk(Change(notices=(replace(new, op=Op.DELETE),))) == Field("More.", "", (("-", "More."),))


def test_an_empty_change_gives_its_headline():
    assert top_hunk(Change()) == Field()
