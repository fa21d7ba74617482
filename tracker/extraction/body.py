"""Build an article's body: its standfirst and its blocks, in the order of the page, and the links of its text.

Live blogs have the time and heading of each entry where other pages have furniture. They are recognised by repetition:
the same path of tags, entry after entry, each with text before the next.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tracker.addresses.urls import fetchable, identity
from tracker.errors import UsageError
from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, OUTSIDE_ARTICLE, Block, BlockKind, Link, container_path

from . import standfirst
from .block_classifier import BlockClassifier, RuleMatches
from .furniture import announces_links, is_boilerplate, is_promo, is_timestamp
from .learned_boilerplate import SITE_RULE
from .metadata import Metadata
from .name_hints import Hint
from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text_paths import Path, TextPaths

# The container is narrowed down to a child while the child has this share of the mass.
_MIN_CHILD_SHARE: Final = 0.72
# The last version's container is kept while it has this share of the mass, so that small edits do not move its borders.
_MIN_KNOWN_CONTAINER_SHARE: Final = 0.5
_MIN_NAMED_CONTAINER_SHARE: Final = 0.4
_MIN_SIBLINGS_SHARE: Final = 0.1  # of the mass of the child that is one of them
# An element around the headline with this mass has the text, unless another is named as the text.
_MIN_MASS_NEAR_HEADLINE: Final = 1_000
_NEVER_CONTAINERS: Final = frozenset("p span li ul ol dl dt dd blockquote".split())
_TABLE_TAGS: Final = frozenset("table thead tbody tfoot tr".split())
_REGION_TAGS: Final = frozenset({"article", "main"})
_SIGNATURE_STEPS: Final = 4
_MIN_MARKED_CHARS: Final = 40
_MAX_MARKS: Final = 32
_MARK_DIGITS: Final = 4  # hexadecimal
_MIN_FOUND_MARKS: Final = 3
# With a smaller share of its marks on the page, the text is a different one, and the marks do not count.
_MIN_FOUND_SHARE: Final = 0.5
# If the path has changed, the container is narrowed down to the element with this share of the marks.
_MIN_SURE_SHARE: Final = 0.9


def find_container(page: PageTree, prefer: str = "", headline: Line | None = None) -> Element:
    """Return the element that holds the article's text: from the body down while one child has most of the mass.

    `prefer` is the signature of the last version's container. If most of the paragraphs that it marks are on the page,
    the element that holds them is returned; else one with the same path that still has half of the mass.
    """
    masses = [0.0] * len(page.elements)  # by the index of an element, without the lines that are marked as junk
    for line in page.lines:
        if line.mass and not line.owner.junk:
            masses[line.owner.index] += line.mass
    masses = _summed_up(page.heavy, masses)
    # How many marked paragraphs are in each element.
    joined = prefer.partition("#")[2]
    marks = frozenset(joined[at : at + _MARK_DIGITS] for at in range(0, len(joined), _MARK_DIGITS))
    marked = [0.0] * len(page.elements)
    found = set[str]()
    for line in page.lines if marks else ():
        if len(line.text) >= _MIN_MARKED_CHARS and (mark := _mark(line.text)) in marks:
            marked[line.owner.index] += 1
            found.add(mark)
    if len(found) >= max(_MIN_FOUND_MARKS, _MIN_FOUND_SHARE * len(marks)):
        marked = _summed_up(page.elements, marked)
    else:
        marked = [0.0] * len(page.elements)
    known = None
    # The element with the same path that holds most of the marked paragraphs, else of the mass.
    path = container_path(prefer)
    shares, share = (marked, _MIN_CHILD_SHARE) if marked[0] else (masses, _MIN_KNOWN_CONTAINER_SHARE)
    if path and shares[0]:
        same = [e for e in page.elements if shares[e.index] >= share * shares[0] and _path(e) == path]
        known = max(same, key=lambda e: (marked[e.index], e.index), default=None)
    if known is None:
        known = _heaviest_container(page, masses, headline)
        if marked[0]:
            around = known if marked[known.index] >= _MIN_FOUND_SHARE * marked[0] else page.elements[0]
            known = _narrow_down(page, around, marked, _MIN_SURE_SHARE)
    # A consent form that was once read because the page had nothing else must not stay the container.
    return _heaviest_container(page, masses, headline) if known.junk else known


def make_signature(page: PageTree, container: Element, blocks: Iterable[Block]) -> str:
    """Return the signature that identifies a container at later fetches: its innermost four steps and paragraph marks.

    Of many marks, the lowest are taken, so that most are the same after an edit. If most of the text is from around the
    container, there are none: they would lead to another element.
    """
    path = _path(container)
    texts = {_mark(b.text): b.text for b in blocks if b.editorial and len(b.text) >= _MIN_MARKED_CHARS}
    marks = sorted(texts)[:_MAX_MARKS]
    marked_texts = {texts[mark] for mark in marks}
    marked = [line for line in page.lines if line.text in marked_texts]
    inside = sum(line.owner.within(container) for line in marked)
    if len(marks) < _MIN_FOUND_MARKS or inside < _MIN_CHILD_SHARE * len(marked):
        return path
    return f"{path}#{''.join(marks)}"


def region_around(container: Element) -> Element:
    """Return the element that belongs to one article: the <article> or <main> around `container`, else its parent."""
    return next((each for each in container.ancestors() if each.tag in _REGION_TAGS), container.parent or container)


def _path(element: Element) -> str:
    steps = [
        f"{node.tag}[{node.itemprop}]" if node.itemprop else node.tag for node in element.ancestors()[:_SIGNATURE_STEPS]
    ]
    return ">".join(reversed(steps))


def _mark(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"[:_MARK_DIGITS]


def _heaviest_container(page: PageTree, masses: list[float], headline: Line | None) -> Element:
    """Return the container by its mass: in the heaviest element named as the text, else around the headline."""
    least = _MIN_NAMED_CONTAINER_SHARE * masses[0]
    named = [
        e
        for e in page.heavy
        if masses[e.index] >= least > 0
        and not e.junk
        and (e.tag == "article" or "articleBody" in e.itemprop or e.hint & Hint.BODY)
    ]
    node = max(named, key=lambda e: masses[e.index], default=None)
    if node is None:
        # Heavier elements far from the headline hold comments, or a list of something else.
        node = headline.owner if headline is not None else page.elements[0]
        while node.parent is not None and masses[node.index] < _MIN_MASS_NEAR_HEADLINE:
            node = node.parent
    return _narrow_down(page, node, masses, _MIN_CHILD_SHARE)


def _narrow_down(page: PageTree, node: Element, shares: list[float], least: float) -> Element:
    """Go down from `node` while one child has the share `least` of it, and return the last such element."""
    children: dict[int, list[Element]] = {}
    for index in range(node.index + 1, node.end):
        element = page.elements[index] if shares[index] else None
        if element is not None and element.parent is not None:
            children.setdefault(element.parent.index, []).append(element)
    while True:
        best = max(children.get(node.index, ()), key=lambda e: shares[e.index], default=None)
        if best is None or shares[best.index] < least * shares[node.index] or best.tag in _NEVER_CONTAINERS:
            break
        # Some pages put each section into an element of its own.
        others = (e for e in children[node.index] if e is not best and e.tag == best.tag and e.names == best.names)
        if best.names and sum(shares[e.index] for e in others) >= _MIN_SIBLINGS_SHARE * shares[best.index]:
            break
        node = best
    while node.tag in _TABLE_TAGS and node.parent is not None:
        node = node.parent
    return node


def _summed_up(elements: list[Element], amounts: list[float]) -> list[float]:
    """Add to the amount of each element, found by its index, those of the elements within it; return `amounts`."""
    for element in reversed(elements):
        if element.parent is not None and amounts[element.index]:
            amounts[element.parent.index] += amounts[element.index]
    return amounts


@dataclass(frozen=True)
class LinkBase:
    """The base of a page's links: the page's own `url`, and the `href` of its <base>."""

    url: str = ""
    href: str = ""

    @cached_property
    def address(self) -> str:
        """Return the address that relative links are joined to; empty if none is known."""
        try:
            return fetchable(self.href or self.url, self.url or None)
        except UsageError:
            return self.url

    @cached_property
    def own_identity(self) -> str:
        """Return the identity of the page itself; empty if its address is unknown."""
        try:
            return identity(self.url)
        except UsageError:
            return ""

    def absolute(self, href: str) -> str:
        """Return the address that `href` leads to without tracking parameters; empty if that is not another page."""
        if not href or href[0] == "#":
            return ""
        try:
            url = fetchable(href, self.address or None)
            found = identity(url)
        except UsageError:
            return ""
        return f"{url.partition('://')[0]}://{found}" if found != self.own_identity else ""


def _with_links(block: Block, line: Line, page: PageTree, base: LinkBase) -> Block:
    """Return `block`, made of `line`, with its links in order; only editorial blocks get any."""
    if not line.anchors or not block.editorial:
        return block
    found = []
    for text, href in page.links_of(line):
        url = base.absolute(href)
        if text and url and text in block.text and not (is_boilerplate(text) or is_promo(text)):
            found.append(Link(text, url))
    return replace(block, links=tuple(found)) if found else block


LineAndBlock = tuple[Line, Block]

_MAX_LIST_LINK_SHARE: Final = 0.6  # lists and tables with more are navigation
_LIST_TAGS: Final = {BlockKind.LIST_ITEM: frozenset({"ul", "ol"}), BlockKind.TABLE: frozenset({"table"})}
_MAX_KICKER_CHARS: Final = 40  # next to the headline, on the same line
_MIN_PULL_QUOTE_CHARS: Final = 40
_MAX_LINK_SHARE: Final = 0.3  # of furniture outside the article that is no promo
_MIN_PARAGRAPH_LETTERS: Final = 40  # a line with this many is put in a block, even if only as furniture
_WORDS: Final = re.compile(r"\w+")
_MIN_REPETITIONS: Final = 3
_OUTSIDE_ENTRY_ZONES: Final = Zone.ASIDE | Zone.FIGURE | Zone.FOOTER | Zone.NAV | Zone.HIDDEN | Zone.FORM
_TIME_OF_DAY: Final = re.compile(
    r"(?<!\d)\d{1,2}(?:[:.h]|\s?時)\s?\d\d(?!\d)|(?<!\d)\d{1,2}\s?(?:[ap]\.?m\b|uhr\b)", re.IGNORECASE
)
# Times that differ at every fetch: "5 minutes ago", "last updated 14:02".
_MOVING_TIME: Final = re.compile(
    r"\b(?:ago|vor|il y a|hace|há|fa|siden|sedan|önce)\b|前|전"
    r"|^\W*(?:last |zuletzt |sist )?(?:updat|edit|modif|aktuali|geändert|mis à jour|actuali|aggiorn|atuali|uppdat|"
    r"oppdat|opdat|bijgewerkt|güncel|обнов|更新|수정)",
    re.IGNORECASE,
)


def build_body(
    page: PageTree,
    container: Element,
    metadata: Metadata,
    rules: RuleMatches,
    base: LinkBase,
    *,
    is_live_blog: bool = False,
) -> tuple[str, list[Block]]:
    """Return the standfirst and the blocks of `container` in order, each with its kind.

    Text between the headline and the container belongs to the article; so do notices below it, and the headings and
    times of a live blog's entries.
    """
    paths = TextPaths(page, container)
    labels = _entry_labels(page, container, paths) if is_live_blog else {}
    headline, title = metadata.headline, metadata.title
    folded = title.casefold()
    before = standfirst.lines_above_text(page, container, paths, headline)
    start = before[-1].index + 1 if before else paths.inside[0].index if paths.inside else 0
    inside = [line for line in paths.inside if line.index >= start]
    dek = next((line for line in (*before, *inside) if rules.hold(line, "dek")), None)
    if dek is None:
        above = [
            line
            for line in before
            if line.index not in labels
            and (line.index not in paths.beside_pictures or standfirst.is_surely_named(line))
            # A line with the headline and a few more words is not a standfirst.
            and not (title and folded in line.text.casefold() and len(line.text) < len(title) + _MAX_KICKER_CHARS)
        ]
        below = [line for line in inside if headline is None or line.index > headline.index]
        dek = standfirst.find(above, below, metadata.description, title)
    classifier = BlockClassifier(paths, rules, start, title, metadata.byline, labels)
    found = [(line, classifier.block(line)) for line in (*before, *inside) if line is not dek]
    if inside:
        region = region_around(container)
        for line in page.lines[inside[-1].index + 1 :]:
            if not line.owner.within(region):
                break
            notice = classifier.notice(line)
            if notice is not None:
                found.append((line, notice))
    found = classifier.join_labels(found)
    found = _mark_link_lists_and_pull_quotes(found)
    found = _with_all_paragraphs(page, found, dek, headline)
    return (dek.text if dek else ""), [_with_links(block, line, page, base) for line, block in found]


def _with_all_paragraphs(
    page: PageTree, found: list[LineAndBlock], dek: Line | None, headline: Line | None
) -> list[LineAndBlock]:
    """Return `found` with the other visible paragraphs of the page as furniture, so that no text is lost."""
    blocks = {line.index: (line, block) for line, block in found}
    for line in page.lines:
        text = line.text
        if len(text) < _MIN_PARAGRAPH_LETTERS or line.index in blocks or line in (headline, dek):
            continue
        if line.zone & (Zone.NAV | Zone.HIDDEN) or sum(map(str.isalpha, text)) < _MIN_PARAGRAPH_LETTERS:
            continue
        if dek is not None and text in dek.text:  # this line was joined to it
            continue
        kind = BlockKind.PROMO if line.link_share > _MAX_LINK_SHARE else BlockKind.BOILERPLATE
        blocks[line.index] = line, Block(kind, text, OUTSIDE_ARTICLE)
    return [blocks[index] for index in sorted(blocks)]


def _mark_link_lists_and_pull_quotes(found: list[LineAndBlock]) -> list[LineAndBlock]:
    """Turn lists and tables of links into promos, and quotes that repeat the words of a paragraph into boilerplate.

    Links are counted in the whole list. The name below a pull quote, in the same <blockquote>, is boilerplate too.
    """
    quotes = [
        line for line, block in found if block.kind is BlockKind.QUOTE and len(line.text) >= _MIN_PULL_QUOTE_CHARS
    ]
    paragraphs = [block.text for _, block in found if quotes and block.kind is BlockKind.PARAGRAPH]
    text = "\n".join(map(_only_words, paragraphs))
    pulled = [
        next((e for e in reversed(line.owner.ancestors()) if e.tag == "blockquote"), line.owner)
        for line in quotes
        if _only_words(line.text) in text
    ]
    marked = []
    for line, block in found:
        if block.kind in _LIST_TAGS and block.reason != SITE_RULE:
            tags = _LIST_TAGS[block.kind]
            whole = next((e for e in line.owner.ancestors() if e.tag in tags), line.owner)
            if whole.links > _MAX_LIST_LINK_SHARE * whole.length:
                block = Block(BlockKind.PROMO, block.text, "a list of links")  # noqa: PLW2901
        elif block.kind is BlockKind.QUOTE and any(line.owner.within(element) for element in pulled):
            block = Block(BlockKind.BOILERPLATE, block.text, "a pull quote that repeats the text")  # noqa: PLW2901
        marked.append((line, block))
    return marked


def _only_words(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _entry_labels(page: PageTree, container: Element, paths: TextPaths) -> dict[int, str]:
    """Return the lines that head entries: the index of each, with ENTRY_TIME or ENTRY_HEADING."""
    repeated: dict[tuple[Path, str], list[int]] = {}
    waiting: dict[tuple[Path, str], int] = {}  # candidates since the last line of text
    for line in page.lines:
        if not line.owner.within(container):
            continue
        if line.mass and not line.owner.junk and paths.path(line.owner) in paths.paths:
            for key, index in waiting.items():
                repeated.setdefault(key, []).append(index)
            waiting.clear()
        elif not (line.owner.junk or line.zone & _OUTSIDE_ENTRY_ZONES or line.link_share > 0.9):
            if is_timestamp(line.text) and _TIME_OF_DAY.search(line.text) and not _MOVING_TIME.search(line.text):
                waiting[paths.path(line.owner), ENTRY_TIME] = line.index
            elif line.owner.tag in HEADING_TAGS and line.owner.tag != "h1" and not announces_links(line.text):
                waiting[paths.path(line.owner), ENTRY_HEADING] = line.index
    return {
        index: label
        for (_, label), indexes in repeated.items()
        if len(indexes) >= _MIN_REPETITIONS
        for index in indexes
    }
