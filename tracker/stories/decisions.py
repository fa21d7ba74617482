"""What a person decided about stories. It always wins over the machine, and a later decision over an earlier one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tracker.model import Decision, StoryDecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["CurrentDecisions", "Decision", "StoryDecisionKind", "is_ident", "standing"]

_IDENT: Final = 12
_HEX: Final = frozenset("0123456789abcdef")


def is_ident(story: str) -> bool:
    """Say whether a story is called by the id of an article: the machine made it, and no person named it."""
    return len(story) == _IDENT and _HEX.issuperset(story)


@dataclass(frozen=True)
class CurrentDecisions:
    """Every decision so far, taken together; made by `standing`.

    *held* says of an (article, story) whether the article is in it (True) or out of it (False); what is not there is
    left to the machine. *merged* leads from a story to the one it became part of.
    """

    held: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[tuple[str, str]] = frozenset()

    def name(self, story: str) -> str:
        """Return the story that *story* is part of by now."""
        while story in self.merged:
            story = self.merged[story]
        return story

    def held_in(self, article: str) -> tuple[str, ...]:
        """Return the stories that a person put *article* into."""
        return self._homes.get(article, ())

    @cached_property
    def _homes(self) -> dict[str, tuple[str, ...]]:
        homes: defaultdict[str, list[str]] = defaultdict(list)
        for (article, story), inside in self.held.items():
            if inside:
                homes[article].append(story)
        return {article: tuple(sorted(stories)) for article, stories in homes.items()}

    def allows(self, article: str, story: str) -> bool:
        """Say whether the machine may put *article* into *story*: no person kept it out or put it elsewhere."""
        said = self.held.get((article, self.name(story)))
        return said is not False and (said is True or not self.held_in(article))

    def settle(self, proposed: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """Return *proposed* stories with every decision carried out; settling twice changes nothing."""
        settled: defaultdict[str, set[str]] = defaultdict(set)
        for story, articles in proposed.items():
            home = self.name(story)
            settled[home].update(article for article in articles if self.allows(article, home))
        for (article, story), inside in self.held.items():
            if inside:
                settled[story].add(article)
        return {story: tuple(sorted(articles)) for story, articles in sorted(settled.items()) if articles}


def standing(decisions: Iterable[Decision]) -> CurrentDecisions:
    """Return what holds after *decisions*, oldest first."""
    book = _Book()
    for decision in decisions:
        book.enter(decision)
    return CurrentDecisions(book.held, book.merged, book.titles, book.origins, frozenset(book.own))


class _Book:
    """Decisions as they are entered, one after the other."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bool] = {}
        self.merged: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self.own: set[tuple[str, str]] = set()

    def enter(self, decision: Decision) -> None:
        story = self._name(decision.story)
        match decision.verdict:
            case StoryDecisionKind.ACCEPT | StoryDecisionKind.PIN:
                self._hold(decision.articles, story, inside=True)
            case StoryDecisionKind.REJECT:
                self._hold(decision.articles, story, inside=False)
            case StoryDecisionKind.SPLIT:
                self._split(decision.articles, story, decision.into)
            case StoryDecisionKind.MERGE:
                self._merge(story, decision.into)
            case StoryDecisionKind.RENAME:
                self.titles[story] = decision.into
            case StoryDecisionKind.ORIGIN:
                self.origins[story] = decision.articles[0]
                self.own -= {(article, story) for article in decision.articles}
            case StoryDecisionKind.OWN:
                self.own |= {(article, story) for article in decision.articles}

    def _name(self, story: str) -> str:
        while story in self.merged:
            story = self.merged[story]
        return story

    def _hold(self, articles: Iterable[str], story: str, *, inside: bool) -> None:
        for article in articles:
            self.held[article, story] = inside

    def _split(self, articles: tuple[str, ...], story: str, into: str) -> None:
        """Take *articles* out of *story*; a story of that name that was merged away stands again."""
        self.merged.pop(into, None)
        if into != story:
            self._hold(articles, story, inside=False)
        self._hold(articles, into, inside=True)

    def _merge(self, story: str, into: str) -> None:
        """Make *story* part of *into*, with all a person said of it."""
        if story == into:
            return
        if self._name(into) == story:
            del self.merged[into]
        else:
            into = self._name(into)
        self.merged[story] = into
        for (article, each), inside in list(self.held.items()):
            if each == story:
                del self.held[article, each]
                self.held[article, into] = inside or self.held.get((article, into), False)
        if story in self.titles and is_ident(into):  # a story that has a name keeps that
            self.titles.setdefault(into, self.titles[story])
        self.titles.pop(story, None)
        if story in self.origins:
            self.origins.setdefault(into, self.origins.pop(story))
        self.own = {(article, into if each == story else each) for article, each in self.own}
