"""Reads a hub by what its bytes are, not by what it was called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .. import urls
from ..errors import PageError
from ..model import HubKind
from . import feed, page, sitemap
from .dom import open_page
from .envelope import Form, form_of, unpack

if TYPE_CHECKING:
    from ..model import Hub, Listing

_FEEDS: Final = frozenset({Form.FEED, Form.JSON})


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
