"""Read JSON-LD (https://schema.org/NewsArticle) as pages really write it: broken, nested, several to a page."""

from __future__ import annotations

import json
import re
from collections import deque
from typing import Any, Final

import orjson

_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_OPENING: Final = ("{", "[")
_CLOSING: Final = ("}", "]")
_CONTROL: Final = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA: Final = re.compile(r",\s*(?=[}\]])")
_MAX_SCRIPT_CHARS: Final = 2_000_000
_MAX_OBJECTS: Final = 3_000
_ARTICLE_TYPE: Final = re.compile(r"Article|Posting|Report$|Review$|NewsStory|Liveblog", re.IGNORECASE)

Object = dict[str, Any]


def objects(text: str) -> list[Object]:
    """Return every object of a JSON-LD script, outermost first, graphs and lists flattened. Never raises."""
    if len(text) > _MAX_SCRIPT_CHARS:
        return []
    return flatten(_load(text))


def flatten(value: object) -> list[Object]:
    """Return the objects in *value* that may describe the page: the top ones, those of lists and of @graph."""
    found: list[Object] = []
    waiting: deque[object] = deque([value])
    while waiting and len(found) < _MAX_OBJECTS:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif isinstance(item, dict):
            found.append(item)
            inner = (item.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage"))
            waiting.extend(each for each in inner if isinstance(each, dict | list))
    return found


def types(item: Object) -> tuple[str, ...]:
    """Return the types of an object."""
    value = item.get("@type")
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def article(items: list[Object]) -> Object:
    """Return the object that describes the article, an empty one if there is none.

    The first of an article's type with a headline and a date, an author or a text; else the first of such a type:
    lists of further articles often come before with headlines alone.
    """
    articles = [item for item in items if any(_ARTICLE_TYPE.search(each) for each in types(item))]
    for item in articles:
        if item.get("headline") and (item.get("datePublished") or item.get("author") or item.get("articleBody")):
            return item
    return articles[0] if articles else {}


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
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]  # the first value, whatever comes after it
    except (ValueError, RecursionError):
        return None
