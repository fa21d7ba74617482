"""Decide which block became which, from the sentences they share."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .align import equal_texts, heaviest_chain, pair_sentences
from .sentences import Sentence, sentences_of

if TYPE_CHECKING:
    from .tokens import Vocabulary

MIN_SHARED = 0.15
"""The share of the smaller block, by its sentences, from which two blocks may be one."""

BlockPair = tuple[int, int, bool]
"""A new block, the old block that it was, and whether it moved: the order of the blocks does not explain it."""


class Pairing(NamedTuple):
    """Which blocks and which sentences of two texts belong together.

    Attributes:
        blocks: the pairs of blocks, in the order of the new text.
        old, new: the sentences of the blocks that have no equal block; each knows its partner, in whatever block.
    """

    blocks: list[BlockPair]
    old: list[Sentence]
    new: list[Sentence]


def pair_blocks(old: Sequence[str], new: Sequence[str], lang: str, vocabulary: Vocabulary) -> Pairing:
    """Pair the blocks of two texts, each with at most one of the other text.

    Equal blocks come first, those in order and then those that moved. The sentences of all others are paired, and
    blocks that share most of their sentences are one.
    """
    equal = equal_texts(old, new)
    used_old, used_new = {i for i, _ in equal}, {j for _, j in equal}
    free_old = [i for i in range(len(old)) if i not in used_old]
    free_new = [j for j in range(len(new)) if j not in used_new]
    places: dict[str, list[int]] = defaultdict(list)
    for j in reversed(free_new):
        places[new[j]].append(j)
    # Equal blocks out of order have moved.
    equal_elsewhere = {i: places[old[i]].pop() for i in free_old if places.get(old[i])}
    if equal_elsewhere:
        taken = set(equal_elsewhere.values())
        free_old = [i for i in free_old if i not in equal_elsewhere]
        free_new = [j for j in free_new if j not in taken]
    # Only the blocks that are left need be cut into sentences.
    olds = sentences_of([(i, old[i]) for i in free_old], lang, vocabulary)
    news = sentences_of([(j, new[j]) for j in free_new], lang, vocabulary)
    placed, moved = pair_sentences(olds, news, _gaps(olds, news, equal))
    others = [(i, j, len(old[i]) + 1.0) for i, j in equal_elsewhere.items()]
    # Sentences that kept their order decide before those that moved.
    edited_old: set[int] = set()
    edited_new: set[int] = set()
    for pairs in (placed, moved):
        shared: dict[tuple[int, int], float] = defaultdict(float)
        for pair in pairs:
            a, b = olds[pair.old], news[pair.new]
            a.partner, b.partner, a.likeness, b.moved = b, a, pair.likeness, pairs is moved
            shared[a.block, b.block] += pair.likeness * min(len(a.text), len(b.text))
        for (i, j), weight in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0])):
            is_new = i not in edited_old and j not in edited_new
            if is_new and weight >= MIN_SHARED * min(len(old[i]), len(new[j])):
                edited_old.add(i)
                edited_new.add(j)
                others.append((i, j, weight))
    return Pairing(_in_order(old, equal, others), olds, news)


def _in_order(
    old: Sequence[str], equal: list[tuple[int, int]], others: list[tuple[int, int, float]]
) -> list[BlockPair]:
    """Put all pairs in the order of the new text, and say which of them moved."""
    pairs = [(i, j, len(old[i]) + 1.0) for i, j in equal] + others
    stayed = {(j, i) for i, j, _ in heaviest_chain(pairs)}
    return [(j, i, (j, i) not in stayed) for j, i in sorted((j, i) for i, j, _ in pairs)]


def _gaps(old: list[Sentence], new: list[Sentence], equal: list[tuple[int, int]]) -> list[tuple[range, range]]:
    """Return the stretches of sentences between pairs of `equal` blocks, where both sides have any."""
    olds, news = _stretches(old, [i for i, _ in equal]), _stretches(new, [j for _, j in equal])
    return [(olds[n], news[n]) for n in olds if n in news]


def _stretches(sentences: list[Sentence], equal: list[int]) -> dict[int, range]:
    """Return the stretches of sentences by how many of the `equal` blocks are before them."""
    found: dict[int, range] = {}
    for k, sentence in enumerate(sentences):
        n = bisect(equal, sentence.block)
        found[n] = range(found[n].start if n in found else k, k + 1)
    return found
