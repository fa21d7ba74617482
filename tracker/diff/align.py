"""Pair the sentences of two texts, by common subsequence, similarity and moves, and from these pairs their blocks."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Indel

from .sentences import Sentence, sentences_of
from .words import MAX_COMPARED_WORDS, Vocabulary, shared_words, similarity

MIN_SIMILARITY = 0.25
"""From this similarity on, 0 to 1, two sentences at the same place are one that was edited."""
MIN_REORDERED = 0.5
"""With more than this share of their words in common, they are one in any word order: "On Monday they met"."""
MIN_MOVED_SIMILARITY = 0.7
"""From this similarity on, two sentences at different places are one that moved."""
MIN_MOVED_CHARACTERS = 20
"""A shorter sentence has moved only if its neighbour moved too: many short ones are alike by chance."""
MAX_COMPARED_PAIRS = 1200
"""If a gap has more pairs of sentences, only those that share rare words are compared."""
_MAX_PLACES = 12
MAX_TRIED_TEXTS = 20_000
"""If there are more texts, a repeated text is tried at its first place only."""
MAX_EDITED = 20_000
"""Two texts are compared in detail if at most this many of their blocks, and this many words in their sentences, are
not equal and in order; both texts are counted together."""
MAX_COMPARED_CHARACTERS = 2_000_000
"""Longer texts have more words than there are code points for them."""


class SentencePair(NamedTuple):
    """Sentence `old` and sentence `new`, by their indexes, are one; `likeness` is their similarity, 0 to 1."""

    old: int
    new: int
    likeness: float


def equal_texts(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the index pairs of equal texts in the same order, chosen so that they have as many letters as possible."""
    head = 0
    least = min(len(old), len(new))
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    # A text that is repeated very often (a divider, "Advertisement") is tried at its first places only.
    places: dict[str, list[int]] = defaultdict(list)
    for j in range(head, len(new) - tail):
        places[new[j]].append(j)
    most = _MAX_PLACES if len(old) + len(new) <= MAX_TRIED_TEXTS else 1
    candidates = [
        (i, j, float(len(old[i]) + 1)) for i in range(head, len(old) - tail) for j in places.get(old[i], ())[:most]
    ]
    pairs = [(i, i) for i in range(head)]
    pairs += [(i, j) for i, j, _ in heaviest_chain(candidates)]
    return pairs + [(len(old) - tail + k, len(new) - tail + k) for k in range(tail)]


def heaviest_chain(candidates: Iterable[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Return the heaviest set of (old, new, weight) in which both indexes rise; of equal weights, the earlier pairs.

    This is the heaviest increasing subsequence, found in O(n log n): `ends`, `totals` and `tops` hold the best chains
    so far, by the index of their last new text, with their weight and their last pair.
    """
    ordered = sorted(candidates, key=lambda candidate: (candidate[0], -candidate[1]))
    # In most texts all pairs are in order, so nothing has to be chosen.
    if all(a[1] < b[1] for a, b in pairwise(ordered)):
        return ordered
    ends: list[int] = []
    totals: list[float] = []
    tops: list[int] = []
    parents: list[int] = []
    for index, (_, j, weight) in enumerate(ordered):
        at = bisect_left(ends, j)
        parents.append(tops[at - 1] if at else -1)
        total = weight + (totals[at - 1] if at else 0.0)
        upto = at
        if at < len(ends) and ends[at] == j:
            if totals[at] >= total:
                continue
            upto = at + 1
        # Chains that end later and weigh no more can never win.
        while upto < len(ends) and totals[upto] <= total:
            upto += 1
        ends[at:upto], totals[at:upto], tops[at:upto] = [j], [total], [index]
    chain, index = [], tops[-1]
    while index >= 0:
        chain.append(ordered[index])
        index = parents[index]
    return chain[::-1]


def pair_sentences(
    old: Sequence[Sentence], new: Sequence[Sentence], gaps: Iterable[tuple[range, range]]
) -> tuple[list[SentencePair], list[SentencePair]] | None:
    """Pair the sentences of two texts: those that keep their order, and those that moved.

    Within a gap, equal sentences are paired first. Between these, similar ones are paired in order, except those that
    appear word for word in another gap. The rest is then compared across the gaps: a sentence that left its gap moved.

    `old` and `new` are the sentences of the blocks that differ, `gaps` their ranges between blocks that are equal.
    Return None if too much differs.
    """
    placed: list[SentencePair] = []
    unequal: list[tuple[range, range]] = []
    for olds, news in gaps:
        equal = equal_texts([old[i].text for i in olds], [new[j].text for j in news])
        before = (olds.start, news.start)
        for a, b in (*equal, (len(olds), len(news))):
            i, j = olds.start + a, news.start + b
            some, others = range(before[0], i), range(before[1], j)
            if some and others:
                unequal.append((some, others))
            if i < olds.stop:
                placed.append(SentencePair(i, j, 1.0))
            before = (i + 1, j + 1)
    # The cost of the rest of the comparison, and of judging it, grows with these words, however long the texts are.
    words = sum(len(each.code) for each in (*old, *new)) - sum(2 * len(old[pair.old].code) for pair in placed)
    if words > MAX_EDITED:
        return None
    counts = _count_long(old, {pair.old for pair in placed})
    new_counts = _count_long(new, {pair.new for pair in placed})
    elsewhere = {text for text, count in counts.items() if new_counts[text] == count}
    for some, others in unequal:
        left_old = [i for i in some if old[i].text not in elsewhere]
        left_new = [j for j in others if new[j].text not in elsewhere]
        if left_old and left_new:
            placed += _pair_similar(old, new, left_old, left_new)
    return placed, _pair_moved(old, new, placed)


def _count_long(sentences: Sequence[Sentence], used: set[int]) -> Counter[str]:
    """Count the sentences that are long enough to move on their own, by their text, without the `used` ones."""
    texts = (sentence.text for k, sentence in enumerate(sentences) if k not in used)
    return Counter(text for text in texts if len(text) >= MIN_MOVED_CHARACTERS)


def _pair_similar(
    old: Sequence[Sentence], new: Sequence[Sentence], olds: list[int], news: list[int]
) -> list[SentencePair]:
    # One sentence on each side is the usual case.
    if len(olds) == len(news) == 1:
        (i,), (j,) = olds, news
        alike, least = similarity(old[i].code, new[j].code, MIN_SIMILARITY), 0.0
        if not alike:
            alike, least = shared_words(old[i].text, new[j].text), MIN_REORDERED
        return [SentencePair(i, j, alike)] if alike > least else []
    likeness = _likenesses(old, new, olds, news, MIN_SIMILARITY)
    # Pairs are weighed by how many words they share, so that long sentences decide.
    weighed = [(i, j, alike * min(len(old[i].code), len(new[j].code))) for (i, j), alike in likeness.items()]
    return [SentencePair(i, j, likeness[i, j]) for i, j, _ in heaviest_chain(weighed)]


def _likenesses(
    old: Sequence[Sentence], new: Sequence[Sentence], olds: Sequence[int], news: Sequence[int], least: float
) -> dict[tuple[int, int], float]:
    """Return the pairs of sentences whose similarity is `least` or more, with their similarity."""
    codes = {j: new[j].code[:MAX_COMPARED_WORDS] for j in news}
    if len(olds) * len(codes) <= MAX_COMPARED_PAIRS:
        likely = [(i, codes) for i in olds]
    else:
        likely = [(i, {j: codes[j] for j in some}) for i, some in _sharing_rare_words(old, new, olds, news)]
    found: dict[tuple[int, int], float] = {}
    for i, some in likely:
        code = old[i].code[:MAX_COMPARED_WORDS]
        for _, alike, j in process.extract_iter(code, some, scorer=Indel.normalized_similarity, score_cutoff=least):
            found[i, j] = alike
    return found


def _sharing_rare_words(
    old: Sequence[Sentence], new: Sequence[Sentence], olds: Iterable[int], news: Iterable[int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield each old sentence with the new ones that share a long word with it which few new sentences have."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in news:
        for word in new[j].long_words():
            places[word].append(j)
    rare = {word: some for word, some in places.items() if len(some) <= _MAX_PLACES}
    for i in olds:
        yield i, sorted({j for word in rare.keys() & old[i].long_words() for j in rare[word]})


def _pair_moved(old: Sequence[Sentence], new: Sequence[Sentence], placed: Sequence[SentencePair]) -> list[SentencePair]:
    used_old, used_new = {p.old for p in placed}, {p.new for p in placed}
    free_old = [i for i in range(len(old)) if i not in used_old]
    free_new = [j for j in range(len(new)) if j not in used_new]
    if not free_old or not free_new:
        return []
    long_old = [i for i in free_old if len(old[i].text) >= MIN_MOVED_CHARACTERS]
    long_new = [j for j in free_new if len(new[j].text) >= MIN_MOVED_CHARACTERS]
    likeness = _likenesses(old, new, long_old, long_new, MIN_MOVED_SIMILARITY)
    # Similarity comes first: it is fast to calculate and leaves few pairs.
    sharing = dict(_sharing_rare_words(old, new, {i for i, _ in likeness}, long_new)) if likeness else {}
    candidates = [
        (-alike * min(len(old[i].text), len(new[j].text)), i, j, alike)
        for (i, j), alike in likeness.items()
        if j in sharing[i]
    ]
    moved: dict[int, SentencePair] = {}
    taken: set[int] = set()
    # Greedy, heaviest first, because moved sentences have no order to keep.
    for _, i, j, alike in sorted(candidates):
        if i not in moved and j not in taken:
            moved[i] = SentencePair(i, j, alike)
            taken.add(j)
    # Equal neighbours of a moved sentence moved with it, however short they are.
    left_old, left_new = set(free_old), set(free_new) - taken
    for pair in sorted(moved.values()):
        for step in (-1, 1):
            i, j = pair.old + step, pair.new + step
            while i in left_old and i not in moved and j in left_new and old[i].text == new[j].text:
                moved[i] = SentencePair(i, j, 1.0)
                left_new.discard(j)
                i, j = i + step, j + step
    return sorted(moved.values())


MIN_SHARED = 0.15
"""Two blocks may be one if their paired sentences are at least this share of the smaller block."""

BlockPair = tuple[int, int, bool]
"""The index of a new block, that of the old block it is paired with, and whether it moved, that is, is out of order."""


class Pairing(NamedTuple):
    """Which blocks and which sentences of two texts belong together.

    Attributes:
        blocks: the pairs of blocks, in the order of the new text.
        old, new: the sentences of the blocks without an equal block, with their partners in any block.
    """

    blocks: list[BlockPair]
    old: list[Sentence]
    new: list[Sentence]


def pair_blocks(old: Sequence[str], new: Sequence[str], lang: str, vocabulary: Vocabulary) -> Pairing | None:
    """Pair the blocks of two texts, each with at most one of the other text.

    Equal blocks are paired first, those in order and then those that moved. The sentences of all others are paired, and
    blocks that share most of their sentences are one. Return None if too much differs.
    """
    equal = equal_texts(old, new)
    used_old, used_new = {i for i, _ in equal}, {j for _, j in equal}
    free_old = [i for i in range(len(old)) if i not in used_old]
    free_new = [j for j in range(len(new)) if j not in used_new]
    if len(free_old) + len(free_new) > MAX_EDITED or sum(map(len, (*old, *new))) > MAX_COMPARED_CHARACTERS:
        return None
    places: dict[str, list[int]] = defaultdict(list)
    for j in reversed(free_new):
        places[new[j]].append(j)
    # Equal blocks out of order have moved.
    equal_elsewhere = {i: places[old[i]].pop() for i in free_old if places.get(old[i])}
    if equal_elsewhere:
        taken = set(equal_elsewhere.values())
        free_old = [i for i in free_old if i not in equal_elsewhere]
        free_new = [j for j in free_new if j not in taken]
    # Only the blocks that are left are cut into sentences.
    olds = sentences_of([(i, old[i]) for i in free_old], lang, vocabulary)
    news = sentences_of([(j, new[j]) for j in free_new], lang, vocabulary)
    # The gaps between equal blocks in which both sides have sentences.
    before, after = _gaps(olds, [i for i, _ in equal]), _gaps(news, [j for _, j in equal])
    paired = pair_sentences(olds, news, [(before[n], after[n]) for n in before if n in after])
    if paired is None:
        return None
    others = [(i, j, len(old[i]) + 1.0) for i, j in equal_elsewhere.items()]
    # Sentences that kept their order decide before those that moved.
    edited_old: set[int] = set()
    edited_new: set[int] = set()
    for pairs in paired:
        shared: dict[tuple[int, int], float] = defaultdict(float)
        for pair in pairs:
            a, b = olds[pair.old], news[pair.new]
            a.partner, b.partner, a.likeness, b.moved = b, a, pair.likeness, pairs is paired[1]
            shared[a.block, b.block] += pair.likeness * min(len(a.text), len(b.text))
        for (i, j), weight in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0])):
            is_new = i not in edited_old and j not in edited_new
            if is_new and weight >= MIN_SHARED * min(len(old[i]), len(new[j])):
                edited_old.add(i)
                edited_new.add(j)
                others.append((i, j, weight))
    # All pairs in the order of the new text; those outside the heaviest chain have moved.
    weighed = [(i, j, len(old[i]) + 1.0) for i, j in equal] + others
    stayed = {(j, i) for i, j, _ in heaviest_chain(weighed)}
    return Pairing([(j, i, (j, i) not in stayed) for j, i in sorted((j, i) for i, j, _ in weighed)], olds, news)


def _gaps(sentences: list[Sentence], equal: list[int]) -> dict[int, range]:
    """Return the ranges of sentences between `equal` blocks, by how many of these blocks come before."""
    found: dict[int, range] = {}
    for k, sentence in enumerate(sentences):
        n = bisect(equal, sentence.block)
        found[n] = range(found[n].start if n in found else k, k + 1)
    return found
