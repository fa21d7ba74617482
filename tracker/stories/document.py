"""A story as people are shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.views.story import StoryArticleView, StoryView

if TYPE_CHECKING:
    from .current_stories import CurrentStories
    from .propagation import Place, Propagation


def story_view(found: Propagation, settled: CurrentStories, *, brief: bool = False) -> StoryView:
    """Return the view of a story: its articles in the order of *found*, and why each is in it by *settled*.

    A *brief* one is for a list, which shows only the address and role of each article.
    """
    named = bool(settled.title(found.story))
    articles = tuple(_article(place, found.story, settled) for place in found.places)
    return StoryView(found.story, found.title, named, articles, brief)


def _article(place: Place, story: str, settled: CurrentStories) -> StoryArticleView:
    home = settled.reason(place.article, story)
    return StoryArticleView(
        article=place.article,
        url=place.url,
        role=place.role,
        source=place.source,
        headline=place.headline,
        origin=place.origin,
        runs=place.runs,
        behind=place.behind,
        behind_since=place.behind_since,
        missing_words=place.missing_words,
        missing_notices=place.missing_notices,
        own=place.own_edits,
        cut=place.cut,
        history=place.history,
        score=home.score if home else None,
        reasons=home.reasons if home else (),
        accepted=settled.accepted(place.article, story),
    )
