"""Which names of an edited sentence are said to differ."""

import pytest

from tests.articles import article
from tracker.classify.change_context import changed_facts
from tracker.diff.comparison import compare


def facts(old: str, new: str, lang: str = "en") -> list[tuple[str, str, str]]:
    a, b = (article(text, lang=lang) for text in (old, new))
    return [(fact.kind.value, fact.old, fact.new) for fact in changed_facts(a, b, compare(a, b))]


def test_a_name_is_seen_beside_many_others_in_a_headline_that_is_in_no_title_case():
    before = "Rovers win at Villarreal, Bournemouth in Premier League, plus build up"
    after = (
        "Rovers win at Villarreal, Bournemouth in Premier League, plus build up to Ajax Kovac's trip to Real Burnley"
    )
    old, new = (article("Kovac's men had a day of rest.", title=title, lang="en") for title in (before, after))
    assert ("name", "Ajax Kovac") in [(f.kind.value, f.new) for f in changed_facts(old, new, compare(old, new))]


@pytest.mark.parametrize(
    "edit", [("Mayor Praises Team", "Mayor Scolds Team"), ("Union Calls Strike", "Union Ends Strike")]
)
def test_words_of_a_short_headline_in_title_case_are_no_names(edit):
    old, new = (article("The mayor spoke of the team.", title=title, lang="en") for title in edit)
    assert [f for f in changed_facts(old, new, compare(old, new)) if f.kind.value == "name"] == []


@pytest.mark.parametrize(
    ("text", "more", "named"),
    [
        ("Latest football news{}.", " plus Ancelotti reaction", True),
        ("The factory was sold{}.", " after Games Workshop left", True),
        ("She turned on the{} set.", " TV", False),
        ("The talks failed{}.", " after the RCN walked out", True),
    ],
)
def test_initials_of_organisations_are_names_and_those_of_things_are_not(text, more, named):
    found = facts(text.format(""), text.format(more))
    assert ("name" in [kind for kind, _, _ in found]) is named
