"""Tell what another order of the same words does: "Iran struck Israel" and "Israel struck Iran" say different things.

Who did what to whom is told by the order of words, or by the passive. Whether two orders say the same is not known
here: only what surely moved as one piece, items of a list, and a sentence that was turned into the passive are told
from words that took each other's places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from . import function_words
from .lexicon import NEGATIONS, SAYING, by_language

if TYPE_CHECKING:
    from .word_edits import WordEdit

# Words, and the marks between the items of a list.
_LISTED: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*|[,;&/|]")
# A figure or date that both sides have begins with it.
_VALUE: Final = "⟨"
_VERSUS: Final = frozenset({"v", "vs", "versus", "x", "contre", "contra", "gegen", "tegen", "contro"})
_SAYING: Final = {lang: frozenset(words.split("|")) for lang, words in SAYING.items()}
_NEGATIONS: Final = {lang: frozenset(words.split("|")) for lang, words in NEGATIONS.items()}
# Where a negation ends the clause of the verb that it denies, its place tells something before one of these alone:
# "nicht alle stimmten zu", "alle stimmten nicht zu".
_NOUN_STARTS: Final = {
    "de": frozenset("alle allen jeder jede jedes viele vielen der die das den dem ein eine einen einem einer".split()),
    "nl": frozenset("alle elke iedere iedereen veel vele de het een".split()),
}
PASSIVE: Final = {
    lang: tuple(frozenset(words.split()) for words in pair.split("|"))
    for lang, pair in by_language(
        "is are was were be been being|by"
        "§wird werden wurde wurden worden ist sind war waren|von vom durch"
        "§est sont était étaient été être fut furent|par"
        "§es son fue fueron era eran sido ser|por"
        "§è sono fu furono era erano stato stata stati state viene vengono|da dal dalla dai dalle dallo dagli dall"
        "§é são foi foram era eram sido ser|por pelo pela pelos pelas"
        "§wordt worden werd werden is zijn was waren|door"
    ).items()
}
"""The verb of the passive, and what its agent follows: "was … by"."""
# Where something comes from, and where it goes.
_WAYS: Final = {
    lang: tuple(frozenset(words.split()) for words in pair.split("|"))
    for lang, pair in by_language(
        "from|to into onto toward towards"
        "§aus von vom|nach an zu zum zur in ins"
        "§de du depuis|à au vers"
        "§de del desde|a al hacia"
        "§da dal dalla dai dallo dall|a al alla ai allo all verso per"
        "§de do da desde|para"
        "§van uit vanuit|naar aan"
    ).items()
}


class WordOrder(Enum):
    """What became of the order of the words that both sides have."""

    KEPT = "kept"
    """The same order, or one that says the same: a piece moved as a whole, a list, the passive."""
    EXCHANGED = "exchanged"
    """Two words took each other's places, and all the others stayed: "dog bites man"; or "from Rome" is "to Rome"."""
    UNCLEAR = "unclear"
    """Another order, of which it is not known whether it says the same."""


def word_order(old: str, new: str, words: tuple[Sequence[str], Sequence[str]], lang: str) -> WordOrder:
    """Compare the order of the words that both sides of an edit have.

    Args:
        old: the text as it was.
        new: as it is.
        words: the words of both in lower case; a figure or date that both have is one word that begins with "⟨".
        lang: one of `lexicon.LANGUAGES`.
    """
    before, after = words
    if _negates_another(before, after, lang):
        return WordOrder.UNCLEAR
    moved = _moved(_content(before, lang), _content(after, lang))
    turned = _passive_on_one_side(before, after, lang)
    if turned:
        # "The dog bit the man", "the man was bitten by the dog": the passive says the same with its nouns exchanged.
        return WordOrder.KEPT if moved else WordOrder.UNCLEAR
    distance = 0 if lang in {"de", "nl"} else _exchange_distance(before, after, lang)
    is_one_piece = any(moved[1] == moved[0][k:] + moved[0][:k] for k in range(len(moved[0]))) if moved else True
    if (is_one_piece and not distance) or is_list(old, new, lang):
        return WordOrder.KEPT
    # Of neighbours, none did something to the other: "extra minutes", "minutes extra"; but "house boat", "boat house".
    return WordOrder.EXCHANGED if distance > 1 else WordOrder.UNCLEAR


def turned_round(edits: Sequence[WordEdit], after: Sequence[str], lang: str) -> WordOrder:
    """Return whether a way goes in the other direction: "from Rome", "to Rome".

    Before a word with a small letter these may be the grammar of the word before ("different from", "different to"),
    and so may an article or "de" anywhere.
    """
    sources, goals = _WAYS[lang]
    small = function_words.GRAMMAR[lang]
    found = WordOrder.KEPT
    for edit in edits:
        pair = {word.lower() for word in (*edit.old[:1], *edit.new[:1])}
        rest = {word.lower() for word in (*edit.old[1:], *edit.new[1:])}
        same_length = len(edit.old) == len(edit.new) or rest <= small
        if not same_length or pair.isdisjoint(sources) or pair.isdisjoint(goals):
            continue
        behind = next((word for word in after[edit.new_start + 1 :] if word.lower() not in small), "")
        if behind[:1].isupper() and pair.isdisjoint(small):
            return WordOrder.EXCHANGED
        found = WordOrder.UNCLEAR
    return found


def _content(words: Sequence[str], lang: str) -> list[str]:
    """Return `words` without those of grammar and those that tell when."""
    small = function_words.SMALL[lang] | function_words.WHEN[lang]
    return [word for word in words if word not in small and word[0] != _VALUE]


def _moved(before: list[str], after: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the words that both sides have in different orders, without what is the same around them."""
    if before == after:
        return None
    shared = Counter(before) & Counter(after)
    sides = tuple(list(_taken(side, shared)) for side in (before, after))
    if sides[0] == sides[1]:
        return None
    same = next(k for k, (a, b) in enumerate(zip(*sides, strict=True)) if a != b)
    rest = tuple(side[same:][::-1] for side in sides)
    same = next(k for k, (a, b) in enumerate(zip(*rest, strict=True)) if a != b)
    return rest[0][same:][::-1], rest[1][same:][::-1]


def _taken(words: Sequence[str], shared: Counter[str]) -> Iterator[str]:
    left = shared.copy()
    for word in words:
        if left[word]:
            left[word] -= 1
            yield word


def _negates_another(before: Sequence[str], after: Sequence[str], lang: str) -> bool:
    """Return whether a negation comes before another of the same words: "not all agreed", "all not agreed"."""
    if Counter(before) != Counter(after):
        return False
    negated = (Counter(b for a, b in pairwise(side) if a in _NEGATIONS[lang]) for side in (before, after))
    old, new = (
        {w: n for w, n in side.items() if lang not in _NOUN_STARTS or w in _NOUN_STARTS[lang]} for side in negated
    )
    return old != new


def _exchange_distance(before: Sequence[str], after: Sequence[str], lang: str) -> int:
    """Return how far apart two words are that took each other's places, if nothing else differs; else 0."""
    if len(before) != len(after):
        return 0
    apart = [k for k, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    if len(apart) != 2 or before[apart[0]] != after[apart[1]] or before[apart[1]] != after[apart[0]]:
        return 0
    # "Police said", "said police"
    is_said = apart[1] == apart[0] + 1 and not _SAYING[lang].isdisjoint(before[k] for k in apart)
    # "In Berlin in 1961", "in 1961 in Berlin"
    is_value = any(before[k].startswith(_VALUE) for k in apart)
    return 0 if is_said or is_value else apart[1] - apart[0]


def listed_difference(old: str, new: str) -> list[list[str]]:
    """Return the words and marks of lists that differ, of each text, without what is the same around them."""
    sides = [_LISTED.findall(text.lower()) for text in (old, new)]
    for _ in range(2):  # what is the same at the beginning, then at the end
        same = next((k for k, (a, b) in enumerate(zip(*sides, strict=False)) if a != b), min(map(len, sides)))
        sides = [side[same:][::-1] for side in sides]
    return sides


def is_list(old: str, new: str, lang: str) -> bool:
    """Return whether what differs is a list, with the same items in another order: "a, b and c", "c, a and b".

    An item that was listed twice may be listed once.
    """
    sides = listed_difference(old, new)
    joints, small = function_words.LIST_JOINTS[lang] | _VERSUS, function_words.GRAMMAR[lang]
    items = [_items(side, joints, small) for side in sides]
    return items[0] == items[1] and len(items[0]) > 1


def _items(words: Sequence[str], joints: frozenset[str], small: frozenset[str]) -> set[tuple[str, ...]]:
    items: list[list[str]] = [[]]
    for word in words:
        if word in joints:
            items.append([])
        elif word not in small:
            items[-1].append(word)
    return {tuple(item) for item in items if item}


def _passive_on_one_side(before: Sequence[str], after: Sequence[str], lang: str) -> bool:
    verbs, agents = PASSIVE[lang]
    counts = [(sum(w in verbs for w in side), sum(w in agents for w in side)) for side in (before, after)]
    (verb, agent), (other_verb, other_agent) = counts
    return (verb - other_verb) * (agent - other_agent) > 0
