"""Read RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

A well-formed document goes to fastfeedparser; a broken one to feedparser, which is thirty times slower but keeps the
addresses right where fastfeedparser repairs them wrongly (a bare ``&`` in a link). Both only ever see bytes: given a
str, feedparser would fetch the address or open the file that a hostile feed consists of.
"""

from __future__ import annotations

import io
import json
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from ..errors import PageError
from ..model.source import HubKind
from ..urls import join
from . import safe_xml
from .body_format import BodyFormat, detect_format
from .feed_dates import parse_date
from .listing_builder import ListingBuilder, plain_title

if TYPE_CHECKING:
    from ..model.source import Listing

MAX_FEED_BYTES: Final = 8 * 1024 * 1024
"""Full-text feeds of a hundred items stay under one megabyte."""

MAX_BROKEN_FEED_BYTES: Final = 2 * 1024 * 1024
"""For the lenient parser: 4 MB of hostile markup took it seven seconds."""

_XML_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
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
    try:
        if safe_xml.declares_entities(body):  # fastfeedparser would drop the text after an entity reference
            return _read_leniently(body, url)
        root = safe_xml.parse(body)
    except etree.XMLSyntaxError:
        return _read_leniently(body, url, warning="the feed's XML is not well-formed; what could be read was taken")
    return _read_strictly(body, root, url)


def is_json_feed(data: object) -> bool:
    """Say whether a JSON value has the shape of https://www.jsonfeed.org/version/1.1/."""
    return (
        isinstance(data, dict)
        and isinstance(data.get("items"), list)
        and "jsonfeed.org/version" in str(data.get("version", ""))
    )


def _read_strictly(body: bytes, root: etree._Element, url: str) -> Listing:
    import fastfeedparser

    try:
        parsed = fastfeedparser.parse(bytes(body), include_content=False, include_tags=False, include_media=False)
    except ValueError:
        return _read_leniently(body, url)
    builder = ListingBuilder(HubKind.FEED, join(url, root.get(_XML_BASE) or "") or url)
    for entry in parsed["entries"]:
        builder.add_article(
            _entry_link(entry),
            plain_title(str(entry.get("title") or "")),
            parse_date(str(entry.get("published") or "")),
            parse_date(str(entry.get("updated") or "")),
        )
    return _finish(builder, str(parsed["feed"].get("title") or ""))


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
        raise PageError(message, resource=url, hint="it is tried again later; tell the outlet") from None
    if not parsed.entries and not parsed.version:
        raise PageError(
            "not a feed that can be read",
            resource=url,
            hint="open the address in a browser; if it shows a web page, add it as a section page",
        )
    builder = ListingBuilder(HubKind.FEED, url)
    if warning:
        builder.warn(warning)
    for entry in parsed.entries:
        builder.add_article(
            _entry_link(entry),
            plain_title(str(entry.get("title") or "")),
            _entry_date(entry, "published"),
            _entry_date(entry, "updated"),
        )
    return _finish(builder, str(parsed.feed.get("title") or ""))


def _entry_date(entry: Any, key: str) -> datetime | None:  # noqa: ANN401 - feedparser is untyped
    """Return a date of a feedparser entry: by our own parser, else as feedparser understood it."""
    # dict.get: feedparser's own get answers "updated" with the published date and warns about it.
    found = parse_date(str(dict.get(entry, key) or ""))
    parts = dict.get(entry, f"{key}_parsed")
    if found is not None or parts is None:
        return found
    try:
        return parse_date(datetime.fromtimestamp(timegm(parts), UTC).isoformat())
    except (ValueError, OverflowError, OSError):  # years outside the calendar
        return None


def _entry_link(entry: Mapping[str, Any]) -> str:
    """Return an entry's link, else its id if that is a web address."""
    link = str(entry.get("link") or "").strip()
    if link:
        return link
    identifier = str(entry.get("id") or "").strip()
    return identifier if identifier.lower().startswith(("http://", "https://")) else ""


def _read_json_feed(body: bytes, url: str) -> Listing:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError("not valid JSON", resource=url, hint="see what the address shows") from error
    if not is_json_feed(data):
        hint = "look for the outlet's RSS feed or its section page"
        raise PageError("JSON, but not a JSON Feed", resource=url, hint=hint)

    def text(item: Mapping[str, Any], key: str) -> str:
        value = item.get(key)
        return value.strip() if isinstance(value, str) else ""

    builder = ListingBuilder(HubKind.FEED, url)
    for item in data["items"]:
        if isinstance(item, dict):
            builder.add_article(
                _entry_link({"link": text(item, "url"), "id": text(item, "id")}),
                plain_title(text(item, "title")),
                parse_date(text(item, "date_published")),
                parse_date(text(item, "date_modified")),
            )
    return _finish(builder, text(data, "title"))


def _finish(builder: ListingBuilder, title: str) -> Listing:
    if builder.empty:
        builder.warn("it lists no articles")
    return builder.build(title)
