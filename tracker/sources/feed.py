"""Read RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

A well-formed document is read from its tree (`feed_xml`); a broken one goes to feedparser, which is thirty times
slower. feedparser only ever sees bytes: given a str, it would fetch the address or open the file that a hostile feed
consists of.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from ..errors import PageError
from ..model.source import HubKind, Listing
from . import feed_xml, safe_xml
from .body_format import BodyFormat, detect_format
from .date_zones import DateContext
from .feed_dates import parse_date
from .listing_builder import ListingBuilder, plain_title

MAX_FEED_BYTES: Final = 8 * 1024 * 1024
"""Full-text feeds of a hundred items stay under one megabyte."""

MAX_BROKEN_FEED_BYTES: Final = 2 * 1024 * 1024
"""For the lenient parser: 4 MB of hostile markup took it seven seconds."""

# What feedparser raises for end tags without a start; found by fuzzing.
_FEEDPARSER_ERRORS: Final = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)


def read(body: bytes, url: str) -> Listing:
    """Return what a feed lists, in its order; *url* resolves relative links. Raises PageError."""
    if len(body) > MAX_FEED_BYTES:
        raise PageError(
            f"the feed is larger than {MAX_FEED_BYTES // 1024 // 1024} MiB", resource=url, hint="look for a shorter one"
        )
    if detect_format(body) is BodyFormat.JSON:
        return _read_json_feed(body, url)
    if safe_xml.declares_entities(body):  # which safe_xml leaves out
        return _read_leniently(body, url)
    try:
        listing = feed_xml.read(safe_xml.parse(body, url), url)
    except etree.XMLSyntaxError:
        return _read_leniently(body, url, warning="the feed's XML is not well-formed; what could be read was taken")
    if listing is None or not (listing.targets or listing.warnings):
        # Not a feed by its elements; or one without entries, in which case the lenient parser may still find some.
        return _read_leniently(body, url)
    return listing


def json_feed(body: bytes, url: str) -> dict[str, Any]:
    """Return the object of a JSON Feed, https://www.jsonfeed.org/version/1.1/. Raises PageError.

    Some feeds write the number of the version instead of its address; then an item must have an address.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError("not valid JSON", resource=url, hint="see what the address shows") from error
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        version = str(data.get("version", ""))
        has_addresses = any(isinstance(item, dict) and "url" in item for item in data["items"])
        if "jsonfeed.org/version" in version or (version in {"1", "1.0", "1.1"} and has_addresses):
            return data
    hint = "look for the outlet's RSS feed or its section page"
    raise PageError("JSON, but not a JSON Feed", resource=url, hint=hint)


def _read_leniently(body: bytes, url: str, warning: str = "") -> Listing:
    import feedparser

    if len(body) > MAX_BROKEN_FEED_BYTES:
        raise PageError(
            f"the feed's XML is not well-formed, and it is larger than {MAX_BROKEN_FEED_BYTES // 1024 // 1024} MiB",
            resource=url,
            hint="look for a shorter one",
        )
    try:
        # BytesIO, for feedparser tries even bare bytes as the name of a local file first.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except _FEEDPARSER_ERRORS as error:
        message = f"the feed is too broken to be read ({type(error).__name__})"
        raise PageError(message, resource=url, hint="tell the outlet") from None
    if not parsed.entries and not parsed.version:
        raise PageError(
            "not a feed that can be read",
            resource=url,
            hint="open the address in a browser; if it shows a web page, add it as a section page",
        )
    builder = ListingBuilder(HubKind.FEED, url)
    if warning:
        builder.warn(warning)
    context = DateContext(str(parsed.feed.get("language") or ""), url)
    for entry in parsed.entries:
        # dict.get: feedparser's own get answers "updated" with the published date. Its own dates are not taken: it
        # reads a zone that it does not know as UTC.
        published, updated = (parse_date(str(dict.get(entry, key) or ""), context) for key in ("published", "updated"))
        builder.add_article(_entry_link(entry), plain_title(str(entry.get("title") or "")), published, updated)
    return _finish(builder, str(parsed.feed.get("title") or ""))


def _entry_link(entry: Mapping[str, Any]) -> str:
    """Return the link of an entry of feedparser's, else its id if that is a web address and not said to be none."""
    link = str(entry.get("link") or "").strip()
    if link or entry.get("guidislink") is False:
        return link
    identifier = str(entry.get("id") or "").strip()
    return identifier if feed_xml.is_web_address(identifier) else ""


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
