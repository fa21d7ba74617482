"""Regular expressions that users bring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.patterns import PatternError, found, pattern, spans


def test_a_pattern_is_found_and_says_where():
    assert found(r"\d+ dead", "at least 12 dead")
    assert not found(r"^\d+ dead", "at least 12 dead")
    assert spans("(?i)öl", "Öl, öl") == [(0, 2), (4, 6)]
    assert spans("x*", "ax") == [(0, 0), (1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "missing )"),
        (r"(?=dead)", "look-ahead"),
        (r"(?!dead)", "look-ahead"),
        (r"(?<=\d) dead", "look-behind"),
        (r"(a)\1", "back-references"),
        ("a{5000}", "invalid repetition size"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(text, said):
    with pytest.raises(PatternError, match="is not a usable regular expression") as error:
        pattern(text)
    assert said in str(error.value)


def test_no_pattern_runs_away():
    assert not found(r"(a+)+$", "a" * 5000 + "!")
    assert not found(r"(.*)(.*)(.*)(.*)(.*)x", "b" * 5000)


@given(st.text())
def test_any_text_can_be_searched_and_places_count_characters(text):
    for start, end in spans(".", text):
        assert 0 <= start < end <= len(text)
    found("a|b", text)


def test_lone_surrogates_are_looked_at_as_marks():
    assert spans(r"b", "a\ud800b") == [(2, 3)]
