"""Read the head of a page: meta tags, title, canonical address, language, JSON-LD."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from .text import clean, plain

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


def flatten(value: object) -> list[Object]:
    """Return the objects of a JSON-LD value, outermost first: the top ones, those of lists, graphs and parts."""
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

    Candidates are the objects of an article's type with a headline and a date, an author or a text. It is the one whose
    headline or address is in `shown`, those of the page itself, because related articles may come first; else the first
    candidate, else the first object of such a type. References by `@id` are replaced by their objects.
    """
    articles = [item for item in items if any(_ARTICLE_TYPE.search(each) for each in types(item))]
    described = [
        item
        for item in articles
        if item.get("headline") and (item.get("datePublished") or item.get("author") or item.get("articleBody"))
    ]
    found: Object = next(iter(described or articles), {})
    for item in described:
        page = item.get("mainEntityOfPage")
        own = (item.get("headline"), item.get("url"), page.get("@id") if isinstance(page, dict) else page)
        if any(plain(value) in shown for value in own if isinstance(value, str)):
            found = item
            break
    # Of several objects with one @id, the one with the most properties counts.
    by_id = {each["@id"]: each for each in sorted(items, key=len) if isinstance(each.get("@id"), str)}
    return {key: _resolved(value, by_id) for key, value in found.items()}


def _resolved(value: Any, by_id: dict[str, Object]) -> Any:  # noqa: ANN401 - JSON of the web has any shape
    """Return a value with references such as `{"@id": "#author"}` replaced by the objects of the page."""
    if isinstance(value, list):
        return [_resolved(each, by_id) if isinstance(each, dict) else each for each in value]
    is_reference = isinstance(value, dict) and isinstance(value.get("@id"), str) and value.keys() <= _REFERENCE_KEYS
    return by_id.get(value["@id"], value) if is_reference else value


def _load(text: str) -> object:
    """Return the value of a JSON-LD script; of a broken one, the list of its values before the error. Never raises."""
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


_SELECTOR: Final = 'html,meta,title,link[rel="canonical"],script[type*="ld+json"],script#__NEXT_DATA__,h1,base[href]'
_META_NAMES: Final = ("property", "name", "itemprop", "http-equiv")


@dataclass(slots=True, eq=False)
class PageHead:
    """The metadata of a page.

    Attributes:
        metas: the contents of meta tags by lower-case name, in page order.
        entities: the objects of its JSON-LD.
        article: the entity that describes the article, empty if there is none.
        base: the href of <base>.
        has_next_data: whether it holds the state of a client-rendered page (Next.js).
        h1s: the texts of all <h1>, also of those that are not among the lines of the page.
    """

    metas: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    base: str = ""
    canonical: str = ""
    lang: str = ""
    entities: list[Object] = field(default_factory=list)
    article: Object = field(default_factory=dict)
    has_next_data: bool = False
    h1s: list[str] = field(default_factory=list)

    @property
    def author(self) -> object:
        """Return the author in the article's JSON-LD, of any JSON type."""
        return self.article.get("author") or self.article.get("creator")

    def first(self, *keys: str) -> tuple[str, str]:
        """Return the first content of the meta tags `keys`, as plain text, and its key; empty if there is none."""
        for key in keys:
            for value in self.metas.get(key, ()):
                text = plain(value)
                if text:
                    return text, key
        return "", ""

    def all(self, key: str) -> list[str]:
        """Return every content of the meta tags `key`, as plain text."""
        return [text for value in self.metas.get(key, ()) if (text := plain(value))]

    def entity(self, *keys: str) -> str:
        """Return the first text of the properties `keys` in the article's JSON-LD; empty if there is none."""
        for key in keys:
            text = text_of(self.article.get(key))
            if text:
                return text
        return ""


def text_of(value: Any) -> str:  # noqa: ANN401 - JSON of the web has any shape
    """Return the text of a JSON-LD value: a string, the name of an object, the first of a list."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return next((text for item in value if (text := text_of(item))), "")
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("headline"))
    return ""


def read_head(tree: LexborHTMLParser) -> PageHead:
    """Return the meta tags, title, links and JSON-LD from anywhere in the document."""
    head = PageHead()
    for node in tree.css(_SELECTOR):
        tag = node.tag
        if tag == "meta":
            attributes = node.attributes
            if content := attributes.get("content"):
                for key in _META_NAMES:
                    if name := attributes.get(key):
                        head.metas.setdefault(name.strip().lower(), []).append(content)
        elif tag == "h1":
            head.h1s.append(clean(node.text()))
        elif tag == "title":
            head.title = head.title or plain(node.text())
        else:
            _read_other(head, node)
    shown = (*head.h1s, *head.all("og:title"), head.title, head.canonical, *head.all("og:url"))
    head.article = article(head.entities, {each for each in shown if each})
    return head


def _read_other(head: PageHead, node: LexborNode) -> None:
    attributes = node.attributes
    if node.tag == "script":
        text = node.text()
        if "ld+json" in (attributes.get("type") or "").lower():
            head.entities += flatten(_load(text)) if len(text) <= _MAX_SCRIPT_CHARS else []
        elif attributes.get("id") == "__NEXT_DATA__":
            head.has_next_data = bool(text)
    elif node.tag == "html":
        head.lang = (attributes.get("lang") or attributes.get("xml:lang") or "").strip()
    elif node.tag == "base":
        head.base = head.base or attributes.get("href") or ""
    elif (attributes.get("rel") or "").lower() == "canonical":
        head.canonical = head.canonical or (attributes.get("href") or "").strip()
