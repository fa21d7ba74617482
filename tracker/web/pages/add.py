"""The page that adds an address or hands in a saved page: the forms, the preview, and a bookmark to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal
from urllib.parse import quote

from tracker.archive.sources import list_sources
from tracker.views.json import SCHEMA, Answer, Part
from tracker.web.page_request import PageRequest, View

_FIELDS: Final = ("url", "kind", "source", "story", "selector", "pattern")


class Added(Answer, frozen=True):
    """The result for an address, and whether it is watched now.

    Attributes:
        source: the source it is watched in; "" if it cannot be watched
        articles: how many articles a list names now
        added: whether the configuration was changed
        problem: why it is not watched; "" if it is
        found_at: the home or section page that was given and led to this feed; "" if the address was given itself
    """

    url: str
    kind: Literal["article", "feed", "sitemap", "page"]
    title: str
    source: str
    story: str
    articles: int | None
    added: bool
    problem: str
    found_at: str


class ListedTarget(Part, frozen=True):
    """An article that a list names."""

    url: str
    title: str
    published: datetime | None


class Previewed(Added, frozen=True):
    """The preview of an address. Nothing was changed; `added` says whether saving would change the configuration.

    Attributes:
        text: the first paragraphs of an article
        targets: the first articles of a list
    """

    headline: str
    byline: list[str]
    published: datetime | None
    words: int
    text: list[str]
    targets: list[ListedTarget]
    warnings: list[str]


@dataclass(frozen=True)
class AddPage(View):
    """The form, and the preview once there is one. `read_only_reason` says why nothing can be added here."""

    template: ClassVar[str] = "add.html"
    title: ClassVar[str] = "Add something to watch"
    given: Mapping[str, str]
    read_only_reason: str
    preview: Previewed | None = None
    bookmark: str = ""
    sources: tuple[str, ...] = ()

    def answer(self) -> Mapping[str, Any]:
        """Return the JSON object of the page."""
        reason = self.read_only_reason
        return {"schema": SCHEMA, "given": self.given, "read_only_reason": reason, "preview": self.preview}


def add(request: PageRequest) -> AddPage:
    """Return the page with an empty form, or one filled in by the query, as the bookmark does."""
    given = {name: request.query.get(name, "")[:4000] for name in _FIELDS}
    return AddPage(
        given=given,
        read_only_reason=request.read_only_reason,
        bookmark=bookmark(request.base),
        sources=tuple(list_sources(request.archive)),
    )


def bookmark(base: str) -> str:
    """Return the address of a bookmark that opens our form with the address of the page that the reader is on."""
    # As a JSON string: an address of this site could otherwise end the text of the script.
    where = json.dumps(f"{base}/watch?url=")
    return "javascript:" + quote(f"void open({where}+encodeURIComponent(location.href))", safe="():/?=+,.")


@dataclass(frozen=True)
class WatchThis(View):
    """A page on the way from the bookmark to the form. It is on our site, so that the browser sends its session along.

    The session's cookie is SameSite=Strict: a browser does not send it when another site opens a page here.
    """

    template: ClassVar[str] = "watch.html"
    title: ClassVar[str] = "Watch this page"
    url: str
    goal: str
