"""Add an address: see first what would be read, then save it as `writethru add` does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from tracker.addresses.urls import fetchable
from tracker.errors import ConfigError, UsageError
from tracker.model.source import Hub, HubKind
from tracker.service.probe import Prober, ProbeResult
from tracker.service.watchlist_edits import Placement, add_probed
from tracker.web import links
from tracker.web.actions import Actions, Body, Operation, OperationRequest, OperationResult, parsed
from tracker.web.pages.add import Added, AddPage, Previewed, preview_of

if TYPE_CHECKING:
    from tracker.config.root import Config

MAX_PREVIEW_SECONDS: Final = 30.0


class AddBody(Body):
    """An address to watch, and where it belongs."""

    url: str = Field(
        min_length=1, max_length=4000, description="the address of an article, feed, sitemap or section page"
    )
    kind: Literal["", "article", "feed", "sitemap", "page"] = Field(
        "", description="what it is; empty: it is fetched to find out"
    )
    source: str = Field("", max_length=80, description="the source it belongs to, which may be new; empty: by its site")
    story: str = Field("", max_length=80, description="the story it belongs to, which may be new")
    selector: str = Field("", max_length=500, description="of a section page: a CSS selector for the links to articles")
    pattern: str = Field(
        "", max_length=500, description="of a section page: take only links that match this expression"
    )


def _preview(actions: Actions, request: OperationRequest[AddBody]) -> OperationResult:
    body, place = _placed(request.body)
    result = asyncio.run(look(request.settings, body))
    text = actions.text()
    config = parsed(text)
    value, _ = add_probed(text, config, result, place)
    shown = preview_of(result, value)
    named = tuple(each.name for each in config.sources)
    page = AddPage(given=body.model_dump(), read_only_reason="", preview=shown, sources=named)
    return OperationResult(page="/sources", value=shown, view=page)


def _add(actions: Actions, request: OperationRequest[AddBody]) -> OperationResult:
    body, place = _placed(request.body)
    # Whoever says what it is can watch an address that does not answer now.
    if body.kind:
        result = ProbeResult(body.url, None if body.kind == "article" else HubKind(body.kind))
    else:
        result = asyncio.run(look(request.settings, body))
    value: dict[str, Any] = {}

    def change(text: str) -> str:
        found, after = add_probed(text, parsed(text), result, place)
        value.update(found)
        return after

    actions.edit(change, request.now)
    if value["problem"]:
        raise UsageError(value["problem"], resource=body.url, hint="say what it is to watch it nevertheless")
    state = "is watched now" if value["added"] else "is already watched"
    text = f"{body.url} {state}, in {value['source']}."
    return OperationResult(text, links.source(value["source"]), Added(**value))


def _placed(body: AddBody) -> tuple[AddBody, Placement]:
    """Return the request with its address as it is fetched, and where it is added. Raises UsageError."""
    from tracker.service.checking import require_selector

    try:
        require_selector(body.selector, pattern=body.pattern)
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None
    place = Placement(body.source, body.story, body.selector, body.pattern)
    return body.model_copy(update={"url": fetchable(body.url)}), place


async def look(config: Config, body: AddBody) -> ProbeResult:
    """Fetch an address once and return what it is; a hostile page is read in a child process that is killed."""
    from tracker.extraction.pool import ExtractPool

    links_of_page = body.selector or body.pattern
    hub = Hub("", HubKind.PAGE, body.url, body.selector, body.pattern) if links_of_page else None
    pool = ExtractPool(1)
    try:
        async with asyncio.timeout(MAX_PREVIEW_SECONDS), Prober(config, pool) as prober:
            return await prober.look(body.url, hub)
    except TimeoutError:
        kind = hub.kind if hub else None
        return ProbeResult(body.url, kind, problem=f"it took longer than {MAX_PREVIEW_SECONDS:g} s to read")
    finally:
        pool.close()


ADDING: Final = (
    Operation("/add", "Show what would be read at an address.", AddBody, _preview, Previewed, True, "/api/v1/preview"),
    Operation("/add/save", "Watch an address.", AddBody, _add, Added, True, "/api/v1/watch"),
)
