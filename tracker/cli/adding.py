"""Addresses given to `writethru add`: fetched once to see what they are, and added to the configuration text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ConfigError, UsageError
from tracker.model.source import Hub, HubKind, Listing
from tracker.sources import opml
from tracker.urls import fetchable

from .pages import load
from .probe import Prober, ProbeResult
from .watch import put_article, put_hub

if TYPE_CHECKING:
    from tracker.config import Config

    from .app import App


def given_addresses(addresses: tuple[str, ...]) -> list[str | Hub]:
    """Return what to watch: the addresses, those on standard input (for "-"), and the lists in OPML files."""
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
    """Raise UsageError if `selector` is not a CSS selector or `pattern` is not a regular expression."""
    from tracker.service.checking import require_selector

    try:
        require_selector(selector, pattern=pattern)
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None


async def probe_all(app: App, addresses: list[str | Hub], options: dict[str, Any]) -> list[ProbeResult]:
    """Fetch each address to see what it is, unless the options or an OPML file say so already.

    With a selector or a pattern in `options`, each address is read as a section page.
    """
    found, kind = [], options["kind"]
    links = options["selector"], options["pattern"]
    async with Prober(app.config) as prober:
        for each in addresses:
            if isinstance(each, Hub):
                found.append(ProbeResult(each.url, each.kind, Listing(each.kind, title=each.source)))
            elif kind:
                found.append(ProbeResult(each, None if kind == "article" else HubKind(kind)))
            else:
                app.out.note(f"fetching {each}")
                found.append(await prober.look(each, Hub("", HubKind.PAGE, each, *links) if any(links) else None))
    return found


def add_result(text: str, config: Config, result: ProbeResult, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the JSON object that reports an address, and the configuration text with that address added."""
    where = {"source": options["source"], "story": options["story"]}
    after, owner = text, ""
    if not result.trouble and result.kind is None:
        after, owner = put_article(text, config, result.url, **where)
    elif not result.trouble and result.kind is not None:
        hub = Hub("", result.kind, result.url, options["selector"], options["pattern"])
        after, owner = put_hub(text, config, hub, title=result.title, **where)
    trouble = result.trouble or ("" if after != text else _other_links(config, result.url, options))
    value = {
        "schema": 1,
        "url": result.url,
        "kind": result.name,
        "title": result.title,
        "source": owner,
        "story": options["story"],
        "articles": len(result.listing.targets) if result.listing else None,
        "added": after != text,
        "trouble": trouble,
    }
    return value, after


def _other_links(config: Config, url: str, options: dict[str, Any]) -> str:
    """Return why a page that is watched already cannot be added with this selector or pattern, or ""."""
    for page in [page for source in config.sources for page in source.pages if page.url == url]:
        for name in ("selector", "pattern"):
            has = getattr(page, name)
            if options[name] and options[name] != has:
                what = f"with the {name} {has!r}" if has else f"without a {name}"
                return f"already watched {what}; change it in the configuration file"
    return ""
