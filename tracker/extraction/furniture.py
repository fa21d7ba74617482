"""Recognise furniture by its wording, in many languages: promos, boilerplate, credits, datelines and times.

The phrases are in furniture.toml.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from tracker.dates.parsing import is_date_word

_MAX_PROMO_CHARS: Final = 200
_MAX_BOILERPLATE_CHARS: Final = 400
_MAX_OPENED_BOILERPLATE_CHARS: Final = 280
_MAX_CREDIT_CHARS: Final = 260
_MAX_SIGNATURE_CHARS: Final = 40
_MAX_DATELINE_CHARS: Final = 70
_MAX_HEADING_CHARS: Final = 90
_MAX_TIMESTAMP_CHARS: Final = 120
_MAX_TIMESTAMP_DIGITS: Final = 6  # in a row: a year, and an hour right behind it
_INITIALS_CHARS: Final = range(2, 5)
_OPENING_SIGNS: Final = re.compile(r"\A\W{0,4}")
_WORD: Final = re.compile(r"[\w-]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NUMBER_OR_LETTERS: Final = re.compile(r"\d+|[^\W\d_]+")
_TITLE_AFTER_LABEL: Final = re.compile(r"\s*[:：|>»→]|\s[–—-]\s")
_DATELINE: Final = re.compile(
    r"^[A-ZÀ-Þ][^\d.!?:;]{1,40}(?:\([A-Za-z ,/]{2,24}\))?\s*[–—-]{1,2}\s*$|^\([A-Z][A-Za-z ]{1,24}\)\s*[–—-]{0,2}\s*$"
)
_CONTRIBUTED: Final = tuple(f"contributed to this {name}" for name in ("report", "story", "article"))
_PROMO_SIGNS: Final = ("▶", "►", "☞")
_COLONS: Final = (":", "：")
_KEY_CHARS: Final = 2


class _Phrases:
    """The phrases of a list in furniture.toml; each ends with a word, or anywhere if it has "*" at its end."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._by_beginning: dict[str, list[tuple[str, bool]]] = {}
        for phrase in itertools.chain.from_iterable(map(_alternatives, listed)):
            text = phrase.removesuffix("*")
            self._by_beginning.setdefault(text[:_KEY_CHARS], []).append((text, text != phrase))

    def ends(self, text: str) -> Iterator[int]:
        """Yield where each phrase ends that `text`, in lower case, begins with."""
        for phrase, is_open in self._by_beginning.get(text[:_KEY_CHARS], ()):
            end = len(phrase)
            if text.startswith(phrase) and (is_open or not text[end : end + 1].isalnum()):
                yield end

    def begin(self, text: str) -> bool:
        """Return whether `text`, in lower case, begins with one of the phrases."""
        return any(self.ends(text))


def _alternatives(phrase: str) -> Iterator[str]:
    """Yield the phrases that one with alternatives means: "(more|next) news" is "more news" and "next news"."""
    parts = (part.split("|") for part in re.split(r"[()]", phrase))
    return map("".join, itertools.product(*parts))


_WORDING: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    files(__package__).joinpath("furniture.toml").read_text("utf-8")
)
_PROMO: Final = {name: _Phrases(listed) for name, listed in _WORDING["promo"].items()}
_BOILERPLATE: Final = {
    name: _Phrases(_WORDING["boilerplate"][name]) for name in ("begins", "begins_at_any_length", "labels")
}
_ALONE: Final = frozenset(itertools.chain.from_iterable(map(_alternatives, _WORDING["boilerplate"]["alone"])))
_BOILERPLATE_WORDS: Final = tuple(_WORDING["boilerplate"]["words"].split())
_CREDIT: Final = {name: _Phrases(_WORDING["credit"][name]) for name in ("labels", "begins", "begins_in_brackets")}
_AGENCIES: Final = frozenset(_WORDING["credit"]["agencies"].split())
_AGENCY_WORDS: Final = _AGENCIES.union(_WORDING["credit"]["agency_words"].split())
_TIME_WORDS: Final = frozenset(_WORDING["time"]["words"].split())


def is_promo(text: str) -> bool:
    """Return whether `text` begins by sending the reader to another page."""
    line = _without_signs(text)
    return (
        text.lstrip().startswith(_PROMO_SIGNS)
        or _PROMO["begins"].begin(line)
        or any(not any(map(str.isalnum, line[end:])) for end in _PROMO["alone"].ends(line))
        or any(_TITLE_AFTER_LABEL.match(line, end) for end in _PROMO["labels"].ends(line))
    )


def is_promo_with_colon(text: str) -> bool:
    """Return whether `text` is "See: …" or "More: …", which is a promo even without a link."""
    if len(text) > _MAX_PROMO_CHARS:
        return False
    line = _without_signs(text)
    rests = (line[end:].lstrip() for end in _PROMO["labels_without_link"].ends(line))
    return any(rest.startswith(_COLONS) and rest[1:].strip() for rest in rests)


def is_boilerplate(text: str) -> bool:
    """Return whether `text` is of the kind that outlets print around every article: copyright, sign-up, counters."""
    if len(text) > _MAX_BOILERPLATE_CHARS:
        return False
    line = _without_signs(text)
    if _BOILERPLATE["begins_at_any_length"].begin(line) or text.lstrip().lower().startswith(("©", "(c) ")):
        return True
    if len(text) <= _MAX_OPENED_BOILERPLATE_CHARS and _BOILERPLATE["begins"].begin(line):
        return True
    if any(line[end:].lstrip().startswith(_COLONS) for end in _BOILERPLATE["labels"].ends(line)):
        return True
    if len(text) <= _MAX_SIGNATURE_CHARS and " ".join(_LETTERS.findall(line)) in _ALONE:
        return True
    return any(map(line.__contains__, _BOILERPLATE_WORDS)) and _boilerplate_pattern().search(text) is not None


def is_credit(text: str) -> bool:
    """Return whether `text` says who wrote, edited, photographed or supplied something, and nothing else."""
    if len(text) > _MAX_CREDIT_CHARS:
        return False
    line = _without_signs(text)
    if len(text) <= _MAX_SIGNATURE_CHARS:
        words = _WORD.findall(line)
        if all(word in _AGENCY_WORDS for word in words):  # or there are only signs, as in "* * *"
            return True
        # An author's initials and an agency: "aja/PAP".
        if len(words) == 2 and "/" in line and len(words[0]) in _INITIALS_CHARS and words[1] in _AGENCIES:
            return True
    rests = (line[end:].lstrip() for end in _CREDIT["labels"].ends(line))
    return (
        any(rest.startswith(_COLONS) or rest.split(maxsplit=1)[:1] == ["by"] for rest in rests)
        or _CREDIT["begins"].begin(line)
        or (text.lstrip().startswith("(") and _CREDIT["begins_in_brackets"].begin(line))
        or any(map(line.rstrip(" .)").endswith, _CONTRIBUTED))
    )


def is_dateline(text: str) -> bool:
    """Return whether `text` is a dateline alone: "LONDON (Wire) —"."""
    return len(text) <= _MAX_DATELINE_CHARS and _DATELINE.match(text) is not None


def announces_links(text: str) -> bool:
    """Return whether a heading announces links to other articles: "Related articles"."""
    return len(text) <= _MAX_HEADING_CHARS and _PROMO["headings"].begin(_without_signs(text))


def is_timestamp(text: str) -> bool:
    """Return whether `text` is a date, a time, or how long ago something was, and nothing else."""
    if len(text) > _MAX_TIMESTAMP_CHARS:
        return False
    parts = _NUMBER_OR_LETTERS.findall(text)
    words = [part for part in parts if not part.isdigit()]
    # A number alone is a counter; a number and a letter are a size or a seat.
    is_enough = len(parts) - len(words) > 1 or not words or any(len(each) > 1 or not each.isascii() for each in words)
    return len(words) < len(parts) and is_enough and all(map(_can_be_in_timestamp, parts))


@lru_cache(maxsize=8192)
def _can_be_in_timestamp(part: str) -> bool:
    """Return whether a number or a word can be part of a date or a time."""
    if part.isdigit():
        return len(part) <= _MAX_TIMESTAMP_DIGITS
    return part.lower() in _TIME_WORDS or is_date_word(part)


@lru_cache(maxsize=1)
def _boilerplate_pattern() -> re.Pattern[str]:
    return re.compile("|".join(_WORDING["boilerplate"]["patterns"]), re.IGNORECASE)


def _without_signs(text: str) -> str:
    """Return `text` in lower case, without up to four signs at its beginning."""
    return _OPENING_SIGNS.sub("", text, count=1).lower()
