"""Find words that were replaced by their opposite, or by another one of a set of which one excludes the others.

"Safe" and "unsafe", "guilty" and "innocent", "rise" and "fall" are opposites. The sets are of kin, colours, quantities,
seasons, harm, conditions of patients, sides, peoples and qualities: with another one of them, the sentence says
something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Final

from . import lexicon
from .lexicon import PerLanguage, lemma
from .places import people

# Endings of adjectives: the prefix "in-" negates those and no other words (inside, income).
_ADJECTIVE: Final = (
    r"\w{2,}(?:able|ible|able[ns]|ible[ns]|ável|ível|bile|bili|ables|ibles|ent|ente|enti|ant|ante|al|ale|ally|el|elle"
    r"|ed|ly|ate|ective|ctive|ive|ivo|iva|if|ous|ect|ecto|ecta|etto|etta|exact|exacto|acto|aire)"
)
_Sides = tuple[frozenset[str], frozenset[str]]


def _sides(lang: str, key: str) -> tuple[_Sides, ...]:
    """Read the pairs of a list: "raise hike / cut lower"."""
    pairs = (pair.split(" / ") for pair in lexicon.entries(lang, "opposites", key))
    return tuple((frozenset(one.split()), frozenset(other.split())) for one, other in pairs)


_OPPOSITES: Final = PerLanguage(
    lambda lang: frozenset(
        (word, other)
        for pair in _sides(lang, "words")
        for words, others in (pair, pair[::-1])
        for word in words
        for other in others
    )
)
_QUALITIES: Final = PerLanguage(lambda lang: _sides(lang, "qualities"))
_PREFIXES: Final = PerLanguage(lambda lang: lexicon.entries(lang, "opposites", "prefixes"))
_NEGATED: Final = PerLanguage(
    lambda lang: re.compile(lexicon.text(lang, "opposites", "negated").replace("{adjective}", _ADJECTIVE))
)
_EXCLUSIVE: Final = PerLanguage(
    lambda lang: {key: lexicon.groups(lang, "exclusive", key) for key in lexicon.keys(lang, "exclusive")}
)


def opposites(removed: Iterable[str], added: Iterable[str], lang: str) -> list[tuple[str, str]]:
    """Return the removed words that were replaced by their opposite, each with its opposite.

    Args:
        removed: the words in lower case that the old side alone has.
        added: those that the new side alone has.
        lang: one of `lexicon.LANGUAGES`.
    """
    pairs = _OPPOSITES[lang]
    left = list(added)
    found: list[tuple[str, str]] = []
    for word in removed:
        for other in left:
            is_opposite = (word, other) in pairs or negates(word, other, lang)
            if not is_opposite and lang != "en":  # English has all forms in its list
                forms = product({word, lemma(word, lang)}, {other, lemma(other, lang)})
                is_opposite = not pairs.isdisjoint(forms)
            if is_opposite:
                left.remove(other)
                found.append((word, other))
                break
    return found


def negates(word: str, other: str, lang: str) -> bool:
    """Return whether one of two words is the other one with a prefix that negates it: "unsafe", "safe"."""
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return (
        longer.endswith(shorter)
        and longer.removesuffix(shorter) in _PREFIXES[lang]
        and _NEGATED[lang].fullmatch(longer) is not None
    )


def is_amount_for(amount: str, words: AbstractSet[str], lang: str) -> bool:
    """Return whether a loose amount ("several") has another one, or its like, among `words`, in lower case: "many"."""
    known = _EXCLUSIVE[lang]["quantities"]
    return amount in known and not known.keys().isdisjoint(words)


def exclude_each_other(removed: Sequence[str], added: Sequence[str], lang: str) -> list[tuple[tuple[str, str], str]]:
    """Return the words of closed sets that went, each with another one of its set that came, and the name of the set.

    The arguments are those of `opposites`.
    """
    found: dict[tuple[str, str], str] = {}
    for name, known in _EXCLUSIVE[lang].items():
        gone, came = ([word for word in words if word in known] for words in (removed, added))
        if {known[word] for word in gone}.isdisjoint(known[word] for word in came):
            found |= dict.fromkeys(zip(gone, came, strict=False), name)
    for pair in _QUALITIES[lang]:
        for one, other in (pair, pair[::-1]):
            gone, came = (
                [word for word in words if word in side or lemma(word, lang) in side]
                for words, side in ((removed, one), (added, other))
            )
            found |= dict.fromkeys(zip(gone, came, strict=False), "opposite")
    # English writes its peoples with a capital: they are compared as names.
    if lang != "en":
        gone, came = ([word for word in words if people(word, lang)] for words in (removed, added))
        if {people(word, lang) for word in gone}.isdisjoint(people(word, lang) for word in came):
            found |= dict.fromkeys(zip(gone, came, strict=False), "people")
    return list(found.items())
