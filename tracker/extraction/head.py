"""What the head of a page says: meta tags, title, canonical address, language, JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from . import jsonld
from .text import clean, plain

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_WANTED: Final = (
    'html,meta,title,link[rel="canonical"],script[type*="ld+json"],script#__NEXT_DATA__,h1,base[href],'
    "template[shadowrootmode],template[shadowroot]"
)
_KEYS: Final = ("property", "name", "itemprop", "http-equiv")


class Head:
    """Meta contents by lower-case key in page order, and the entity that is the article."""

    __slots__ = ("article", "base", "canonical", "entities", "h1s", "lang", "metas", "page_data", "shadows", "title")

    def __init__(self) -> None:
        self.metas: dict[str, list[str]] = {}
        self.title = ""
        self.base = ""
        self.canonical = ""
        self.lang = ""
        self.entities: list[jsonld.Object] = []
        self.article: jsonld.Object = {}
        self.page_data = ""
        self.shadows = False
        self.h1s: list[str] = []

    def first(self, *keys: str) -> tuple[str, str]:
        """Return the first content found under *keys*, as plain text, and its key."""
        for key in keys:
            for value in self.metas.get(key, ()):
                text = plain(value)
                if text:
                    return text, key
        return "", ""

    def all(self, key: str) -> list[str]:
        """Return every content of *key* as plain text."""
        return [text for value in self.metas.get(key, ()) if (text := plain(value))]

    def entity(self, *keys: str) -> str:
        """Return the first text found under *keys* of the article's JSON-LD."""
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


def read_head(tree: LexborHTMLParser) -> Head:
    """Collect meta tags, title, links and JSON-LD of the whole document, before scripts are stripped from it."""
    head = Head()
    for node in tree.css(_WANTED):
        tag = node.tag
        if tag == "meta":
            _meta(head, node)
        elif tag == "script":
            _script(head, node)
        elif tag == "h1":
            head.h1s.append(clean(node.text()))
        elif tag == "title":
            head.title = head.title or plain(node.text())
        else:
            _other(head, node)
    head.article = jsonld.article(head.entities)
    return head


def _meta(head: Head, node: LexborNode) -> None:
    attributes = node.attributes
    content = attributes.get("content")
    if not content:
        return
    for key in _KEYS:
        name = attributes.get(key)
        if name:
            head.metas.setdefault(name.strip().lower(), []).append(content)


def _script(head: Head, node: LexborNode) -> None:
    attributes = node.attributes
    if "ld+json" in (attributes.get("type") or "").lower():
        head.entities.extend(jsonld.objects(node.text()))
    elif attributes.get("id") == "__NEXT_DATA__":
        head.page_data = node.text()


def _other(head: Head, node: LexborNode) -> None:
    attributes = node.attributes
    if node.tag == "html":
        head.lang = (attributes.get("lang") or attributes.get("xml:lang") or "").strip()
    elif node.tag == "template":
        head.shadows = True
    elif node.tag == "base":
        head.base = head.base or attributes.get("href") or ""
    elif (attributes.get("rel") or "").lower() == "canonical":
        head.canonical = head.canonical or (attributes.get("href") or "").strip()
