"""The titles in the head of a page, and how the outlet's name is cut from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .text import overlap, tokens

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
    """What a page gives as its headline besides its h1s; "" is what it does not have.

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
