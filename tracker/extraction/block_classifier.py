"""Decide the kind of each line of an article: text, notice, credit, promo, caption or boilerplate.

The site rules of the outlet decide first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, get_args

from tracker.model.article import Block, BlockKind, NoticeKind
from tracker.notices.first_look import may_begin_notice, names_article_first
from tracker.notices.openings import is_only_label, read_opening
from tracker.notices.recogniser import recognise

from . import standfirst
from .byline import names
from .furniture import (
    announces_links,
    is_boilerplate,
    is_credit,
    is_dateline,
    is_promo,
    is_promo_with_colon,
    is_timestamp,
)
from .learned_boilerplate import SITE_RULE
from .name_hints import Hint
from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text import SENTENCE_ENDINGS, clean
from .text_paths import TextPaths

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

    from .site_rules import SiteRules

Verdict = tuple[BlockKind, str]
"""The kind of a line and the reason for it."""

_ANNOUNCES_LINKS: Final = "announces links"
# The maximum lengths of furniture; longer lines are text, however they begin.
_MAX_CAPTION_CHARS: Final = 400
_MAX_BYLINE_CHARS: Final = 160
_MAX_SPOKEN_BYLINE_CHARS: Final = 90  # "By …"
_MAX_UNLABELLED_NOTICE_CHARS: Final = 300
_MAX_PROMO_CHARS: Final = 260
_MAX_LINK_CHARS: Final = 200
_MAX_LINKED_SENTENCE_CHARS: Final = 80  # a longer sentence is text even if all of it is a link
_MAX_LINK_LABEL_CHARS: Final = 60
# The share of links from which a line is a promo: a line of links alone, one with a label before the link, one that
# begins "See: …", and one that begins with another phrase of promos.
_MIN_LINK_SHARE: Final = 0.85
_MIN_LABELLED_LINK_SHARE: Final = 0.5
_MIN_COLON_LINK_SHARE: Final = 0.3
_MIN_PROMO_LINK_SHARE: Final = 0.2
_MIN_LINKED_WORDS: Final = 3
_MAX_LABEL_CHARS: Final = 25
_ITEM_TAGS: Final = frozenset({"li", "td", "th"})
_MAX_BOLD_SUBHEAD_CHARS: Final = 90
_MIN_BOLD_SHARE: Final = 0.9
_MIN_TEXT_CHARS: Final = 60  # with a line of this length the text has begun: bylines and dates come before it
_MIN_SENTENCE_CHARS: Final = 20
_BYLINE_WORDS: Final = ("by ", "von ", "par ", "por ")
_EDGE_LINES: Final = 2  # this many lines are the end of the text: a notice may have a credit below it
_MIN_APART_SHARE: Final = 0.9
_APART_ZONES: Final = Zone.ASIDE | Zone.FOOTER
_HEADLINE_TAGS: Final = frozenset({"h1", "h2", "h3"})
_MATCHES_RULE: Final = "matches a site rule"
# A day, month and year, without an hour or a word such as "Updated": 4 March 2026, March 4, 2026, 4 de marzo de 2026
_DAY_ALONE: Final = re.compile(
    r"\W*(?:\d{1,2}(?:\.|st|nd|rd|th|er|º)?\s(?:de\s)?[^\W\d_]{3,}\.?,?\s(?:de\s)?|[^\W\d_]{3,}\.?\s\d{1,2},?\s)\d{4}\W*"
)
ElementRule = Literal["container", "drop", "keep", "notice", "dek"]
LineRule = Literal["boilerplate", "promo", "news"]


class RuleMatches:
    """The elements and expressions of the site rules on one page. Without rules, it is false and matches nothing."""

    def __init__(
        self, rules: SiteRules | None = None, tree: LexborHTMLParser | None = None, page: PageTree | None = None
    ) -> None:
        self._elements: dict[ElementRule, list[Element]] = {}
        self._patterns: dict[LineRule, list[re.Pattern[str]]] = {}
        if rules is None or tree is None or page is None:
            return
        for name in get_args(ElementRule):
            nodes = [node for selector in getattr(rules, name) for node in tree.css(selector)]
            self._elements[name] = [page.ids[node.mem_id] for node in nodes if node.mem_id in page.ids]
        self._patterns = {
            name: [re.compile(pattern) for pattern in getattr(rules, name)] for name in get_args(LineRule)
        }

    def __bool__(self) -> bool:
        return bool(self._patterns)

    @property
    def container(self) -> Element | None:
        """Return the element that the rules name as the one with the article's text."""
        return next(iter(self._elements.get("container", ())), None)

    def mark_junk(self, page: PageTree) -> None:
        """Mark dropped elements as junk and kept ones as not junk; this overrides `scoring.mark_junk`."""
        reasons: tuple[tuple[ElementRule, str], ...] = (("drop", _MATCHES_RULE), ("keep", ""))
        for name, reason in reasons:
            for element in self._elements.get(name, ()):
                for inner in page.elements[element.index : element.end]:
                    inner.junk = reason

    def hold(self, line: Line, rule: ElementRule) -> bool:
        """Return whether `line` is in an element that `rule` matches."""
        return any(line.owner.within(element) for element in self._elements.get(rule, ()))

    def match(self, line: Line, rule: LineRule) -> bool:
        """Return whether an expression of `rule` matches the text of `line`."""
        return any(pattern.search(line.text) for pattern in self._patterns.get(rule, ()))


class BlockClassifier:
    """Classifies the lines of one article, in order.

    Args:
        paths: where in the container the text is.
        rules: the outlet's site rules, applied to this page.
        start: index of the first line of the text; lines before it are head matter.
        title, byline: of the article, to recognise lines that repeat them.
        entry_labels: the reason for each line that heads an entry of a live blog, by the line's index.
    """

    def __init__(
        self,
        paths: TextPaths,
        rules: RuleMatches,
        start: int,
        title: str,
        byline: tuple[str, ...],
        entry_labels: dict[int, str],
    ) -> None:
        self._paths = paths
        self._rules = rules
        self._start = start
        self._title = title.casefold()
        self._byline = {name.casefold() for name in byline}
        self._entry_labels = entry_labels
        self._text_begun = False
        self._last_text = max((line.index for line in paths.inside if len(line.text) >= _MIN_TEXT_CHARS), default=0)
        self._edges = _edges([line for line in paths.inside if line.index >= start])

    def block(self, line: Line) -> Block:
        """Return `line` as a block: by a site rule, else by the first test with an answer, else as editorial."""
        verdict = self._site_rule(line)
        if verdict is None and line.index in self._entry_labels:
            verdict = BlockKind.SUBHEAD, self._entry_labels[line.index]
        # Notices come before the tests that could drop them.
        verdict = (
            verdict
            or self._hidden_or_notice(line)
            or self._furniture(line)
            or _promo(line)
            or self._byline_or_date(line)
        )
        if verdict is None:
            self._text_begun = self._text_begun or len(line.text) >= _MIN_TEXT_CHARS
            verdict = _editorial(line)
        kind, reason = verdict
        return Block(kind, line.text, reason)

    def notice(self, line: Line) -> Block | None:
        """Return `line` as a block if it is a notice, else None; decided as in `block`."""
        verdict = self._site_rule(line)
        if verdict is None and line.index not in self._entry_labels:
            verdict = self._hidden_or_notice(line)
        if verdict is None or verdict[0] is not BlockKind.NOTICE:
            return None
        return Block(BlockKind.NOTICE, line.text, verdict[1])

    def join_labels(self, found: Sequence[tuple[Line, Block]]) -> list[tuple[Line, Block]]:
        """Return the blocks with the lines that only label the notice below them ("Correction, 4 May") as boilerplate.

        At the end of the text, such a line also makes the short paragraph below it a notice.
        """
        joined = list(found)
        for n, ((line, block), (following, note)) in enumerate(pairwise(found)):
            if not is_only_label(block.text) or note.reason == SITE_RULE:
                continue
            if note.kind is not BlockKind.NOTICE:
                is_last = following.index >= self._edges[1] and len(note.text) <= _MAX_UNLABELLED_NOTICE_CHARS
                labelled = recognise(f"{block.text}: {note.text}", at_edge=True) if is_last and note.editorial else None
                if labelled is None or not labelled.is_sure:
                    continue
                joined[n + 1] = following, Block(BlockKind.NOTICE, note.text, labelled.kind.value)
            joined[n] = line, Block(BlockKind.BOILERPLATE, block.text, "labels a notice")
        return joined

    def _site_rule(self, line: Line) -> Verdict | None:
        rules = self._rules
        if not rules:
            return None
        if rules.hold(line, "notice"):
            found = recognise(line.text, at_edge=True, set_apart=True)
            return BlockKind.NOTICE, (found.kind if found is not None else NoticeKind.UPDATE).value
        if rules.match(line, "news"):
            kind = _editorial(line)[0]
            return (BlockKind.SUBHEAD if kind is BlockKind.PROMO else kind), SITE_RULE
        if rules.hold(line, "keep"):
            return _editorial(line)
        if rules.match(line, "boilerplate"):
            return BlockKind.BOILERPLATE, _MATCHES_RULE
        if rules.match(line, "promo"):
            return BlockKind.PROMO, _MATCHES_RULE
        return None

    def _hidden_or_notice(self, line: Line) -> Verdict | None:
        """Return the verdict on a hidden line, or on one that is surely a notice; other notices stay in the text."""
        text = line.text
        if line.zone & (Zone.HIDDEN | Zone.NAV):
            return BlockKind.BOILERPLATE, "hidden"
        if line.link_share > 0.5 or line.owner.tag in _HEADLINE_TAGS:
            return None
        at_edge = not self._edges[0] < line.index < self._edges[1]
        set_apart = bool(line.zone & _APART_ZONES) or max(line.italic, line.bold) >= _MIN_APART_SHARE * len(text)
        if not (at_edge or set_apart or may_begin_notice(text)) or is_timestamp(text):
            return None
        # A long paragraph about errors and changes is news unless it begins like a notice.
        if len(text) > _MAX_UNLABELLED_NOTICE_CHARS and not set_apart:
            opening = read_opening(text, text.lower().replace("’", "'"))
            if not (opening.label or opening.wire or names_article_first(text)):
                return None
        found = recognise(text, at_edge=at_edge, set_apart=set_apart)
        return (BlockKind.NOTICE, found.kind.value) if found is not None and found.is_sure else None

    def _furniture(self, line: Line) -> Verdict | None:
        """Return the verdict by place (a table, a picture, junk, beside the text), else by wording; None for text."""
        if line.index in self._paths.tabular:
            return BlockKind.TABLE, ""
        is_in_figure = bool(line.zone & (Zone.CAPTION | Zone.FIGURE))
        if is_in_figure or (_hints(line) & Hint.CAPTION and not line.owner.hint & Hint.BODY):
            return BlockKind.CAPTION, "in a figure" if is_in_figure else "named a caption"
        if self._is_in_fact_box(line):
            return _furniture_wording(line) or (BlockKind.BOX, "")
        if junk := line.owner.junk:
            return (BlockKind.PROMO if junk == "teasers" or line.links else BlockKind.BOILERPLATE), junk
        # A line that is alone with a picture is its caption, unless it is furniture by its wording.
        if len(line.text) <= _MAX_CAPTION_CHARS and line.index in self._paths.beside_pictures:
            return _furniture_wording(line) or self._byline_or_date(line) or (BlockKind.CAPTION, "beside a picture")
        if not (self._paths.holds(line) or (line.index < self._start and standfirst.is_paragraph(line, self._title))):
            return (BlockKind.PROMO if line.links else BlockKind.BOILERPLATE), "beside the text"
        repeats_title = self._title and not self._text_begun and line.text.casefold() == self._title
        if repeats_title or (line.owner.tag == "h1" and not self._text_begun):
            return BlockKind.BOILERPLATE, "repeats the headline"
        # A day alone among paragraphs belongs to a chronology or a list in the text. The page's own dates come before
        # or after the text, or are marked up as dates.
        is_among_text = self._text_begun and line.index < self._last_text and line.owner.tag == "p"
        is_day_of_text = is_among_text and not _hints(line) & Hint.DATE and _DAY_ALONE.fullmatch(line.text)
        return None if is_day_of_text else _furniture_wording(line)

    def _is_in_fact_box(self, line: Line) -> bool:
        """Return whether `line` is in an element among the text that is named a fact box, and is not a link."""
        is_among_text = self._text_begun and line.index < self._last_text
        if (
            not is_among_text
            or line.owner.junk not in {"", "beside the article"}
            or line.link_share > _MIN_LABELLED_LINK_SHARE
        ):
            return False
        return any(
            element.hint & Hint.BOX and element.within(self._paths.container) for element in line.owner.ancestors()
        )

    def _byline_or_date(self, line: Line) -> Verdict | None:
        text = line.text
        if len(text) > _MAX_BYLINE_CHARS or line.owner.tag in HEADING_TAGS or _is_sentence(text):
            return None
        lowered = text.casefold()
        named = sum(len(name) for name in self._byline if name in lowered)
        # A third of the line is enough before the text; within it, half.
        if named * (2 if self._text_begun else 3) > len(text):
            return BlockKind.CREDIT, "names the authors"
        if self._text_begun:
            return None
        if _hints(line) & (Hint.BYLINE | Hint.DATE):
            return BlockKind.CREDIT, "named a byline or date"
        if lowered.startswith(_BYLINE_WORDS) and names(text) and len(text) < _MAX_SPOKEN_BYLINE_CHARS:
            return BlockKind.CREDIT, "byline"
        return None


def _edges(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the index of the last line at the beginning of the text, and that of the first line at its end."""
    long = [line.index for line in lines if len(line.text) >= _MIN_TEXT_CHARS]
    return (long[0], long[-_EDGE_LINES]) if len(long) > _EDGE_LINES else (long[-1] if long else 0, 0)


def _furniture_wording(line: Line) -> Verdict | None:
    text = line.text
    if is_timestamp(text):
        return BlockKind.BOILERPLATE, "only a time"
    if is_boilerplate(text):
        return BlockKind.BOILERPLATE, "worded as boilerplate"
    if is_credit(text):
        return BlockKind.CREDIT, "worded as a credit"
    return None


def _promo(line: Line) -> Verdict | None:
    text = line.text
    size = len(text)
    if size >= _MAX_PROMO_CHARS:
        return None
    share = line.link_share
    # "See: …" without a link is a promo unless it ends as a sentence: "See: it was not so."
    if is_promo_with_colon(text) and (share > _MIN_COLON_LINK_SHARE or not text.endswith((".", "!", "”", '"'))):
        return BlockKind.PROMO, "leads to another page"
    is_linked_sentence = text.endswith(".") and size > _MAX_LINKED_SENTENCE_CHARS
    is_only_link = share > _MIN_LINK_SHARE and size < _MAX_LINK_CHARS and not is_linked_sentence
    if is_only_link and line.owner.tag not in _ITEM_TAGS:
        return BlockKind.PROMO, "only a link"
    if share > _MIN_LABELLED_LINK_SHARE and line.owner.tag not in _ITEM_TAGS | HEADING_TAGS:
        # A short label, and a linked title to the end of the line: "Editor's pick: Storm closes the port".
        linked = clean("".join(part for _, part in line.anchors))
        label = text.removesuffix(linked).rstrip()
        is_label = len(label) <= _MAX_LABEL_CHARS and label.endswith((":", "|", ">", "»", "→"))
        if is_label and label != text and len(linked.split()) >= _MIN_LINKED_WORDS:
            return BlockKind.PROMO, "a label and a link"
    # A short line without a link or a full stop is the label of links that follow it.
    is_label = not share and size < _MAX_LINK_LABEL_CHARS and not _is_sentence(text)
    if (share > _MIN_PROMO_LINK_SHARE or is_label) and is_promo(text):
        return BlockKind.PROMO, "leads to another page" if share else _ANNOUNCES_LINKS
    return None


def _editorial(line: Line) -> Verdict:
    """Return the kind of a line of news text; a heading that announces links is a promo."""
    text = line.text
    if line.zone & Zone.HEADING or line.owner.tag in HEADING_TAGS:
        return (BlockKind.PROMO, _ANNOUNCES_LINKS) if announces_links(text) else (BlockKind.SUBHEAD, "")
    if is_dateline(text):
        return BlockKind.DATELINE, ""
    for zone, kind in ((Zone.TABLE, BlockKind.TABLE), (Zone.LIST, BlockKind.LIST_ITEM), (Zone.QUOTE, BlockKind.QUOTE)):
        if line.zone & zone:
            return kind, ""
    if line.bold >= _MIN_BOLD_SHARE * len(text) and len(text) < _MAX_BOLD_SUBHEAD_CHARS and not _is_sentence(text):
        if text[-1] in ":：?？" and announces_links(text):
            return BlockKind.PROMO, _ANNOUNCES_LINKS
        return BlockKind.SUBHEAD, "bold"
    return BlockKind.PARAGRAPH, ""


def _hints(line: Line) -> int:
    """Return the hints of a line's elements, and of its parent if that holds hardly more text."""
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
    return text[-1] in SENTENCE_ENDINGS and len(text) > _MIN_SENTENCE_CHARS and " " in text
