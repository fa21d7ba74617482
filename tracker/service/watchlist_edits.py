"""Add what was found at an address to the text of the configuration, as `writethru add` and the web page do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracker.addresses.urls import hostname_of
from tracker.config import edits
from tracker.config.root import Config
from tracker.model.source import Hub, HubKind
from tracker.sources.source_names import name_for

from .probe import ProbeResult
from .watchlist import hubs_of, source_of


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an address is added: to a source and a story, either of which may be new; empty: chosen by its site.

    `selector` and `pattern` say which links of a section page lead to articles, as in `Hub`.
    """

    source: str = ""
    story: str = ""
    selector: str = ""
    pattern: str = ""


def add_probed(text: str, config: Config, result: ProbeResult, place: Placement) -> tuple[dict[str, Any], str]:
    """Return the JSON object that reports an address, and the configuration text with that address added.

    Raises UsageError or ConfigError if the file cannot take it.
    """
    after, owner = text, ""
    if not result.problem and result.kind is None:
        after, owner = _put_article(text, config, result.url, place)
    elif not result.problem and result.kind is not None:
        hub = Hub("", result.kind, result.url, place.selector, place.pattern)
        after, owner = _put_hub(text, config, hub, result.title, place)
    problem = result.problem or ("" if after != text else _other_links(config, result.url, place))
    value = {
        "url": result.url,
        "kind": result.name,
        "title": result.title,
        "source": owner,
        "story": place.story,
        "articles": len(result.listing.targets) if result.listing else None,
        "added": after != text,
        "problem": problem,
    }
    return value, after


def _put_article(text: str, config: Config, url: str, place: Placement) -> tuple[str, str]:
    """Return the configuration text with one article added, and the name of its source."""
    owner = place.source or source_of(config, url).name
    if place.story:
        return edits.add_story(text, place.story, [url]), owner
    if not place.source and any(url in each.urls for each in config.stories):
        return text, owner
    if config.source(owner) is not None:
        return edits.add_address(text, owner, "urls", url), owner
    return edits.add_source(text, owner, urls=[url]), owner


def _put_hub(text: str, config: Config, hub: Hub, title: str, place: Placement) -> tuple[str, str]:
    """Return the configuration text with a list added, and the name of its source.

    The list is added to a source of the same host, unless a story is given: then it becomes a source of its own.
    """
    for known in config.sources:
        if any(each.url == hub.url for each in hubs_of(known)) and known.story == (place.story or known.story):
            return text, known.name
    owner = place.source or ("" if place.story else _same_host(config, hub.url))
    if owner and config.source(owner) is not None:
        if hub.kind is HubKind.PAGE:
            return edits.add_page(text, owner, hub.url, selector=hub.selector, pattern=hub.pattern), owner
        return edits.add_address(text, owner, "feeds" if hub.kind is HubKind.FEED else "sitemaps", hub.url), owner
    if not owner:
        name, taken = name_for(title, hub.url), {source.name for source in config.sources}
        owner = next(each for each in (name, *(f"{name} {n}" for n in range(2, 10_000))) if each not in taken)
    lists: dict[HubKind, dict[str, Any]] = {
        HubKind.FEED: {"feeds": [hub.url]},
        HubKind.SITEMAP: {"sitemaps": [hub.url]},
        HubKind.PAGE: {"pages": [{"url": hub.url, "selector": hub.selector, "pattern": hub.pattern}]},
    }
    return edits.add_source(text, owner, story=place.story, **lists[hub.kind]), owner


def _other_links(config: Config, url: str, place: Placement) -> str:
    """Return why a page that is already watched cannot be added with this selector or pattern, or ""."""
    for page in [page for source in config.sources for page in source.pages if page.url == url]:
        for name in ("selector", "pattern"):
            has, wanted = getattr(page, name), getattr(place, name)
            if wanted and wanted != has:
                what = f"with the {name} {has!r}" if has else f"without a {name}"
                return f"already watched {what}; change it in the configuration file"
    return ""


def _same_host(config: Config, url: str) -> str:
    host = hostname_of(url)
    for source in config.sources:
        if not source.story and any(hostname_of(each.url) == host for each in hubs_of(source)):
            return source.name
    return ""
