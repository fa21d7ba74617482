"""Read the head of a page: meta tags, title, canonical address, language, JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import jsonld
from .text import clean, plain

_SELECTOR: Final = (
    'html,meta,title,link[rel="canonical"],script[type*="ld+json"],script#__NEXT_DATA__,h1,base[href],'
    "template[shadowrootmode],template[shadowroot]"
)
_META_NAMES: Final = ("property", "name", "itemprop", "http-equiv")


class PageHead:
    """What a page says about itself.

    Attributes:
        metas: the contents of meta tags by lower-case name, in page order.
        entities: the objects of its JSON-LD.
        article: the one of them that is the article, empty if there is none.
        base: the href of <base>.
        has_next_data: whether it holds the state of a client-rendered page (Next.js).
        has_shadow_roots: whether templates declare shadow roots (see `decode`).
        h1s: the texts of all <h1>, also of those that are not part of the page's lines.
    """

    __slots__ = (
        "article",
        "base",
        "canonical",
        "entities",
        "h1s",
        "has_next_data",
        "has_shadow_roots",
        "lang",
        "metas",
        "title",
    )

    def __init__(self) -> None:
        self.metas: dict[str, list[str]] = {}
        self.title = ""
        self.base = ""
        self.canonical = ""
        self.lang = ""
        self.entities: list[jsonld.Object] = []
        self.article: jsonld.Object = {}
        self.has_next_data = False
        self.has_shadow_roots = False
        self.h1s: list[str] = []

    @property
    def author(self) -> object:
        """Return the author that the article's JSON-LD gives, in whatever shape it has there."""
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
    """Collect meta tags, title, links and JSON-LD of the whole document, wherever they are in it."""
    head = PageHead()
    for node in tree.css(_SELECTOR):
        tag = node.tag
        if tag == "meta":
            _read_meta(head, node)
        elif tag == "h1":
            head.h1s.append(clean(node.text()))
        elif tag == "title":
            head.title = head.title or plain(node.text())
        elif tag == "template":
            head.has_shadow_roots = True
        else:
            _read_other(head, node)
    shown = (*head.h1s, *head.all("og:title"), head.title, head.canonical, *head.all("og:url"))
    head.article = jsonld.article(head.entities, {each for each in shown if each})
    return head


def _read_meta(head: PageHead, node: LexborNode) -> None:
    attributes = node.attributes
    content = attributes.get("content")
    if not content:
        return
    for key in _META_NAMES:
        name = attributes.get(key)
        if name:
            head.metas.setdefault(name.strip().lower(), []).append(content)


def _read_other(head: PageHead, node: LexborNode) -> None:
    attributes = node.attributes
    if node.tag == "script":
        if "ld+json" in (attributes.get("type") or "").lower():
            head.entities.extend(jsonld.objects(node.text()))
        elif attributes.get("id") == "__NEXT_DATA__":
            head.has_next_data = bool(node.text())
    elif node.tag == "html":
        head.lang = (attributes.get("lang") or attributes.get("xml:lang") or "").strip()
    elif node.tag == "base":
        head.base = head.base or attributes.get("href") or ""
    elif (attributes.get("rel") or "").lower() == "canonical":
        head.canonical = head.canonical or (attributes.get("href") or "").strip()
