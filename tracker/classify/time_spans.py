"""Find spans of time without a number: this year, for days, jahrelang; an hour, half a year, un an et demi."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..model.change import FactKind
from . import lexicon
from .dates import Span
from .number_words import inside, written
from .units import spans_of_time, unit_after

_FOR_LONG = re.compile(r"\b(?:jahre|jahrzehnte|monate|wochen|tage|stunden|minuten)lang\w{0,2}")
# What stands for one unit or half of one before it, and for a half more after it.
_ONE = lexicon.by_language("(?:an?|one) §eine?[nmr]? §une? §una? §un(?:[oa]? |')§uma? §een ")
_HALF = lexicon.by_language(
    "half an? |(?<!and )(?:an? )?half[ -]§eine?[nmrs]? halbe?[nmrs]? §une? demie?[ -]§medi[oa] §mezz(?:[oa] |')"
    "§mei[oa] §(?:een )?hal(?:f|ve) "
)
_LENGTH_BEFORE = {lang: re.compile(rf"(?<!\w)(?:(?P<half>{_HALF[lang]})|{_ONE[lang]})\Z") for lang in _ONE}
_AND_A_HALF = {
    lang: re.compile(words)
    for lang, words in lexicon.by_language(
        r" and a half\b§ und eine halbe?\b§ et demie?\b§ y medi[oa]\b§ e mezz[oa]\b§ e mei[oa]\b§ en een hal(?:f|ve)\b"
    ).items()
}
MAX_LENGTH_BEFORE_CHARACTERS = 16


def half_after(low: str, end: int, lang: str) -> int:
    """Return where "and a half" ends that starts at `end`, after a unit of time; 0 if there is none."""
    found = _AND_A_HALF[lang].match(low, end)
    return found.end() if found else 0


def find_lengths(
    text: str, low: str, words: list[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """Yield the spans of time of one unit, of a half or of both: "an hour", "half a year", "un an et demi".

    One unit alone is weak: "for a year" says something only where it took the place of another span.

    Args: as for `find_spans_of_time`, with `text` as it was written.
    """
    units = spans_of_time(lang)
    for word, at in [each for each in words if each[0] in units]:
        before = _LENGTH_BEFORE[lang].search(low, max(0, at - MAX_LENGTH_BEFORE_CHARACTERS), at)
        end = at + len(word)
        # "A day-to-day matter"
        if before is None or inside(before.start(), taken) or inside(at, taken) or low[end : end + 1] == "-":
            continue
        more = half_after(low, end, lang)
        value = (0.5 if before["half"] else 1) + (0.5 if more else 0)
        unit = unit_after(text, low, at - 1, lang)
        until, weak = more or unit.end, "one" if value == 1 and not low.startswith(" ago", unit.end) else ""
        yield Span(FactKind.NUMBER, written(value), before.start(), until, "", unit.code, until, weak, unit.kind)


def find_spans_of_time(
    low: str, words: list[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]
) -> list[Span]:
    """Return the spans of time that have no number, in order.

    Args:
        low: a text in lower case.
        words: its words, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
        taken: where dates and numbers with their units are, in order: "24 hours ago" is a number of hours.
    """
    found = list(_places(low, words, lang))
    return [
        Span(FactKind.DATE, low[start:end], start, end, until=end)
        for start, end in found
        if not (inside(start, taken) or inside(end - 1, taken))
    ]


def _places(low: str, words: list[tuple[str, int]], lang: str) -> Iterator[tuple[int, int]]:
    spans = spans_of_time(lang)
    for k in [k for k, (word, _) in enumerate(words) if word in spans]:
        word, start = words[k]
        end = start + len(word)
        before, at = words[k - 1] if k else ("", start)
        if low[at + len(before) : start] != " ":
            before = ""
        after, next_at = words[k + 1] if k + 1 < len(words) else ("", end)
        if low[end:next_at] not in {" ", "-"}:
            after = ""
        said_after = after in lexicon.WHICH_AFTER or after == "long"
        if after == "ago" and _LENGTH_BEFORE[lang].search(low, max(0, start - MAX_LENGTH_BEFORE_CHARACTERS), start):
            continue  # "a year ago" is a length: 12 months
        if before in lexicon.WHICH_BEFORE:
            yield at, end
        elif said_after or (spans[word] and before in lexicon.DURING):
            yield start, next_at + len(after) if said_after else end
    if lang == "de":
        yield from (m.span() for m in _FOR_LONG.finditer(low))
