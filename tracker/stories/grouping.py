"""Group texts by average linkage: the two most alike groups are merged, until no two are alike enough."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .vectors import StoryModel

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
    """Return `groups` merged; the order in which they are given decides nothing but ties.

    Args:
        groups: the groups to begin with; they are left as they are.
        likeness: how alike two texts are.
        model: the threshold of the mean likeness, and what size and time count.
    """
    alive: dict[int, Group[T]] = {}
    sums: dict[int, dict[int, float]] = {}
    scores: dict[int, dict[int, float]] = {}
    queue: list[tuple[float, int, int]] = []

    def add(group: Group[T], row: dict[int, float]) -> None:
        """Enter a group, with the sum of its likenesses to each group before it."""
        new = len(sums)
        for n, value in row.items():
            sums[n][new] = value
        sums[new] = row
        scores[new] = _scores(group, alive, row, model)
        alive[new] = group
        offer(new)

    def offer(one: int) -> None:
        """Queue a group with the one before it that it is most like."""
        # Only one pair of a group waits: a large neighbourhood has thousands.
        if row := scores[one]:
            other = max(row, key=row.__getitem__)
            heapq.heappush(queue, (-row[other], one, other))

    for group in groups:
        add(group, {n: _summed(likeness, group.texts, each.texts) for n, each in alive.items()})
    while queue:
        _, one, other = heapq.heappop(queue)
        if one not in alive:
            continue
        if other not in alive:
            scores[one] = {n: score for n, score in scores[one].items() if n in alive}
            offer(one)
            continue
        merged = _merged(alive.pop(one), alive.pop(other))
        row_one, row_other = sums[one], sums[other]
        add(merged, {n: row_one[n] + row_other[n] for n in alive})
    return list(alive.values())


def _merged(one: Group[T], other: Group[T]) -> Group[T]:
    return Group(
        one.members + other.members,
        min(one.first, other.first),
        max(one.last, other.last),
        one.texts + other.texts,
        one.story or other.story,
    )


def _scores(
    first: Group[T], others: Mapping[int, Group[T]], sums: Mapping[int, float], model: StoryModel
) -> dict[int, float]:
    """Return the scores of a group with those of `others` that it may merge with.

    What the size of the smaller group and the days between both count is taken off their mean likeness.
    """
    size, join, story = len(first.texts), model.join, first.story
    # Infinity stands for a group without times.
    dated, start, end = first.first < math.inf, first.first, first.last
    scores = {}
    for other, second in others.items():
        size_other = len(second.texts)
        score = sums[other] / (size * size_other)
        if score <= join or (story and second.story and story != second.story):
            continue
        if size > 1 and size_other > 1:
            score -= model.size * math.log(min(size, size_other))
        if dated:
            apart = second.first - end if second.first > end else start - second.last
            if 0 < apart < math.inf:
                score -= model.time * math.log1p(apart)
        if score > join:
            scores[other] = score
    return scores


def _summed(likeness: Callable[[T, T], float], first: Sequence[T], second: Sequence[T]) -> float:
    if len(first) == len(second) == 1:
        return likeness(first[0], second[0])
    return sum([likeness(a, b) for a in second for b in first])


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
