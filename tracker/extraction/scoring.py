"""Weigh paragraphs, and mark the elements of the page that are not the article.

The approach is that of readability (https://github.com/mozilla/readability): paragraphs give weight to the elements
around them. Shares and limits here were set by hand on the dev pages of `benchmarks/extraction.py`; a change of any of
them should be measured there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from .name_hints import Hint
from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text import SENTENCE_ENDINGS

_MIN_MASS_LINE_CHARS: Final = 25  # shorter lines say nothing about where the text is
# A line counts by its length, but never more than this: one long comment must not outweigh many paragraphs.
_MAX_LINE_MASS: Final = 400
# With less mass than this in <p>, other elements are counted too, and with less than a third of it lists and cells.
_MIN_PARAGRAPH_MASS: Final = 1_500
_MIN_LIST_MASS: Final = _MIN_PARAGRAPH_MASS / 3
_SHORT_LINE_CHARS: Final = 80
_SHORT_PARAGRAPH_CHARS: Final = 120
_LABEL_FACTOR: Final = 0.3  # for the mass of a short line that does not end as a sentence
# Prose that is hidden, in an <aside> or in a <footer> is the article if it is so much more than all other prose:
# a paywall covers it, a script shows it later, or it is the transcript or the slides that the page is about.
_MIN_SET_APART_CHARS: Final = {Zone.HIDDEN: 0, Zone.ASIDE: 1_500, Zone.FOOTER: 1_500}
_MIN_SET_APART_FACTOR: Final = 2
_MIN_PROSE_LINE_CHARS: Final = 80
# Prose has no more links than this and no less mass, per character; and its named parts have this share of its mass.
_MAX_PROSE_LINK_SHARE: Final = 0.1
_MIN_PROSE_MASS_SHARE: Final = 0.5
_MIN_NAMED_PROSE_SHARE: Final = 0.8
# Teasers: a linked title and its text, in characters; with more of the page's mass than this they are the article.
_MIN_CARDS: Final = 3
_MIN_CARD_LINK_SHARE: Final = 0.8
_MIN_CARD_TITLE_CHARS: Final = 15
_MIN_CARD_TEXT_CHARS: Final = 40
_MAX_CARD_TEXT_CHARS: Final = 600
_MAX_CARD_KICKERS: Final = 2  # lines above the title: a section, a time
_MAX_CARD_FRAME_CHARS: Final = 80
_MAX_CARDS_MASS_SHARE: Final = 0.6
_OUTSIDE_ZONES: Final = Zone.ASIDE | Zone.FOOTER | Zone.NAV | Zone.CAPTION | Zone.HIDDEN
_PARAGRAPH_TAGS: Final = frozenset({"p"})
_TEXT_TAGS: Final = frozenset("div section td span article main center font dd pre".split())
_LIST_TAGS: Final = frozenset("li blockquote td th dt".split())
_MASS_LINE_ENDINGS: Final = SENTENCE_ENDINGS | frozenset(":;")
_SUSPECT_HINTS: Final = Hint.VENDOR | Hint.PROMO | Hint.JUNK | Hint.WEAK
_DIGITS: Final = re.compile(r"\d+")  # "section-12" and "section-13" are names of the same kind of element
_SIDE_TAGS: Final = frozenset({"aside", "footer"})
_MAX_SIDE_MASS_SHARE: Final = 0.35
# An element so named is junk if it has less than this share of the page's mass; the surer the name, the greater.
_JUNK_HINTS: Final = (
    (Hint.VENDOR, 0.85, "consent or comments"),
    (Hint.PROMO, 0.5, "teasers"),
    (Hint.JUNK, 0.6, "advertising or tools"),
    (Hint.WEAK, 0.35, "beside the article"),
)


def weigh(page: PageTree) -> float:
    """Give every line and element its mass and return the mass of the page."""
    prose: Counter[int] = Counter()  # characters by the zones that set them apart
    for line in page.lines:
        if line.owner.tag == "p" and len(line.text) >= _MIN_PROSE_LINE_CHARS and not line.zone & Zone.FORM:
            prose[line.zone & sum(_MIN_SET_APART_CHARS)] += len(line.text)
    usual = _MIN_SET_APART_FACTOR * prose[0]
    shown = sum(zone for zone, least in _MIN_SET_APART_CHARS.items() if prose[zone] > usual + least)
    for line in page.lines if shown else ():
        line.zone &= ~shown
    total = _give_mass(page.lines, _PARAGRAPH_TAGS, broken=True)
    if total < _MIN_PARAGRAPH_MASS:
        total += _give_mass(page.lines, _TEXT_TAGS, broken=False)
    if total < _MIN_LIST_MASS:
        total += _give_mass(page.lines, _LIST_TAGS, broken=False)
    for line in page.lines:
        line.owner.mass += line.mass
    for element in reversed(page.elements):
        if element.mass:
            page.heavy.append(element)
            if element.parent is not None:
                element.parent.mass += element.mass
    page.heavy.reverse()
    return page.elements[0].mass


def _give_mass(lines: Iterable[Line], tags: frozenset[str], *, broken: bool) -> float:
    """Give mass to the lines of elements with one of `tags` that have none yet, and return how much.

    `broken` also takes lines that line breaks set apart, which are paragraphs without a <p>.
    """
    total = 0.0
    for line in lines:
        size = len(line.text)
        if line.mass or size < _MIN_MASS_LINE_CHARS or line.zone & _OUTSIDE_ZONES:
            continue
        tag = line.owner.tag
        if tag in tags or (broken and line.broken and tag in _TEXT_TAGS):
            if line.links * 2 > size:
                continue
            line.mass = float(min(size, _MAX_LINE_MASS))
            if size < _SHORT_LINE_CHARS and line.text[-1] not in _MASS_LINE_ENDINGS:
                line.mass *= _LABEL_FACTOR
            total += line.mass
    return total


def mark_junk(page: PageTree, total: float, headline: Line | None) -> None:
    """Mark elements that are junk by their name or tag, unless so much of the text is in them that they cannot be.

    `total` is the mass of the page. Elements of the same names count together. An element with the headline is never
    junk; one with the most paragraphs is junk only if it is named a place for comments.
    """
    named_body = [e for e in page.heavy if e.hint & Hint.BODY and e.mass >= _MAX_LINE_MASS / 4]
    mass_by_names: Counter[str] = Counter()
    for element in page.heavy:
        if element.hint & _SUSPECT_HINTS:
            parent = element.parent
            if parent is None or parent.names != element.names:
                mass_by_names[_DIGITS.sub("", element.names)] += round(element.mass)
    column_masses: Counter[int] = Counter()  # by the index of the element whose own paragraphs they are
    for line in page.lines:
        if line.mass:
            owner = line.owner
            column = owner.parent if owner.tag == "p" and owner.parent is not None else owner
            column_masses[column.index] += round(line.mass)
    heaviest = page.elements[column_masses.most_common(1)[0][0]] if column_masses else None
    _mark_cards(page, total, heaviest)
    around_headline = {e.index for e in headline.owner.ancestors()} if headline is not None else set()
    around_heaviest = {e.index for e in heaviest.ancestors()} if heaviest is not None else set()
    for element in page.elements:
        if not element.length or element.junk or not (element.hint & _SUSPECT_HINTS or element.tag in _SIDE_TAGS):
            continue
        if element.index in around_headline:
            continue
        reason = _junk_reason(page, element, max(element.mass, mass_by_names[_DIGITS.sub("", element.names)]), total)
        if reason and (
            element.hint & Hint.VENDOR
            or (element.index not in around_heaviest and not _holds_body(element, named_body))
        ):
            for inner in page.elements[element.index : element.end]:
                inner.junk = inner.junk or reason


def _mark_cards(page: PageTree, total: float, column: Element | None) -> None:
    """Mark teasers by their form: three or more elements side by side, each a linked title with a few lines of text.

    A list that is the page's text, as in a guide to twelve shops, is not marked, nor is a list in `column`, the element
    whose own paragraphs have the most mass.
    """
    rows: dict[tuple[int, str], list[Element]] = {}
    for line in page.lines:
        size = len(line.text)
        if line.links < _MIN_CARD_LINK_SHARE * size or size < _MIN_CARD_TITLE_CHARS:
            continue
        # The card is the largest element with the linked title and little more text.
        card = line.owner
        while card.length < size + _MIN_CARD_TEXT_CHARS and card.parent is not None:
            card = card.parent
        if card.length > size + _MAX_CARD_TEXT_CHARS or not card.mass or card.zone & Zone.TABLE:
            continue
        while card.parent is not None and card.parent.length <= card.length + _MAX_CARD_FRAME_CHARS:
            card = card.parent
        above = page.lines[max(0, line.index - _MAX_CARD_KICKERS - 1) : line.index]
        kickers = [each for each in above if each.owner.within(card)]
        # With more or longer lines above it, a linked line is the end of a text, not a title.
        is_title = len(kickers) <= _MAX_CARD_KICKERS and all(
            len(each.text) < _SHORT_LINE_CHARS // 2 for each in kickers
        )
        if card.parent is not None and is_title:
            row = rows.setdefault((card.parent.index, card.tag), [])
            if not row or row[-1] is not card:
                row.append(card)
    for row in rows.values():
        is_among_text = column is not None and row[0].within(column)
        if len(row) >= _MIN_CARDS and not is_among_text and sum(e.mass for e in row) < _MAX_CARDS_MASS_SHARE * total:
            for inner in (inner for card in row for inner in page.elements[card.index : card.end]):
                inner.junk = inner.junk or "teasers"


def _junk_reason(page: PageTree, element: Element, mass: float, total: float) -> str:
    """Return why an element is junk by its tag or names; empty if it is not, or `mass` is too much of `total`."""
    tag, hints = element.tag, element.hint
    if tag in _SIDE_TAGS:
        return f"in <{tag}>" if mass < _MAX_SIDE_MASS_SHARE * total else ""
    if hints & _SUSPECT_HINTS == Hint.WEAK and not element.links and element.length <= _SHORT_PARAGRAPH_CHARS:
        inside = page.elements[element.index + 1 : element.end]
        if any(each.tag in HEADING_TAGS and each.length == element.length for each in inside):
            return ""  # a heading and nothing else
    if hints & Hint.DEK and not element.links and not hints & (Hint.VENDOR | Hint.JUNK):
        return ""  # "teaser-text" is a standfirst unless it is within a teaser
    if not hints & _SUSPECT_HINTS or tag in HEADING_TAGS or tag == "body" or (tag == "p" and hints & Hint.BODY):
        return ""
    return next((reason for hint, share, reason in _JUNK_HINTS if hints & hint and mass < share * total), "")


def _holds_body(element: Element, named_body: list[Element]) -> bool:
    """Return whether an element is nearly all prose that is in elements of `named_body`."""
    if element.links > _MAX_PROSE_LINK_SHARE * element.length or element.mass < _MIN_PROSE_MASS_SHARE * element.length:
        return False
    return sum(e.mass for e in named_body if e.within(element)) >= _MIN_NAMED_PROSE_SHARE * element.mass
