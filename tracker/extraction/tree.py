"""A page as elements and lines: one walk over the parser's tree, no recursion, nothing of the parser kept.

A line is a run of text that stands on its own: the text of one block element between two other blocks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .text import clean
from .vocabulary import hint

if TYPE_CHECKING:
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


STRIPPED: Final = frozenset(
    "script style noscript button iframe svg template select object embed nav canvas audio video map dialog math"
    " textarea datalist progress meter img input source link meta".split()
)
"""Elements that are not read, with all that is in them."""
CROWDED: Final = "svg nav noscript select template".split()
"""Those of them that hold many elements: to cut them off first is cheaper than to walk past what is in them."""
BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
_PLAYERS: Final = frozenset({"video", "iframe", "audio", "object", "embed"})
MAX_DEPTH: Final = 200
"""Elements nested deeper have no place of their own: their lines stand in the last that has one."""
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
_MARKS: Final = _PLAYERS | {"br", "img"}
# The zone of every tag; those with less than none are not entered.
_EFFECTS: Final[dict[str, int]] = (
    dict.fromkeys((*STRIPPED, *_MARKS, "-comment", "-doctype", "-undef", "-document"), -1) | _ZONES
)
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
_SHOWING: Final = frozenset({"style", "hidden", "role"})
_TELLING: Final = _SHOWING | {"id", "itemprop", "data-testid"}
# What links tell screen readers: "(opens in new tab)". It is no part of what they say.
_CLOSING: Final = " .)]\n"
_TABS: Final = ("tab", "window", "fenster", "geöffnet", "onglet", "fenêtre", "ventana", "pestaña", "janela", "aba")
_NEW_TAB: Final = re.compile(
    r"\W*(?:(?:this )?(?:external )?link )?(?:(?:will )?opens?|öffnet(?: sich)?|wird|ouvre|s.ouvre|se abre|abre)"
    r"(?: externally)?(?: (?:in|into|dans|en|em))?(?: (?:an?|the|einem|un|une|una|uma))?"
    r" (?:new|neue[nm]|nouvel|nouvelle|nueva|nova) (?:browser )?"
    r"(?:tab|window|fenster|onglet|fenêtre|ventana|pestaña|janela|aba)(?: geöffnet)?\W*",
    re.IGNORECASE,
)
_INLINED: Final = Zone.LINK | Zone.BOLD | Zone.EMPHASIS


class Element:
    """An element with what the walk knows of it; *end* is one past the index of its last descendant.

    *block* is the nearest block element around it, None where it is one itself. *hint* is what its names suggest.
    """

    __slots__ = (
        "block",
        "depth",
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

    def __init__(self, tag: str, parent: Element | None, index: int, zone: int, block: Element | None) -> None:
        self.tag = tag
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.index = index
        self.end = index + 1
        self.zone = zone
        self.block = block
        self.mass = 0.0
        self.length = self.links = self.hint = 0
        self.junk = self.names = self.itemprop = ""

    def read(self, attributes: dict[str, str | None]) -> None:
        """Take names, itemprop, role and visibility from the attributes."""
        named = attributes.get("class")
        if named:
            self.names = named
            self.hint = hint(named)
        if not _TELLING.isdisjoint(attributes):
            for key, value in attributes.items():
                if key in _TELLING:
                    self._tell(key, value or "")

    def _tell(self, key: str, value: str) -> None:
        if key in _SHOWING:
            self.zone |= _zone(key, value)
        elif value:
            self.hint |= hint(value)
            self.names = f"{self.names} {value}" if self.names else value
            if key == "itemprop":
                self.itemprop = value

    def ancestors(self) -> list[Element]:
        """Return the element and everything it stands in, innermost first."""
        found, node = [self], self.parent
        while node is not None:
            found.append(node)
            node = node.parent
        return found

    def within(self, other: Element) -> bool:
        """Say whether this element is *other* or stands in it."""
        return other.index <= self.index < other.end


class Line:
    """A run of text; *links* and *bold* count the characters that stand in such elements.

    *first* is the innermost element of its first text: names often stand on spans. *broken* lines are parted from
    their neighbours by line breaks. *anchors* are the texts that are linked, each with the element it stands in.
    """

    __slots__ = ("anchors", "bold", "broken", "first", "index", "links", "mass", "owner", "parts", "text", "zone")

    def __init__(self, owner: Element, first: Element) -> None:
        self.owner = owner
        self.first = first
        self.index = 0
        self.parts: list[str] = []
        self.anchors: list[tuple[Element, str]] = []
        self.links = 0
        self.bold = 0
        self.broken = False
        self.text = ""
        self.mass = 0.0
        self.zone = owner.zone

    @property
    def link_share(self) -> float:
        """Return the share of the text that is linked, 0..1."""
        return min(1.0, self.links / len(self.text)) if self.text else 0.0


class PageTree:
    """The elements of a page in document order, its lines, and the machine-readable times on it.

    *ids* finds an element by the parser's node id, for rules that name elements by selector; *pictures* and *players*
    are the indexes of the elements that hold such, *hrefs* the addresses of links by the index of their element.
    """

    __slots__ = ("elements", "hrefs", "ids", "lines", "pictures", "players", "stamps")

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.lines: list[Line] = []
        self.ids: dict[int, Element] = {}
        self.stamps: list[tuple[Element, str]] = []
        self.hrefs: dict[int, str] = {}
        self.pictures: list[int] = []
        self.players: list[int] = []


def walk(body: LexborNode, *, ids: bool = False) -> PageTree:
    """Read the tree below *body* once, without the elements of STRIPPED; *ids* are for those who ask by selector."""
    page = PageTree()
    root = Element("body", None, 0, 0, None)
    root.read(body.attributes)
    root.zone = 0  # a hidden body is shown by scripts
    if ids:
        page.ids[body.mem_id] = root
    page.elements.append(root)
    pen, effects = _Pen(page), _EFFECTS.get
    node, parent = body.child, root
    waiting: list[tuple[LexborNode, Element]] = []
    while node is not None or waiting:
        if node is None:
            node, parent = waiting.pop()
        tag, following = node.tag, node.next
        if tag == "-text":
            text = node.text_content
            if text is not None:
                pen.write(text, parent)
        elif tag is not None and (effect := effects(tag, 0)) >= 0:
            element = _enter(node, tag, parent, effect, page, pen)
            inner = node.child
            if inner is not None:
                if following is not None:
                    waiting.append((following, parent))
                following, parent = inner, element
        elif tag in _MARKS:
            _pass(tag, parent, page, pen)
        node = following
    pen.close()
    _sum_up(page)
    return page


def _enter(node: LexborNode, tag: str, parent: Element, zone: int, page: PageTree, pen: _Pen) -> Element:
    if parent.depth >= MAX_DEPTH:
        if tag in BLOCKS:
            pen.close()
        return parent
    elements = page.elements
    block = None if tag in BLOCKS else parent.block or parent
    element = Element(tag, parent, len(elements), parent.zone | zone, block)
    attributes = node.attributes
    if attributes:
        element.read(attributes)
        if tag == "a":
            page.hrefs[element.index] = attributes.get("href") or ""
        elif tag == "time" or (element.itemprop and "date" in element.itemprop):
            _stamp(page, element, attributes)
    elements.append(element)
    if page.ids:
        page.ids[node.mem_id] = element
    if block is None and (pen.line is not None or pen.parted is not None):
        pen.close()
    return element


def _pass(tag: str, parent: Element, page: PageTree, pen: _Pen) -> None:
    """Note what holds no text of its own: a line break, a picture, a player."""
    if tag == "br":
        pen.wrap()
    else:
        (page.pictures if tag == "img" else page.players).append(parent.index)


def _zone(key: str, value: str) -> int:
    """Return what the attribute *key* says of visibility and place."""
    if key == "role":
        return _ROLES.get(value, 0)
    if key == "hidden" or ("none" in value and "display:none" in value.replace(" ", "").lower()):
        return Zone.HIDDEN
    return Zone.NONE


def _stamp(page: PageTree, element: Element, attributes: dict[str, str | None]) -> None:
    value = attributes.get("datetime") or attributes.get("content")
    if value:
        page.stamps.append((element, value))


def _sum_up(page: PageTree) -> None:
    for line in page.lines:
        line.owner.length += len(line.text)
        line.owner.links += line.links
    for element in reversed(page.elements):
        parent = element.parent
        if parent is None:
            continue
        if element.length:
            parent.length += element.length
            if element.links:
                parent.links += element.links
        if parent.end == parent.index + 1:  # its last child is the first that is met here
            parent.end = element.end


class _Pen:
    """Writes texts into lines: a new line where a block begins or ends, or two line breaks follow one another."""

    __slots__ = ("line", "lines", "parted", "wrapped")

    def __init__(self, page: PageTree) -> None:
        self.lines = page.lines
        self.line: Line | None = None
        self.parted: Element | None = None
        self.wrapped = False

    def wrap(self) -> None:
        line = self.line
        if line is None:
            return
        if self.wrapped:
            line.broken = True
            self.close()
            self.parted = line.owner
        else:
            line.parts.append("\n")
            self.wrapped = True

    def _blank(self) -> None:
        line = self.line
        if line is not None:
            line.parts.append(" ")
            if line.anchors:
                line.anchors.append((line.anchors[-1][0], " "))

    def write(self, text: str, parent: Element) -> None:
        if text.isspace():
            self._blank()
            return
        zone = parent.zone
        if (
            zone & Zone.LINK
            and parent.tag != "a"
            and text.lower().rstrip(_CLOSING).endswith(_TABS)
            and _NEW_TAB.fullmatch(text)
        ):
            return
        line = self.line
        block = parent.block or parent
        if line is not None and line.owner is not block:
            self.close()
            line = None
        if line is None:
            line = self.line = Line(block, parent)
            line.broken = self.parted is block
        elif self.wrapped:
            line.broken = True
        self.wrapped = False
        line.parts.append(text)
        if zone & _INLINED:
            _count(line, text, parent)

    def close(self) -> None:
        line = self.line
        self.wrapped = False
        self.parted = None
        if line is None:
            return
        self.line = None
        line.text = clean("".join(line.parts))
        line.parts = []
        if line.text:
            line.index = len(self.lines)
            self.lines.append(line)


def _count(line: Line, text: str, parent: Element) -> None:
    """Note what of a line is linked or bold."""
    size = len(text.strip())
    if parent.zone & Zone.LINK:
        line.links += size
        line.anchors.append((parent, text))
    if parent.zone & Zone.BOLD:
        line.bold += size
