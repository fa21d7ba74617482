"""Turn the parser's tree into elements and lines, in one walk without recursion; the parser's nodes are not kept.

A line is the text of one block element between two other blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from selectolax.lexbor import LexborNode

from .name_hints import hint
from .text import clean


class Zone:
    """The surroundings of an element, by the tags and roles of itself and its ancestors; flags that may be combined."""

    LINK: Final = 1
    BOLD: Final = 2
    ASIDE: Final = 4
    FIGURE: Final = 8
    FOOTER: Final = 16
    HEADER: Final = 32
    LIST: Final = 64
    TABLE: Final = 128
    QUOTE: Final = 256
    HEADING: Final = 512
    NAV: Final = 1024
    CAPTION: Final = 2048
    HIDDEN: Final = 4096
    FORM: Final = 8192
    ITALIC: Final = 16384  # or small: how outlets set notes around the story
    READING: Final = 32768  # of ruby


SKIPPED_TAGS: Final = frozenset(
    "script style noscript button iframe svg template select object embed nav canvas audio video map dialog annotation"
    " annotation-xml textarea datalist progress meter img input source link meta del s strike".split()
)
"""Elements that are not read, with all their content. Text that is struck out is no longer part of the article."""
CROWDED_TAGS: Final = "svg nav noscript select template".split()
"""Those of them that hold many elements: removing them first is cheaper than walking past their content."""
BLOCK_TAGS: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu ol p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
HEADING_TAGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
PLAYER_TAGS: Final = frozenset({"video", "iframe", "audio", "object", "embed"})
_CONTROL_TAGS: Final = frozenset({"button", "input", "textarea"})
NOTED_TAGS: Final = PLAYER_TAGS | _CONTROL_TAGS | {"br", "img"}  # not entered, but noted
_ZONES_BY_TAG: Final[dict[str, int]] = {
    "a": Zone.LINK,
    "b": Zone.BOLD,
    "strong": Zone.BOLD,
    "em": Zone.ITALIC,
    "i": Zone.ITALIC,
    "small": Zone.ITALIC,
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
    "form": Zone.FORM,
    "rt": Zone.READING,
} | dict.fromkeys(HEADING_TAGS, Zone.HEADING)
# The zone of every tag, -1 for those that are not entered: one look-up a node.
ZONES_OR_SKIP: Final[dict[str, int]] = (
    dict.fromkeys((*SKIPPED_TAGS, *NOTED_TAGS, "-comment", "-doctype", "-undef", "-document"), -1) | _ZONES_BY_TAG
)
ZONES_BY_ROLE: Final[dict[str, int]] = {
    "navigation": Zone.NAV,
    "complementary": Zone.ASIDE,
    "contentinfo": Zone.FOOTER,
    "banner": Zone.HEADER,
    "dialog": Zone.HIDDEN,
    "heading": Zone.HEADING,
}


MAX_DEPTH: Final = 200
"""Elements nested deeper are left out; their text goes to the last that is not."""
_READ_ATTRIBUTES: Final = frozenset({"style", "hidden", "role", "id", "itemprop", "data-testid"})
_HIDING_STYLE: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_QUOTATION_MARKS: Final = frozenset("\"'“”„‟‘’‚«»‹›「『")
_CHECKED_ZONES: Final = Zone.LINK | Zone.HIDDEN | Zone.READING
_COUNTED_ZONES: Final = Zone.LINK | Zone.BOLD | Zone.ITALIC
# Notes in links for screen readers, "(opens in new tab)", which are not part of the text. The pattern is slow, so the
# last word is tested first.
_NEW_TAB_ENDINGS: Final = tuple("tab window fenster geöffnet onglet fenêtre ventana pestaña janela aba".split())
_NEW_TAB_NOTE: Final = re.compile(
    r"\W*(?:(?:this )?(?:external )?link )?(?:(?:will )?opens?|öffnet(?: sich)?|wird|ouvre|s.ouvre|se abre|abre)"
    r"(?: externally)?(?: (?:in|into|dans|en|em))?(?: (?:an?|the|einem|un|une|una|uma))?"
    r" (?:new|neue[nm]|nouvel|nouvelle|nueva|nova) (?:browser )?"
    r"(?:tab|window|fenster|onglet|fenêtre|ventana|pestaña|janela|aba)(?: geöffnet)?\W*",
    re.IGNORECASE,
)


class Element:
    """An element of the page.

    Attributes:
        index, end: its place in document order; its descendants are those from index + 1 up to, not including, end.
        depth: how many elements it is inside of.
        zone: flags of `Zone`.
        block: the nearest block element around it, None if it is one itself.
        names: its class, id, itemprop and data-testid.
        hint: what the names suggest, flags of `Hint`.
        length, links: characters of text in it, and how many of them are linked.
        mass: how much of the article's text is likely to be in it (see `scoring`).
        junk: why it is not part of the article; empty unless `scoring` or a site rule says so.
    """

    __slots__ = tuple("block depth end hint index itemprop junk length links mass names parent tag zone".split())

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

    def read_attributes(self, attributes: dict[str, str | None]) -> None:
        """Take names, itemprop, role and visibility from the attributes."""
        names = attributes.get("class")
        if names:
            self.names = names
            self.hint = hint(names)
            if len(attributes) == 1:
                return
        if _READ_ATTRIBUTES.isdisjoint(attributes):
            return
        for key, value in attributes.items():
            if key == "hidden":
                self.zone |= Zone.HIDDEN
            elif not value or key not in _READ_ATTRIBUTES:
                continue
            elif key == "role":
                self.zone |= ZONES_BY_ROLE.get(value, 0)
            elif key == "style":
                if ("none" in value or "hidden" in value) and _HIDING_STYLE.search(value):
                    self.zone |= Zone.HIDDEN
            else:
                self.hint |= hint(value)
                self.names = f"{self.names} {value}" if self.names else value
                if key == "itemprop":
                    self.itemprop = value

    def ancestors(self) -> list[Element]:
        """Return the element itself and everything it is inside of, innermost first."""
        found, node = [self], self.parent
        while node is not None:
            found.append(node)
            node = node.parent
        return found

    def within(self, other: Element) -> bool:
        """Return whether this element is `other` or inside of it."""
        return other.index <= self.index < other.end


class Line:
    """A line of text.

    Attributes:
        owner: the block element it is the text of.
        first: the innermost element of its first piece of text: names are often on spans.
        index: its place among the lines of the page.
        text: on one line, cleaned (`parts` holds its pieces until it is complete).
        links, bold, italic: how many of its characters are linked, are bold, are italic or small.
        anchors: the linked pieces, each with the element it is inside of.
        broken: whether line breaks set it apart from its neighbours.
        mass: how much it counts as text of the article (see `scoring`).
        zone: flags of `Zone`.
    """

    __slots__ = tuple("anchors bold broken first index italic links mass owner parts text zone".split())

    def __init__(self, owner: Element, first: Element) -> None:
        self.owner = owner
        self.first = first
        self.index = 0
        self.parts: list[str] = []
        self.anchors: list[tuple[Element, str]] = []
        self.links = self.bold = self.italic = 0
        self.broken = False
        self.text = ""
        self.mass = 0.0
        self.zone = owner.zone

    @property
    def link_share(self) -> float:
        """Return the share of the text that is linked, 0 to 1."""
        return min(1.0, self.links / len(self.text)) if self.text else 0.0


@dataclass(slots=True, eq=False)
class PageTree:
    """The elements of a page in document order, and its lines.

    Attributes:
        ids: elements by the parser's node id, for site rules, which name elements by CSS selector.
        timestamps: the elements with times, each with its machine-readable value, empty if it has none.
        heavy: the elements with mass, in order; empty until `scoring.weigh` has run.
        hrefs: the addresses of links by the index of their element.
        h1s: the indexes of the <h1>.
        pictures, players, controls: the indexes of the elements that hold pictures, players, and buttons or fields.
    """

    elements: list[Element] = field(default_factory=list)
    heavy: list[Element] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    ids: dict[int, Element] = field(default_factory=dict)
    timestamps: list[tuple[Element, str]] = field(default_factory=list)
    hrefs: dict[int, str] = field(default_factory=dict)
    h1s: list[int] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    players: list[int] = field(default_factory=list)
    controls: list[int] = field(default_factory=list)

    def links_of(self, line: Line) -> Iterator[tuple[str, str]]:
        """Yield the text of each link in `line`, and the address as the page has it; it may be empty."""

        def link_index(anchor: tuple[Element, str]) -> int:
            return next((each.index for each in anchor[0].ancestors() if each.tag == "a"), -1)

        for index, group in groupby(line.anchors, key=link_index):
            yield clean("".join(part for _, part in group)), self.hrefs.get(index, "")


def build_tree(body: LexborNode, *, ids: bool = False) -> PageTree:
    """Read the tree below `body` once, without the elements of SKIPPED_TAGS; `ids` also fills `PageTree.ids`."""
    page = PageTree()
    root = Element("body", None, 0, 0, None)
    root.read_attributes(body.attributes)
    root.zone = 0  # scripts show a hidden body
    page.ids = {body.mem_id: root} if ids else {}
    page.elements.append(root)
    writer, zone_of = _LineWriter(page), ZONES_OR_SKIP.get
    node, parent = body.child, root
    waiting: list[tuple[LexborNode | None, Element]] = []  # None is the end of a <q>
    while node is not None or waiting:
        if node is None:
            node, parent = waiting.pop()
            if node is None:
                writer.write("”", parent)
                continue
        tag, following = node.tag or "-undef", node.next
        if tag == "-text":
            writer.write(node.text_content or "", parent)
        elif (zone := zone_of(tag, 0)) >= 0:
            element = _enter(node, tag, parent, zone, page, writer)
            inner = node.child
            if inner is not None:
                if following is not None:
                    waiting.append((following, parent))
                if tag == "q" and writer.opens_quotation(inner, parent):
                    waiting.append((None, parent))
                following, parent = inner, element
        elif tag in NOTED_TAGS:
            if tag == "br":
                writer.break_line()
            else:
                noted = page.pictures if tag == "img" else page.players if tag in PLAYER_TAGS else page.controls
                noted.append(parent.index)
        node = following
    writer.end_line()
    _sum_up(page)
    return page


def _enter(node: LexborNode, tag: str, parent: Element, zone: int, page: PageTree, writer: _LineWriter) -> Element:
    """Add the element of `node` to the page and return it; below MAX_DEPTH return `parent` instead."""
    if parent.depth >= MAX_DEPTH:
        if tag in BLOCK_TAGS:
            writer.end_line()
        return parent
    elements = page.elements
    block = None if tag in BLOCK_TAGS else parent.block or parent
    zone_around = parent.zone
    element = Element(tag, parent, len(elements), zone_around | zone, block)
    attributes = node.attributes
    if attributes:
        element.read_attributes(attributes)
        if tag == "a":
            href = page.hrefs[element.index] = attributes.get("href") or ""
            # A heading's link to itself leads nowhere; an old <a name> that is never closed holds the rest of the page.
            if (href[:1] == "#" and zone_around & Zone.HEADING) or (not href and "name" in attributes):
                element.zone &= ~Zone.LINK | zone_around
        elif tag == "time" or (element.itemprop and "date" in element.itemprop):
            page.timestamps.append((element, attributes.get("datetime") or attributes.get("content") or ""))
    elements.append(element)
    if page.ids:
        page.ids[node.mem_id] = element
    if block is None:
        if tag == "h1":
            page.h1s.append(element.index)
        if writer.line is not None or writer.broken_block is not None:
            writer.end_line()
    return element


def _sum_up(page: PageTree) -> None:
    """Give every element its end and the sums of its content."""
    for line in page.lines:
        line.owner.length += len(line.text)
        line.owner.links += line.links
    for element in reversed(page.elements):
        parent = element.parent
        if parent is None:
            continue
        if element.length:
            parent.length += element.length
            parent.links += element.links
        parent.end = max(parent.end, element.end)


class _LineWriter:
    """Collects text into lines: a new one where a block begins or ends, and after two line breaks in a row.

    Attributes:
        line: the line being written, None between two.
        broken_block: the block in which two line breaks ended the last line.
        after_break: whether the last thing written was a line break.
    """

    __slots__ = ("after_break", "broken_block", "line", "lines")

    def __init__(self, page: PageTree) -> None:
        self.lines = page.lines
        self.line: Line | None = None
        self.broken_block: Element | None = None
        self.after_break = False

    def break_line(self) -> None:
        """Add a line break; the second one in a row ends the line."""
        line = self.line
        if line is None:
            return
        if self.after_break:
            line.broken = True
            self.end_line()
            self.broken_block = line.owner
        else:
            line.parts.append("\n")
            self.after_break = True

    def write(self, text: str, parent: Element) -> None:
        """Add `text`, which is in `parent`; a blank text adds a space if a line has begun."""
        line = self.line
        if not text or text.isspace():
            if line is not None:
                line.parts.append(" ")
                if line.anchors:
                    line.anchors.append((line.anchors[-1][0], " "))
            return
        zone, block = parent.zone, parent.block or parent
        if zone & _CHECKED_ZONES:
            is_reading = zone & Zone.READING and not (line and line.parts[-1].endswith(("(", "（")))
            is_hidden = zone & Zone.HIDDEN and not block.zone & Zone.HIDDEN
            if is_reading or is_hidden:  # a reading of ruby without brackets
                return
            may_be_note = zone & Zone.LINK and parent.tag != "a"  # for screen readers
            if (
                may_be_note
                and text.lower().rstrip(" .)]\n").endswith(_NEW_TAB_ENDINGS)
                and _NEW_TAB_NOTE.fullmatch(text)
            ):
                return
        if line is not None and line.owner is not block:
            self.end_line()
            line = None
        if line is None:
            line = self.line = Line(block, parent)
            line.broken = self.broken_block is block
        elif self.after_break:
            line.broken = True
        self.after_break = False
        line.parts.append(text)
        if zone & _COUNTED_ZONES:
            _count(line, text, parent)

    def opens_quotation(self, inner: LexborNode, parent: Element) -> bool:
        """Write the mark that browsers add before a <q>, and return whether that was done.

        It is not done if the page has marks of its own, or blocks in the <q>; `inner` is the first node in it.
        """
        text, before = inner.text_content or inner.text() or " ", self.line.parts[-1] if self.line is not None else ""
        has_marks = text[0] in _QUOTATION_MARKS or before[-1:] in _QUOTATION_MARKS
        if has_marks or text[0].isspace() or inner.tag in BLOCK_TAGS:
            return False
        self.write("“", parent)
        return True

    def end_line(self) -> None:
        """Add the line that is being written, if there is one, to the page; the next text begins another."""
        line = self.line
        self.after_break = False
        self.broken_block = None
        if line is None:
            return
        self.line = None
        line.text = clean("".join(line.parts))
        line.parts = []
        if line.text:
            line.index = len(self.lines)
            self.lines.append(line)


def _count(line: Line, text: str, parent: Element) -> None:
    """Add to the linked, bold and italic characters of a line."""
    size = len(text.strip())
    if parent.zone & Zone.LINK:
        line.links += size
        line.anchors.append((parent, text))
    if parent.zone & Zone.BOLD:
        line.bold += size
    if parent.zone & Zone.ITALIC:
        line.italic += size
