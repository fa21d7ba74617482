from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.classify.label import classify
from tracker.diff.comparison import compare
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.change import Change, LabelKind, Significance, Substance
from tracker.render import plain
from tracker.render.rows import DiffOptions

BASE = "The council met in the old town hall on the square."
REST = "A report on the cost of the bridge is due, and the harbor will pay for the work."


def change_of(old: Article, new: Article) -> Change:
    return classify(old, new, compare(old, new))


def edit(old: str, new: str, lang: str = "en") -> Change:
    return change_of(article(BASE, old, lang=lang), article(BASE, new, lang=lang))


def kinds(change: Change) -> set[str]:
    return {k.value for k in change.kinds}


def test_blocks_and_sentences_that_come_go_and_move():
    added = change_of(article(BASE), article(BASE, REST))
    assert kinds(added) == {"insert"}
    assert (added.announced, added.noted) == (None, None)
    assert kinds(change_of(article(BASE, REST), article(BASE))) == {"delete", "not-noted"}
    assert kinds(change_of(article(BASE), article(f"{BASE} {REST}"))) == {"lead", "insert"}
    assert kinds(change_of(article(f"{BASE} {REST}"), article(BASE))) == {"lead", "delete", "not-noted"}
    third = "The mayor of the next town came too, with her staff and a map."
    moved = change_of(article(BASE, REST, third), article(BASE, third, REST))
    assert kinds(moved) == {"move"}
    assert moved.announced is None


def test_a_moved_sentence_is_no_deletion_and_a_fact_points_at_the_paragraph_it_changed_in():
    old, new = "The blast killed 12 people.", "The blast killed 47 people."
    title = change_of(article(BASE, title=old), article(BASE, title=new))
    places = [{label.kind: label.blocks for label in change.labels} for change in (edit(old, new), title)]
    assert [each[LabelKind.NUMBER] for each in places] == [(1,), ()]
    third = "The mayor of the next town came too, with her staff and a map."
    change = change_of(article(BASE, REST, third), article(BASE, third.replace("too", "late"), f"{third} {REST}"))
    assert LabelKind.MOVE not in change_of(article(f"{BASE} {REST}"), article(BASE, REST)).kinds
    assert change.labels


def test_an_empty_change_has_no_labels_and_a_replaced_paragraph_is_a_rewrite():
    other = "Heavy rain closed three schools near the coast and left cellars under water."
    assert "rewrite" in kinds(change_of(article(BASE, REST), article(BASE, other)))
    change = change_of(article(BASE), article(BASE))
    assert (change.labels, change.significance, change.announced) == ((), Significance.LOW, None)


def test_the_lead_dek_and_byline_have_labels_and_a_paragraph_that_moved_up_is_evidence_of_the_lead():
    found = change_of(article(BASE, REST), article(REST, BASE))
    assert {label.evidence for label in found.labels if label.kind is LabelKind.LEAD} <= {BASE, REST}
    assert "lead" in kinds(found)
    assert "lead" in kinds(change_of(article(BASE), article(BASE.replace("old", "new"))))
    assert "dek" in kinds(change_of(article(BASE, dek="Rain"), article(BASE, dek="Sun")))
    assert "byline" in kinds(change_of(article(BASE, byline=("A",)), article(BASE, byline=("A", "B"))))
    assert kinds(change_of(article(BASE, byline=("A B", "C D")), article(BASE, byline=("C D", "A B")))) == {"cosmetic"}


@pytest.mark.parametrize(
    ("old", "new", "kind", "evidence"),
    [
        (BASE, BASE.replace("council", "senate"), LabelKind.LEAD, "council → senate"),
        ("It began at 23:00 there.", "It began at 00:00 there.", LabelKind.DATE, "23:00 → 00:00 (time)"),
    ],
)
def test_the_evidence_of_an_edit_are_the_words_that_differ(old, new, kind, evidence):
    found = change_of(article(old, lang="en"), article(new, lang="en"))
    assert evidence in [label.evidence for label in found.labels if label.kind is kind]


UPDATE = "(Updates with comments from China's Foreign Ministry on a potential Blinken visit.)"
SPOKEN = "Foreign Ministry spokesman Wang Wenbin declined to comment on a Blinken visit to China."


def test_an_update_note_points_at_its_paragraph_and_a_number_changed_elsewhere_is_silent():
    new = article(BASE, REST, SPOKEN, "The river rose.", notices=(Notice(NoticeKind.UPDATE, UPDATE),))
    change = change_of(article(BASE, REST), new)
    assert change.notices[0].explains == (2,)
    assert change.announced is True
    assert "not-noted" not in kinds(change)
    assert {"update-note", "insert"} <= kinds(change)
    old = article(BASE, "The blast killed 12 people.", REST)
    new = article(BASE, "The blast killed 47 people.", REST, SPOKEN, notices=(Notice(NoticeKind.UPDATE, UPDATE),))
    change = change_of(old, new)
    silent = next(label for label in change.labels if label.kind is LabelKind.NOT_NOTED)
    assert silent.blocks == (1,)
    assert change.announced is False


@pytest.mark.parametrize(
    "text",
    [
        "(Corrects paragraph 2 to show the debt is $15.8 trillion)",
        "An earlier version of this article misstated the debt. It is $15.8 trillion, not $15.7 trillion.",
    ],
)
def test_a_correction_explains_its_edit(text):
    old, new = "The national debt is $15.7 trillion.", "The national debt is $15.8 trillion."
    notice = Notice(NoticeKind.CORRECTION, text)
    change = change_of(article(BASE, old), article(BASE, new, notices=(notice,)))
    assert change.notices[0].explains == (1,)
    assert "not-noted" not in kinds(change)
    assert change.announced is True


def test_a_notice_that_explains_nothing_was_left_or_was_replaced_is_told_as_it_is():
    notice = Notice(NoticeKind.CORRECTION, "Correction: An earlier version of this story gave a wrong age.")
    change = change_of(article(BASE, REST), article(BASE, REST, notices=(notice,)))
    assert change.labels[0].evidence.endswith("(we could not match this note to an edit)")
    named = Notice(NoticeKind.UPDATE, "(Refiles to fix typo in headline)")
    retitled = change_of(article(BASE, title="Mayor quit"), article(BASE, title="Mayor is out", notices=(named,)))
    assert not any(label.evidence.endswith("seen here)") for label in retitled.labels)
    note = "This article was amended on 3 May 2024 to correct the number of people killed."
    change = change_of(article(BASE, "The blast killed 12 people."), article(BASE, "The blast killed 14 people.", note))
    assert change.announced is True
    assert "correction" in kinds(change)
    assert "insert" not in kinds(change)
    old = article(BASE, REST, notices=(NOTES["correction"],))
    reworded = Notice(NoticeKind.CORRECTION, "Correction: an earlier version gave the cost of the bridge wrongly.")
    assert "notice-removed" not in kinds(change_of(old, article(BASE, REST, notices=(reworded,))))
    assert "notice-removed" not in kinds(change_of(old, article(BASE, REST, NOTES["correction"].text)))


def test_a_wire_tag_in_the_headline_announces_and_long_evidence_is_cut():
    old, new = article(BASE, REST, title="Mill shuts"), article(BASE, REST, SPOKEN, title="UPDATE 1-Mill shuts")
    assert change_of(old, new).announced is True
    change = change_of(article(BASE, title="a " * 300), article(BASE, title="b " * 300))
    assert all(len(label.evidence) < 400 for label in change.labels)


@pytest.mark.parametrize(
    ("before", "after", "announced"),
    [
        ("Blast kills 12", "CORRECTED-Blast kills 14", None),
        ("UPDATE 1-Blast kills 12", "CORRECTED (OFFICIAL)-UPDATE 1-Blast kills 14", None),
        ("Zwölf Tote bei Explosion", "Korrektur: 14 Tote bei Explosion", None),
        ("Explosion: 12 morts", "RECTIFICATIF: Explosion: 14 morts", None),
        ("Blast kills 12", "REFILE-Blast kills 14", None),
        ("Blast kills 12", "UPDATE 2-Blast kills 14", None),
        ("CORRECTED-Blast kills 12", "CORRECTED-Blast kills 14", False),
        ("Blast kills 12", "Correction-house blast kills 14", False),
        ("Blast kills 12", "Correction officers: blast kills 14", False),
    ],
)
def test_a_wire_tag_names_no_edit_and_leaves_all_unclear(before, after, announced):
    old, new = (article(BASE, f"The blast killed {n} people.", title=title) for n, title in ((12, before), (14, after)))
    assert change_of(old, new).announced is announced


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version of this article misspelled the name of the mayor.",
        "Correction: An earlier version of this article gave the wrong age for the driver.",
    ],
)
def test_a_correction_on_another_topic_explains_no_other_edit(note):
    old = article(BASE, "The blast killed 12 people.", REST)
    change = change_of(old, article(BASE, "The blast killed 14 people.", REST, note))
    assert "correction" in kinds(change)
    assert change.announced is False


PAIRS = [
    *[("12", "13"), ("1.5", "15"), ("2019", "2021"), ("$3 million", "$3 billion"), ("three", "four")],
    *[("may", "will"), ("allegedly", "clearly"), ("never", "often"), ("not", "now"), ("at least 5", "5")],
    *[("Monday", "Tuesday"), ("May 4", "May 5"), ("in Paris", "in Rome"), ("by Ann Lee", "by Ann Leo")],
    *[("“weak”", "weak"), ("“bad”", "“sad”")],
]
FACTS = st.sampled_from(PAIRS)
WORDS = "the river rose fast again while boats were tied near old stone walls".split()
FILL = st.lists(st.sampled_from(WORDS), min_size=3, max_size=9)


@given(FACTS, FILL, FILL, st.booleans(), st.booleans())
def test_a_changed_fact_is_never_hidden(fact, before, after, swap, punctuate):
    old, new = fact[::-1] if swap else fact
    sides = [f"So {' '.join(before)} {side} {' '.join(after)}" for side in (old, new)]
    change = edit(f"{sides[0]}.", f"{sides[1]}{'!' if punctuate else '.'}")
    assert change.substance is not Substance.FORM
    assert "cosmetic" not in kinds(change)


@given(FILL, FILL)
def test_labels_are_deterministic_and_every_change_has_one(old, new):
    one, two = edit(" ".join(old), " ".join(new)), edit(" ".join(old), " ".join(new))
    assert one == two
    assert bool(one.labels) != one.is_empty


@pytest.mark.parametrize(("order", "said"), [((1, 2, 0, 3), "1 → 3"), ((3, 0, 1, 2), "4 → 1")])
def test_a_paragraph_that_moved_is_told_by_its_places(order, said):
    texts = (BASE, REST, "Rain fell on the coast for the whole night.", "Volunteers carried sand to the houses.")
    change = change_of(article(*texts), article(*(texts[place] for place in order)))
    moved = texts[int(said[0]) - 1]
    assert [label.evidence for label in change.labels if label.kind is LabelKind.MOVE] == [f"paragraph {said}: {moved}"]


NOTES = {
    "correction": Notice(NoticeKind.CORRECTION, "Correction: An earlier version misstated the cost of the bridge."),
    "clarification": Notice(NoticeKind.CLARIFICATION, "Clarification: the bridge is closed to lorries only."),
    "editors-note": Notice(NoticeKind.EDITORS_NOTE, "Editor's note: the author is married to the mayor."),
    "update-note": Notice(NoticeKind.UPDATE, "This story has been updated."),
}


@pytest.mark.parametrize(
    ("removed", "expected"),
    [
        ("correction", {"notice-removed"}),
        ("clarification", {"notice-removed"}),
        ("editors-note", {"notice-removed"}),
        ("update-note", set()),
    ],
)
def test_a_notice_that_disappears_has_a_label_unless_it_only_told_of_an_update(removed, expected):
    change = change_of(article(BASE, REST, notices=(NOTES[removed],)), article(BASE, REST))
    assert kinds(change) == expected
    assert [label.evidence for label in change.labels] == [NOTES[removed].text for _ in expected]
    assert change.significance is (Significance.HIGH if expected else Significance.LOW)


def test_who_is_pictured_is_a_claim():
    def page(caption: str) -> Article:
        return replace(article(BASE, lang="en"), blocks=(*article(BASE).blocks, Block(BlockKind.CAPTION, caption)))

    old, new = page("Ann Lee leaves the court in Ghent."), page("Sue Reyes leaves the court in Ghent.")
    change = change_of(old, new)
    assert [(unit.where, unit.substance, unit.noted) for unit in change.units] == [("caption", "claim", "no")]
    assert [(fact.old, fact.new, fact.where) for fact in change.facts] == [("Ann Lee", "Sue Reyes", "caption")]
    assert {"name", "not-noted"} <= kinds(change)
    assert change.captions[0].old == "Ann Lee leaves the court in Ghent."
    assert (change.words_added, change.words_removed) == (2, 2)
    assert plain.stat(change).splitlines()[-1] == "2 words added, 2 removed"
    assert plain.diff(change, DiffOptions(fields_only=True)) == "The headline, dek and byline are the same."


def test_a_caption_edited_in_form_is_cosmetic_and_another_picture_is_no_edit_of_it():
    old, new = (
        replace(article(text), blocks=(*article(text).blocks, Block(BlockKind.CAPTION, caption)))
        for text, caption in ((BASE, "The pier in Ghent, 3 May."), (f"{BASE} {REST}", "The pier in Ghent, May 3."))
    )
    change = change_of(old, new)
    assert ("cosmetic", "caption: The pier in Ghent, 3 May. → The pier in Ghent, May 3.") in [
        (label.kind, label.evidence) for label in change.labels
    ]
    old, new = (
        replace(article(BASE), blocks=(*article(BASE).blocks, Block(BlockKind.CAPTION, caption)))
        for caption in ("Ann Lee leaves the court in Ghent.", "A barge at the pier after the storm.")
    )
    assert change_of(old, new).is_empty
