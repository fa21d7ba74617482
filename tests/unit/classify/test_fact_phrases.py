"""Facts are shown as phrases that an editor can forward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.classify.facts import Stretch, stretch_facts
from tracker.diff.comparison import compare

WORDS = st.sampled_from(
    "the a has not never been allegedly may could up to at least about 12 40 three people flats of Berg Ghent Tuesday"
    " said “we” will , . ? grew shrank safe unsafe definately denies".split()
)
SENTENCES = st.lists(WORDS, max_size=14).map(" ".join)


def rows(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article(text, lang=lang) for text in (old, new))
    return [(fact.kind.value, fact.old, fact.new) for fact in changed_facts(a, b, compare(a, b))]


@given(SENTENCES, SENTENCES, st.sampled_from(["en", "de", "fr"]))
def test_phrases_stand_in_the_texts_as_they_are_shown(old, new, lang):
    for fact in stretch_facts(Stretch(old, new, "text", 0, standing=True), lang):
        assert fact.old in old
        assert fact.new in new
        assert fact.old != fact.new


@given(SENTENCES, SENTENCES)
def test_no_fact_is_shown_twice(old, new):
    facts = stretch_facts(Stretch(old, new, "text", 0, standing=True), "en")
    assert len(facts) == len(set(facts))


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        ("The storm hit as many as 40 flats.", "The storm hit 40 flats.", ("hedge", "as many as 40 flats", "40 flats")),
        ("The firm asked for time.", "The firm has not asked for time.", ("negation", "asked", "has not asked")),
        (
            "The fire killed 12 people.",
            "The fire killed at least 14 people.",
            ("number", "12 people", "at least 14 people"),
        ),
        ("Is the senator guilty?", "Is the senator guilty.", ("hedge", "guilty?", "guilty")),
        ("The town grew last year.", "The town shrank last year.", ("state", "grew last", "shrank last")),
        (
            "“We will talk,” the general said.",
            "“We will fight,” the general said.",
            ("quote", "“We will talk,” the general said", "“We will fight,” the general said"),
        ),
        ("The ship was empty.", "The ship was empty, a family friend said.", ("source", "", "a family friend")),
        (
            "He gave twice as much.",
            "He gave twice as much, according to the register of donations.",
            ("source", "", "the register of donations"),
        ),
        ("A general blames the rain.", "The rain is to blame.", ("source", "A general", "")),
    ],
)
def test_a_fact_is_a_whole_phrase(old, new, row):
    assert row in rows(old, new)


def test_two_words_of_one_negation_are_one_phrase():
    found = rows("Le gouvernement va augmenter les impôts.", "Le gouvernement ne va pas augmenter les impôts.", "fr")
    assert found == [("negation", "va augmenter", "ne va pas augmenter")]


def test_another_speaker_of_a_quotation_is_shown_with_it():
    found = rows("“We are broke,” the mayor said.", "“We are broke,” the treasurer said.")
    assert found == [("quote", "“We are broke,” the mayor said", "“We are broke,” the treasurer said")]


def test_words_that_lost_their_quotation_marks_are_shown_without_them():
    assert rows("The “spy” balloon fell.", "The spy balloon fell.") == [("quote", "“spy”", "spy")]
