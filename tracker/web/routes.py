"""The table of pages: the path of each and the function that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .pages.alerts import alerts
from .pages.article import article
from .pages.change import change
from .pages.changes import changes
from .pages.feeds import article_feed, changes_feed, feeds, search_feed, source_feed, story_feed
from .pages.search import search
from .pages.sources import source, sources
from .pages.start import start
from .pages.stories import stories, story
from .pages.version import version

if TYPE_CHECKING:
    from collections.abc import Callable

    from .page_request import PageRequest, View


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page: its path, the function that makes it, and its section in the menu.

    Attributes:
        json: the path of the page as JSON, if it is not the path with ".json" added.
        live: whether the page shows a message when new versions are stored.
    """

    path: str
    make: Callable[[PageRequest], View]
    section: str = ""
    json: str = ""
    live: bool = False

    @property
    def json_path(self) -> str:
        """Return the path of the page as JSON."""
        return self.json or f"{self.path}.json"


PAGES: Final = (
    WebPage("/", start, "/", json="/index.json", live=True),
    WebPage("/changes", changes, "/changes", live=True),
    WebPage("/stories", stories, "/stories"),
    WebPage("/stories/{name:path}", story, "/stories"),
    WebPage("/sources", sources, "/sources"),
    WebPage("/sources/{name:path}", source, "/sources"),
    WebPage("/search", search),
    WebPage("/alerts", alerts, "/alerts"),
    WebPage("/feeds", feeds),
    WebPage("/articles/{ident}/{old:int}..{new:int}", change, "/changes"),
    WebPage("/articles/{ident}/{n:int}", version, "/changes"),
    WebPage("/articles/{ident}", article, "/changes"),
)

FEEDS: Final = (
    ("/changes.atom", changes_feed),
    ("/search.atom", search_feed),
    ("/articles/{ident}.atom", article_feed),
    ("/sources/{name:path}.atom", source_feed),
    ("/stories/{name:path}.atom", story_feed),
)

NAV: Final = (
    ("/", "Now"),
    ("/changes", "Changes"),
    ("/stories", "Stories"),
    ("/sources", "Sources"),
    ("/alerts", "Alerts"),
)
