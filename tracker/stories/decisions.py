"""Apply what people decided about stories: a decision overrides a proposal, a later decision an earlier one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tracker.errors import UsageError
from tracker.model.story import Decision, StoryDecisionKind

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
    """Say whether a story is called by an article's id: it was made automatically, and no person named it."""
    return len(story) == _ID_DIGITS and _HEX.issuperset(story)


@dataclass(frozen=True)
class CurrentDecisions:
    """All decisions so far, taken together. `current_decisions` makes it.

    Attributes:
        held: for (article, story), whether a person put the article into the story or kept it out.
        merged: the story that each merged story became part of.
        titles: the titles that people gave to stories.
        origins: for a story, the article whose text the others copy.
        own: (article, story) where the article is not a copy, whatever it shares.
    """

    held: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[tuple[str, str]] = frozenset()

    def name(self, story: str) -> str:
        """Return the story that *story* is part of now."""
        return _merged_into(story, self.merged)

    def held_in(self, article: str) -> tuple[str, ...]:
        """Return the stories that a person put *article* into."""
        return self._stories_of.get(article, ())

    @cached_property
    def _stories_of(self) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for (article, story), inside in self.held.items():
            if inside:
                found[article].append(story)
        return {article: tuple(sorted(stories)) for article, stories in found.items()}

    def allows(self, article: str, story: str) -> bool:
        """Say whether *article* may be put into *story*: no person kept it out, or put it into another story."""
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
    """Return what holds after *decisions*, which are given oldest first."""
    held: dict[tuple[str, str], bool] = {}
    merged: dict[str, str] = {}
    titles: dict[str, str] = {}
    origins: dict[str, str] = {}
    own: set[tuple[str, str]] = set()
    for decision in decisions:
        story, articles, into = _merged_into(decision.story, merged), decision.articles, decision.into
        match decision.verdict:
            case StoryDecisionKind.ACCEPT | StoryDecisionKind.PIN:
                held |= {(article, story): True for article in articles}
            case StoryDecisionKind.REJECT:
                held |= {(article, story): False for article in articles}
            case StoryDecisionKind.SPLIT:
                # A story of that name that was merged into another is one of its own again.
                merged.pop(into, None)
                if into != story:
                    held |= {(article, story): False for article in articles}
                held |= {(article, into): True for article in articles}
            case StoryDecisionKind.RENAME:
                titles[story] = into
            case StoryDecisionKind.ORIGIN:
                # An article that was marked as its own text may become the origin.
                origins[story] = articles[0]
                own -= {(article, story) for article in articles}
            case StoryDecisionKind.OWN:
                own |= {(article, story) for article in articles}
            case StoryDecisionKind.MERGE:
                _merge(story, into, merged, held, titles, origins, own)
    return CurrentDecisions(held, merged, titles, origins, frozenset(own))


def _merged_into(story: str, merged: Mapping[str, str]) -> str:
    while story in merged:
        story = merged[story]
    return story


def _merge(
    story: str,
    into: str,
    merged: dict[str, str],
    held: dict[tuple[str, str], bool],
    titles: dict[str, str],
    origins: dict[str, str],
    own: set[tuple[str, str]],
) -> None:
    """Make *story* part of *into*, and what people decided about it hold for *into*."""
    if story == into:
        return
    # To merge a story into one that is part of it turns the two round.
    if _merged_into(into, merged) == story:
        del merged[into]
    else:
        into = _merged_into(into, merged)
    merged[story] = into
    for (article, each), inside in list(held.items()):
        if each == story:
            del held[article, each]
            held[article, into] = inside or held.get((article, into), False)
    # A story that people named keeps its title.
    if story in titles and is_ident(into):
        titles.setdefault(into, titles[story])
    titles.pop(story, None)
    if story in origins:
        origins.setdefault(into, origins.pop(story))
    for article, each in list(own):
        if each == story:
            own.remove((article, each))
            own.add((article, into))
