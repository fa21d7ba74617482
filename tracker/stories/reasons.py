"""Say in words why a text is put into a story, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracker.render.times import span

from .features import RARE, STEM_LETTERS, background
from .recent_texts import DistinctText, RecentArticle
from .vectors import Vector

MAX_TERMS: Final = 5
MAX_AGAINST_TERMS: Final = 2
MAX_RARE_SHARE: Final = 0.05
"""Words of a larger share of all articles, 0 to 1, are not called rare, though they count: "three", "said"."""
_NOTHING: Final = 1e-9
_MONTHS: Final = "January February March April May June July August September October November December".split()
_WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def reasons_for(article: RecentArticle, nearest: RecentArticle, sums: Vector) -> tuple[str, ...]:
    """Return what an article shares with its story, the time between them, and which names and years differ.

    Args:
        article: the article.
        nearest: the article of the story that it is most like.
        sums: the terms of the whole story, added up.
    """
    own, other, forms = article.text.vector, nearest.text.vector, article.text.forms
    common = _strongest(
        {term: own[term] * other[term] for term in own.keys() & other.keys() if own[term] * other[term]}
    )
    names = [term for term in common if term[:2] == "N:"]
    plain = [term for term in common if term[1:2] != ":"]
    usual = background()
    rare = [term for term in plain if not term[0].isdigit() and usual.get(term, RARE) < MAX_RARE_SHARE]
    known = {term[2:] for term in names}
    kinds = (
        ("names", names),
        ("dates", [term for term in common if term[:2] == "D:"]),
        ("figures", [term for term in plain if term[0].isdigit() and "D:y" + term not in own]),
        ("rare words", [term for term in rare if forms.get(term, term) not in known]),
    )
    made = [f"{what}: {', '.join(_shown(term, forms) for term in terms[:MAX_TERMS])}" for what, terms in kinds if terms]
    made.append(f"{span(abs(article.at - nearest.at))} apart")
    return (*made, *_against(article.text, nearest.text, sums))


def _against(text: DistinctText, nearest: DistinctText, sums: Vector) -> tuple[str, ...]:
    """Return the names and years that only one side has: "against: names Jackson here, Williams there"."""
    own, other = text.vector, nearest.vector
    only_own = [term for term in own.keys() - other.keys() if term[1:2] == ":" and own[term]]
    only_other = [term for term in other.keys() - own.keys() if term[1:2] == ":" and other[term]]
    parts = []
    for what, mark in (("names", "N:"), ("years", "D:y")):
        here = [term for term in only_own if term.startswith(mark) and sums.get(term, 0.0) - own[term] < _NOTHING]
        there = [term for term in only_other if term.startswith(mark)]
        # A name that the other side has as a word, such as Ferry at the start of a headline, tells nothing apart.
        # Nor does a word in capitals: it is mostly a credit, a time zone or a headline (AFP, EDT, UPDATED).
        here = [t for t in here if t[2:][:STEM_LETTERS] not in other and not _shown(t, text.forms).isupper()]
        there = [t for t in there if t[2:][:STEM_LETTERS] not in own and not _shown(t, nearest.forms).isupper()]
        one = _strongest({term: own[term] for term in here})[:MAX_AGAINST_TERMS]
        two = _strongest({term: other[term] * sums.get(term, 0.0) for term in there})[:MAX_AGAINST_TERMS]
        if one and two:
            first = " and ".join(_shown(term, text.forms) for term in one)
            second = " and ".join(_shown(term, nearest.forms) for term in two)
            parts.append(f"{what} {first} here, {second} there")
    return (f"against: {'; '.join(parts)}",) if parts else ()


def _strongest(values: Vector) -> list[str]:
    return sorted(values, key=lambda term: (-values[term], term))


def _shown(term: str, forms: Mapping[str, str]) -> str:
    if term.startswith("N:"):
        return forms.get(term, term[2:].capitalize())
    if term.startswith("D:"):
        return _date(term[2:])
    return forms.get(term, term)


def _date(key: str) -> str:
    """Return a date as people write it: y2008 is 2008, m12 December, d12-16 16 December, w3 Wednesday."""
    kind, rest = key[0], key[1:]
    if kind == "m":
        return _MONTHS[int(rest) - 1]
    if kind == "w":
        return _WEEKDAYS[int(rest) - 1]
    if kind == "d":
        month, day = rest.split("-")
        return f"{day} {_MONTHS[int(month) - 1]}"
    return rest
