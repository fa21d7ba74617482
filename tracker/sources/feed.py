"""Read RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

A well-formed document is parsed by lxml, and elements are found by their local names, because many feeds declare wrong
namespaces, old ones, or none. A broken document goes to feedparser, which is thirty times slower. It is only ever given
bytes: it would fetch a str that is an address, and open one that is the name of a file.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from lxml import etree
from lxml.etree import _Element

from tracker.addresses.urls import join
from tracker.dates.parsing import DateContext, parse_date
from tracker.errors import PageError
from tracker.model.source import HubKind, Listing

from . import safe_xml
from .body_format import BodyFormat, detect_format
from .listing_builder import ListingBuilder, plain_title
from .safe_xml import local_name

Children = dict[str, list[_Element]]
"""Lower-case local name → the children of that name, in order."""

_ENTRIES: Final = ("{*}item", "{*}entry")
_ENTRY_NAMES: Final = frozenset({"item", "entry"})
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
# `issued` and `modified` are of Atom 0.3 and Dublin Core; `date`, of Dublin Core, is the publication date in feeds.
_PUBLISHED: Final = ("pubdate", "published", "issued", "publicationdate", "date")
_UPDATED: Final = ("updated", "modified")
_PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml"})
_SHOWN_TEXT: Final = etree.XPath(
    "descendant::text()[not(ancestor::*[local-name() = 'script' or local-name() = 'style'])]"
)


def _read_tree(root: _Element, url: str) -> Listing | None:
    """Return the listing of a feed, in its order; None if the document has no elements of a feed.

    The document was parsed with `url` as its base, so `xml:base` is resolved.
    """
    channel = next(root.iter("{*}channel"), root)
    entries = [
        each
        for each in root.iter(*_ENTRIES)
        if not any(local_name(parent) in _ENTRY_NAMES for parent in each.iterancestors())
    ]
    if not entries and local_name(root).lower() not in {"rss", "rdf", "feed"}:
        return None
    about = _children(channel)
    # Relative links refer to `xml:base`, else to the site that an RSS channel names, else to the feed.
    base = channel.base if channel.base != url else None
    if not base and local_name(channel) != "feed":
        base = _first_text(about.get("link", ()))
    builder = ListingBuilder(HubKind.FEED, join(url, base or "") or url)
    language = _first_text(about.get("language", ())) or root.get(_LANGUAGE) or channel.get(_LANGUAGE) or ""
    context = DateContext(language, url)
    for entry in entries:
        children = _children(entry)
        builder.add_article(
            _link(entry, children, builder.base, url),
            _title(entry, children),
            _date(children, _PUBLISHED, context),
            _date(children, _UPDATED, context),
        )
    return builder.build(_title(channel, about))


def _children(element: _Element) -> Children:
    found: Children = {}
    for child in element:
        found.setdefault(local_name(child).lower(), []).append(child)
    return found


def _link(entry: _Element, children: Children, base: str, url: str) -> str:
    """Return the address of the entry's page, never that of an enclosure, a licence or a related page.

    In this order: the text of RSS's `link`, a link to the page itself, a `guid` or an `id` that is an address,
    `rdf:about`.
    """
    links = children.get("link", [])
    own = next((link for link in links if not link.get("href") and _text(link)), None)
    if own is None:
        pages = [each for each in links if each.get("href") and (each.get("rel") or "alternate") == "alternate"]
        own = next((each for each in pages if (each.get("type") or "") in _PAGE_TYPES), pages[0] if pages else None)
    if own is not None:
        link = (own.get("href") or _text(own)).strip()
        own_base = own.base
        return link if own_base is None or own_base == url else join(own_base, link) or join(base, link) or link
    for name in ("guid", "id"):
        for identifier in children.get(name, ()):
            is_permalink = (identifier.get("isPermaLink") or "true").strip().lower() != "false"
            if is_permalink and _text(identifier).lower().startswith(("http://", "https://")):
                return _text(identifier)
    about = entry.get(_RDF_ABOUT) or ""
    return about if about.lower().startswith(("http://", "https://")) else ""


def _title(element: _Element, children: Children) -> str:
    """Return the title in the element's own namespace, else Dublin Core's, else that of another, such as media."""
    ranks = {_namespace(element): 0, "": 1, _DUBLIN_CORE: 2}
    for title in sorted(children.get("title", []), key=lambda each: ranks.get(_namespace(each), 3)):
        text = _text(title)
        # Atom 1.0 and 0.3 have types; other types than text and XML are base64.
        kind = (title.get("type") or "text").lower()
        is_text = "/" not in kind or kind.startswith("text/") or kind.endswith(("xml", "html"))
        if title.get("mode") == "base64" or not is_text:
            with suppress(binascii.Error, ValueError):
                text = base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
        if found := plain_title(text):
            return found
    return ""


def _date(children: Children, names: tuple[str, ...], context: DateContext) -> datetime | None:
    for name in names:
        for child in children.get(name, ()):
            found = parse_date(_text(child), context)
            if found is not None:
                return found
    return None


def _namespace(element: _Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _text(element: _Element) -> str:
    """Return all text within an element except that of scripts, styles and comments."""
    if not len(element):
        return (element.text or "").strip()
    return "".join(cast("list[str]", _SHOWN_TEXT(element))).strip()


def _first_text(elements: Iterable[_Element]) -> str:
    return next((text for element in elements if (text := _text(element))), "")


MAX_FEED_BYTES: Final = 8 * 1024 * 1024
"""Full-text feeds of a hundred items stay under one megabyte."""

MAX_BROKEN_FEED_BYTES: Final = 2 * 1024 * 1024
"""The limit for feedparser: 4 MB of hostile markup took it seven seconds."""

# The exceptions of feedparser for end tags without a start; found by fuzzing.
_FEEDPARSER_ERRORS: Final = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)


def read(body: bytes, url: str) -> Listing:
    """Return the listing of a feed, in its order; relative links are joined to `url`. Raises PageError."""
    if len(body) > MAX_FEED_BYTES:
        raise PageError(
            f"the feed is larger than {MAX_FEED_BYTES // 1024 // 1024} MiB", resource=url, hint="use a shorter feed"
        )
    if detect_format(body) is BodyFormat.JSON:
        return _read_json_feed(body, url)
    if safe_xml.declares_entities(body):  # which safe_xml does not read
        return _read_leniently(body, url)
    try:
        listing = _read_tree(safe_xml.parse(body, url), url)
    except etree.XMLSyntaxError:
        # In most broken feeds, the only error is an & that is not written &amp;.
        warning = "the feed's XML is not well-formed; articles may be missing"
        with suppress(etree.XMLSyntaxError):
            listing = _read_tree(safe_xml.parse(safe_xml.repair_entities(body), url), url)
            if listing is not None and listing.targets:
                return replace(listing, warnings=(warning, *listing.warnings))
        return _read_leniently(body, url, warning)
    if listing is None or not (listing.targets or listing.warnings):
        # Not a feed by its elements, or one without entries: feedparser may still find some.
        return _read_leniently(body, url)
    return listing


def json_feed(body: bytes, url: str) -> dict[str, Any]:
    """Return the object of a JSON Feed, https://www.jsonfeed.org/version/1.1/. Raises PageError.

    Some feeds give a version number instead of the version's address; then at least one item must have an address.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError("not valid JSON", resource=url, hint="open the address in a browser to check it") from error
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        version = str(data.get("version", ""))
        has_addresses = any(isinstance(item, dict) and "url" in item for item in data["items"])
        if "jsonfeed.org/version" in version or (version in {"1", "1.0", "1.1"} and has_addresses):
            return data
    hint = "look for the outlet's RSS feed or its section page"
    raise PageError("this is JSON, but not a JSON Feed", resource=url, hint=hint)


def _read_leniently(body: bytes, url: str, warning: str = "") -> Listing:
    import feedparser  # takes 0.1 s, and few feeds are broken

    if len(body) > MAX_BROKEN_FEED_BYTES:
        raise PageError(
            f"the feed's XML is not well-formed, and it is larger than {MAX_BROKEN_FEED_BYTES // 1024 // 1024} MiB",
            resource=url,
            hint="use a shorter feed",
        )
    try:
        # BytesIO, because feedparser takes even plain bytes for a file name first.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except _FEEDPARSER_ERRORS as error:
        message = f"the feed's markup is broken and cannot be read ({type(error).__name__})"
        raise PageError(message, resource=url, hint="tell the outlet") from None
    if not parsed.entries and not parsed.version:
        raise PageError(
            "this is not a feed that can be read",
            resource=url,
            hint="open the address in a browser; if it shows a web page, add it as a section page",
        )
    builder = ListingBuilder(HubKind.FEED, url)
    if warning:
        builder.warn(warning)
    context = DateContext(str(parsed.feed.get("language") or ""), url)
    for entry in parsed.entries:
        # dict.get, because feedparser's own get returns the published date for "updated". Its parsed dates are not
        # used: it takes unknown zones for UTC.
        published, updated = (parse_date(str(dict.get(entry, key) or ""), context) for key in ("published", "updated"))
        builder.add_article(_entry_link(entry), plain_title(str(entry.get("title") or "")), published, updated)
    if warning and builder.empty:
        # A feed that is cut off or damaged must not be taken for one without articles.
        raise PageError(
            "the feed's XML is not well-formed, and no article could be read", resource=url, hint="tell the outlet"
        )
    return _finish(builder, str(parsed.feed.get("title") or ""))


def _entry_link(entry: Mapping[str, Any]) -> str:
    """Return the link of a feedparser entry, else its ID if that is a web address and may be a link."""
    link = str(entry.get("link") or "").strip()
    if link or entry.get("guidislink") is False:
        return link
    identifier = str(entry.get("id") or "").strip()
    return identifier if identifier.lower().startswith(("http://", "https://")) else ""


def _read_json_feed(body: bytes, url: str) -> Listing:
    data = json_feed(body, url)

    def text(item: Mapping[str, Any], key: str) -> str:
        value = item.get(key)
        return value.strip() if isinstance(value, str) else ""

    builder = ListingBuilder(HubKind.FEED, url)
    context = DateContext(text(data, "language"), url)
    for item in data["items"]:
        if isinstance(item, dict):
            builder.add_article(
                text(item, "url") or _entry_link({"link": text(item, "external_url"), "id": text(item, "id")}),
                plain_title(text(item, "title")),
                parse_date(text(item, "date_published"), context),
                parse_date(text(item, "date_modified"), context),
            )
    return _finish(builder, text(data, "title"))


def _finish(builder: ListingBuilder, title: str) -> Listing:
    if builder.empty:
        builder.warn("it lists no articles")
    return builder.build(title)
