"""Find copies: the same text at several outlets, however it was cut or edited.

The marks of a text's signature are stored with the article: the least hash in every window of five-word shingles. A
MinHash of the whole text tells how alike two texts are, but loses a copy that was cut to its first third. A minimum for
every window of sixteen shingles tells which passages two texts share, whatever comes before and after: twenty words in
common, in order, give at least one mark in common. Schleimer, Wilkerson and Aiken: Winnowing, SIGMOD 2003.

Articles that share marks may be copies; alignment of their texts confirms it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import accumulate, chain
from struct import unpack
from typing import Final

from tracker.model.article import Article
from tracker.model.story import CopyPair, StoryPostings

from .alignment import Overlap, overlap
from .words import Text, text_of

SHINGLE_WORDS: Final = 5
UNSPACED_SHINGLE_LETTERS: Final = 10
WINDOW_SHINGLES: Final = 16
MIN_SIGNED_WORDS: Final = 24
"""A shorter text gets no marks: a caption or a teaser is part of many stories."""


_WRAP: Final = 1 << 64
_HALF: Final = 1 << 63
_BLAKE: Final = partial(blake2b, digest_size=8)


Signature = tuple[int, ...]
"""The marks of a text: signed 64-bit hashes, as databases have them, sorted."""


def sign(text: Text) -> Signature:
    """Return the signature of *text*. The same text gives the same marks in every process and on every machine."""
    if len(text.words) < MIN_SIGNED_WORDS:
        return ()
    size = UNSPACED_SHINGLE_LETTERS if text.unspaced else SHINGLE_WORDS
    least = _least(_hashes(text.words, size))
    return tuple(sorted([mark - _WRAP if mark >= _HALF else mark for mark in least]))


def _hashes(words: Sequence[str], size: int) -> Sequence[int]:
    """Return the hash of each run of *size* words, joined by spaces."""
    joined = " ".join(words).encode("utf-8", "surrogatepass")
    # In ASCII, a letter is a byte; otherwise each word is encoded to learn how many bytes it has.
    lengths = [len(word) + 1 for word in words]
    if len(joined) >= sum(lengths):
        lengths = [len(word.encode("utf-8", "surrogatepass")) + 1 for word in words]
    ends = list(accumulate(lengths, initial=0))
    runs = [joined[start : end - 1] for start, end in zip(ends, ends[size:], strict=False)]
    return unpack(f"<{len(runs)}Q", b"".join([run.digest() for run in map(_BLAKE, runs)]))


def _least(hashes: Sequence[int]) -> set[int]:
    """Return the least hash of every window."""
    least = min(hashes[:WINDOW_SHINGLES])
    at = hashes.index(least)
    found = {least}
    for newest in range(WINDOW_SHINGLES, len(hashes)):
        if hashes[newest] <= least:
            at, least = newest, hashes[newest]
        elif at <= newest - WINDOW_SHINGLES:
            # The least hash has left the window: look for the next one.
            at = newest - WINDOW_SHINGLES + 1
            least = min(hashes[at : newest + 1])
            at = hashes.index(least, at)
        else:
            continue
        found.add(least)
    return found


MIN_LIKENESS: Final = 0.25
"""Two texts are aligned where they share at least this part of the smaller signature. Below it, one pair of text and
candidate in 300 is a copy, from four fifths on nearly all are."""

MIN_SHARED_MARKS: Final = 2
MAX_CANDIDATES: Final = 8

MAX_COPIES_A_TEXT: Final = 2
"""Texts are aligned until so many are copies: the rest of a text with many copies is linked through these."""

MAX_ARTICLES_A_MARK: Final = 64
"""At most so many articles are stored under one mark: the next copy of a text is found through any of them."""

MIN_NEW_MARKS: Final = 0.1
"""A later version's marks are stored where more than this share of them is new for the article."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may hold the same text.

    Attributes:
        marks: how many marks both have.
        likeness: the same as a share of the smaller signature, 0 to 1.
    """

    article: str
    marks: int
    likeness: float


def signature(article: Article) -> Signature:
    """Return what is stored of an article to find its copies."""
    return sign(text_of(article))


def candidates(article: str, signature: Signature, postings: StoryPostings) -> tuple[Candidate, ...]:
    """Return the articles that most likely hold the text of *signature*, most likely first.

    Args:
        article: the article that the signature is of; it is never a candidate.
        signature: the signature of its newest version.
        postings: which articles have its marks.
    """
    shared = Counter(chain.from_iterable([postings.articles.get(mark, ()) for mark in signature]))
    del shared[article]
    found = [
        Candidate(other, marks, min(1.0, marks / max(1, min(len(signature), postings.least[other]))))
        for other, marks in shared.items()
        if marks >= MIN_SHARED_MARKS
    ]
    likely = [each for each in found if each.likeness >= MIN_LIKENESS]
    return tuple(sorted(likely, key=lambda each: (-each.likeness, -each.marks, each.article))[:MAX_CANDIDATES])


def new_marks(article: str, signature: Signature, postings: StoryPostings) -> tuple[int, ...]:
    """Return the marks of a version that are to be stored.

    These are the ones that are new for the article, where they are enough, without those that very many articles have.
    """
    known = postings.articles
    new = [mark for mark in signature if article not in known.get(mark, ())]
    if len(new) <= MIN_NEW_MARKS * len(signature):
        return ()
    # A house line is in the articles of a whole source; one more posting finds nothing new.
    return tuple(mark for mark in new if len(known.get(mark, ())) < MAX_ARTICLES_A_MARK)


def confirm_copies(article: str, text: Text, others: Mapping[str, Iterable[Text]]) -> tuple[CopyPair, ...]:
    """Return the first articles that hold the same text, by alignment; in each pair the lesser id comes first.

    Args:
        article: the id of the article.
        text: the text of a version of it.
        others: the texts of the versions of each candidate, of which a copy may run any; the most likely one first.
    """
    links = []
    for other, versions in others.items():
        if (found := best_overlap(text, versions)) and found.is_copy:
            first, second = sorted((article, other))
            links.append(CopyPair(first, second, found.contained, found.reason))
            if len(links) == MAX_COPIES_A_TEXT:
                break
    return tuple(links)


def best_overlap(text: Text, others: Iterable[Text]) -> Overlap | None:
    """Return the overlap of *text* with that one of *others* that it shares most with; None where there are none."""
    found = [overlap(text, other) for other in others]
    return max(found, key=lambda each: (each.is_copy, each.contained, each.shared), default=None)


def copy_groups(links: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """Return the sets of articles that are linked, directly or through others, largest first."""
    parents: dict[str, str] = {}

    def root(article: str) -> str:
        while parents.setdefault(article, article) != article:
            # Path halving keeps the trees flat (union-find).
            parents[article] = parents[parents[article]]
            article = parents[article]
        return article

    for first, second in links:
        one, other = sorted((root(first), root(second)))
        parents[other] = one
    groups: dict[str, set[str]] = {}
    for article in list(parents):
        groups.setdefault(root(article), set()).add(article)
    return tuple(sorted(map(frozenset, groups.values()), key=lambda group: (-len(group), min(group))))
