"""A story as people are shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.views.story import StoryArticleView, StoryView

if TYPE_CHECKING:
    from .current_stories import CurrentStories
    from .propagation import Propagation


def story_view(found: Propagation, settled: CurrentStories, *, brief: bool = False) -> StoryView:
    """Return the view of a story: its articles in the order of *found*, and why each is in it by *settled*.

    A *brief* one is for a list, which shows only the address and role of each article.
    """
    story = found.story
    articles = tuple(
        StoryArticleView(each, settled.reason(each.article, story), settled.accepted(each.article, story))
        for each in found.places
    )
    return StoryView(story, found.title, bool(settled.title(story)), articles, brief, () if brief else found.events)
