"""Stories as they stand: what the machine proposed and persons named, with every decision carried out. Pure."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tracker.errors import NotKnown, UsageError

from .decisions import CurrentDecisions, Decision, StoryDecisionKind, is_ident, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.model import Home, StoryBook

_SHORTEST: Final = 3
_HEX: Final = frozenset("0123456789abcdef")


def naming(book: StoryBook) -> CurrentDecisions:
    """Return what holds after everything a person said: memberships by name first, then the decisions, oldest first."""
    named = [Decision(StoryDecisionKind.PIN, name, (article,)) for article, name in book.named]
    return standing([*named, *book.decisions])


@dataclass(frozen=True)
class Settled:
    """Every story of more than one article or with a name, by its id; made by `settle`."""

    stories: Mapping[str, tuple[str, ...]]
    standing: CurrentDecisions
    homes: Mapping[str, Home]
    adopted: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def of_article(self) -> Mapping[str, tuple[str, ...]]:
        """Return the stories of each article."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for story, articles in self.stories.items():
            for article in articles:
                found[article].append(story)
        return {article: tuple(stories) for article, stories in found.items()}

    def title(self, story: str) -> str:
        """Return what a person called the story, or nothing."""
        return self.standing.titles.get(story, "") or ("" if is_ident(story) else story)

    def accepted(self, article: str, story: str) -> bool:
        """Say whether a person holds *article* in *story*, or it holds a text of the story."""
        home = self.reason(article, story)
        copied = home is not None and home.copy
        return copied or self.standing.held.get((article, story)) is True

    def reason(self, article: str, story: str) -> Home | None:
        """Return why the machine put *article* into *story*; None where it was not the machine."""
        home = self.homes.get(article)
        if home is None:
            return None
        return home if self.standing.name(self.adopted.get(home.story, home.story)) == story else None


def settle(book: StoryBook) -> Settled:
    """Return the stories of *book*; one of a single article is left out unless a person named or held it.

    Where persons put articles of a nameless story into one with a name, and into no other, the rest comes along.
    """
    ruled = naming(book)
    adopted = _adopted(book, ruled)
    proposed: defaultdict[str, list[str]] = defaultdict(list)
    for home in book.homes:
        proposed[adopted.get(home.story, home.story)].append(home.article)
    found = ruled.settle(proposed)
    said = {story for (_, story), inside in ruled.held.items() if inside}
    kept = {story: articles for story, articles in found.items() if len(articles) > 1 or story in said}
    return Settled(kept, ruled, {home.article: home for home in book.homes}, adopted)


def _adopted(book: StoryBook, ruled: CurrentDecisions) -> dict[str, str]:
    """Return the named story that each nameless one has become part of, by the articles that persons put there."""
    goals: defaultdict[str, set[str]] = defaultdict(set)
    for home in book.homes:
        if is_ident(ruled.name(home.story)) and ruled.held.get((home.article, ruled.name(home.story))) is None:
            goals[home.story].update(name for name in ruled.held_in(home.article) if not is_ident(name))
    return {story: min(names) for story, names in goals.items() if len(names) == 1}


def find(settled: Settled, wanted: str, titles: Mapping[str, str] | None = None) -> str | None:
    """Return the story that *wanted* names: by id, name, title, or the start of an id. None where none is meant.

    *titles* are those shown for stories that nobody named. Raises UsageError where several begin like this.
    """
    named = settled.standing.name(wanted)
    if named in settled.stories:
        return named
    folded = wanted.casefold()
    for story in settled.stories:
        if folded in {story.casefold(), settled.title(story).casefold(), (titles or {}).get(story, "").casefold()}:
            return story
    if len(wanted) >= _SHORTEST and _HEX.issuperset(wanted):
        alike = sorted(story for story in settled.stories if is_ident(story) and story.startswith(wanted))
        if len(alike) > 1:
            raise UsageError("several stories begin like this", resource=wanted, hint=", ".join(alike))
        if alike:
            return alike[0]
    return None


def unknown(settled: Settled, wanted: str) -> NotKnown:
    """Return the error for a story that is not there, with the nearest names."""
    names = [settled.title(story) or story for story in settled.stories]
    near = difflib.get_close_matches(wanted, names, n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "writethru stories lists what there is"
    return NotKnown("no such story", resource=wanted, hint=hint)


def effects(settled: Settled, said: Decision) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Return which articles join and leave which named stories by a decision: pairs of article and story.

    A story that bears an article's id is known to nobody's rules, so nothing joins it.
    """
    story = settled.standing.name(said.story)
    inside = set(settled.stories.get(story, ()))
    joins: list[tuple[str, str]] = []
    leaves: list[tuple[str, str]] = []
    if said.verdict in {StoryDecisionKind.ACCEPT, StoryDecisionKind.PIN}:
        joins = [(article, story) for article in said.articles]
    elif said.verdict is StoryDecisionKind.REJECT:
        leaves = [(article, story) for article in said.articles]
    elif said.verdict is StoryDecisionKind.SPLIT:
        joins = [(article, said.into) for article in said.articles]
        leaves = [(article, story) for article in said.articles if story != said.into]
    elif said.verdict is StoryDecisionKind.MERGE:
        joins = [(article, settled.standing.name(said.into)) for article in sorted(inside)]
    return (
        [pair for pair in joins if not is_ident(pair[1])],
        [pair for pair in leaves if not is_ident(pair[1])],
    )
