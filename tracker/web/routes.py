"""The table of pages: where each stands and what makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .pages.article import article
from .pages.change import change
from .pages.start import start
from .pages.version import version

if TYPE_CHECKING:
    from collections.abc import Callable

    from .asked import Asked, View


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its path, what makes it, where it stands in the menu; *twin* is the path of its JSON."""

    path: str
    make: Callable[[Asked], View]
    section: str = ""
    twin: str = ""
    live: bool = False

    @property
    def json_path(self) -> str:
        """Return the path of the JSON twin."""
        return self.twin or f"{self.path}.json"


PAGES: Final = (
    Page("/", start, "/", twin="/index.json", live=True),
    Page("/articles/{ident}/{old:int}..{new:int}", change, "/changes"),
    Page("/articles/{ident}/{n:int}", version, "/changes"),
    Page("/articles/{ident}", article, "/changes"),
)

NAV: Final = (
    ("/", "Now"),
    ("/changes", "Changes"),
    ("/stories", "Stories"),
    ("/sources", "Sources"),
    ("/alerts", "Alerts"),
)
