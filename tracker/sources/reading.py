"""Read a feed, sitemap or section page by what its bytes are, whatever it was configured as."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .. import urls
from ..errors import PageError
from ..model import Hub, HubKind
from . import feed, page, sitemap
from .dom import open_page
from .envelope import Form, form_of, unpack
from .recognise import is_address_list

if TYPE_CHECKING:
    from ..model import Listing

_FEEDS: Final = frozenset({Form.FEED, Form.JSON})


def read_listing(body: bytes, url: str) -> Listing:
    """Return what a feed, sitemap or section page lists; its kind is told from its bytes.

    Args:
        body: the page as it was served; gzip'd sitemaps are unpacked.
        url: the address it was fetched from, after redirects; relative links are joined to it.

    Any web page is read as a section page, even one that holds an article. Raises PageError where the bytes are
    none of the three.
    """
    try:
        unpacked = unpack(body)
        form = form_of(unpacked)
        if form is Form.SITEMAP or (form is Form.TEXT and is_address_list(unpacked)):
            kind = HubKind.SITEMAP
        else:
            kind = HubKind.PAGE if form is Form.HTML else HubKind.FEED
        return _read(Hub("", kind, url), unpacked, url)
    except PageError as error:
        error.resource = error.resource or url
        raise


def read(hub: Hub, body: bytes, url: str) -> Listing:
    """Return what *body*, fetched from *url* (after redirects), lists for *hub*.

    A sitemap configured as a feed is read as what it is, and the other way round: `Listing.kind` and a warning say
    so. Raises PageError, with what to do next, where the bytes list nothing that can be read.
    """
    try:
        return _read(hub, unpack(body), url)
    except PageError as error:
        error.resource = error.resource or url
        raise


def _read(hub: Hub, body: bytes, url: str) -> Listing:
    form = form_of(body)
    if form is Form.BINARY:
        raise PageError("this is no text: an image, a document or something packed", hint="check the address")
    if form is Form.OPML:
        raise PageError("this is an OPML list of feeds", hint="save it and run: writethru sources import FILE")
    if form in _FEEDS:
        listing = feed.read(body, url)
    elif form is Form.SITEMAP or (form is Form.TEXT and hub.kind is HubKind.SITEMAP):
        listing = sitemap.read(body, url)
    elif hub.kind is HubKind.PAGE:
        listing = page.read(hub, body, url)
    elif form is Form.HTML:
        raise PageError(f"this is a web page, not a {hub.kind}", hint=_feed_hint(body, url))
    elif hub.kind is HubKind.SITEMAP:
        listing = sitemap.read(body, url)
    else:
        listing = feed.read(body, url)
    if listing.kind is not hub.kind:
        told = f"it is configured as a {hub.kind} and is a {listing.kind}"
        listing = replace(listing, warnings=(told, *listing.warnings))
    return listing


def _feed_hint(body: bytes, url: str) -> str:
    try:
        tree = open_page(body, url)
    except PageError:
        return "check the address"
    base = page.base_of(tree, url)
    named = [address for address in (urls.join(base, link) for link in page.feeds_of(tree)) if address]
    if named:
        return f"it names a feed: {named[0]}"
    return "watch it as a section page, under pages"
