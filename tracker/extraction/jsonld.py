"""Read JSON-LD (https://schema.org/NewsArticle) as pages really write it: broken, nested, several to a page."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection
from typing import Any, Final

import orjson

from .text import plain

_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_OPENING: Final = ("{", "[")
_CLOSING: Final = ("}", "]")
_CONTROL: Final = re.compile(r"[\x00-\x1f]+")
_BETWEEN_VALUES: Final = re.compile(r"[\s,;]*")
_TRAILING_COMMA: Final = re.compile(r",\s*(?=[}\]])")
_MAX_SCRIPT_CHARS: Final = 2_000_000
_MAX_OBJECTS: Final = 3_000
_REFERENCE_KEYS: Final = frozenset({"@id", "@type"})
_ARTICLE_TYPE: Final = re.compile(r"Article|Posting|Report$|Review$|NewsStory|Liveblog", re.IGNORECASE)

Object = dict[str, Any]


def objects(text: str) -> list[Object]:
    """Return every object of a JSON-LD script, outermost first, graphs and lists flattened. Never raises."""
    if len(text) > _MAX_SCRIPT_CHARS:
        return []
    return flatten(_load(text))


def flatten(value: object) -> list[Object]:
    """Return the objects in `value` that may describe the page: the top ones, those of lists, graphs and parts."""
    found: list[Object] = []
    waiting: deque[object] = deque([value])
    while waiting and len(found) < _MAX_OBJECTS:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif isinstance(item, dict):
            found.append(item)
            inner = (item.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"))
            waiting.extend(each for each in inner if isinstance(each, dict | list))
    return found


def types(item: Object) -> tuple[str, ...]:
    """Return the types of an object."""
    value = item.get("@type")
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def article(items: list[Object], shown: Collection[str] = ()) -> Object:
    """Return the object that describes the article, an empty one if there is none.

    Of those of an article's type with a headline and a date, an author or a text, it is the one with a headline or an
    address that the page shows, else the first: related articles may be described as fully, and come before it. Where
    there is none of these, it is the first of such a type. What it names by `@id` is put in its place.

    Args:
        items: the objects of the page.
        shown: the page's own headlines and addresses.
    """
    articles = [item for item in items if any(_ARTICLE_TYPE.search(each) for each in types(item))]
    described = [
        item
        for item in articles
        if item.get("headline") and (item.get("datePublished") or item.get("author") or item.get("articleBody"))
    ]
    own = next((item for item in described if not _told(item).isdisjoint(shown)), None)
    first: Object = next(iter(described or articles), {})
    return _with_references(own or first, items)


def _told(item: Object) -> set[str]:
    """Return the headline and the addresses that an object gives itself."""
    page = item.get("mainEntityOfPage")
    values = (item.get("headline"), item.get("url"), page.get("@id") if isinstance(page, dict) else page)
    return {plain(value) for value in values if isinstance(value, str)}


def _with_references(item: Object, items: list[Object]) -> Object:
    """Return an object with the others of the page in the place of references to them: `{"@id": "#author"}`."""
    # Of several with one @id, the one that says most is last.
    by_id = {each["@id"]: each for each in sorted(items, key=len) if isinstance(each.get("@id"), str)}
    return {key: _resolved(value, by_id) for key, value in item.items()}


def _resolved(value: Any, by_id: dict[str, Object]) -> Any:  # noqa: ANN401 - JSON of the web has any shape
    if isinstance(value, list):
        return [_resolved(each, by_id) if isinstance(each, dict) else each for each in value]
    is_reference = isinstance(value, dict) and isinstance(value.get("@id"), str) and value.keys() <= _REFERENCE_KEYS
    return by_id.get(value["@id"], value) if is_reference else value


def _load(text: str) -> object:
    text = text.strip()
    if text[:1] in _OPENING and text[-1:] in _CLOSING:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # the slower json accepts control characters and numbers of any length
    text = _WRAPPING.sub("", text).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", _CONTROL.sub(" ", text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return _values(text)


def _values(text: str) -> list[object]:
    """Return the values that `text` begins with, one after another, whatever comes after them."""
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    at = 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(value)
        between = _BETWEEN_VALUES.match(text, at)
        at = between.end() if between is not None else at
    return found
