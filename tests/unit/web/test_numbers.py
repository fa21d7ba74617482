"""Numbers in addresses, forms and cookies."""

import pytest

from tracker.web.numbers import version_number, whole_number


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.0", "1e3", "²", "١٢", "1234567890", "9" * 5000])
def test_what_is_not_a_number_in_plain_digits_is_none(text):
    assert whole_number(text) is None


def test_versions_are_numbered_from_one():
    assert [version_number(text) for text in ("0", "1", "999999", "1000000")] == [None, 1, 999_999, None]
