"""The page that names a story, puts articles into it and takes them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tracker.archive.articles import get_article, summarise_articles
from tracker.stories.current_stories import find_story, unknown_story
from tracker.web.page_request import PageRequest, View

from .story_lines import book, lines

if TYPE_CHECKING:
    from tracker.archive.articles import ArticleSummary
    from tracker.model.check import Tracked


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
    store, settled = request.archive.opened, book(request.archive)
    name, ident = request.query.get("story", ""), request.query.get("article", "")
    story = find_story(settled, name) if name else ""
    if story is None:
        raise unknown_story(settled, name)
    inside = summarise_articles(store, settled.stories[story]) if story else {}
    return GroupPage(
        story=story,
        name=(settled.title(story) or story) if story else "",
        members=tuple(inside.values()),
        article=get_article(store, ident) if ident else None,
        stories=tuple(each.ident for each in lines(request.archive) if each.named)[:200],
    )
