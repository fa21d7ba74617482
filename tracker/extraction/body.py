"""Build an article's body: its standfirst and its blocks, in the order of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tracker.model.article import OUTSIDE_ARTICLE, Block, BlockKind

from . import standfirst
from .block_classifier import BlockClassifier
from .container import region_around
from .html_tags import Zone
from .learned_boilerplate import SITE_RULE
from .links import LinkBase, with_links
from .live_blog import entry_labels
from .text_paths import TextPaths

if TYPE_CHECKING:
    from .metadata import Metadata
    from .page_tree import Element, Line, PageTree
    from .rule_matches import RuleMatches

LineAndBlock = tuple["Line", Block]

_MAX_LIST_LINK_SHARE: Final = 0.6  # lists and tables with more are navigation
_LIST_TAGS: Final = {BlockKind.LIST_ITEM: frozenset({"ul", "ol"}), BlockKind.TABLE: frozenset({"table"})}
_MAX_KICKER_CHARS: Final = 40  # next to the headline, on the same line
_MIN_PULL_QUOTE_CHARS: Final = 40
_MAX_LINK_SHARE: Final = 0.3  # of furniture outside the article that is no promo
_MIN_PARAGRAPH_LETTERS: Final = 40  # a line with this many is put in a block, even if only as furniture
_WORDS: Final = re.compile(r"\w+")


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
    labels = entry_labels(page, container, paths) if is_live_blog else {}
    headline, title = metadata.headline, metadata.title
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
            and not _is_title_with_kicker(line.text, title)
        ]
        below = [line for line in inside if headline is None or line.index > headline.index]
        dek = standfirst.find(above, below, metadata.description, title)
    classifier = BlockClassifier(paths, rules, start, title, metadata.byline, labels)
    found = [(line, classifier.block(line)) for line in (*before, *inside) if line is not dek]
    if inside:
        found += _notices_below(page, container, inside[-1].index + 1, classifier)
    found = classifier.join_labels(found)
    found = _mark_pull_quotes(_mark_link_lists(found))
    found = _with_all_paragraphs(page, found, dek, headline)
    return (dek.text if dek else ""), [with_links(block, line, page, base) for line, block in found]


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
        if dek is not None and text in dek.text:  # a part of it that was joined to it
            continue
        kind = BlockKind.PROMO if line.link_share > _MAX_LINK_SHARE else BlockKind.BOILERPLATE
        blocks[line.index] = line, Block(kind, text, OUTSIDE_ARTICLE)
    return [blocks[index] for index in sorted(blocks)]


def _is_title_with_kicker(text: str, title: str) -> bool:
    """Return whether `text` is the headline and a few words more."""
    return bool(title) and title.casefold() in text.casefold() and len(text) < len(title) + _MAX_KICKER_CHARS


def _notices_below(page: PageTree, container: Element, start: int, classifier: BlockClassifier) -> list[LineAndBlock]:
    """Return the notices after the container, within the region around it."""
    region = region_around(container)
    below = []
    for line in page.lines[start:]:
        if not line.owner.within(region):
            break
        block = classifier.notice(line)
        if block is not None:
            below.append((line, block))
    return below


def _mark_link_lists(found: list[LineAndBlock]) -> list[LineAndBlock]:
    """Make lists and tables that are mostly links promos; the whole list counts, not the single item."""
    marked = []
    for line, block in found:
        if block.kind in _LIST_TAGS and block.reason != SITE_RULE:
            tags = _LIST_TAGS[block.kind]
            whole = next((e for e in line.owner.ancestors() if e.tag in tags), line.owner)
            if whole.links > _MAX_LIST_LINK_SHARE * whole.length:
                marked.append((line, Block(BlockKind.PROMO, block.text, "a list of links")))
                continue
        marked.append((line, block))
    return marked


def _mark_pull_quotes(found: list[LineAndBlock]) -> list[LineAndBlock]:
    """Make quotes that repeat words of a paragraph boilerplate, with the name below them in the same <blockquote>."""
    quotes = [line for line, block in found if block.kind is BlockKind.QUOTE]
    if not quotes:
        return found
    text = "\n".join(_only_words(block.text) for _, block in found if block.kind is BlockKind.PARAGRAPH)
    pulled = [
        next((e for e in reversed(line.owner.ancestors()) if e.tag == "blockquote"), line.owner)
        for line in quotes
        if len(line.text) >= _MIN_PULL_QUOTE_CHARS and _only_words(line.text) in text
    ]
    return [
        (line, Block(BlockKind.BOILERPLATE, block.text, "a pull quote that repeats the text"))
        if block.kind is BlockKind.QUOTE and any(line.owner.within(element) for element in pulled)
        else (line, block)
        for line, block in found
    ]


def _only_words(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
