"""Group recent articles into stories: find the story of a new text, and the articles that move because of it.

A text joins the story that it is most similar to on average. Then that story and its neighbours are grouped again from
single texts (see `agglomerate`). So texts that were grouped too early are separated, stories that became similar are
merged, and the order in which the texts arrived hardly matters. Articles that people put into a story stay there.
"""

from __future__ import annotations

import heapq
import math
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from tracker.model.story import Home
from tracker.render.times import span

from .current_stories import CurrentDecisions
from .features import MODEL, RARE, STEM_LETTERS, StoryModel, Vector, background, product
from .recent_texts import ClusterArticle, DistinctText, RecentArticle, RecentArticles

MAX_ARTICLES: Final = 3_000
"""Recent articles kept in memory, about 15 kB each; the oldest entry is removed to make room for a new one."""
MAX_SCORE: Final = 0.99
"""Similarity alone is never certainty."""
_MAX_GROUPED_TEXTS: Final = 40
"""A larger story is not taken apart any more. Copies of one text count once."""
_ALWAYS_GROUPED_TEXTS: Final = 16
_GROWTH: Final = 1.25
"""A larger neighbourhood is grouped again when the story has grown by this factor, or if a text fits two stories."""
_CLEAR: Final = 1.5
"""A text clearly fits its story if its likeness is this much above the threshold and above that to any other story."""
_NEAR: Final = 1.5
"""Stories whose likeness to a text is less than this below the threshold are grouped again with the text's own."""


@dataclass(slots=True)
class _Story:
    """The articles of a story. `sums` is the sum of its texts' vectors; `grouped` the number of texts last grouped."""

    members: set[str] = field(default_factory=set)
    texts: Counter[DistinctText] = field(default_factory=Counter)
    days: list[float] = field(default_factory=list)
    sums: Vector = field(default_factory=dict)
    grouped: int = 0

    def enter(self, article: str, found: RecentArticle) -> None:
        self.members.add(article)
        if found.day is not None:
            insort(self.days, found.day)
        self.texts[found.text] += 1
        if self.texts[found.text] == 1:
            sums = self.sums
            for term, value in found.text.vector.items():
                sums[term] = sums.get(term, 0.0) + value

    def leave(self, article: str, found: RecentArticle) -> None:
        self.members.discard(article)
        if found.day is not None:
            self.days.remove(found.day)
        self.texts[found.text] -= 1
        if not self.texts[found.text]:
            del self.texts[found.text]
            for term, value in found.text.vector.items():
                self.sums[term] -= value

    def likeness(self, article: str, found: RecentArticle, model: StoryModel) -> float:
        """Return the mean likeness of an article to the other articles, less a deduction for the time between them."""
        total, count, inside = product(found.text.vector, self.sums), len(self.texts), article in self.members
        if inside and self.texts[found.text] == 1:
            total, count = total - found.text.product(found.text), count - 1
        apart = 0.0
        if found.day is not None and len(self.days) > inside:
            first = self.days[1 if inside and self.days[0] == found.day else 0]
            last = self.days[-2 if inside and self.days[-1] == found.day else -1]
            apart = max(0.0, first - found.day, found.day - last)
        return model.intercept + total / max(1, count) - model.time * math.log1p(apart)


class StoryIndex:
    """The articles of the last two weeks in their stories, in memory.

    Decisions of people have precedence: they put articles into stories or keep them out, and merged stories stay whole.
    """

    def __init__(self, decisions: CurrentDecisions | None = None, model: StoryModel = MODEL) -> None:
        self._model = model
        # The product of two vectors is their log odds without the intercept.
        self._grouping = replace(model, join=model.join - model.intercept)
        self._decisions = decisions or CurrentDecisions()
        self._whole = set(self._decisions.merged.values())
        self._articles = RecentArticles(model)
        self._stories: defaultdict[str, _Story] = defaultdict(_Story)

    def __len__(self) -> int:
        return len(self._articles)

    def __contains__(self, article: object) -> bool:
        return article in self._articles

    @property
    def stories(self) -> Mapping[str, frozenset[str]]:
        """The articles of each story."""
        return MappingProxyType({story: frozenset(each.members) for story, each in self._stories.items()})

    def add(self, entry: ClusterArticle, home: Home, *, held: bool = False) -> None:
        """Enter an article into its known story; it replaces its previous version. See `place`."""
        self.forget(entry.article)
        while len(self._articles) >= MAX_ARTICLES:
            self.forget(next(each for each in self._articles if each != entry.copy_of))
        self._articles.add(entry, home, held=held)
        self._stories[self._decisions.name(home.story)].enter(entry.article, self._articles[entry.article])

    def forget(self, article: str) -> None:
        """Remove an article, if it is there."""
        if article in self._articles:
            self._leave(article)
            self._articles.remove(article)

    def place(self, entry: ClusterArticle, home: Home | None = None, *, held: bool = False) -> tuple[Home, ...]:
        """Enter an article; return its home, if that changed, and the homes of the articles that move because of it.

        A copy joins the story of its text, and moves no other article. `home` is where the article is so far, or where
        it belongs because people put it there (`held`) or because it is a copy.
        """
        article = entry.article
        before = self.home(article)
        self.add(entry, home or before or Home(article, article), held=held)
        moved: set[str] = set()
        if not entry.copy_of:
            own = self._story_of(article)
            # The stories that it may belong to, with its likeness to them; the most likely one comes first.
            near = {self._story_of(each) for each in self._articles.nearest(article)} - {own}
            allowed = [story for story in near if self._decisions.allows(article, story)]
            scored = [(self._likeness(article, story), story) for story in allowed]
            ranked = sorted(scored, key=lambda each: (-each[0], each[1]))
            alone = len(self._stories[own].members) == 1
            if alone and not held and ranked and ranked[0][0] > self._model.join:
                self._move(article, ranked[0][1])
                alone = False
            # An article that joined no story does not regroup its neighbours, unless people put it into one.
            if held or not alone:
                moved = self._regroup(article, ranked)
            if local := self._articles.take_local_terms():
                for each in self._stories.values():
                    each.sums.update(dict.fromkeys(local & each.sums.keys(), 0.0))
                for name in list(self._stories):
                    if name in self._stories and 1 < len(self._stories[name].texts) <= _MAX_GROUPED_TEXTS:
                        moved |= self._group_again([name])
        if before is None or self._articles[article].home.story != before.story:
            moved.add(article)
        return tuple(self._settled_home(moving) for moving in sorted(moved))

    def home(self, article: str) -> Home | None:
        """Return the story that an article is in, and why; None for an article that is not in memory."""
        return self._articles[article].home if article in self._articles else None

    def time_of(self, article: str) -> datetime | None:
        """Return the time of an article; None for one that is not in memory."""
        return self._articles[article].at if article in self._articles else None

    def alone(self, home: Home) -> bool:
        """Return whether an article's story has its ID as a name, and no other article in memory."""
        story = self._stories.get(home.story)
        return home.story == home.article and (story is None or story.members <= {home.article})

    def _story_of(self, article: str) -> str:
        return self._decisions.name(self._articles[article].home.story)

    def _leave(self, article: str) -> None:
        name = self._story_of(article)
        self._stories[name].leave(article, self._articles[article])
        if not self._stories[name].members:
            del self._stories[name]

    def _move(self, article: str, story: str) -> None:
        self._leave(article)
        self._articles[article].home = replace(self._articles[article].home, story=story)
        self._stories[story].enter(article, self._articles[article])

    def _likeness(self, article: str, story: str) -> float:
        return self._stories[story].likeness(article, self._articles[article], self._model)

    def _regroup(self, article: str, ranked: list[tuple[float, str]]) -> set[str]:
        """Group the story of an article and its neighbours again; return the articles that moved.

        `ranked` has the neighbours, each with the likeness of the article to it.
        """
        own = self._story_of(article)
        chosen, total = [own], len(self._stories[own].texts)
        for score, story in ranked:
            size = len(self._stories[story].texts)
            if score > self._model.join - _NEAR and story != own and total + size <= _MAX_GROUPED_TEXTS:
                chosen.append(story)
                total += size
        if total > _ALWAYS_GROUPED_TEXTS:
            # A large neighbourhood is only grouped again if the text fits two stories nearly equally well, or if its
            # story has grown since it was last grouped.
            others = [score for score, story in ranked if story != own]
            is_clear = self._likeness(article, own) > max([self._model.join, *others]) + _CLEAR
            if is_clear and len(self._stories[own].texts) <= self._stories[own].grouped * _GROWTH:
                return set()
        return self._group_again(chosen) if total > 1 else set()

    def _group_again(self, chosen: list[str]) -> set[str]:
        """Group the articles of stories again; return those that moved."""
        stories = {each: name for name in chosen for each in self._stories[name].members}
        parts: list[Group[DistinctText]] = []
        for name in chosen:
            members = sorted(self._stories[name].members)
            if name in self._whole or len(self._stories[name].texts) > _MAX_GROUPED_TEXTS:
                parts.append(self._group(members, name))
                continue
            # Articles that people put there stay together; every other text is grouped with its copies.
            if held := [each for each in members if self._articles[each].held]:
                parts.append(self._group(held, name))
            linked: defaultdict[DistinctText, list[str]] = defaultdict(list)
            for each in members:
                if not self._articles[each].held:
                    linked[self._articles[each].text].append(each)
            parts += [self._group(copies) for copies in linked.values()]
        groups = agglomerate(parts, DistinctText.product, self._grouping)
        for group in groups:
            group.members.sort(key=lambda each: (self._articles[each].at, each))
        moved = set()
        # A new story needs a name that no other story in memory has. Names are chosen before any article moves.
        others = self._stories.keys() - set(stories.values())
        for name, grouped in stories_of_groups(groups, stories, others.__contains__).items():
            for each in grouped:
                story = name if self._decisions.allows(each, name) else each
                if story != stories[each]:
                    self._move(each, story)
                    moved.add(each)
            if name in self._stories:
                self._stories[name].grouped = len(self._stories[name].texts)
        return moved

    def _group(self, members: list[str], story: str | None = None) -> Group[DistinctText]:
        found = [self._articles[each] for each in members]
        days = [each.day for each in found if each.day is not None]
        texts = list(dict.fromkeys(each.text for each in found))
        return Group(members, min(days, default=math.inf), max(days, default=-math.inf), texts, story)

    def _settled_home(self, article: str) -> Home:
        """Return the home of an article, with its certainty and reasons unless people or a copy decided it."""
        found = self._articles[article]
        story = self._story_of(article)
        others = self._stories[story].members - {article}
        if found.held or found.home.copy:
            return found.home
        if not others:
            found.home = Home(article, found.home.story)
        else:
            score = min(MAX_SCORE, 1 / (1 + math.exp(self._model.join - self._likeness(article, story))))
            # The other article whose text is most similar, the smallest ID of several. A story may have hundreds of
            # articles, of which few were compared with this text.
            products = [(value, text) for text, value in found.text.products.items() if value]
            ranked = [(-value, each) for value, text in products for each in text.articles if each in others]
            nearest = self._articles[min(ranked)[1] if ranked else min(others)]
            reasons = reasons_for(found, nearest, self._stories[story].sums)
            found.home = Home(article, found.home.story, round(score, 4), reasons)
        return found.home


MAX_TERMS: Final = 5
MAX_AGAINST_TERMS: Final = 2
MAX_RARE_SHARE: Final = 0.05
"""Words in a larger share of all articles, 0 to 1, count but are not shown as rare: "three", "said"."""
_NOTHING: Final = 1e-9
_MONTHS: Final = "January February March April May June July August September October November December".split()
_WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def reasons_for(article: RecentArticle, nearest: RecentArticle, sums: Vector) -> tuple[str, ...]:
    """Return the terms that an article shares with its story, the time between them, and names and years that differ.

    `nearest` is the most similar article of the story, `sums` the sum of the terms of the whole story.
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
        # Names do not count that the other side has as a word, such as Ferry at the start of a headline, nor words in
        # capitals, which are mostly credits, time zones or headlines (AFP, EDT, UPDATED).
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
    """Return a term as it is shown; for dates, y2008 is 2008, m12 December, d12-16 16 December, w3 Wednesday."""
    if term[:2] != "D:":
        return forms.get(term, term[2:].capitalize() if term[:2] == "N:" else term)
    kind, rest = term[2], term[3:]
    if kind == "m":
        return _MONTHS[int(rest) - 1]
    if kind == "w":
        return _WEEKDAYS[int(rest) - 1]
    if kind == "d":
        month, day = rest.split("-")
        return f"{day} {_MONTHS[int(month) - 1]}"
    return rest


T = TypeVar("T")  # a text, as the caller has it


@dataclass(slots=True)
class Group(Generic[T]):
    """Articles that form one story so far.

    Attributes:
        members: their IDs.
        first: the time of the earliest one, in days; infinity if none has a time.
        last: the time of the latest one; minus infinity if none has a time.
        texts: their different texts, by which groups are compared; copies count once.
        story: the story that people put them in; groups of different such stories are never merged.
    """

    members: list[str]
    first: float
    last: float
    texts: list[T]
    story: str | None = None


def agglomerate(groups: Sequence[Group[T]], likeness: Callable[[T, T], float], model: StoryModel) -> list[Group[T]]:
    """Merge the two most similar groups until no two are similar enough, and return the groups that are left.

    `likeness` returns how similar two texts are. The arguments are not changed. Ties depend on the order.
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
        """Queue a group with the most similar one of those before it."""
        # Only one pair of a group is in the queue, because a large neighbourhood has thousands of pairs.
        if row := scores[one]:
            other = max(row, key=row.__getitem__)
            heapq.heappush(queue, (-row[other], one, other))

    for group in groups:
        add(group, {n: sum([likeness(a, b) for a in each.texts for b in group.texts]) for n, each in alive.items()})
    while queue:
        _, one, other = heapq.heappop(queue)
        if one not in alive:
            continue
        if other not in alive:
            scores[one] = {n: score for n, score in scores[one].items() if n in alive}
            offer(one)
            continue
        first, second = alive.pop(one), alive.pop(other)
        merged = Group(
            first.members + second.members,
            min(first.first, second.first),
            max(first.last, second.last),
            first.texts + second.texts,
            first.story or second.story,
        )
        row_one, row_other = sums[one], sums[other]
        add(merged, {n: row_one[n] + row_other[n] for n in alive})
    return list(alive.values())


def _scores(
    first: Group[T], others: Mapping[int, Group[T]], sums: Mapping[int, float], model: StoryModel
) -> dict[int, float]:
    """Return the scores of a group with those of `others` that it may merge with.

    A score is the mean likeness of both groups, less deductions for the size of the smaller one and the days between
    them.
    """
    size, join, story = len(first.texts), model.join, first.story
    # The times of a group without dates are infinite.
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


def stories_of_groups(
    groups: Sequence[Group[T]], stories: Mapping[str, str], taken: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the members of each story: a story continues in the group that has most of its articles.

    A group that continues no story is named after its first member whose ID is not the name of another story.
    `stories` has the story of each article so far; `taken` returns whether a story of other articles has a name.
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
