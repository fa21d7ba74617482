"""The page that shows the newest texts of two outlets in a story side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from tracker.archive.articles import get_article
from tracker.archive.versions import get_version
from tracker.diff import compare
from tracker.errors import NotKnown
from tracker.render import markup
from tracker.service.story_list import get_story
from tracker.views.change import ChangeView
from tracker.web.page_request import PageRequest, View

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.change import Change
    from tracker.model.version import Version


@dataclass(frozen=True)
class StoryTexts(View):
    """Two texts of a story, and what lies between them; neither is an edit of the other."""

    template: ClassVar[str] = "story_texts.html"
    story: str
    name: str
    left: Version
    right: Version
    change: Change
    pieces: tuple[markup.Piece, ...]
    now: datetime

    @property
    def title(self) -> str:
        """Return the page title."""
        return f"{self.left.source} and {self.right.source} · {self.name}"

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON: the object of `diff --json`, and whose texts they are."""
        sides = {"left": self.left, "right": self.right}
        return ChangeView(self.change, (), None).as_json() | {
            name: {"article": each.article, "version": each.n, "source": each.source, "url": each.url}
            for name, each in sides.items()
        }


def story_texts(request: PageRequest) -> StoryTexts:
    """Return the page of two texts of a story, `left` and `right`. Raises NotKnown."""
    store = request.archive.opened
    settled, ident = get_story(store, request.path["name"])
    left, right = (_newest(store, request.query.get(side, ""), settled.stories[ident]) for side in ("left", "right"))
    change = compare(left.content, right.content)
    return StoryTexts(
        story=ident,
        name=settled.title(ident) or left.content.title,
        left=left,
        right=right,
        change=change,
        pieces=tuple(markup.pieces(change)),
        now=request.now,
    )


def _newest(store: Archive, ident: str, inside: tuple[str, ...]) -> Version:
    """Return the newest version of an article that must be in the story. Raises NotKnown."""
    if ident not in inside:
        raise NotKnown("this article is not part of the story", resource=ident[:80])
    tracked = get_article(store, ident)
    version = get_version(store, tracked.id, tracked.versions)
    if version.removed:
        raise NotKnown(f"version {version.n} was taken down: {version.removed}", resource=tracked.url)
    return version
