"""Find spans of time without a number: this year, in the coming weeks, for days, a years-long search, jahrelang."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..model.change import FactKind
from . import lexicon
from .dates import Span, inside
from .units import spans_of_time

_FOR_LONG = re.compile(r"\b(?:jahre|jahrzehnte|monate|wochen|tage|stunden|minuten)lang\w{0,2}")


def find_spans_of_time(
    low: str, words: list[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]
) -> list[Span]:
    """Return the spans of time that have no number, in order.

    Args:
        low: a text in lower case.
        words: its words, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
        taken: where dates and numbers with their units stand, in order: "24 hours ago" is a number of hours.
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
        if before in lexicon.WHICH_BEFORE:
            yield at, end
        elif said_after or (spans[word] and before in lexicon.DURING):
            yield start, next_at + len(after) if said_after else end
    if lang == "de":
        yield from (m.span() for m in _FOR_LONG.finditer(low))
