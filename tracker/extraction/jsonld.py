"""JSON-LD as pages really write it: broken, nested, several to a page."""

from __future__ import annotations

import json
import re
from collections import deque
from typing import Any, Final

import orjson

_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_OPENS: Final = ("{", "[")
_CLOSES: Final = ("}", "]")
_CONTROL: Final = re.compile(r"[\x00-\x1f]+")
_TRAILING: Final = re.compile(r",\s*(?=[}\]])")
_MAX_CHARS: Final = 2_000_000
_MAX_OBJECTS: Final = 3_000
_ARTICLE: Final = re.compile(r"Article|Posting|Report$|Review$|NewsStory|Liveblog", re.IGNORECASE)

Object = dict[str, Any]


def objects(text: str) -> list[Object]:
    """Return every object of a JSON-LD script, outermost first, graphs and lists flattened. Never raises."""
    if len(text) > _MAX_CHARS:
        return []
    return flatten(_load(text))


def flatten(value: object) -> list[Object]:
    """Return the objects in *value* that may be entities: the top ones, those of lists and of @graph."""
    found: list[Object] = []
    waiting: deque[object] = deque([value])
    while waiting and len(found) < _MAX_OBJECTS:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif isinstance(item, dict):
            found.append(item)
            inner = [
                item[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(item.get(key), dict | list)
            ]
            waiting.extend(inner)
    return found


def types(item: Object) -> tuple[str, ...]:
    """Return the types of an entity."""
    value = item.get("@type")
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def article(items: list[Object]) -> Object:
    """Return the first entity that is an article of some kind, the one with a headline first; else an empty one."""
    known = [item for item in items if any(_ARTICLE.search(each) for each in types(item))]
    for item in known:
        if item.get("headline") and (item.get("datePublished") or item.get("author") or item.get("articleBody")):
            return item
    return known[0] if known else {}


def _load(text: str) -> object:
    text = text.strip()
    if text[:1] in _OPENS and text[-1:] in _CLOSES:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # the slow way forgives control characters and numbers without an end
    text = _WRAPPING.sub("", text).strip().rstrip(";")
    for attempt in (text, _TRAILING.sub("", _CONTROL.sub(" ", text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
