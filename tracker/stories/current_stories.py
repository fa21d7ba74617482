"""Combine the automatic proposals of stories with the decisions of people.

A decision overrides a proposal, and a later decision overrides an earlier one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tracker.errors import UsageError
from tracker.model.story import Decision, Home, StoryBook, StoryDecisionKind

_ID_DIGITS: Final = 12
_NAME: Final = re.compile(r"[\w .&'’()-]{1,80}")
_HEX: Final = frozenset("0123456789abcdef")


def new_story_name(name: str) -> str:
    """Return a name for a new story, with single spaces. Raises UsageError if it is not one."""
    clean = " ".join(name.split())
    if is_ident(clean) or not _NAME.fullmatch(clean):
        raise UsageError(
            "not a valid story name",
            resource=name,
            hint="use at most 80 letters, digits, spaces and . _ - & ( )",
        )
    return clean


def is_ident(story: str) -> bool:
    """Return whether a story's name is the ID of an article, that is, whether no person named it."""
    return len(story) == _ID_DIGITS and _HEX.issuperset(story)


@dataclass(frozen=True)
class CurrentDecisions:
    """The result of all decisions so far; `current_decisions` makes it.

    Attributes:
        held: for (article, story), whether a person put the article into the story or kept it out.
        merged: the story that each merged story is part of.
        titles: the titles that people gave to stories.
        origins: for a story, the article whose text the others copy.
        own: (article, story) if the article is not a copy, however much text it shares.
    """

    held: dict[tuple[str, str], bool] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    own: set[tuple[str, str]] = field(default_factory=set)

    def name(self, story: str) -> str:
        """Return the story that `story` is part of now."""
        while story in self.merged:
            story = self.merged[story]
        return story

    def held_in(self, article: str) -> tuple[str, ...]:
        """Return the stories that a person put `article` into."""
        return self._stories_of.get(article, ())

    @cached_property
    def _stories_of(self) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for (article, story), inside in self.held.items():
            if inside:
                found[article].append(story)
        return {article: tuple(sorted(stories)) for article, stories in found.items()}

    def allows(self, article: str, story: str) -> bool:
        """Return whether `article` may be put into `story`: no person kept it out, or put it into another story."""
        held = self.held.get((article, self.name(story)))
        return held is not False and (held is True or not self.held_in(article))

    def settle(self, proposed: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        """Return the proposed stories with all decisions applied. Applying them twice changes nothing."""
        settled: defaultdict[str, set[str]] = defaultdict(set)
        for story, articles in proposed.items():
            name = self.name(story)
            settled[name].update(article for article in articles if self.allows(article, name))
        for (article, story), inside in self.held.items():
            if inside:
                settled[story].add(article)
        return {story: tuple(sorted(articles)) for story, articles in sorted(settled.items()) if articles}


def current_decisions(decisions: Iterable[Decision]) -> CurrentDecisions:
    """Return the state after `decisions`, which are given oldest first."""
    found = CurrentDecisions()
    for decision in decisions:
        story, articles, into = found.name(decision.story), decision.articles, decision.into
        match decision.verdict:
            case StoryDecisionKind.ACCEPT | StoryDecisionKind.PIN:
                found.held.update({(article, story): True for article in articles})
            case StoryDecisionKind.REJECT:
                found.held.update({(article, story): False for article in articles})
            case StoryDecisionKind.SPLIT:
                # A story of that name that was merged into another one is separate again.
                found.merged.pop(into, None)
                if into != story:
                    found.held.update({(article, story): False for article in articles})
                found.held.update({(article, into): True for article in articles})
            case StoryDecisionKind.RENAME:
                found.titles[story] = into
            case StoryDecisionKind.ORIGIN:
                # An article that was marked as its own text may become the origin.
                found.origins[story] = articles[0]
                found.own.difference_update((article, story) for article in articles)
            case StoryDecisionKind.OWN:
                found.own.update((article, story) for article in articles)
            case StoryDecisionKind.MERGE:
                _merge(found, story, into)
    return found


def _merge(found: CurrentDecisions, story: str, into: str) -> None:
    """Make `story` part of `into`; decisions about it apply to `into` from now on."""
    if story == into:
        return
    # If `into` is part of `story`, the two change places.
    if found.name(into) == story:
        del found.merged[into]
    else:
        into = found.name(into)
    found.merged[story] = into
    for article in [article for article, each in found.held if each == story]:
        found.held[article, into] = found.held.pop((article, story)) or found.held.get((article, into), False)
    # A story that people named keeps its title.
    if story in found.titles and is_ident(into):
        found.titles.setdefault(into, found.titles[story])
    found.titles.pop(story, None)
    if story in found.origins:
        found.origins.setdefault(into, found.origins.pop(story))
    for article in [article for article, each in found.own if each == story]:
        found.own.remove((article, story))
        found.own.add((article, into))


MIN_PREFIX_DIGITS: Final = 3
"""A story is not found by a shorter beginning of its ID."""


@dataclass(frozen=True)
class CurrentStories:
    """Every story that has a name or more than one article. `current_stories` makes it.

    Attributes:
        stories: the articles of each story, by its ID or name.
        decisions: the decisions of people.
        homes: the story that each article was put into automatically, and why.
        adopted: the named story that stories without a name have become part of.
    """

    stories: Mapping[str, tuple[str, ...]]
    decisions: CurrentDecisions
    homes: Mapping[str, Home]
    adopted: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def of_article(self) -> Mapping[str, tuple[str, ...]]:
        """The stories of each article."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for story, articles in self.stories.items():
            for article in articles:
                found[article].append(story)
        return {article: tuple(stories) for article, stories in found.items()}

    def title(self, story: str) -> str:
        """Return the title that a person gave the story; "" if it has none."""
        return self.decisions.titles.get(story, "") or ("" if is_ident(story) else story)

    def accepted(self, article: str, story: str) -> bool:
        """Return whether `article` is surely in `story`: a person put it there, or it is a copy of a text in it."""
        home = self.reason(article, story)
        copied = home is not None and home.copy
        return copied or self.decisions.held.get((article, story)) is True

    def reason(self, article: str, story: str) -> Home | None:
        """Return why `article` was put into `story` automatically; None if it was not."""
        home = self.homes.get(article)
        if home is None:
            return None
        return home if self.decisions.name(self.adopted.get(home.story, home.story)) == story else None


def current_stories(book: StoryBook) -> CurrentStories:
    """Return the stories of `book` with all decisions applied.

    A story of one article is left out, unless a person named it or put the article there. If people put articles of a
    story without a name into exactly one named story, the other articles of that story join it, too.
    """
    # Membership of a named story counts as a decision: it is from the configuration, or came with a copy.
    named = [Decision(StoryDecisionKind.PIN, name, (article,)) for article, name in book.named]
    decisions = current_decisions([*named, *book.decisions])
    # The named stories that people put articles of each story without a name into.
    names: defaultdict[str, set[str]] = defaultdict(set)
    for home in book.homes:
        story = decisions.name(home.story)
        if is_ident(story) and decisions.held.get((home.article, story)) is None:
            names[home.story].update(name for name in decisions.held_in(home.article) if not is_ident(name))
    adopted = {story: min(found) for story, found in names.items() if len(found) == 1}
    proposed: defaultdict[str, list[str]] = defaultdict(list)
    for home in book.homes:
        proposed[adopted.get(home.story, home.story)].append(home.article)
    settled = decisions.settle(proposed)
    by_people = {story for (_, story), inside in decisions.held.items() if inside}
    stories = {story: articles for story, articles in settled.items() if len(articles) > 1 or story in by_people}
    return CurrentStories(stories, decisions, {home.article: home for home in book.homes}, adopted)


def find_story(stories: CurrentStories, wanted: str) -> str | None:
    """Return the story with this ID, name, title, or beginning of an ID; None if there is none.

    Raises UsageError if the IDs of several stories begin with `wanted`.
    """
    named = stories.decisions.name(wanted)
    if named in stories.stories:
        return named
    folded = wanted.casefold()
    for story in stories.stories:
        if folded and folded in {story.casefold(), stories.title(story).casefold()}:
            return story
    if begins_id(wanted):
        alike = sorted(story for story in stories.stories if is_ident(story) and story.startswith(wanted))
        if len(alike) > 1:
            raise UsageError("the IDs of several stories begin with this", resource=wanted, hint=", ".join(alike))
        if alike:
            return alike[0]
    return None


def begins_id(wanted: str) -> bool:
    """Return whether `wanted` may be the beginning of a story's ID."""
    return len(wanted) >= MIN_PREFIX_DIGITS and _HEX.issuperset(wanted)
