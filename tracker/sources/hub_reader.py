"""Read a feed, sitemap or section page by what its bytes are, whatever it was configured as."""

from __future__ import annotations

from dataclasses import replace

from .. import urls
from ..errors import PageError
from ..model.capture import Failure, FailureKind
from ..model.source import Hub, HubKind, Listing
from . import feed, section_page, sitemap
from .body_format import BodyFormat, detect_format, gunzip, is_address_list
from .html_page import parse_page


def read_listing(body: bytes, url: str) -> Listing:
    """Return what a feed, sitemap or section page lists; the bytes decide which of them it is.

    Args:
        body: the page as it was served; gzip'd sitemaps are unpacked.
        url: the address it was fetched from, after redirects; relative links are joined to it.

    Any web page is read as a section page, even one that holds an article. Raises PageError if the bytes are none of
    the three.
    """
    return _read(body, url)


def read_hub(hub: Hub, body: bytes, url: str) -> Listing:
    """Return what *body*, fetched from *url* (after redirects), lists for *hub*.

    A sitemap configured as a feed is read as a sitemap, and the other way round: `Listing.kind` and a warning say so.
    Raises PageError, with what to do next, if the bytes list nothing that can be read.
    """
    listing = _read(body, url, hub)
    if listing.kind is not hub.kind:
        warning = f"it is configured as a {hub.kind} but is a {listing.kind}"
        listing = replace(listing, warnings=(warning, *listing.warnings))
    return listing


def read_hub_or_failure(hub: Hub, body: bytes, url: str, status: int) -> Listing | Failure:
    """Do as `read_hub`, but return a Failure instead of raising PageError: child processes send values, not errors."""
    try:
        return read_hub(hub, body, url)
    except PageError as error:
        return Failure(FailureKind.UNREADABLE, str(error), hub.url, status)


def _read(body: bytes, url: str, hub: Hub | None = None) -> Listing:
    """Read what *body* is for *hub*, if there is one. Every PageError names an address."""
    try:
        body = gunzip(body)
        found = detect_format(body)
        if hub is None:
            is_list = found is BodyFormat.SITEMAP or (found is BodyFormat.TEXT and is_address_list(body))
            other = HubKind.PAGE if found is BodyFormat.HTML else HubKind.FEED
            hub = Hub("", HubKind.SITEMAP if is_list else other, url)
        return _read_as(found, hub, body, url)
    except PageError as error:
        error.resource = error.resource or url
        raise


def _read_as(found: BodyFormat, hub: Hub, body: bytes, url: str) -> Listing:
    """Read unpacked bytes by their format; *hub.kind* decides where the format leaves a choice."""
    if found is BodyFormat.BINARY:
        raise PageError("not text, but an image, a document or an archive", hint="check the address")
    if found is BodyFormat.OPML:
        raise PageError("an OPML list of feeds, not a feed", hint="save it and run: writethru sources import FILE")
    if found in {BodyFormat.FEED, BodyFormat.JSON}:
        return feed.read(body, url)
    if found is BodyFormat.SITEMAP or (found is BodyFormat.TEXT and hub.kind is HubKind.SITEMAP):
        return sitemap.read(body, url)
    if hub.kind is HubKind.PAGE:
        return section_page.read(hub, body, url)
    if found is BodyFormat.HTML:
        raise PageError(f"a web page, not a {hub.kind}", hint=_hint_for_page(body, url))
    return sitemap.read(body, url) if hub.kind is HubKind.SITEMAP else feed.read(body, url)


def _hint_for_page(body: bytes, url: str) -> str:
    """Say what to configure instead of a web page: the feed it names, or the page itself as a section page."""
    try:
        tree = parse_page(body, url)
    except PageError:
        return "check the address"
    base = section_page.base_url(tree, url)
    named = [address for address in (urls.join(base, link) for link in section_page.feed_links(tree)) if address]
    if named:
        return f"it names a feed: {named[0]}"
    return "add it as a section page, under pages"
