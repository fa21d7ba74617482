"""Find the headline that readers see.

Headings of the page, and lines that repeat one of its titles, are the candidates. Each has a score by its tag and by
its agreement with og:title, JSON-LD and <title>; the first that has nearly the best score is the headline. The titles
decide which line it is, but not its wording: they are written for sharing and searching, and lag behind edits. They are
the headline only if the page shows none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from tracker.model.article import Headlines

from .page_head import PageHead
from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text import overlap, tokens

_SITE_KEYS: Final = ("og:site_name", "application-name", "twitter:site", "publisher")
_TITLE_KEYS: Final = tuple("og:title twitter:title dc.title title headline sailthru.title parsely-title".split())
# The address of a site's first page, without a query or a fragment.
_HOME: Final = re.compile(r"(?:https?:)?//[^/?#]+/?|/", re.IGNORECASE)
_KICKER_SIGNS: Final = ("|", "/", "·", "•", "–", "—", "-")
_ELLIPSES: Final = ("…", "...")  # of a headline that is shortened, as in a list
_MAX_HEADING_DEPTH: Final = 3
_MIN_SURE_H1_WORDS: Final = 4
_MIN_HEADLINE_CHARS: Final = 12  # a shorter text may be part of another by chance
_MAX_LINES_BELOW_H1: Final = 5
# The score of the only h1 of a page, and the weights of agreement with titles for other headings and lines.
_SURE_H1_SCORE: Final = 0.5
_HEADING_WEIGHT: Final = 0.6
_LINE_WEIGHT: Final = 0.05
# The first candidate with nearly the best score is the headline: later ones are teasers and copies for print.
_MIN_SCORE_SHARE: Final = 0.65
# With this share of common words, in order, one headline is an edit of the other.
_MIN_EDIT_RATIO: Final = 0.75
# With a smaller share of common words, two texts do not agree at all.
_MIN_OVERLAP: Final = 0.5
_MAX_OVERLAP: Final = 0.9  # the same words in another order
_MAX_COMPARED_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline, where it was found, and in `heading` the page's own spelling if it is not that of `title`."""

    title: str
    source: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The lines of one heading, or one other line; `tag` is "h1", that of another heading, or empty."""

    lines: tuple[Line, ...]
    tag: str

    @property
    def text(self) -> str:
        """Return the text of all lines."""
        if len(self.lines) == 1:
            return self.lines[0].text
        return " ".join(line.text for line in self.lines).replace(" :", ":")

    @property
    def is_linked(self) -> bool:
        """Return whether there is a link in it."""
        return any(line.links for line in self.lines)


def find_headline(head: PageHead, page: PageTree) -> tuple[Choice, Headlines, Line | None]:
    """Return the headline of a page, all its surfaces, and the line of the page that shows it, if one does."""
    site = head.first(*_SITE_KEYS)[0]
    og, json_ld = head.first(*_TITLE_KEYS)[0], head.entity("headline", "name")
    sources = {"og:title": og, "json-ld": json_ld, "title": head.title}
    titles = {source: strip_site(text, site) for source, text in sources.items() if text}
    known_keys = {key(text) for text in titles.values()}
    candidates = list(_candidates(page, known_keys))
    # A heading that leads to the first page is the outlet's name, unless a title repeats it.
    if titles:
        candidates = [each for each in candidates if key(each.text) in known_keys or not _links_home(each, page)]
    h1s = [each for each in candidates if each.tag == "h1"]
    scores = [_score(each, list(titles.values()), is_only_h1=len(h1s) == 1) for each in candidates]
    least = _MIN_SCORE_SHARE * max(scores, default=0.0)
    found = next((each for each, score in zip(candidates, scores, strict=True) if score >= least > 0), None)
    shown_h1 = found if found in h1s else h1s[0] if len(h1s) == 1 else None
    h1 = shown_h1.text if shown_h1 is not None else ""
    surfaces = Headlines(h1=h1, og=og, html=head.title, jsonld=json_ld)
    if found is None:
        # An h1 in a menu is not among the lines.
        hidden = (("h1", h1) for h1 in head.h1s if any(_agreement(h1, title) >= 1 for title in titles.values()))
        source, title = next(itertools.chain(hidden, titles.items()), ("", ""))
        return Choice(title, source), surfaces, None
    if found.tag == "h1" and (below := _heading_below(found, candidates, titles)):
        found = below
    shown = _without_kicker(found, titles)
    title = _spelling(shown, list(titles.values()))
    source = "h1" if found.tag == "h1" else "page"
    return Choice(title, source, shown if shown != title else ""), surfaces, found.lines[-1]


def _candidates(page: PageTree, known_keys: set[str]) -> Iterator[Candidate]:
    """Yield the headings of a page, and the lines without links that repeat a title."""

    def heading(line: Line) -> Element | None:
        around = line.owner.ancestors()[:_MAX_HEADING_DEPTH] if line.zone & Zone.HEADING else ()
        return next((element for element in around if element.tag in HEADING_TAGS), None)

    longest = 2 * max(map(len, known_keys), default=0)  # spaces and signs are not part of a key
    for element, group in itertools.groupby(page.lines, key=heading):
        if element is not None:
            candidate = Candidate(tuple(group), element.tag)
            if element.tag == "h1" or not candidate.text.endswith(_ELLIPSES) or key(candidate.text) in known_keys:
                yield candidate
        else:
            yield from (
                Candidate((line,), "")
                for line in group
                if not line.links and _MIN_HEADLINE_CHARS <= len(line.text) <= longest and key(line.text) in known_keys
            )


def _score(candidate: Candidate, titles: list[str], *, is_only_h1: bool) -> float:
    """Return how likely a candidate is the headline, by its tag and its agreement with the titles.

    Headings below h1, and linked ones, may be teasers: only titles count that they contain or are part of.
    """
    agreements = [_agreement(candidate.text, title) for title in titles]
    repeated = float(sum(agreement == 1 for agreement in agreements))
    if candidate.tag != "h1":
        return repeated * (_HEADING_WEIGHT if candidate.tag else _LINE_WEIGHT)
    is_sure = is_only_h1 and (not titles or len(candidate.text.split()) >= _MIN_SURE_H1_WORDS)
    return (repeated if candidate.is_linked else sum(agreements)) + (_SURE_H1_SCORE if is_sure else 0.0)


def _agreement(one: str, other: str) -> float:
    """Return how much two texts agree, 0 to 1; 1 if they are the same or one contains the other."""
    left, right = key(one), key(other)
    if left == right or (min(len(left), len(right)) >= _MIN_HEADLINE_CHARS and (left in right or right in left)):
        return 1.0
    shared = overlap(one, other)
    return min(shared, _MAX_OVERLAP) if shared >= _MIN_OVERLAP else 0.0


def _heading_below(h1: Candidate, candidates: list[Candidate], titles: dict[str, str]) -> Candidate | None:
    """Return the heading right below an h1 that repeats og:title or JSON-LD: then the h1 is part of a breadcrumb.

    An h1 that is an edit of that title is the headline: the title lags behind.
    """
    last = h1.lines[-1].index
    known = [titles[source] for source in ("og:title", "json-ld") if source in titles]
    known = [title for title in known if len(title) >= _MIN_HEADLINE_CHARS and not is_edit(h1.text, title)]
    for each in candidates:
        if each.tag and not each.is_linked and last < each.lines[0].index < last + _MAX_LINES_BELOW_H1:
            shown = key(each.text)
            if any(shown.endswith(key(title)) and 2 * len(key(title)) > len(shown) for title in known):
                return each
    return None


def _links_home(candidate: Candidate, page: PageTree) -> bool:
    """Return whether all of a candidate is a link to the site's first page."""
    return all(
        line.links >= len(line.text.replace(" ", ""))
        and all(_HOME.fullmatch(href.strip()) for _, href in page.links_of(line))
        for line in candidate.lines
    )


def is_edit(one: str, other: str) -> bool:
    """Return whether one headline is the other with a few words changed."""
    left, right = tokens(one[:_MAX_COMPARED_CHARS]), tokens(other[:_MAX_COMPARED_CHARS])
    return SequenceMatcher(None, left, right, autojunk=False).ratio() >= _MIN_EDIT_RATIO


def _without_kicker(found: Candidate, titles: dict[str, str]) -> str:
    """Return the headline without a short kicker that og:title or JSON-LD does not have.

    The kicker must end with a separator, or be in an element of its own.
    """
    text = found.text
    has_element = len(found.lines) > 1 or found.lines[0].first is not found.lines[0].owner
    for title in (titles.get("og:title", ""), titles.get("json-ld", "")):
        if len(title) >= _MIN_HEADLINE_CHARS and text.endswith(title):
            kicker = text.removesuffix(title).rstrip()
            is_apart = text != kicker + title and (has_element or kicker.endswith(_KICKER_SIGNS))
            if (is_apart or kicker.endswith((":", "："))) and len(kicker) < len(title) * (1 if has_element else 0.5):
                return title
    return text


def _spelling(title: str, others: list[str]) -> str:
    """Return the headline as two titles spell it, if they set a kicker apart with a sign or a space.

    The page may do so by its style alone.
    """
    same = [other for other in others if key(other) == key(title)]
    if not same:
        return title
    has_more_signs = sum(map(same[0].count, ":：–—-")) > sum(map(title.count, ":：–—-"))
    has_separator = has_more_signs or same[0].count(" ") > title.count(" ")
    return same[0] if has_separator and same[0].casefold() != title.casefold() else title


# Separators between a headline and the outlet's name or a section.
_NAME_SEPARATOR: Final = re.compile(r"(?<!\s)\s+(?:[|•·»›«–—*-]|::)\s+|(?:(?<!\s)\s+)?[|｜ㅣ]\s*")
# Without spaces around the separator, a section may be between headline and name: "title-section|name".
_EAST_ASIAN_SECTION: Final = re.compile(r"(?<=\S)[-_][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
_MAX_NAME_CHARS: Final = 40  # of an outlet
_MAX_NAME_WORDS: Final = 3
# With a greater share of common words, a part of a title is the outlet's name.
_MIN_NAME_OVERLAP: Final = 0.6


@lru_cache(maxsize=1024)
def key(text: str) -> str:
    """Return the words of `text` without spaces and signs: the same for two spellings of one headline."""
    return "".join(tokens(text))


def strip_site(title: str, site: str) -> str:
    """Return `title` without the likely name of the outlet, at its end or beginning."""
    cuts = list(_NAME_SEPARATOR.finditer(title))
    if not cuts:
        return title
    first, last = title[: cuts[0].start()], title[cuts[-1].end() :]
    without_last = title[: cuts[-1].start()].strip()
    if site and (overlap(last, site) > _MIN_NAME_OVERLAP or site.casefold() in last.casefold()):
        has_spaces = cuts[-1].group().strip() != cuts[-1].group()
        return without_last if has_spaces else _EAST_ASIAN_SECTION.sub("", without_last)
    if site and overlap(first, site) > _MIN_NAME_OVERLAP and len(first) < _MAX_NAME_CHARS:
        return title[cuts[0].end() :].strip()
    # The outlet's name is not known: it is short, and after a bar, or much shorter than the headline.
    is_after_bar = "|" in cuts[-1].group() and len(last) < _MAX_NAME_CHARS and cuts[-1].start() > len(last)
    is_short = len(last.split()) <= _MAX_NAME_WORDS and len(first) > 2 * len(last)
    return without_last if is_after_bar or is_short else title
