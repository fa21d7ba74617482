"""Stories: accept the articles that were found."""

from __future__ import annotations

from typing import Final

from tracker.archive.stories import get_story_book, save_decision
from tracker.model.story import Decision, StoryDecisionKind
from tracker.stories.current_stories import current_stories, find_story, membership_changes, unknown_story
from tracker.web import links
from tracker.web.actions import Actions, Done, Nothing, Operation, Order

from .answers import Said, said


def _accept(do: Actions, it: Order[Nothing]) -> Done:
    with do.store() as store:
        settled = current_stories(get_story_book(store))
        ident = find_story(settled, it.name)
        if ident is None:
            raise unknown_story(settled, it.name)
        decision = Decision(StoryDecisionKind.ACCEPT, ident, settled.stories[ident], at=it.now, by=it.who)
        save_decision(store, decision, *membership_changes(settled, decision))
    text = "Story accepted. Only a person can remove these articles from it now."
    return Done(text, links.story(it.name), said(text))


STORIES: Final = (
    Operation(
        "/stories/{name:path}/accept",
        "/api/v1/stories/{name:path}/accept",
        "Confirm that all articles now in a story belong to it.",
        Nothing,
        _accept,
        Said,
    ),
)
