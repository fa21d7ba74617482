"""The page that adds an address: a form, what would be read, and how to do it from any page with a bookmark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from tracker.archive.sources import list_sources
from tracker.views.values import SCHEMA, fields_json, iso
from tracker.web.page_request import PageRequest, View

if TYPE_CHECKING:
    from tracker.model.source import Target
    from tracker.service.probe import ProbeResult

MAX_SHOWN_TARGETS: Final = 12
MAX_SHOWN_PARAGRAPHS: Final = 3
_FIELDS: Final = ("url", "kind", "source", "story", "selector", "pattern")


@dataclass(frozen=True)
class Preview:
    """What would be read at an address.

    Attributes:
        outcome: what `writethru add --json` says of the address.
        text: the first paragraphs of an article.
        targets: the first articles of a list.
    """

    outcome: Mapping[str, Any]
    headline: str = ""
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    words: int = 0
    text: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the preview as JSON."""
        shown = fields_json(self)
        del shown["outcome"]
        targets = [{"url": each.url, "title": each.title, "published": iso(each.published)} for each in self.targets]
        return {"schema": SCHEMA, **self.outcome, **shown, "targets": targets}


def preview_of(result: ProbeResult, outcome: Mapping[str, Any]) -> Preview:
    """Return what to show of what was found at an address."""
    if result.listing is not None:
        return Preview(outcome, targets=result.listing.targets[:MAX_SHOWN_TARGETS], warnings=result.listing.warnings)
    if result.reading is None:
        return Preview(outcome)
    article = result.reading.article
    return Preview(
        outcome,
        headline=article.title,
        byline=article.byline,
        published=article.published,
        words=article.words,
        text=tuple(block.text for block in article.editorial[:MAX_SHOWN_PARAGRAPHS]),
    )


@dataclass(frozen=True)
class AddPage(View):
    """The form, and the preview once there is one. `trouble` says why nothing can be added here."""

    template: ClassVar[str] = "add.html"
    title: ClassVar[str] = "Add something to watch"
    given: Mapping[str, str]
    trouble: str
    now: datetime
    preview: Preview | None = None
    bookmark: str = ""
    sources: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        shown = self.preview.as_json() if self.preview else None
        return {"schema": 1, "given": dict(self.given), "trouble": self.trouble, "preview": shown}


def add(request: PageRequest) -> AddPage:
    """Return the page with an empty form, or one filled in by the query, as the bookmark does."""
    given = {name: request.query.get(name, "")[:4000] for name in _FIELDS}
    return AddPage(
        given=given,
        trouble=request.trouble,
        now=request.now,
        bookmark=bookmark(request.base),
        sources=tuple(list_sources(request.archive.opened)),
    )


def bookmark(base: str) -> str:
    """Return the address of a bookmark that opens our form with the address of the page that the reader is on."""
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


def watch_this(url: str) -> WatchThis:
    """Return the page that leads on to the form for `url`."""
    return WatchThis(url[:4000], f"/add?url={quote(url[:4000], safe='')}")
