"""What each line of the container is; notices are asked for before any rule that drops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tracker.model import Block, BlockKind, NoticeKind

from . import phrases, standfirst
from .habits import SITE_RULE
from .links import Base, with_links
from .live import labels
from .people import names
from .text_paths import Run
from .tree import HEADINGS, Element, Line, PageTree, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from .fields import Fields
    from .site import Site

_LINKED: Final = 0.6
_SENTENCE_END: Final = frozenset('.!?…"”»“’)。！？」』؟।')
_TEXTUAL: Final = 60
_LISTS: Final = {BlockKind.LIST_ITEM: frozenset({"ul", "ol"}), BlockKind.TABLE: frozenset({"table"})}
_LONGEST_CAPTION: Final = 400
_KICKER: Final = 40
_QUOTED: Final = 40
_WORDS: Final = re.compile(r"\w+")


class Judge:
    """Classifies the lines of one article in order; knows the headline, the dek and who wrote it."""

    def __init__(
        self, run: Run, site: Site, start: int, title: str, byline: tuple[str, ...], labels: dict[int, str]
    ) -> None:
        self.run = run
        self.labels = labels
        self.site = site
        self.start = start
        self.title = title.casefold()
        self.byline = {name.casefold() for name in byline}
        self.leading = True
        own = (self._below_picture, self._beside, self._repeated, _house, _promo, self._head_matter)
        self.tests = (_hidden, _notice, self._tabular, _caption, _junk, *own)

    def block(self, line: Line) -> Block:
        """Return *line* as a block."""
        kind, reason = self.kind(line)
        return Block(kind, line.text, reason)

    def kind(self, line: Line) -> tuple[BlockKind, str]:
        """Return the class of *line* and why."""
        found = self._ruled(line)
        if found is not None:
            return found
        for test in self.tests:
            found = test(line)
            if found is not None:
                return found
        self.leading = self.leading and len(line.text) < _TEXTUAL
        return _editorial(line)

    def _ruled(self, line: Line) -> tuple[BlockKind, str] | None:
        if line.index in self.labels:
            label: tuple[BlockKind, str] | None = (BlockKind.SUBHEAD, self.labels[line.index])
        else:
            label = None
        site = self.site
        if not site:
            return label
        if site.notes(line):
            return BlockKind.NOTICE, (phrases.notice(line.text) or NoticeKind.UPDATE).value
        if site.news(line):
            kind = _editorial(line)[0]
            return (BlockKind.SUBHEAD if kind is BlockKind.PROMO else kind), SITE_RULE
        if site.keeps(line):
            return _editorial(line)
        if site.house(line):
            return BlockKind.BOILERPLATE, "a rule of the site"
        if site.promo(line):
            return BlockKind.PROMO, "a rule of the site"
        return label

    def _beside(self, line: Line) -> tuple[BlockKind, str] | None:
        if self.run.holds(line) or (line.index < self.start and standfirst.is_text(line, self.title)):
            return None
        return (BlockKind.PROMO if line.links else BlockKind.BOILERPLATE), "beside the text"

    def _tabular(self, line: Line) -> tuple[BlockKind, str] | None:
        return (BlockKind.TABLE, "") if line.index in self.run.tabular else None

    def _below_picture(self, line: Line) -> tuple[BlockKind, str] | None:
        """Say caption of a line that stands with a picture in a box which holds hardly anything else."""
        if len(line.text) > _LONGEST_CAPTION or line.index not in self.run.framed:
            return None
        return _house(line) or self._head_matter(line) or (BlockKind.CAPTION, "beside a picture")

    def _repeated(self, line: Line) -> tuple[BlockKind, str] | None:
        if self.leading and (line.owner.tag == "h1" or (self.title and line.text.casefold() == self.title)):
            return BlockKind.BOILERPLATE, "the headline"
        return None

    def _head_matter(self, line: Line) -> tuple[BlockKind, str] | None:
        text = line.text
        if len(text) > 160:
            return None
        low = text.casefold()
        if (
            sum(len(name) for name in self.byline if name in low) * (3 if self.leading else 2) > len(text)
            and line.owner.tag not in HEADINGS
            and not _is_sentence(text)
        ):
            return BlockKind.CREDIT, "names the author"
        if self.leading and line.owner.tag not in HEADINGS:
            if _hints(line) & (Hint.BYLINE | Hint.DATE) and not _is_sentence(text):
                return BlockKind.CREDIT, "byline by its name"
            if (
                low.startswith(("by ", "von ", "par ", "por "))
                and names(text)
                and not _is_sentence(text)
                and len(text) < 90
            ):
                return BlockKind.CREDIT, "byline"
        return None


def _hidden(line: Line) -> tuple[BlockKind, str] | None:
    if line.zone & (Zone.HIDDEN | Zone.NAV):
        return BlockKind.BOILERPLATE, "hidden"
    return None


def _notice(line: Line) -> tuple[BlockKind, str] | None:
    if line.link_share > 0.5 or line.owner.tag in {"h1", "h2", "h3"}:
        return None
    kind = phrases.notice(line.text)
    if kind is not None:
        return BlockKind.NOTICE, kind.value
    return None


def _junk(line: Line) -> tuple[BlockKind, str] | None:
    reason = line.owner.junk
    if not reason:
        return None
    return (BlockKind.PROMO if reason == "teasers" or line.links else BlockKind.BOILERPLATE), reason


def _caption(line: Line) -> tuple[BlockKind, str] | None:
    if line.zone & (Zone.CAPTION | Zone.FIGURE):
        return BlockKind.CAPTION, "in a figure"
    if _hints(line) & Hint.CAPTION and not line.owner.hint & Hint.BODY:
        return BlockKind.CAPTION, "caption by its name"
    return None


def _promo(line: Line) -> tuple[BlockKind, str] | None:
    text = line.text
    size = len(text)
    if size >= 260:
        return None
    share = line.link_share
    if phrases.bare_promo(text) and (share > 0.3 or not text.endswith((".", "!", "”", '"'))):
        return BlockKind.PROMO, "sends elsewhere"
    if (
        share > 0.85
        and size < 200
        and line.owner.tag not in {"li", "td", "th"}
        and not (text.endswith(".") and size > 80)
    ):
        return BlockKind.PROMO, "a link alone"
    if (share > 0.2 or (not share and size < 60 and not _is_sentence(text))) and phrases.promo(text):
        return BlockKind.PROMO, "sends elsewhere" if share else "announces links"
    return None


def _house(line: Line) -> tuple[BlockKind, str] | None:
    text = line.text
    if phrases.stamp(text):
        return BlockKind.BOILERPLATE, "a time"
    if phrases.boilerplate(text):
        return BlockKind.BOILERPLATE, "a line of the house"
    if phrases.credit(text):
        return BlockKind.CREDIT, "credits"
    return None


def _editorial(line: Line) -> tuple[BlockKind, str]:
    tag = line.owner.tag
    if line.zone & Zone.HEADING or tag in HEADINGS:
        return (BlockKind.PROMO, "announces links") if phrases.related_heading(line.text) else (BlockKind.SUBHEAD, "")
    if phrases.dateline(line.text):
        return BlockKind.DATELINE, ""
    if line.zone & Zone.TABLE:
        return BlockKind.TABLE, ""
    if line.zone & Zone.LIST:
        return BlockKind.LIST_ITEM, ""
    if line.zone & Zone.QUOTE:
        return BlockKind.QUOTE, ""
    size = len(line.text)
    if line.bold >= 0.9 * size and size < 90 and not _is_sentence(line.text):
        if line.text[-1] in ":：" and phrases.related_heading(line.text):
            return BlockKind.PROMO, "announces links"
        return BlockKind.SUBHEAD, "bold"
    return BlockKind.PARAGRAPH, ""


def _hints(line: Line) -> int:
    found = line.owner.hint
    node: Element | None = line.first
    while node is not None and node is not line.owner:
        found |= node.hint
        node = node.parent
    parent = line.owner.parent
    if parent is not None and not parent.hint & Hint.BODY and parent.length < 2 * len(line.text) + 80:
        found |= parent.hint
    return found


def _is_sentence(text: str) -> bool:
    return text[-1] in _SENTENCE_END and len(text) > 20 and " " in text


def assemble(
    page: PageTree, box: Element, found: Fields, site: Site, base: Base, *, live: bool = False
) -> tuple[str, list[Block]]:
    """Return the standfirst and the blocks of *box* in order, each with its class.

    Text between the headline and the box belongs to the article; so do notices below it, and what heads the entries
    of a *live* blog.
    """
    column = Run(page, box)
    heads = labels(page, box, column) if live else {}
    before = standfirst.lead(page, box, column, found.headline)
    inside = column.inside
    start = before[-1].index + 1 if before else inside[0].index if inside else 0
    run = [line for line in inside if line.index >= start]
    dek = next((line for line in (*before, *run) if site.is_dek(line)), None)
    above = [line for line in before if line.index not in heads]
    above = [line for line in above if line.index not in column.framed or standfirst.surely_named(line)]
    above = [line for line in above if not _tells_title(line.text, found.title)]
    below = [line for line in run if found.headline is None or line.index > found.headline.index]
    dek = dek or standfirst.find(above, below, found.description, found.title)
    judge = Judge(column, site, start, found.title, found.byline, heads)
    pairs = [(line, judge.block(line)) for line in (*before, *run) if line is not dek]
    if run:
        pairs += _notices_below(page, box, run[-1].index + 1, judge)
    pairs = _cut_tail(_drop_pull_quotes(_drop_link_lists(pairs)))
    return (dek.text if dek else ""), [with_links(block, line, page, base) for line, block in pairs]


def _tells_title(text: str, title: str) -> bool:
    """Say whether *text* is the headline and a few words more: a kicker and the headline once again."""
    return bool(title) and title.casefold() in text.casefold() and len(text) < len(title) + _KICKER


def _notices_below(page: PageTree, box: Element, start: int, judge: Judge) -> list[tuple[Line, Block]]:
    home = next((e for e in box.ancestors() if e.tag in {"article", "main"}), None) or box.parent or box
    below = []
    for line in page.lines[start:]:
        if not line.owner.within(home):
            break
        block = judge.block(line)
        if block.kind is BlockKind.NOTICE:
            below.append((line, block))
    return below


def _drop_link_lists(pairs: list[tuple[Line, Block]]) -> list[tuple[Line, Block]]:
    """Make lists and tables that are mostly links promos; the whole counts, not its single items."""
    found = []
    for line, block in pairs:
        if block.kind in _LISTS and block.reason != SITE_RULE:
            tags = _LISTS[block.kind]
            box = next((e for e in line.owner.ancestors() if e.tag in tags), line.owner)
            if box.links > _LINKED * box.length:
                block = Block(BlockKind.PROMO, block.text, "a list of links")  # noqa: PLW2901 - the pair is rebuilt
        found.append((line, block))
    return found


def _drop_pull_quotes(pairs: list[tuple[Line, Block]]) -> list[tuple[Line, Block]]:
    """Make quotes that repeat words of a paragraph boilerplate, with the name that stands below in their box."""
    quotes = [line for line, block in pairs if block.kind is BlockKind.QUOTE]
    if not quotes:
        return pairs
    text = "\n".join(_bare(block.text) for _, block in pairs if block.kind is BlockKind.PARAGRAPH)
    boxes = [_quote(line) for line in quotes if len(line.text) >= _QUOTED and _bare(line.text) in text]
    return [
        (line, Block(BlockKind.BOILERPLATE, block.text, "a pull quote: it repeats the text"))
        if block.kind is BlockKind.QUOTE and any(line.owner.within(box) for box in boxes)
        else (line, block)
        for line, block in pairs
    ]


def _quote(line: Line) -> Element:
    """Return the outermost quote that *line* stands in."""
    return next((e for e in reversed(line.owner.ancestors()) if e.tag == "blockquote"), line.owner)


def _bare(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def _cut_tail(pairs: list[tuple[Line, Block]]) -> list[tuple[Line, Block]]:
    """After a heading that announces links, drop what follows unless real paragraphs do."""
    for index, (line, block) in enumerate(pairs):
        if block.kind is not BlockKind.PROMO or block.reason != "announces links" or line.owner.tag not in HEADINGS:
            continue
        rest = pairs[index + 1 :]
        if not any(b.kind is BlockKind.PARAGRAPH and len(b.text) > 140 and each.link_share < 0.3 for each, b in rest):
            return pairs[: index + 1] + [
                (each, Block(BlockKind.PROMO, b.text, "after the article"))
                if b.editorial and b.reason != SITE_RULE
                else (each, b)
                for each, b in rest
            ]
    return pairs
