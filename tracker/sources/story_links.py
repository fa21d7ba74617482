"""Find the links in an article's text that lead to further articles of the same outlet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import urls
from .article_urls import looks_like_article
from .html_page import parse_page
from .section_page import base_url

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_TEXT_TAGS: Final = frozenset({"p", "li", "blockquote", "h2", "h3", "h4"})
_ARTICLE_TAGS: Final = frozenset({"article", "main"})
_FURNITURE_TAGS: Final = frozenset({"nav", "aside", "header", "footer", "form", "figure"})


def story_links(body: bytes, url: str) -> list[str]:
    """Return the addresses that the text of the page at *url* links to, on the same host, that look like articles.

    Links in navigation, side columns and footers are left out: they lead to whatever is read most. Each address is
    given once, in page order, without that of the page itself. Raises PageError.
    """
    tree = parse_page(body, url)
    base = base_url(tree, url)
    own, host = urls.identity(url), urls.host_of(url)
    found: dict[str, str] = {}
    for anchor in tree.css("article a[href], main a[href]"):
        address = urls.join(base, (anchor.attributes.get("href") or "").strip())
        if address is None or urls.host_of(address) != host or not looks_like_article(address):
            continue
        if _in_text(anchor) and (key := urls.identity(address)) != own:
            found.setdefault(key, urls.untracked(address))
    return list(found.values())


def _in_text(anchor: LexborNode) -> bool:
    """Say whether the link is in a paragraph, a list item or a heading of the article itself."""
    node: LexborNode | None = anchor.parent
    in_text = in_article = False
    while node is not None:
        if node.tag in _FURNITURE_TAGS:
            return False
        in_article = in_article or node.tag in _ARTICLE_TAGS
        in_text = in_text or (node.tag in _TEXT_TAGS and not in_article)
        node = node.parent
    return in_text
