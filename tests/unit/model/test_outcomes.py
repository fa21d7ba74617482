"""What each outcome of a check says of the article."""

import pytest

from tracker.model.watch import CheckOutcome


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("made_version", "new changed"),
        ("found_unchanged", "unchanged not-modified"),
        ("saw_page", "new changed unchanged not-modified"),
        ("compared", "changed unchanged not-modified"),
        ("saw_nothing", "refused failed"),
    ],
)
def test_what_an_outcome_says_of_the_article(question, outcomes):
    assert [str(each) for each in CheckOutcome if getattr(each, question)] == outcomes.split()
