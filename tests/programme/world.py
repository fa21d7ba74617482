"""A pipeline with an archive in memory and a web in a dictionary."""

from __future__ import annotations

from tests.unit.pipeline.test_visits import FEED, RSS, STORY, World, story

__all__ = ["World", "world"]


def world() -> World:
    """Return a world of one feed that names one article."""
    from tests.fake_fetcher import page

    return World({FEED: page(FEED, RSS), STORY: page(STORY, story())})
