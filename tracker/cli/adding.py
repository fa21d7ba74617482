"""Addresses as people give them, looked at and put into the configuration text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ConfigError, UsageError
from tracker.model import Hub, HubKind, Listing
from tracker.sources import opml
from tracker.urls import fetchable

from .pages import load
from .probe import Prober, ProbeResult
from .watch import put_article, put_hub

if TYPE_CHECKING:
    from tracker.config import Config

    from .app import App


def named(addresses: tuple[str, ...]) -> list[str | Hub]:
    """Return what is to be watched: addresses, those on standard input, and the hubs of OPML files."""
    found: list[str | Hub] = []
    for address in addresses:
        if address == "-":
            lines = (line.strip() for line in load("-").decode("utf-8", "replace").splitlines())
            found += [fetchable(line) for line in lines if line and not line.startswith("#")]
        elif "://" not in address and Path(address).is_file():
            found += opml.read(load(address))
        else:
            found.append(fetchable(address))
    return found


def require_links(selector: str, pattern: str) -> None:
    """Raise UsageError where *selector* is no CSS selector, or *pattern* no regular expression."""
    from tracker.service.checking import require_selector

    try:
        require_selector(selector, pattern=pattern)
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None


async def sights(app: App, wanted: list[str | Hub], options: dict[str, Any]) -> list[ProbeResult]:
    """Look at each address, unless the options or the OPML file say what it is; a selector is said of a page."""
    seen, kind = [], options["kind"]
    links = options["selector"], options["pattern"]
    async with Prober(app.config) as scout:
        for each in wanted:
            if isinstance(each, Hub):
                seen.append(ProbeResult(each.url, each.kind, Listing(each.kind, title=each.source)))
            elif kind:
                seen.append(ProbeResult(each, None if kind == "article" else HubKind(kind)))
            else:
                app.out.note(f"looking at {each}")
                seen.append(await scout.look(each, Hub("", HubKind.PAGE, each, *links) if any(links) else None))
    return seen


def put(text: str, config: Config, sight: ProbeResult, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what is to be said of an address, and the configuration text with it."""
    where = {"source": options["source"], "story": options["story"]}
    after, owner = text, ""
    if not sight.trouble and sight.kind is None:
        after, owner = put_article(text, config, sight.url, **where)
    elif not sight.trouble and sight.kind is not None:
        hub = Hub("", sight.kind, sight.url, options["selector"], options["pattern"])
        after, owner = put_hub(text, config, hub, title=sight.title, **where)
    trouble = sight.trouble or ("" if after != text else _other_links(config, sight.url, options))
    value = {
        "schema": 1,
        "url": sight.url,
        "kind": sight.name,
        "title": sight.title,
        "source": owner,
        "story": options["story"],
        "articles": len(sight.listing.targets) if sight.listing else None,
        "added": after != text,
        "trouble": trouble,
    }
    return value, after


def _other_links(config: Config, url: str, options: dict[str, Any]) -> str:
    """Say that a page is watched with other links than are asked for, or nothing."""
    for page in [page for source in config.sources for page in source.pages if page.url == url]:
        for name in ("selector", "pattern"):
            has = getattr(page, name)
            if options[name] and options[name] != has:
                what = f"with the {name} {has!r}" if has else f"without a {name}"
                return f"it is watched already, {what}; change it in the configuration"
    return ""
