"""Build an article's body: its standfirst and its blocks, in the order of the page.

A live blog's entries have their time and heading next to their text, where other pages have furniture. They are known
by repetition: the same path of tags, entry after entry, each with text of the article before the next.
"""

from __future__ import annotations

import re
from typing import Final

from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, OUTSIDE_ARTICLE, Block, BlockKind

from . import standfirst
from .block_classifier import BlockClassifier
from .container import region_around
from .furniture_patterns import announces_links, is_timestamp
from .html_tags import HEADING_TAGS, Zone
from .learned_boilerplate import SITE_RULE
from .links import LinkBase, with_links
from .metadata import Metadata
from .page_tree import Element, Line, PageTree
from .rule_matches import RuleMatches
from .text_paths import Path, TextPaths

LineAndBlock = tuple["Line", Block]

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
# Times that differ at every visit: "5 minutes ago", "last updated 14:02".
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


def _entry_labels(page: PageTree, container: Element, paths: TextPaths) -> dict[int, str]:
    """Return the indexes of the lines that head entries, each with what it is."""
    repeated: dict[tuple[Path, str], list[int]] = {}
    waiting: dict[tuple[Path, str], int] = {}  # candidates since the last line of text
    for line in page.lines:
        if not line.owner.within(container):
            continue
        if line.mass and not line.owner.junk and paths.path(line.owner) in paths.paths:
            for key, index in waiting.items():
                repeated.setdefault(key, []).append(index)
            waiting.clear()
            continue
        label = _entry_label(line)
        if label:
            waiting[paths.path(line.owner), label] = line.index
    return {
        index: label
        for (_, label), indexes in repeated.items()
        if len(indexes) >= _MIN_REPETITIONS
        for index in indexes
    }


def _entry_label(line: Line) -> str:
    """Return what `line` alone could be in an entry: its time, its heading, or nothing."""
    if line.owner.junk or line.zone & _OUTSIDE_ENTRY_ZONES or line.link_share > 0.9:
        return ""
    if is_timestamp(line.text) and _TIME_OF_DAY.search(line.text) and not _MOVING_TIME.search(line.text):
        return ENTRY_TIME
    is_heading = line.owner.tag in HEADING_TAGS and line.owner.tag != "h1" and not announces_links(line.text)
    return ENTRY_HEADING if is_heading else ""
