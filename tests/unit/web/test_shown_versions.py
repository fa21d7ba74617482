"""How many versions the pictures of an article show."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tracker.model.article import Article, Block, BlockKind
from tracker.web.pages.article import max_shown_versions


@pytest.mark.parametrize(("paragraphs", "versions"), [(0, 60), (10, 60), (30, 30), (100, 9), (1000, 6)])
def test_a_long_live_page_shows_fewer_versions(paragraphs, versions):
    blocks = tuple(Block(BlockKind.PARAGRAPH, f"Entry {n}.") for n in range(paragraphs))
    newest = SimpleNamespace(content=Article(title="Live", blocks=blocks))
    assert max_shown_versions(cast("Any", newest)) == versions
