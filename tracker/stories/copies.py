"""Copies: the same text at several outlets, however it was cut, trimmed or dressed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .alignment import overlap
from .shingles import Signature, sign
from .words import Text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracker.model import Article

    from .alignment import Overlap

LIKELY: Final = 0.15
"""Share of the smaller signature in common from which two texts are worth aligning."""

LEAST_MARKS: Final = 2
MOST_CANDIDATES: Final = 8
CROWD: Final = 64
"""A mark names this many articles at most: the next copy of a text is found through any of them."""

_NEWS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may hold the same text: how many marks are in common, and the share of the smaller signature."""

    article: str
    marks: int
    likeness: float


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two articles that hold the same text, and how much of it; *first* < *second*."""

    first: str
    second: str
    found: Overlap


def signature(article: Article) -> Signature:
    """Return what is kept of *article* to find its copies."""
    return sign(text_of(article))


class CopyIndex:
    """Which article holds which passages; in memory, made from rows of (article, signature).

    An article may be added once for every version: a copy may run an older one. Reading 100,000 articles takes about
    250 MB.
    """

    def __init__(self, rows: Iterable[tuple[str, bytes]] = ()) -> None:
        self._signatures: dict[str, list[Signature]] = {}
        self._postings: dict[int, list[str] | str] = {}
        for article, stored in rows:
            self.add(article, Signature.from_bytes(stored))

    def __len__(self) -> int:
        return len(self._signatures)

    def __contains__(self, article: object) -> bool:
        return article in self._signatures

    def add(self, article: str, signature: Signature) -> bool:
        """Add a version of *article*; return whether it says enough that is new to be kept as a row."""
        known = self._signatures.get(article)
        if known is None:
            self._signatures[article] = [signature]
            fresh = set(signature.marks)
        else:
            fresh = set(signature.marks).difference(*(each.marks for each in known))
            if len(fresh) <= _NEWS * len(signature.marks):
                return False
            known.append(signature)
        for mark in fresh:
            self._post(mark, article)
        return True

    def forget(self, article: str) -> None:
        """Take *article* out; nothing happens where it is not known."""
        for mark in {mark for each in self._signatures.pop(article, ()) for mark in each.marks}:
            held = self._postings.get(mark)
            if held == article:
                del self._postings[mark]
            elif isinstance(held, list) and article in held:
                held.remove(article)

    def rows(self) -> Iterator[tuple[str, bytes]]:
        """Yield what the index is made from, an article's versions in the order they were added."""
        for article, signatures in self._signatures.items():
            for each in signatures:
                yield article, each.to_bytes()

    def candidates(
        self, signature: Signature, *, exclude: frozenset[str] = frozenset(), limit: int = MOST_CANDIDATES
    ) -> tuple[Candidate, ...]:
        """Return the articles most likely to hold the text of *signature*, likeliest first."""
        counts: Counter[str] = Counter()
        for mark in signature.marks:
            held = self._postings.get(mark)
            if held is not None:
                counts.update((held,) if isinstance(held, str) else held)
        return likely(counts, lambda article: self._least(article, len(signature.marks)), exclude, limit)

    def _least(self, article: str, marks: int) -> int:
        return max(1, min(marks, *(len(each.marks) for each in self._signatures[article])))

    def _post(self, mark: int, article: str) -> None:
        held = self._postings.get(mark)
        if held is None:
            self._postings[mark] = article
        elif isinstance(held, str):
            self._postings[mark] = [held, article]
        elif len(held) < CROWD:
            held.append(article)


def likely(
    counts: Mapping[str, int],
    least: Callable[[str], int],
    exclude: frozenset[str] = frozenset(),
    limit: int = MOST_CANDIDATES,
) -> tuple[Candidate, ...]:
    """Return the likeliest articles by how many marks each has in common; *least* is the size to hold that against."""
    found = [
        Candidate(article, marks, min(1.0, marks / least(article)))
        for article, marks in counts.items()
        if marks >= LEAST_MARKS and article not in exclude
    ]
    good = [each for each in found if each.likeness >= LIKELY]
    return tuple(sorted(good, key=lambda each: (-each.likeness, -each.marks, each.article))[:limit])


def copies_of(
    article: str, content: Article, index: CopyIndex, read: Callable[[str], Iterable[Article]]
) -> tuple[CopyLink, ...]:
    """Return the articles of *index* that hold the same text as *content*, each confirmed by alignment.

    *read* gives the versions of an article by its id (nothing where they are gone); the likeliest one counts.
    """
    text = text_of(content)
    links = []
    for candidate in index.candidates(sign(text), exclude=frozenset({article})):
        if (found := best_overlap(text, (text_of(each) for each in read(candidate.article)))) and found.is_copy:
            first, second = sorted((article, candidate.article))
            links.append(CopyLink(first, second, found))
    return tuple(links)


def best_overlap(text: Text, others: Iterable[Text]) -> Overlap | None:
    """Return the overlap of *text* with the one of *others* that it shares most with; None where there are none."""
    found = [overlap(text, other) for other in others]
    return max(found, key=lambda each: (each.is_copy, each.contained, each.shared), default=None)


def groups(links: Iterable[tuple[str, str]]) -> tuple[frozenset[str], ...]:
    """Return the sets of articles that hold one text, largest first: what is linked, directly or through others."""
    parents: dict[str, str] = {}

    def root(article: str) -> str:
        while parents.setdefault(article, article) != article:
            parents[article] = parents[parents[article]]
            article = parents[article]
        return article

    for first, second in links:
        one, other = sorted((root(first), root(second)))
        parents[other] = one
    return _gathered({article: root(article) for article in list(parents)})


def _gathered(roots: Mapping[str, str]) -> tuple[frozenset[str], ...]:
    gathered: dict[str, set[str]] = {}
    for article, home in roots.items():
        gathered.setdefault(home, set()).add(article)
    return tuple(sorted(map(frozenset, gathered.values()), key=lambda group: (-len(group), min(group))))
