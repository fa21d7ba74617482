"""The headline: which of its surfaces says it, when they differ.

Each surface has its own failings: an h1 holds a kicker or lags behind no one, og:title is written for sharing,
<title> ends with the outlet's name. What two of them say is believed over one; what the reader sees wins every doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from .text import overlap, tokens

if TYPE_CHECKING:
    from .tree import Line

_SEPARATOR: Final = re.compile(r"(?<!\s)\s+(?:[|•·»«–—*-]|::)\s+|(?:(?<!\s)\s+)?[|｜ㅣ]\s*")
_SIGN: Final = re.compile(r"(?:(?<!\s)\s+)?[:：]\s*|(?<!\s)\s+[|/·•–—-]\s+")
_SECTION: Final = re.compile(r"(?<=\S)[-_][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
_PARTS: Final = ("|", "/", "·", "•", "–", "—", "-")
_SHORT_HEAD: Final = 15
_ALIKE: Final = 0.75
"""Share of words two headlines have in common, in order, from which one is an edit of the other."""
_CLOSE: Final = 0.85
"""The same for what one surface alone says."""
_MOST_PARTS: Final = 6
_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline, the surface it was taken from, and the h1 where it says something else than *title*."""

    title: str
    source: str
    heading: str = ""


def choose(h1: str, og: str, ld: str, html: str, site: str, line: Line | None) -> Choice:
    """Return the headline of a page; *line* is the one that holds the h1, *site* the outlet's name.

    An h1 that another surface repeats is the headline. One that stands alone against JSON-LD and a second surface
    gives way, unless it is an edit of what they say: then they lag behind.
    """
    ld = cut_name(ld, site)
    og, html = (_cut(text, site, (ld, h1)) for text in (og, html))
    others = [(text, source) for text, source in ((og, "og:title"), (ld, "json-ld"), (html, "title")) if text]
    if not h1:
        return Choice(*others[0]) if others else Choice("", "")
    bare = _without_kicker(h1, line, (og, ld))
    own = key(bare)
    allies = [(text, source) for text, source in others if key(text) == own]
    if allies:
        rivals = [(text, source) for text, source in others if key(text) != own]
        if len(allies) == 1 and allies[0][1] == "title" and _agreed(rivals):
            return Choice(*rivals[0], heading=h1)
        spelled = [each for each in allies if each[0] == allies[0][0]]
        if len(spelled) > 1 and spelled[0][0].casefold() != bare.casefold() and _plain_signs(spelled[0][0], bare):
            return Choice(*spelled[0], heading=h1)
        return Choice(bare, "h1")
    agreed = _agreed(others)
    if agreed and (_adds_part(agreed[0], own) or not _edited(bare, agreed[0], others)):
        return Choice(*agreed, heading=h1)
    tail = _common_tail(bare, og)
    return Choice(tail, "h1") if tail else Choice(bare, "h1")


def key(text: str) -> str:
    """Return the words of *text* alone: what two spellings of one headline share."""
    return "".join(tokens(text))


def cut_name(title: str, site: str) -> str:
    """Return *title* without the name of the outlet as a part of its own at its end."""
    cut = None
    for cut in _SEPARATOR.finditer(title):  # noqa: B007 - the last one
        pass
    if cut and site and key(title[cut.end() :]) == key(site):
        title = title[: cut.start()].strip()
        # where no blanks part it, the section stands between headline and name
        return _SECTION.sub("", title) if cut.group().strip() == cut.group() else title
    return title


def strip_site(title: str, site: str) -> str:
    """Return *title* without the name of the outlet at its end or beginning."""
    title = cut_name(title, site)
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    first, last = title[: cuts[0].start()], title[cuts[-1].end() :]
    if site and (overlap(last, site) > 0.6 or site.casefold() in last.casefold()):
        return title[: cuts[-1].start()].strip()
    if site and overlap(first, site) > 0.6 and len(first) < 40:
        return title[cuts[0].end() :].strip()
    if "|" in cuts[-1].group() and len(last) < 40 and cuts[-1].start() > len(last):
        return title[: cuts[-1].start()].strip()
    if len(last.split()) <= 3 and len(first) > 2 * len(last):
        return title[: cuts[-1].start()].strip()
    return title


def _cut(title: str, site: str, known: tuple[str, ...]) -> str:
    """Return *title* as a *known* surface has it, where only parts at its ends are more; else less the name."""
    if not title or any(title == text for text in known):
        return title
    whole = {key(text): text for text in known if text}
    if key(title) in whole:
        return title
    cuts = [cut.span() for cut in _SEPARATOR.finditer(title)][:_MOST_PARTS]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(title)]
    for start in starts:
        for end in ends:
            if end > start and key(title[start:end]) in whole:
                return title[start:end].strip()
    return strip_site(title, site)


def _agreed(others: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return what JSON-LD and another surface say alike; og:title and <title> are often one field of the editor's."""
    said = next((text for text, source in others if source == "json-ld"), "")
    same = [each for each in others if said and key(each[0]) == key(said)]
    return same[0] if len(same) > 1 else None


def _adds_part(text: str, own: str) -> bool:
    """Say whether *text* is the h1 with a kicker before it or a subtitle after it, parted by a sign."""
    return any(own in (key(text[: cut.start()]), key(text[cut.end() :])) for cut in _SIGN.finditer(text))


def _edited(h1: str, agreed: str, others: list[tuple[str, str]]) -> bool:
    """Say whether the h1 is what the others agree on, or one of them says, with a few words changed."""
    return is_edit(h1, agreed) or any(_shared(h1, text) >= _CLOSE for text, _ in others)


def is_edit(one: str, other: str) -> bool:
    """Say whether one headline is the other with a few words changed."""
    return _shared(one, other) >= _ALIKE


def _shared(one: str, other: str) -> float:
    """Return the share of words that two headlines have in common, in order."""
    left, right = tokens(one[:_MOST]), tokens(other[:_MOST])
    if min(len(left), len(right)) <= 1:
        left, right = list(one[:_MOST]), list(other[:_MOST])
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _plain_signs(text: str, h1: str) -> bool:
    """Say whether *text* parts with a sign what the h1 only sets apart on the page."""
    return sum(text.count(sign) for sign in ":：–—") > sum(h1.count(sign) for sign in ":：–—") or (
        text.count(" ") > h1.count(" ")
    )


def _common_tail(h1: str, og: str) -> str:
    """Return what stands after the kickers of two surfaces that differ in their kickers alone."""
    one, two = _SIGN.search(h1), _SIGN.search(og)
    if one is None or two is None:
        return ""
    tail = h1[one.end() :]
    heads = tokens(h1[: one.start()]), tokens(og[: two.start()])
    if len(tail) < _SHORT_HEAD or key(tail) != key(og[two.end() :]) or set(heads[0]) & set(heads[1]):
        return ""
    return tail


def _without_kicker(h1: str, line: Line | None, others: tuple[str, ...]) -> str:
    """Return the part of an h1 that another surface calls the headline, where a short kicker stands before it.

    The kicker ends with a sign that parts it, or stands in an element of its own.
    """
    for other in others:
        if len(other) >= _SHORT_HEAD and h1.endswith(other):
            kicker = h1.removesuffix(other).rstrip()
            apart = h1 != kicker + other
            own = line is not None and line.text == h1 and line.first is not line.owner
            parted = kicker.endswith((":", "：")) or (apart and (own or kicker.endswith(_PARTS)))
            if parted and 2 * len(kicker) < len(other):
                return other
    return h1
