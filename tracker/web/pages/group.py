"""The page that names a story, puts articles into it and takes them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from tracker.archive.articles import ArticleSummary, get_article, summarise_articles
from tracker.service.story_list import get_story, named_stories
from tracker.web.page_request import PageRequest, View

if TYPE_CHECKING:
    from tracker.model.check import Tracked


MAX_SUGGESTED_NAMES: Final = 200


@dataclass(frozen=True)
class GroupPage(View):
    """The form. `story` is the story that is changed, "" for a new one; `article` the one to put into it."""

    template: ClassVar[str] = "group.html"
    story: str
    name: str
    members: tuple[ArticleSummary, ...]
    article: Tracked | None
    stories: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the page title."""
        return f"Change the story {self.name}" if self.story else "Put articles into a story"


def group(request: PageRequest) -> GroupPage:
    """Return the page for the story and the article that the query names. Raises NotKnown."""
    store = request.archive.opened
    name, ident = request.query.get("story", ""), request.query.get("article", "")
    story, title, inside = "", "", dict[str, ArticleSummary]()
    if name:
        settled, story = get_story(store, name)
        title = settled.title(story) or story
        inside = summarise_articles(store, settled.stories[story])
    return GroupPage(
        story=story,
        name=title,
        members=tuple(inside.values()),
        article=get_article(store, ident) if ident else None,
        stories=named_stories(store, MAX_SUGGESTED_NAMES),
    )
