"""How much a change matters: every row of the table in docs/explanation/labels.md."""

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import Article, Notice, NoticeKind
from tracker.model.change import Significance

LEAD = "Rain fell on the harbour all day."
SEATS = ("The boat has 12 seats.", "The boat has 14 seats.")
TOLL = Notice(NoticeKind.CORRECTION, "Correction: An earlier version misstated the number of seats. It is 14, not 12.")
NOTED = Notice(NoticeKind.UPDATE, "(Updates to show that the boat has 14 seats)")
UPDATED = Notice(NoticeKind.UPDATE, "This story has been updated.")


def report(text: str, *notices: Notice, lead: str = LEAD, title: str = "Report", **more: object) -> Article:
    middle = "The council met in the old town hall on the square, and nobody there said who had asked for it."
    return article(lead, middle, text, lang="en", title=title, notices=notices, **more)


@pytest.mark.parametrize(
    ("old", "new", "significance"),
    [
        (report(SEATS[0]), report(SEATS[1]), "high"),
        (report(SEATS[0]), report(SEATS[1], NOTED), "medium"),
        (report("Ann Lee came."), report("Sue Reyes came."), "medium"),
        (report(LEAD, lead="Ann Lee came."), report(LEAD, lead="Sue Reyes came."), "high"),
        (report(LEAD, lead=SEATS[0]), report(LEAD, lead=SEATS[1]), "high"),
        (report(LEAD, title=SEATS[0]), report(LEAD, title=SEATS[1]), "high"),
        (report("He came. The fire was lit at night."), report("He came."), "medium"),
        (report("He came. The fire was lit by two men."), report("He came."), "high"),
        (report("He came."), report("He came. The fire was lit by two men."), "medium"),
        (report(LEAD, lead="He came."), report(LEAD, lead="He came. The fire was lit by two men."), "medium"),
        (report("The big house burned down."), report("The ancient house burned down."), "low"),
        (report(LEAD, title="The big house burned."), report(LEAD, title="The ancient house burned."), "medium"),
        (report(LEAD, title="The colour is red."), report(LEAD, title="The color is red."), "low"),
        (report(SEATS[0]), report(SEATS[1], TOLL), "high"),
        (report(SEATS[0], TOLL), report(SEATS[0]), "high"),
        (report(SEATS[0]), report(SEATS[0], UPDATED), "medium"),
        (report(SEATS[0], byline=("Ann Lee",)), report(SEATS[0], byline=("Bo Reyes",)), "medium"),
    ],
    ids=[
        "a figure of the text, not noted",
        "a figure of the text, noted by an update",
        "a name of the text, not noted",
        "a name of the lead, not noted",
        "a fact of the lead",
        "a fact of the headline",
        "a sentence removed",
        "a sentence with a figure removed",
        "a sentence added",
        "a sentence added to the lead",
        "words of the text",
        "words of the headline",
        "form",
        "a correction",
        "a correction removed",
        "an update note",
        "the byline",
    ],
)
def test_significance_follows_the_table(old, new, significance):
    assert compare(old, new).significance == significance


def test_each_word_is_at_least_itself_and_the_lower_ones():
    high, medium, low = Significance
    assert [a.is_at_least(b) for a in Significance for b in Significance] == [
        *(True, True, True),
        *(False, True, True),
        *(False, False, True),
    ]
    assert (high, medium, low) == ("high", "medium", "low")
