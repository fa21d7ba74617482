"""Quotations are found in an article and followed through its versions."""

from dataclasses import replace
from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker import compare
from tracker.diff.quotations import Text, follow, locate
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.change import Change
from tracker.model.citation import CitationState, PassageState

LEAD = "Four people were hurt on Tuesday when a warehouse burned at the harbour, the fire service said on Wednesday."
NIGHT = "Firefighters from three towns fought the flames until the morning. The harbour stayed closed to all ships."
CAUSE = "The cause is not known. “We will help the police,” the owner of the warehouse, a shipping company, said."
FIRST = article(LEAD, NIGHT, CAUSE, title="Fire at the harbour")
STANDS, ALTERED, REMOVED = CitationState.STANDS, CitationState.ALTERED, CitationState.REMOVED


def found(quotation: str, where: Article = FIRST) -> list[tuple[str, int | None]]:
    text = Text(where)
    return [(text.passage(place), place.different_words) for place in locate(quotation, text)]


def states(quotation: str, *versions: Article, place: int = 0) -> list[PassageState]:
    passage, _ = found(quotation, versions[0])[place]
    judged: list[Change | None] = [None]
    # As they are stored, without their facts.
    judged += [replace(compare(a, b), facts=()) for a, b in pairwise(versions)]
    texts = [(n, Text(each)) for n, each in enumerate(versions, 1)]
    return follow(passage, place, texts, judged, lambda a, b: compare(versions[a], versions[b]))


def kinds(quotation: str, *versions: Article, place: int = 0) -> list[CitationState | None]:
    return [each.state for each in states(quotation, *versions, place=place)]


@pytest.mark.parametrize(
    ("quotation", "passage"),
    [
        ("fought the flames until the morning", "fought the flames until the morning"),
        ('"We will help the police,"', "We will help the police"),
        ("help the pol", None),
        ("until the  morning.\nThe harbour stayed", "until the morning. The harbour stayed"),
        ("Fire at the harbour", "Fire at the harbour"),
        ("Fire at the har\u00adbour\u200b", "Fire at the harbour"),
    ],
)
def test_quotation_is_found_whatever_its_marks_and_spaces(quotation: str, passage: str | None) -> None:
    assert found(quotation) == ([(passage, None)] if passage else [])


def test_quotation_over_two_paragraphs_is_found() -> None:
    assert found("said on Wednesday. Firefighters from") == [("said on Wednesday.\n\nFirefighters from", None)]


def test_a_few_words_of_difference_are_told() -> None:
    assert found("Firefighters from four towns fought the flames till the morning") == [
        ("Firefighters from three towns fought the flames until the morning", 2)
    ]
    assert found("WE WILL") == [("We will", 0)]
    assert found("Firefighters of nine cities fought a blaze till the dawn") == []


def test_places_that_look_alike_are_all_returned() -> None:
    twice = article(LEAD, NIGHT, LEAD)
    assert len(locate("a warehouse burned at the harbour", Text(twice))) == 2
    assert len(locate("a big warehouse burned at the harbour", Text(twice))) == 2


def test_passage_stands_while_its_words_do() -> None:
    outside = LEAD.replace("Four people", "Five people")
    split = article("A new lead.", *NIGHT.split(". ", 1), LEAD, CAUSE.replace("“", '"').replace("”", '"'))
    assert kinds("a warehouse burned at the harbour", FIRST, article(outside, NIGHT)) == [STANDS, STANDS]
    assert kinds("Firefighters from three towns", FIRST, split) == [STANDS, STANDS]
    assert kinds("We will help the police", FIRST, split) == [STANDS, STANDS]


def test_altered_passage_is_shown_before_and_after() -> None:
    old, new = states("Four people were hurt on Tuesday", FIRST, article(LEAD.replace("Four", "Five"), NIGHT, CAUSE))
    assert (old.state, new.state, new.version) == (STANDS, ALTERED, 2)
    assert new.text.startswith("Five people were hurt")
    assert "".join(text for op, text in new.hunks if op != "+") == LEAD
    assert [text for op, text in new.hunks if op == "+"] == ["Five"]


def test_removed_passage_may_come_back() -> None:
    without = article(LEAD, CAUSE)
    later = states("The harbour stayed closed to all ships", FIRST, without, without, FIRST)
    assert [(each.state, each.version) for each in later] == [(STANDS, 1), (REMOVED, 2), (REMOVED, 2), (STANDS, 4)]


def test_clause_that_is_cut_from_a_sentence_is_removed() -> None:
    cut = article(LEAD.replace(" when a warehouse burned at the harbour", ""), NIGHT, CAUSE)
    assert kinds("a warehouse burned at the harbour", FIRST, cut) == [STANDS, REMOVED]


def test_other_passage_with_the_same_words_is_not_taken_for_it() -> None:
    twice, once = article(LEAD, NIGHT, LEAD), article(LEAD, NIGHT, "Something else.")
    assert kinds(LEAD, twice, once, place=1) == [STANDS, REMOVED]
    assert kinds(LEAD, twice, once, place=0) == [STANDS, STANDS]
    altered = article(LEAD, NIGHT, LEAD.replace("Four people", "Five people"))
    later = article(LEAD, NIGHT, LEAD.replace("Four people", "Five people"), CAUSE)
    assert kinds(LEAD, twice, altered, later, place=1) == [STANDS, ALTERED, ALTERED]
    assert kinds(LEAD, twice, altered, later, twice, place=1) == [STANDS, ALTERED, ALTERED, STANDS]


GATE, MILL = "twelve people were arrested at the gate", "twelve people were arrested at the mill"


@pytest.mark.parametrize(
    ("quotation", "old", "new", "place"),
    [
        (
            "twelve people were arrested",
            f"In the evening {GATE}. Later, {MILL}.",
            f"In the evening ten {GATE[7:]}. Later, {MILL}.",
            0,
        ),
        (
            "twelve people were arrested",
            f"In the evening {GATE}. Later, {MILL}.",
            f"In the evening {GATE}. Later, ten {MILL[7:]}.",
            1,
        ),
        (
            "twelve people were arrested",
            f"In the evening {GATE} and {MILL}.",
            f"In the evening ten {GATE[7:]} and {MILL}.",
            0,
        ),
        (
            "twelve people were arrested",
            f"In the evening {GATE}. No more.",
            f"In the evening ten {GATE[7:]}. No more. Later, {MILL}.",
            0,
        ),
        (
            "guilty of all charges",
            "The jury found him guilty of all charges.",
            "The jury found him not guilty of all charges.",
            0,
        ),
        (
            "the company broke the law",
            "The court ruled that the company broke the law.",
            "The company denies any claim that the company broke the law, and will appeal.",
            0,
        ),
        ("more than 3", "It will take more than 3 years to repair.", "It will take more than 3.5 years to repair.", 0),
    ],
)
def test_same_words_elsewhere_or_denied_do_not_stand_for_the_passage(quotation: str, old: str, new: str, place: int):
    versions = article(LEAD, old, CAUSE), article(LEAD, new, CAUSE), article(LEAD + " More is expected.", new, CAUSE)
    assert STANDS not in kinds(quotation, *versions, place=place)[1:]


@pytest.mark.parametrize(
    ("quotation", "old", "new", "place"),
    [
        (
            "twelve people were arrested",
            f"In the evening {GATE}. Later, {MILL}.",
            f"At night {GATE}. Later, ten {MILL[7:]}.",
            0,
        ),
        (
            "twelve people were arrested",
            f"In the evening {GATE} and {MILL}.",
            f"In the evening ten {GATE[7:]} and {MILL}.",
            1,
        ),
        (
            "guilty of all charges",
            "The jury found him guilty of all charges.",
            "The jury in Leeds found him guilty of all charges.",
            0,
        ),
    ],
)
def test_passage_stands_where_other_words_of_its_paragraph_are_altered(quotation: str, old: str, new: str, place: int):
    versions = article(LEAD, old, CAUSE), article(LEAD, new, CAUSE), article(LEAD + " More is expected.", new, CAUSE)
    assert kinds(quotation, *versions, place=place) == [STANDS, STANDS, STANDS]


def test_correction_that_explains_the_edit_is_given() -> None:
    note = "Correction: An earlier version of this article gave a wrong toll. Five people were hurt, not four."
    new = article(LEAD.replace("Four", "Five"), NIGHT, CAUSE, notices=(Notice(NoticeKind.CORRECTION, note),))
    _, corrected = states("Four people were hurt", FIRST, new)
    assert (corrected.state, corrected.notice) == (CitationState.CORRECTED, note)
    # The note is about another paragraph.
    assert kinds("The cause is not known", FIRST, new)[-1] is STANDS
    # It was added in a later version than the edit, and still counts when the text is changed again.
    edited = article(LEAD.replace("Four", "Five"), NIGHT, CAUSE)
    again = article(LEAD.replace("Four", "Five"), NIGHT, CAUSE, "The harbour opened on Friday.", notices=new.notices)
    assert kinds("Four people were hurt", FIRST, edited, new, again) == [
        STANDS,
        ALTERED,
        CitationState.CORRECTED,
        CitationState.CORRECTED,
    ]


def test_correction_on_another_matter_that_shares_words_with_the_edit_is_not_given() -> None:
    note = "Correction: The printed edition transposed two sections of an article on the warehouse and the harbour."
    lead = "A warehouse burned down at the harbour on Tuesday, and five people of its night shift were hurt in it."
    new = article(lead, NIGHT, CAUSE, notices=(Notice(NoticeKind.CORRECTION, note),))
    (notice,) = compare(FIRST, new).notices
    assert notice.explains  # it shares words with the paragraph
    assert kinds("Four people were hurt", FIRST, new)[-1] is ALTERED


def test_other_unicode_form_of_the_same_letters_is_no_alteration() -> None:
    old, new = (article(LEAD, f"The café “{normalize(form, 'Brûlée')}” was closed.", CAUSE) for form in ("NFC", "NFD"))
    assert kinds("café Brûlée was closed", old, new) == [STANDS, STANDS]


def test_minus_is_part_of_a_quotation() -> None:
    old, new = (article(LEAD, f"Sales moved by {change} percent in the quarter.") for change in ("-5", "5"))
    assert kinds("-5 percent in the quarter", old, new) == [STANDS, ALTERED]


def test_state_lasts_from_its_first_change_on() -> None:
    versions = [FIRST, *(article(LEAD.replace("Four", toll), NIGHT, CAUSE) for toll in ("Five", "Six"))]
    altered = states("Four people were hurt", *versions)[1:]
    assert [(each.version, each.latest, each.text[:4]) for each in altered] == [(2, 2, "Five"), (2, 3, "Six ")]


def test_headline_is_followed() -> None:
    new = article(LEAD, NIGHT, CAUSE, title="Four hurt in fire at the port")
    assert kinds("Fire at the harbour", FIRST, new) == [STANDS, ALTERED]


WORDS = st.lists(st.sampled_from("the fire harbour ship said four five no a police town".split()), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=5), st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_passage_never_stands_where_its_words_do_not(old, new, data) -> None:
    before, after = (article(*(" ".join(words) for words in each if words)) for each in (old, new))
    whole = " ".join(before.text.split())
    words = whole.split()
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    quotation = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    places = locate(quotation, Text(before))
    assert places
    assert all(" ".join(Text(before).passage(place).split()) == quotation for place in places)
    last = states(quotation, before, after, place=data.draw(st.integers(0, len(places) - 1)))[-1]
    is_there = f" {quotation} " in f" {' '.join(after.text.split())} "
    assert last.state is not STANDS or is_there
    assert last.state in {STANDS, ALTERED, REMOVED}
