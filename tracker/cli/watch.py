"""Change what is watched, in the configuration file and then in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.config import Config, edits, parse
from tracker.errors import ArchiveError
from tracker.model import Hub, HubKind
from tracker.service.watchlist import hubs_of, source_of, sync
from tracker.sources import name_for
from tracker.urls import hostname_of

if TYPE_CHECKING:
    from .app import App


def put_article(text: str, config: Config, url: str, *, source: str = "", story: str = "") -> tuple[str, str]:
    """Return the configuration text with one article added, and the name of its source."""
    owner = source or source_of(config, url).name
    if story:
        return edits.add_story(text, story, [url]), owner
    if config.source(owner) is not None:
        return edits.add_url(text, owner, url), owner
    return edits.add_source(text, owner, urls=[url]), owner


def put_hub(
    text: str, config: Config, hub: Hub, *, title: str = "", source: str = "", story: str = ""
) -> tuple[str, str]:
    """Return the configuration text with a list added, and the name of its source.

    The list is added to a source of the same host, unless a story is given: then it becomes a source of its own.
    """
    for known in config.sources:
        if any(each.url == hub.url for each in hubs_of(known)) and known.story == (story or known.story):
            return text, known.name
    owner = source or ("" if story else _same_host(config, hub.url))
    if owner and config.source(owner) is not None:
        if hub.kind is HubKind.FEED:
            return edits.add_feed(text, owner, hub.url), owner
        if hub.kind is HubKind.SITEMAP:
            return edits.add_sitemap(text, owner, hub.url), owner
        return edits.add_page(text, owner, hub.url, selector=hub.selector, pattern=hub.pattern), owner
    owner = owner or _free(config, name_for(title, hub.url))
    lists: dict[HubKind, dict[str, Any]] = {
        HubKind.FEED: {"feeds": [hub.url]},
        HubKind.SITEMAP: {"sitemaps": [hub.url]},
        HubKind.PAGE: {"pages": [{"url": hub.url, "selector": hub.selector, "pattern": hub.pattern}]},
    }
    return edits.add_source(text, owner, story=story, **lists[hub.kind]), owner


def save(app: App, text: str) -> None:
    """Write the configuration, and apply it to the archive if there is one. Raises ConfigError."""
    parse(text.encode(), str(app.config_path))
    edits.write(app.config_path, text)
    app.__dict__.pop("config", None)
    try:
        with app.archive(readonly=False) as store:
            sync(store, app.config, app.now)
    except ArchiveError as error:
        app.out.note(f"Written to {app.config_path}. The archive is updated at the next run ({error.message}).")


def _same_host(config: Config, url: str) -> str:
    host = hostname_of(url)
    for source in config.sources:
        if not source.story and any(hostname_of(each.url) == host for each in hubs_of(source)):
            return source.name
    return ""


def _free(config: Config, name: str) -> str:
    taken = {source.name for source in config.sources}
    return next(each for each in (name, *(f"{name} {n}" for n in range(2, 10_000))) if each not in taken)
