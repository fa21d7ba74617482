"""RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

A well-formed document goes to fastfeedparser; a broken one to feedparser, which is thirty times slower but keeps the
addresses right where fastfeedparser repairs them wrongly (a bare ``&`` in a link). Both only ever see bytes: handed a
str, feedparser would fetch the address or open the file that a hostile feed consists of.
"""

from __future__ import annotations

import io
import json
from calendar import timegm
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from ..errors import PageError
from ..model import HubKind
from ..urls import join
from . import xmlsafe
from .dates import parse_date
from .envelope import Form, form_of
from .listing import Collector, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import Listing

MAX_BYTES: Final = 8 * 1024 * 1024
"""Largest feed that is read; full-text feeds of a hundred items stay under one megabyte."""

MAX_BROKEN_BYTES: Final = 2 * 1024 * 1024
"""Largest feed that the lenient parser gets: 4 MB of hostile markup cost it seven seconds."""

_XML_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_BROKEN: Final = "the feed's XML is not well-formed; what could be read was taken"


def read(body: bytes, url: str) -> Listing:
    """Return what a feed lists, in its order; *url* resolves relative links. Raises PageError."""
    if len(body) > MAX_BYTES:
        raise PageError(
            f"the feed is larger than {MAX_BYTES // 1024 // 1024} MiB", resource=url, hint="look for a shorter one"
        )
    if form_of(body) is Form.JSON:
        return _json(body, url)
    try:
        if xmlsafe.declares_entities(body):  # fastfeedparser would drop the text after an entity reference
            return _lenient(body, url, warning="")
        root = xmlsafe.parse(body)
    except etree.XMLSyntaxError:
        return _lenient(body, url, warning=_BROKEN)
    return _strict(body, root, url)


def _strict(body: bytes, root: etree._Element, url: str) -> Listing:
    import fastfeedparser

    try:
        parsed = fastfeedparser.parse(bytes(body), include_content=False, include_tags=False, include_media=False)
    except ValueError:
        return _lenient(body, url, warning="")
    collector = Collector(HubKind.FEED, join(url, root.get(_XML_BASE) or "") or url)
    for entry in parsed["entries"]:
        collector.article(
            _address(entry),
            plain(str(entry.get("title") or "")),
            parse_date(str(entry.get("published") or "")),
            parse_date(str(entry.get("updated") or "")),
        )
    return _finish(collector, str(parsed["feed"].get("title") or ""))


# What feedparser raises where elements end that never began; found by fuzzing.
_STUMBLES: Final = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)


def _lenient(body: bytes, url: str, warning: str) -> Listing:
    import feedparser

    if len(body) > MAX_BROKEN_BYTES:
        raise PageError(
            f"the feed's XML is not well-formed, and it is larger than {MAX_BROKEN_BYTES // 1024 // 1024} MiB",
            resource=url,
            hint="look for a shorter one",
        )
    # BytesIO, for even bare bytes are tried as the name of a local file first
    try:
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except _STUMBLES as error:
        reason = f"the feed is broken in a way that its reader does not know ({type(error).__name__})"
        raise PageError(reason, resource=url, hint="it is tried again; tell the outlet") from None
    if not parsed.entries and not parsed.version:
        raise PageError(
            "this is no feed that can be read",
            resource=url,
            hint="open the address in a browser; if it shows a web page, watch it as a section page",
        )
    collector = Collector(HubKind.FEED, url)
    if warning:
        collector.warn(warning)
    for entry in parsed.entries:
        collector.article(
            _address(entry),
            plain(str(entry.get("title") or "")),
            _moment(entry, "published"),
            _moment(entry, "updated"),
        )
    return _finish(collector, str(parsed.feed.get("title") or ""))


def _moment(entry: Any, key: str) -> datetime | None:  # noqa: ANN401 - feedparser is untyped
    # dict.get: feedparser's own get answers "updated" with the published date and warns about it
    found = parse_date(str(dict.get(entry, key) or ""))
    parts = dict.get(entry, f"{key}_parsed")
    if found is not None or parts is None:
        return found
    try:
        return parse_date(datetime.fromtimestamp(timegm(parts), UTC).isoformat())
    except (ValueError, OverflowError, OSError):  # years no calendar holds
        return None


def _address(entry: Mapping[str, Any]) -> str:
    link = str(entry.get("link") or "").strip()
    if link:
        return link
    ident = str(entry.get("id") or "").strip()
    return ident if ident.lower().startswith(("http://", "https://")) else ""


def _json(body: bytes, url: str) -> Listing:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PageError("this is no JSON that can be read", resource=url, hint="see what the address shows") from error
    if not is_json_feed(data):
        raise PageError(
            "this is JSON, but no JSON Feed", resource=url, hint="look for the outlet's RSS feed or its section page"
        )
    collector = Collector(HubKind.FEED, url)
    for item in _dicts(data["items"]):
        collector.article(
            _address({"link": _text(item, "url"), "id": _text(item, "id")}),
            plain(_text(item, "title")),
            parse_date(_text(item, "date_published")),
            parse_date(_text(item, "date_modified")),
        )
    return _finish(collector, _text(data, "title"))


def is_json_feed(data: object) -> bool:
    """Say whether a JSON value has the shape of https://www.jsonfeed.org/version/1.1/."""
    return (
        isinstance(data, dict)
        and isinstance(data.get("items"), list)
        and "jsonfeed.org/version" in str(data.get("version", ""))
    )


def _dicts(values: Iterable[object]) -> Iterable[dict[str, Any]]:
    return (value for value in values if isinstance(value, dict))


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value.strip() if isinstance(value, str) else ""


def _finish(collector: Collector, title: str) -> Listing:
    if not collector.found:
        collector.warn("it lists no article")
    return collector.listing(title)
