"""Find the headline, and decide which of its surfaces is right when they differ.

Each surface has its own failings: an h1 may hold a kicker, og:title is written for sharing, <title> ends with the
outlet's name, and any of them may lag behind an edit of the others. What two of them say counts more than one; in
doubt, what the reader sees is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from tracker.model.article import Headlines

from .html_tags import Zone
from .text import overlap, tokens

if TYPE_CHECKING:
    from .page_head import PageHead
    from .page_tree import Line, PageTree

_SITE_KEYS: Final = ("og:site_name", "application-name", "twitter:site", "publisher")
_TITLE_KEYS: Final = tuple("og:title twitter:title dc.title title headline sailthru.title parsely-title".split())
# What parts the outlet's name, a section or a kicker from the headline.
_NAME_SEPARATOR: Final = re.compile(r"(?<!\s)\s+(?:[|•·»›«–—*-]|::)\s+|(?:(?<!\s)\s+)?[|｜ㅣ]\s*")
_KICKER_SEPARATOR: Final = re.compile(r"(?:(?<!\s)\s+)?[:：]\s*|(?<!\s)\s+[|/·•–—-]\s+")
_EAST_ASIAN_SECTION: Final = re.compile(r"(?<=\S)[-_][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
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
# Share of words two surfaces have in common from which they agree at all; and the same for an outlet's name.
_MIN_OVERLAP: Final = 0.5
_MIN_NAME_OVERLAP: Final = 0.6
_MAX_SEPARATORS: Final = 6
_MAX_NAME_CHARS: Final = 40  # of an outlet
_MAX_NAME_WORDS: Final = 3
_MAX_COMPARED_CHARS: Final = 300


Surface = tuple[str, str]
"""What a surface says, and which one it is: "og:title", "json-ld", "title"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline, the surface it was taken from, and the h1 if it says something else than `title`."""

    title: str
    source: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class FoundHeadline:
    """The headline, all its surfaces, and the line of the page that shows it, if one does."""

    choice: Choice
    surfaces: Headlines
    line: Line | None


def find_headline(head: PageHead, page: PageTree) -> FoundHeadline:
    """Return the headline of a page."""
    all_h1s = [line for line in page.lines if line.zone & Zone.HEADING and _is_in_h1(line)]
    og, json_ld, site = head.first(*_TITLE_KEYS)[0], head.entity("headline", "name"), head.first(*_SITE_KEYS)[0]
    linked = [line for line in all_h1s if _links_home(line, page)]
    told = {key(strip_site(text, site)) for text in (og, json_ld, head.title) if text} if linked else set()
    mastheads = [line.text for line in linked if told and key(line.text) not in told]
    site = site or next(iter(mastheads), "")
    bare_og = strip_site(og, site)
    line: Line | None
    h1_lines = [line for line in all_h1s if line.text not in mastheads]
    if len(h1_lines) == 1 and len(h1_lines[0].text.split()) >= _MIN_SURE_H1_WORDS:
        h1, line = h1_lines[0].text, h1_lines[0]
    else:
        others = [strip_site(text, site) for text in (json_ld, og, head.title) if text]
        h1, line = _find_h1(head, page, h1_lines, bare_og, others, mastheads)
    shown = h1 or (h1_lines[0].text if len(h1_lines) == 1 else "")
    surfaces = Headlines(h1=shown, og=og, html=head.title, jsonld=json_ld)
    below = _heading_below(page, line, [(bare_og, "og:title"), (json_ld, "json-ld")]) if line is not None else None
    if below is not None:
        line, title, source = below
        return FoundHeadline(Choice(title, source, h1), surfaces, line)
    return FoundHeadline(choose(h1, og, json_ld, head.title, site, line), surfaces, line)


def _find_h1(
    head: PageHead, page: PageTree, h1_lines: list[Line], og: str, others: list[str], mastheads: list[str]
) -> tuple[str, Line | None]:
    """Return the h1 that the other surfaces agree with, and the line that shows the headline."""
    agreements = [sum(_agreement(line.text, other) for other in others) for line in h1_lines]
    if len(h1_lines) > 1 and not any(_agreement(line.text, other) >= 1 for line in h1_lines for other in others):
        # Headlines of teasers are links and share words with this article's by its topic alone.
        agreements = [0.0 if line.links else agreement for line, agreement in zip(h1_lines, agreements, strict=True)]
    least = _MIN_AGREEMENT_SHARE * max(agreements, default=0.0)
    for line, agreement in zip(h1_lines, agreements, strict=True):
        if agreement >= least > 0:
            return line.text, line
    if len(h1_lines) == 1 and not others:
        return h1_lines[0].text, h1_lines[0]
    # The headline may be in another heading, and repeated by an h1 that is part of a breadcrumb.
    found = None
    for line in page.lines:
        is_heading = line.zone & Zone.HEADING and len(line.text) > _MIN_HEADLINE_CHARS
        if is_heading and any(_agreement(line.text, other) >= 1 for other in others):
            found = line
            break
    known = [og] if og else others
    h1s = (text for text in head.h1s if text not in mastheads)
    return next((text for text in h1s if any(_agreement(text, other) >= 1 for other in known)), ""), found


def _heading_below(page: PageTree, h1: Line, known: list[Surface]) -> tuple[Line, str, str] | None:
    """Return the heading right below an h1 that repeats what another surface says: then the h1 is a section's name.

    `known` are the surfaces with their sources. A kicker may be before the heading, in an element of its own. An h1
    that is an edit of a surface is the headline: that surface lags behind.
    """
    lines = page.lines[h1.index + 1 : h1.index + _MAX_LINES_BELOW_H1]
    headings = [line for line in lines if line.zone & Zone.HEADING and not line.links]
    for text, source in known:
        words = key(text)
        if len(text) < _MIN_HEADLINE_CHARS or words == key(h1.text) or is_edit(h1.text, text):
            continue
        before = ""
        for line in headings:
            shown = key(line.text)
            if shown == words or (shown.endswith(words) and 2 * len(words) > len(shown)):
                return line, text, source
            if before and before + shown == words:
                return line, line.text, source
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


def _is_in_h1(line: Line) -> bool:
    return any(each.tag == "h1" for each in line.owner.ancestors()[:_MAX_H1_DEPTH])


def _agreement(one: str, other: str) -> float:
    """Return how far two surfaces agree: 1 if one contains the other, a little more if they are the same."""
    left, right = one.casefold(), other.casefold()
    if left == right:
        return _SAME
    if len(left) > _MAX_CHANCE_CHARS and (left in right or right in left):
        return 1.0
    shared = overlap(one, other)
    return shared if shared >= _MIN_OVERLAP else 0.0


def choose(h1: str, og: str, ld: str, html: str, site: str, line: Line | None) -> Choice:
    """Decide which surface is the headline.

    Args:
        h1: what <h1> says; empty, as the following, if the page has none.
        og: what og:title says.
        ld: what JSON-LD says.
        html: what <title> says.
        site: the outlet's name.
        line: the line that shows the h1, if there is one.

    An h1 that another surface repeats is the headline. One that is alone against JSON-LD and a second surface is not,
    unless it is an edit of what they say: then they lag behind.
    """
    ld, og = (_without_name_after_bar(cut_name(text, site), h1) for text in (ld, og))
    og, html = (_cut_to_known(text, site, (ld, h1)) for text in (og, html))
    others = [(text, source) for text, source in ((og, "og:title"), (ld, "json-ld"), (html, "title")) if text]
    if not h1:
        return Choice(*others[0]) if others else Choice("", "")
    bare = _without_kicker(h1, line, (og, ld))
    words = key(bare)
    same = [(text, source) for text, source in others if key(text) == words]
    if same:
        different = [(text, source) for text, source in others if key(text) != words]
        # <title> alone is weaker than JSON-LD and og:title together.
        if len(same) == 1 and same[0][1] == "title" and _agreed(different):
            return Choice(*different[0], heading=h1)
        # Two surfaces that are spelled alike show how the outlet writes what the h1 shows by style alone.
        spelling, source = same[0]
        is_shared = len([text for text, _ in same if text == spelling]) > 1
        if is_shared and spelling.casefold() != bare.casefold() and _writes_separator(spelling, bare):
            return Choice(spelling, source, heading=h1)
        return Choice(bare, "h1")
    agreed = _agreed(others)
    if agreed and (_adds_part(agreed[0], words) or not _is_edit_of_any(bare, agreed[0], others)):
        return Choice(*agreed, heading=h1)
    return Choice(_common_tail(bare, og) or bare, "h1")


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


def _without_name_after_bar(title: str, h1: str) -> str:
    """Return `title` without a short name after its last bar, if the rest is the h1: a subtitle is parted otherwise."""
    rest, bar, name = title.rpartition("|")
    is_name = bar and len(name.split()) <= _MAX_NAME_WORDS and key(rest) == key(h1)
    return rest.strip() if is_name else title


def strip_site(title: str, site: str) -> str:
    """Return `title` without what is likely to be the outlet's name, at its end or beginning."""
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


def _cut_to_known(title: str, site: str, known: tuple[str, ...]) -> str:
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


def _agreed(others: list[Surface]) -> Surface | None:
    """Return what JSON-LD and another surface agree on; og:title and <title> alone may be one field of the CMS."""
    ld = next((text for text, source in others if source == "json-ld"), "")
    same = [each for each in others if ld and key(each[0]) == key(ld)]
    return same[0] if len(same) > 1 else None


def _adds_part(text: str, h1_key: str) -> bool:
    """Return whether `text` is the h1 with a kicker before it or a subtitle after it, set apart by a separator."""
    return any(h1_key in (key(text[: cut.start()]), key(text[cut.end() :])) for cut in _KICKER_SEPARATOR.finditer(text))


def _is_edit_of_any(h1: str, agreed: str, others: list[Surface]) -> bool:
    """Return whether the h1 is what the others agree on, or one of them says, with a few words changed."""
    return is_edit(h1, agreed) or any(_ratio(h1, text) >= _MIN_LONE_EDIT_RATIO for text, _ in others)


def is_edit(one: str, other: str) -> bool:
    """Return whether one headline is the other with a few words changed."""
    return _ratio(one, other) >= _MIN_EDIT_RATIO


def _ratio(one: str, other: str) -> float:
    """Return the share of words that two headlines have in common, in order."""
    left, right = tokens(one[:_MAX_COMPARED_CHARS]), tokens(other[:_MAX_COMPARED_CHARS])
    if min(len(left), len(right)) <= 1:
        left, right = list(one[:_MAX_COMPARED_CHARS]), list(other[:_MAX_COMPARED_CHARS])
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _writes_separator(text: str, h1: str) -> bool:
    """Return whether `text` sets a kicker apart with a sign or a space, where the h1 relies on the page's style."""
    return sum(text.count(sign) for sign in ":：–—") > sum(h1.count(sign) for sign in ":：–—") or (
        text.count(" ") > h1.count(" ")
    )


def _common_tail(h1: str, og: str) -> str:
    """Return what follows the kickers of two surfaces that differ in their kickers alone, else nothing."""
    one, two = _KICKER_SEPARATOR.search(h1), _KICKER_SEPARATOR.search(og)
    if one is None or two is None:
        return ""
    tail = h1[one.end() :]
    kickers = tokens(h1[: one.start()]), tokens(og[: two.start()])
    if len(tail) < _MIN_HEADLINE_CHARS or key(tail) != key(og[two.end() :]) or set(kickers[0]) & set(kickers[1]):
        return ""
    return tail


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
