"""Find the headline, and decide which of its surfaces is right when they differ.

Each surface has its own failings: an h1 may hold a kicker, og:title is written for sharing, <title> ends with the
outlet's name, and any of them may lag behind an edit of the others. What two of them say counts more than one; in
doubt, what the reader sees is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from tracker.model.article import Headlines

from .page_head import PageHead
from .page_tree import Line, PageTree, Zone
from .text import overlap, tokens

_SITE_KEYS: Final = ("og:site_name", "application-name", "twitter:site", "publisher")
_TITLE_KEYS: Final = tuple("og:title twitter:title dc.title title headline sailthru.title parsely-title".split())
_KICKER_SEPARATOR: Final = re.compile(r"(?:(?<!\s)\s+)?[:：]\s*|(?<!\s)\s+[|/·•–—-]\s+")
_KICKER_SIGNS: Final = ("|", "/", "·", "•", "–", "—", "-")
# The address of a site's first page, without a query or a fragment.
_HOME: Final = re.compile(r"(?:https?:)?//[^/?#]+/?|/", re.IGNORECASE)
_MAX_ANCHOR_DEPTH: Final = 4
_MAX_H1_DEPTH: Final = 3
_MIN_SURE_H1_WORDS: Final = 4
_MIN_HEADLINE_CHARS: Final = 15
_MAX_LINES_BELOW_H1: Final = 5
# The first h1 that agrees with the other surfaces nearly as well as the best is the headline: later ones are teasers
# and copies for print.
_MIN_AGREEMENT_SHARE: Final = 0.65
# Share of words two headlines have in common, in order, from which one is an edit of the other; and the same for what
# one surface alone says.
_MIN_EDIT_RATIO: Final = 0.75
_MIN_LONE_EDIT_RATIO: Final = 0.85
# How far two surfaces agree that are the same; one that contains the other has 1.
_SAME: Final = 1.2
# Text of up to this length may be part of another by chance.
_MAX_CHANCE_CHARS: Final = 8
# Share of words two surfaces have in common from which they agree at all.
_MIN_OVERLAP: Final = 0.5
_MAX_COMPARED_CHARS: Final = 300


class Surface(NamedTuple):
    """What a surface says, and which one it is: "og:title", "json-ld", "title"."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline, the surface it was taken from, and the h1 if it says something else than `title`."""

    title: str
    source: str
    heading: str = ""


def find_headline(head: PageHead, page: PageTree) -> tuple[Choice, Headlines, Line | None]:
    """Return the headline of a page, all its surfaces, and the line of the page that shows it, if one does.

    The decisions, in this order:

    1. An h1 that is the outlet's name is left out: a link to the site's first page that none of the titles repeats.
    2. The h1 is the only one there is if it is long enough, else the one that the other surfaces agree with.
    3. Where the h1 is a section's name, the heading below it is the headline.
    4. Everywhere else `choose` compares the h1 with the other surfaces.
    """
    titles = Titles(
        og=head.first(*_TITLE_KEYS)[0],
        json_ld=head.entity("headline", "name"),
        html=head.title,
        site=head.first(*_SITE_KEYS)[0],
    )
    all_h1s = [
        line
        for line in page.lines
        if line.zone & Zone.HEADING and any(e.tag == "h1" for e in line.owner.ancestors()[:_MAX_H1_DEPTH])
    ]
    linked = [line.text for line in all_h1s if _links_home(line, page)]
    known_keys = {key(title) for title in titles.bare} if linked else set()
    # Without any title nothing shows that a linked h1 is not the headline.
    mastheads = [text for text in linked if key(text) not in known_keys] if known_keys else []
    h1_lines = [line for line in all_h1s if line.text not in mastheads]
    only_h1 = h1_lines[0] if len(h1_lines) == 1 else None

    if mastheads and not titles.site:
        titles = replace(titles, site=mastheads[0])
    line: Line | None
    if only_h1 is not None and len(only_h1.text.split()) >= _MIN_SURE_H1_WORDS:
        h1, line = only_h1.text, only_h1
    else:
        h1_texts = [text for text in head.h1s if text not in mastheads]
        h1, line = _find_h1(page, h1_lines, h1_texts, titles)

    shown_h1 = h1 or (only_h1.text if only_h1 is not None else "")
    surfaces = Headlines(h1=shown_h1, og=titles.og, html=titles.html, jsonld=titles.json_ld)
    below = _heading_below(page, line, titles) if line is not None else None
    if below is not None:
        line_below, surface = below
        return Choice(*surface, heading=h1), surfaces, line_below
    return choose(h1, titles, line), surfaces, line


def _find_h1(page: PageTree, h1_lines: list[Line], h1_texts: list[str], titles: Titles) -> tuple[str, Line | None]:
    """Return the h1 that the titles agree with, and the line that shows the headline.

    `h1_lines` are the lines in an h1, `h1_texts` the texts of all h1s, those that are not among the page's lines too.
    """
    others = titles.bare
    agreements = [sum(_agreement(line.text, other) for other in others) for line in h1_lines]
    if len(h1_lines) > 1 and not any(any(_agreement(line.text, other) >= 1 for other in others) for line in h1_lines):
        # Headlines of teasers are links and share words with this article's by its topic alone.
        agreements = [0.0 if line.links else agreement for line, agreement in zip(h1_lines, agreements, strict=True)]
    least = _MIN_AGREEMENT_SHARE * max(agreements, default=0.0)
    for line, agreement in zip(h1_lines, agreements, strict=True):
        if agreement >= least > 0:
            return line.text, line
    if len(h1_lines) == 1 and not others:
        return h1_lines[0].text, h1_lines[0]
    # The headline may be in another heading, and repeated by an h1 that is part of a breadcrumb.
    headings = (line for line in page.lines if line.zone & Zone.HEADING and len(line.text) > _MIN_HEADLINE_CHARS)
    found = next((line for line in headings if any(_agreement(line.text, other) >= 1 for other in others)), None)
    if found is None and not h1_lines:
        keys = {key(other) for other in others if len(other) >= _MIN_HEADLINE_CHARS}
        found = next((line for line in page.lines if not line.links and key(line.text) in keys), None)
    known = [titles.bare_og] if titles.bare_og else others
    return next((text for text in h1_texts if any(_agreement(text, other) >= 1 for other in known)), ""), found


def _heading_below(page: PageTree, h1: Line, titles: Titles) -> tuple[Line, Surface] | None:
    """Return the heading right below an h1 that repeats a title: then the h1 is a section's name.

    A kicker may be before the heading, in an element of its own. An h1 that is an edit of a title is the headline: that
    title lags behind.
    """
    lines = page.lines[h1.index + 1 : h1.index + _MAX_LINES_BELOW_H1]
    headings = [line for line in lines if line.zone & Zone.HEADING and not line.links]
    for surface in (Surface(titles.bare_og, "og:title"), Surface(titles.json_ld, "json-ld")):
        words = key(surface.text)
        if len(surface.text) < _MIN_HEADLINE_CHARS or words == key(h1.text) or is_edit(h1.text, surface.text):
            continue
        before = ""
        for line in headings:
            shown = key(line.text)
            if shown == words or (shown.endswith(words) and 2 * len(words) > len(shown)):
                return line, surface
            if before and before + shown == words:
                return line, Surface(line.text, surface.source)
            before = shown
    return None


def _links_home(line: Line, page: PageTree) -> bool:
    """Return whether all of `line` is a link to the site's first page: it is the outlet's name, not a headline."""
    if line.links < len(line.text.replace(" ", "")):
        return False
    return all(
        element.tag != "a" or _HOME.fullmatch(page.hrefs.get(element.index, "").strip())
        for anchor, _ in line.anchors
        for element in anchor.ancestors()[:_MAX_ANCHOR_DEPTH]
    )


def _agreement(one: str, other: str) -> float:
    """Return how far two surfaces agree: 1 if one contains the other, a little more if they are the same."""
    left, right = one.casefold(), other.casefold()
    if left == right:
        return _SAME
    if len(left) > _MAX_CHANCE_CHARS and (left in right or right in left):
        return 1.0
    shared = overlap(one, other)
    return shared if shared >= _MIN_OVERLAP else 0.0


def choose(h1: str, titles: Titles, line: Line | None = None) -> Choice:
    """Decide which surface is the headline.

    `h1` is what <h1> says, "" if the page has none; `line` is the line that shows it, if there is one. The outlet's
    name is cut from the surfaces, and from the h1 a kicker that the others do not have. Then, in this order:

    1. Without an h1, og:title is the headline, else JSON-LD, else <title>.
    2. An h1 that another surface repeats is the headline; `_choose_repeated` knows two exceptions.
    3. One that is alone against JSON-LD and a second surface is not, if they add a kicker or a subtitle to it or say
       something else. If it is one of them with a few words changed, they lag behind.
    4. Everywhere else the h1 is the headline, without its kicker if og:title has another one.
    """
    site = titles.site
    ld = without_name_after_bar(cut_name(titles.json_ld, site), h1)
    og = without_name_after_bar(cut_name(titles.og, site), h1)
    og = cut_to_known(og, site, (ld, h1))
    html = cut_to_known(titles.html, site, (ld, h1))
    surfaces = (Surface(og, "og:title"), Surface(ld, "json-ld"), Surface(html, "title"))
    others = [surface for surface in surfaces if surface.text]
    if not h1:
        return Choice(*others[0]) if others else Choice("", "")

    bare = _without_kicker(h1, line, (og, ld))
    bare_key = key(bare)
    repeating = [surface for surface in others if key(surface.text) == bare_key]
    if repeating:
        differing = [surface for surface in others if surface not in repeating]
        return _choose_repeated(h1, bare, repeating, differing)

    agreed = _agreed(others)
    if agreed:
        cuts = _KICKER_SEPARATOR.finditer(agreed.text)
        adds_part = any(bare_key in (key(agreed.text[: cut.start()]), key(agreed.text[cut.end() :])) for cut in cuts)
        is_lone_edit = not adds_part and any(_ratio(bare, surface.text) >= _MIN_LONE_EDIT_RATIO for surface in others)
        if adds_part or not (is_lone_edit or is_edit(bare, agreed.text)):
            return Choice(*agreed, heading=h1)
    # Of two surfaces that differ in their kickers alone, the text after the kickers.
    one, two = _KICKER_SEPARATOR.search(bare), _KICKER_SEPARATOR.search(og)
    if one is not None and two is not None:
        tail = bare[one.end() :]
        kickers = tokens(bare[: one.start()]), tokens(og[: two.start()])
        is_shared = key(tail) == key(og[two.end() :]) and not set(kickers[0]) & set(kickers[1])
        if is_shared and len(tail) >= _MIN_HEADLINE_CHARS:
            return Choice(tail, "h1")
    return Choice(bare, "h1")


def _choose_repeated(h1: str, bare: str, repeating: list[Surface], differing: list[Surface]) -> Choice:
    """Decide between an h1, `bare` without its kicker, and the surfaces, of which at least one repeats it."""
    # <title> alone is weaker than JSON-LD and og:title together.
    agreed = _agreed(differing)
    if agreed and [surface.source for surface in repeating] == ["title"]:
        return Choice(*agreed, heading=h1)
    # Two surfaces that are spelled alike may set a kicker apart with a sign or a space, where the h1 relies on the
    # page's style.
    first = repeating[0]
    is_shared = any(surface.text == first.text for surface in repeating[1:])
    has_more_signs = sum(map(first.text.count, ":：–—")) > sum(map(bare.count, ":：–—"))
    has_separator = has_more_signs or first.text.count(" ") > bare.count(" ")
    if is_shared and has_separator and first.text.casefold() != bare.casefold():
        return Choice(*first, heading=h1)
    return Choice(bare, "h1")


def _agreed(others: list[Surface]) -> Surface | None:
    """Return what JSON-LD and another surface agree on; og:title and <title> alone may be one field of the CMS."""
    ld = next((surface.text for surface in others if surface.source == "json-ld"), "")
    same = [surface for surface in others if ld and key(surface.text) == key(ld)]
    return same[0] if len(same) > 1 else None


def is_edit(one: str, other: str) -> bool:
    """Return whether one headline is the other with a few words changed."""
    return _ratio(one, other) >= _MIN_EDIT_RATIO


def _ratio(one: str, other: str) -> float:
    """Return the share of words that two headlines have in common, in order."""
    left, right = tokens(one[:_MAX_COMPARED_CHARS]), tokens(other[:_MAX_COMPARED_CHARS])
    if min(len(left), len(right)) <= 1:
        left, right = list(one[:_MAX_COMPARED_CHARS]), list(other[:_MAX_COMPARED_CHARS])
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _without_kicker(h1: str, line: Line | None, others: tuple[str, ...]) -> str:
    """Return an h1 without a short kicker that another surface does not have.

    The kicker must end with a separator, or be in an element of its own.
    """
    for other in others:
        if len(other) >= _MIN_HEADLINE_CHARS and h1.endswith(other):
            kicker = h1.removesuffix(other).rstrip()
            has_space = h1 != kicker + other
            has_element = line is not None and line.text == h1 and line.first is not line.owner
            is_separate = kicker.endswith((":", "：")) or (
                has_space and (has_element or kicker.endswith(_KICKER_SIGNS))
            )
            if is_separate and 2 * len(kicker) < len(other):
                return other
    return h1


# What parts the outlet's name or a section from the headline.
_NAME_SEPARATOR: Final = re.compile(r"(?<!\s)\s+(?:[|•·»›«–—*-]|::)\s+|(?:(?<!\s)\s+)?[|｜ㅣ]\s*")
_EAST_ASIAN_SECTION: Final = re.compile(r"(?<=\S)[-_][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
_MAX_SEPARATORS: Final = 6
_MAX_NAME_CHARS: Final = 40  # of an outlet
_MAX_NAME_WORDS: Final = 3
# Share of words that a part of a title and the outlet's name have in common from which they are the same.
_MIN_NAME_OVERLAP: Final = 0.6


@dataclass(frozen=True, slots=True)
class Titles:
    """The headlines that a page gives besides its h1s; "" where it gives none.

    Attributes:
        og: og:title, or another field like it.
        json_ld: the headline in JSON-LD.
        html: <title>.
        site: the outlet's name.
    """

    og: str = ""
    json_ld: str = ""
    html: str = ""
    site: str = ""

    @property
    def bare_og(self) -> str:
        """Return og:title without the outlet's name."""
        return strip_site(self.og, self.site)

    @property
    def bare(self) -> list[str]:
        """Return all titles that there are, without the outlet's name."""
        return [strip_site(text, self.site) for text in (self.json_ld, self.og, self.html) if text]


def key(text: str) -> str:
    """Return the words of `text` without spaces and signs: the same for two spellings of one headline."""
    return "".join(tokens(text))


def cut_name(title: str, site: str) -> str:
    """Return `title` without the outlet's exact name at its end."""
    cut = None
    for cut in _NAME_SEPARATOR.finditer(title):  # noqa: B007 - the last one
        pass
    if cut and site and key(title[cut.end() :]) == key(site):
        title = title[: cut.start()].strip()
        # Without spaces around the separator, a section may be between headline and name: "title-section|name".
        return _EAST_ASIAN_SECTION.sub("", title) if cut.group().strip() == cut.group() else title
    return title


def without_name_after_bar(title: str, h1: str) -> str:
    """Return `title` without a short name after its last bar, if the rest is the h1: a subtitle is parted otherwise."""
    rest, bar, name = title.rpartition("|")
    is_name = bar and len(name.split()) <= _MAX_NAME_WORDS and key(rest) == key(h1)
    return rest.strip() if is_name else title


def strip_site(title: str, site: str) -> str:
    """Return `title` without the likely name of the outlet, at its end or beginning."""
    title = cut_name(title, site)
    cuts = list(_NAME_SEPARATOR.finditer(title))
    if not cuts:
        return title
    first, last = title[: cuts[0].start()], title[cuts[-1].end() :]
    without_last = title[: cuts[-1].start()].strip()
    if site and (overlap(last, site) > _MIN_NAME_OVERLAP or site.casefold() in last.casefold()):
        return without_last
    if site and overlap(first, site) > _MIN_NAME_OVERLAP and len(first) < _MAX_NAME_CHARS:
        return title[cuts[0].end() :].strip()
    # The outlet's name is not known: it is short, and after a bar, or much shorter than the headline.
    if "|" in cuts[-1].group() and len(last) < _MAX_NAME_CHARS and cuts[-1].start() > len(last):
        return without_last
    if len(last.split()) <= _MAX_NAME_WORDS and len(first) > 2 * len(last):
        return without_last
    return title


def cut_to_known(title: str, site: str, known: tuple[str, ...]) -> str:
    """Return `title` without the parts at its ends that a `known` surface does not have; else without the name."""
    if not title or any(title == text for text in known):
        return title
    known_keys = {key(text) for text in known if text}
    if key(title) in known_keys:
        return title
    cuts = [cut.span() for cut in _NAME_SEPARATOR.finditer(title)][:_MAX_SEPARATORS]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(title)]
    for start in starts:
        for end in ends:
            if end > start and key(title[start:end]) in known_keys:
                return title[start:end].strip()
    return strip_site(title, site)
