"""Links within the text of an article that lead to further articles of the same outlet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import urls
from .dom import open_page
from .links import looks_like_article
from .page import base_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_TEXT: Final = frozenset({"p", "li", "blockquote", "h2", "h3", "h4"})
_WHOLE: Final = frozenset({"article", "main"})
_APART: Final = frozenset({"nav", "aside", "header", "footer", "form", "figure"})


def story_links(body: bytes, url: str) -> list[str]:
    """Return addresses of the same host that the text of the page at *url* links to and that look like articles.

    Links in navigation, side columns and footers lead to whatever is read most; they are left out. Each address stands
    once, in page order, the page's own is not among them. Raises PageError.
    """
    tree = open_page(body, url)
    base = base_of(tree, url)
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
    """Say whether the link stands in a paragraph, an item or a heading of the text itself."""
    node: LexborNode | None = anchor.parent
    text = within = False
    while node is not None:
        if node.tag in _APART:
            return False
        within = within or node.tag in _WHOLE
        text = text or (node.tag in _TEXT and not within)
        node = node.parent
    return text
