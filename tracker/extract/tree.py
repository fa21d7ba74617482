"""A page as elements and lines: one walk over the parser's tree, no recursion, nothing of the parser kept.

A line is a run of text that stands on its own: the text of one block element between two other blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .text import clean
from .vocabulary import Hint, hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode


class Zone:
    """What an element stands in, by its own tag and those of its ancestors."""

    NONE: Final = 0
    LINK: Final = 1
    BOLD: Final = 2
    EMPHASIS: Final = 4
    ASIDE: Final = 8
    FIGURE: Final = 16
    FOOTER: Final = 32
    HEADER: Final = 64
    LIST: Final = 128
    TABLE: Final = 256
    QUOTE: Final = 512
    HEADING: Final = 1024
    NAV: Final = 2048
    CAPTION: Final = 4096
    ARTICLE: Final = 8192
    MAIN: Final = 16384
    HIDDEN: Final = 32768
    FORM: Final = 65536
    TIME: Final = 131072


STRIPPED: Final = (
    "script style noscript button iframe svg template select object embed nav canvas audio video map dialog math"
    " textarea datalist progress meter"
).split()
BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
_ZONES: Final[dict[str, int]] = {
    "a": Zone.LINK,
    "b": Zone.BOLD,
    "strong": Zone.BOLD,
    "em": Zone.EMPHASIS,
    "i": Zone.EMPHASIS,
    "aside": Zone.ASIDE,
    "figure": Zone.FIGURE,
    "picture": Zone.FIGURE,
    "figcaption": Zone.CAPTION | Zone.FIGURE,
    "caption": Zone.CAPTION,
    "footer": Zone.FOOTER,
    "header": Zone.HEADER,
    "li": Zone.LIST,
    "table": Zone.TABLE,
    "blockquote": Zone.QUOTE,
    "article": Zone.ARTICLE,
    "main": Zone.MAIN,
    "form": Zone.FORM,
    "time": Zone.TIME,
} | dict.fromkeys(HEADINGS, Zone.HEADING)
_HINTING: Final = ("class", "id", "itemprop", "role", "data-testid", "data-component")


class Element:
    """An element with what the walk knows of it; *end* is one past the index of its last descendant."""

    __slots__ = (
        "block",
        "end",
        "hint",
        "index",
        "itemprop",
        "junk",
        "length",
        "links",
        "mass",
        "names",
        "parent",
        "tag",
        "zone",
    )

    def __init__(self, tag: str, parent: Element | None, index: int, attributes: Mapping[str, str | None]) -> None:
        self.tag = tag
        self.parent = parent
        self.index = index
        self.end = index + 1
        self.mass = 0.0
        self.length = 0
        self.links = 0
        self.junk = ""
        own = _ZONES.get(tag, Zone.NONE)
        self.names = ""
        self.itemprop = ""
        if attributes:
            own |= self._read(attributes)
        self.hint = hint(self.names) if self.names else Hint.NONE
        self.zone: int = own if parent is None else parent.zone | own
        self.block: Element = self if parent is None or tag in BLOCKS else parent.block

    def _read(self, attributes: Mapping[str, str | None]) -> int:
        found = [value for key in _HINTING if (value := attributes.get(key))]
        self.names = " ".join(found)
        self.itemprop = attributes.get("itemprop") or ""
        style = attributes.get("style")
        own: int = Zone.NONE
        if "hidden" in attributes or (style and "display:none" in style.replace(" ", "").lower()):
            own = Zone.HIDDEN
        role = attributes.get("role")
        if role:
            own |= _ROLES.get(role, Zone.NONE)
        return own

    def ancestors(self) -> list[Element]:
        """Return the element and everything it stands in, innermost first."""
        found, node = [], self
        while True:
            found.append(node)
            if node.parent is None:
                return found
            node = node.parent

    def within(self, other: Element) -> bool:
        """Say whether this element is *other* or stands in it."""
        return other.index <= self.index < other.end


_ROLES: Final[dict[str, int]] = {
    "navigation": Zone.NAV,
    "complementary": Zone.ASIDE,
    "contentinfo": Zone.FOOTER,
    "banner": Zone.HEADER,
    "main": Zone.MAIN,
    "article": Zone.ARTICLE,
    "dialog": Zone.HIDDEN,
    "heading": Zone.HEADING,
}


class Line:
    """A run of text; *links*, *bold* and *emphasis* count the characters that stand in such elements."""

    __slots__ = (
        "anchors",
        "bold",
        "broken",
        "emphasis",
        "first",
        "index",
        "kind",
        "links",
        "mass",
        "owner",
        "parts",
        "reason",
        "text",
        "zone",
    )

    def __init__(self, owner: Element, index: int, first: Element) -> None:
        self.owner = owner
        self.first = first  # the innermost element of the first text, for names on spans
        self.index = index
        self.parts: list[str] = []
        self.links = 0
        self.bold = 0
        self.emphasis = 0
        self.anchors = 0
        self.broken = False
        self.text = ""
        self.mass = 0.0
        self.kind = ""
        self.reason = ""
        self.zone = owner.zone

    @property
    def link_share(self) -> float:
        """Return the share of the text that is linked, 0..1."""
        return min(1.0, self.links / len(self.text)) if self.text else 0.0


class Page:
    """The elements of a page in document order and its lines."""

    __slots__ = ("elements", "forced", "ids", "lines", "stamps")

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.lines: list[Line] = []
        self.ids: dict[int, Element] = {}
        self.forced: dict[int, str] = {}
        self.stamps: list[tuple[Element, str]] = []


def walk(body: LexborNode) -> Page:
    """Read the tree below *body* once. The tree must not hold the elements of STRIPPED."""
    page = Page()
    known = page.ids
    root = Element("body", None, 0, body.attributes)
    root.zone = Zone.NONE
    known[body.mem_id] = root
    page.elements.append(root)
    pen = _Pen(page)
    for node in body.traverse(include_text=True):
        tag = node.tag
        if tag == "body" and node.mem_id in known:
            continue
        parent = known.get(node.parent.mem_id) if node.parent is not None else None
        if parent is None or tag is None:
            continue
        if tag == "-text":
            pen.write(node.text_content or "", parent)
        elif tag == "br":
            pen.wrap()
        elif tag[0] != "-":
            element = Element(tag, parent, len(page.elements), node.attributes)
            known[node.mem_id] = element
            page.elements.append(element)
            pen.enter(element)
            if tag == "time" or "date" in element.itemprop:
                value = node.attributes.get("datetime") or node.attributes.get("content")
                if value:
                    page.stamps.append((element, value))
    pen.close()
    for element in reversed(page.elements):
        if element.parent is not None and element.end > element.parent.end:
            element.parent.end = element.end
    return page


class _Pen:
    """Writes texts into lines: a new line where a block begins or ends, or two line breaks follow one another."""

    def __init__(self, page: Page) -> None:
        self.lines = page.lines
        self.line: Line | None = None
        self.wrapped = False

    def enter(self, element: Element) -> None:
        if element.block is element:
            self.close()
        elif element.tag == "a" and self.line is not None:
            self.line.anchors += 1

    def wrap(self) -> None:
        if self.line is None:
            return
        if self.wrapped:
            owner = self.line.owner
            self.close()
            self.line = None
            self.broken_owner = owner
            return
        self.line.parts.append("\n")
        self.wrapped = True

    def write(self, text: str, parent: Element) -> None:
        size = len(text.strip())
        line = self.line
        if line is not None and line.owner is not parent.block:
            self.close()
            line = None
        if not size:
            if line is not None:
                line.parts.append(" ")
            return
        if line is None:
            line = self.line = Line(parent.block, len(self.lines), parent)
            if parent.zone & Zone.LINK:
                line.anchors += 1
        elif self.wrapped:
            line.broken = True
        self.wrapped = False
        line.parts.append(text)
        zone = parent.zone
        if zone & (Zone.LINK | Zone.BOLD | Zone.EMPHASIS):
            line.links += size if zone & Zone.LINK else 0
            line.bold += size if zone & Zone.BOLD else 0
            line.emphasis += size if zone & Zone.EMPHASIS else 0

    def close(self) -> None:
        line, self.line, self.wrapped = self.line, None, False
        if line is None:
            return
        line.text = clean("".join(line.parts))
        if line.text:
            line.index = len(self.lines)
            self.lines.append(line)
            for element in line.owner.ancestors():
                element.length += len(line.text)
                element.links += line.links
