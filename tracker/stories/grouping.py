"""Group texts by average linkage: the two most alike groups are merged, until no two are alike enough."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from .story_model import StoryModel

T = TypeVar("T")
"""A text, as the caller has it."""


@dataclass(slots=True)
class Group(Generic[T]):
    """Articles that are one story so far.

    Attributes:
        members: their ids.
        first: the time of the first of them that has a time, in days; infinity if none has.
        last: the time of the last; minus infinity if none has a time.
        story: the story that people hold them in; groups of different such stories never merge.
        texts: their different texts, by which they are compared: copies add nothing.
    """

    members: list[str]
    first: float
    last: float
    texts: list[T]
    story: str | None = None


def agglomerate(groups: Sequence[Group[T]], likeness: Callable[[T, T], float], model: StoryModel) -> list[Group[T]]:
    """Return *groups* merged; the order in which they are given decides nothing but ties.

    Args:
        groups: the groups to begin with; they are left as they are.
        likeness: how alike two texts are.
        model: the threshold of the mean likeness, and what size and time count.
    """
    alive = dict(enumerate(groups))
    sums: dict[int, dict[int, float]] = {n: {} for n in alive}
    for one, other in combinations(alive, 2):
        first, second = groups[one].texts, groups[other].texts
        sums[one][other] = sums[other][one] = (
            likeness(first[0], second[0])
            if len(first) == len(second) == 1
            else sum([likeness(a, b) for a in first for b in second])
        )
    queue: list[tuple[float, int, int]] = []
    for n in alive:
        _offer(queue, n, range(n), alive, sums[n], model)
    newest = len(alive)
    while queue:
        _, one, other = heapq.heappop(queue)
        if one not in alive or other not in alive:
            continue
        alive[newest] = _merged(alive.pop(one), alive.pop(other))
        row_one, row_other = sums.pop(one), sums.pop(other)
        sums[newest] = {}
        for n in alive:
            if n != newest:
                sums[n][newest] = sums[newest][n] = row_one[n] + row_other[n]
        _offer(queue, newest, sums[newest], alive, sums[newest], model)
        newest += 1
    return list(alive.values())


def _merged(one: Group[T], other: Group[T]) -> Group[T]:
    return Group(
        one.members + other.members,
        min(one.first, other.first),
        max(one.last, other.last),
        one.texts + other.texts,
        one.story or other.story,
    )


def _offer(
    queue: list[tuple[float, int, int]],
    one: int,
    others: Iterable[int],
    groups: Mapping[int, Group[T]],
    sums: Mapping[int, float],
    model: StoryModel,
) -> None:
    """Enter the pairs of a group with *others* that may merge into the queue, the most alike first.

    What the size of the smaller group and the days between both count is taken off their mean likeness.
    """
    # One call for all pairs of a group: a large neighbourhood has thousands.
    first = groups[one]
    size, join = len(first.texts), model.join
    for other in others:
        second = groups[other]
        size_other = len(second.texts)
        score = sums[other] / (size * size_other)
        if score <= join or (first.story and second.story and first.story != second.story):
            continue
        if size > 1 and size_other > 1:
            score -= model.size * math.log(min(size, size_other))
        # Infinity stands for a group without times.
        apart = max(second.first - first.last, first.first - second.last)
        if 0 < apart < math.inf:
            score -= model.time * math.log1p(apart)
        if score > join:
            heapq.heappush(queue, (-score, one, other))


def stories_of_groups(
    groups: Sequence[Group[T]], stories: Mapping[str, str], taken: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the members of each story: a story goes on in the group that has most of its articles.

    A group that goes on no story is called by the first of its members that no other story is called by.

    Args:
        groups: the groups.
        stories: the story of each article so far.
        taken: whether another story, of none of these articles, has this id.
    """
    named: dict[int, str] = {n: group.story for n, group in enumerate(groups) if group.story}
    used = set(named.values())
    overlaps = [
        (-count, story, n)
        for n, group in enumerate(groups)
        for story, count in Counter(stories[each] for each in group.members).items()
    ]
    for _, story, n in sorted(overlaps):
        if n not in named and story not in used:
            named[n] = story
            used.add(story)
    for n, group in enumerate(groups):
        if n not in named:
            free = (each for each in group.members if each not in used and not taken(each))
            named[n] = next(free, group.members[0])
            used.add(named[n])
    return {story: tuple(groups[n].members) for n, story in named.items()}
