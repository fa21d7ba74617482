"""The nightly scripts count what they say they count."""

import re
from dataclasses import dataclass

import pytest

from tests.nightly.load import count_missed
from tests.nightly.regexes import find_patterns


@pytest.mark.parametrize(
    ("polls", "missed"),
    [
        ([41.0, 101.0, 161.0, 221.0], 0),
        ([41.0, 221.0], 1),
        ([41.0, 101.0], 1),
        ([161.0, 221.0], 1),
        ([], 1),
    ],
)
def test_a_source_that_is_not_polled_for_two_intervals_has_missed_a_poll(polls: list[float], missed: int) -> None:
    assert count_missed(polls, began=100.0, ended=280.0, interval=60.0) == missed


def test_expressions_are_found_in_whatever_holds_them() -> None:
    @dataclass
    class Rule:
        pattern: re.Pattern[str]

    one, two, three = (re.compile(text) for text in "abc")
    assert list(find_patterns({"en": one, "de": [(1, two)], "fr": Rule(three), "it": "d"})) == [one, two, three]
