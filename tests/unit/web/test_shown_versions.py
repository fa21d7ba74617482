"""How many versions the pictures of an article show."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.articles import article
from tracker.web.pages.article import max_shown_versions


@pytest.mark.parametrize(("paragraphs", "versions"), [(0, 60), (10, 60), (30, 30), (100, 9), (1000, 6)])
def test_a_long_live_page_shows_fewer_versions(paragraphs, versions):
    newest = SimpleNamespace(content=article(*(f"Entry {n}." for n in range(paragraphs)), title="Live"))
    assert max_shown_versions(cast("Any", newest)) == versions
