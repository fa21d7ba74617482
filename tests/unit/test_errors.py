import pytest

from tracker.errors import MAX_LISTED_NAMES, unknown


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (["Herald", "Courier"], "did you mean 'Herald'?"),
        (["Courier", "Ledger"], "known: Courier, Ledger"),
        ([], "known: none"),
    ],
)
def test_a_name_that_is_not_known_gets_the_nearest_or_all(known, hint):
    assert unknown("source", "Hearld", known).hint == hint


def test_of_many_names_some_are_listed():
    names = [f"{n:04}" for n in range(MAX_LISTED_NAMES + 970)]
    hint = unknown("source", "Herald", names).hint
    assert hint.endswith(f", {MAX_LISTED_NAMES - 1:04} and 970 more")
