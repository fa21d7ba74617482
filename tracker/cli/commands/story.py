"""`writethru story`: show one story and which outlet runs which version, and record decisions about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article
from tracker.archive.stories import get_story_book
from tracker.errors import NotKnown, UsageError
from tracker.stories import story_view
from tracker.stories.current_stories import CurrentStories, current_stories, find_story, unknown_story

from ..app import App, verb
from ..lazy import LazyGroup

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

_AT = "tracker.cli.commands."
_TABLE = {
    "follow": (f"{_AT}story_follow:follow", "Watch what the articles of a story link to on the same site."),
    "accept": (f"{_AT}story_decide:accept", "Confirm that articles belong to a story; by default, all of them."),
    "reject": (f"{_AT}story_decide:reject", "Remove articles from a story for good."),
    "pin": (f"{_AT}story_decide:pin", "Add articles to a story, which is created if it is new."),
    "split": (f"{_AT}story_decide:split", "Move articles out of a story into a new one."),
    "merge": (f"{_AT}story_decide:merge", "Merge a story into another."),
    "rename": (f"{_AT}story_decide:rename", "Give a story a title."),
    "origin": (f"{_AT}story_decide:origin", "Set which article the other articles of a story copy."),
    "own": (f"{_AT}story_decide:own", "Mark articles as the outlet's own work, not copies."),
    "decisions": (f"{_AT}story_decide:decisions", "List decisions made by people, oldest first."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def story() -> None:
    """Show which outlet runs which version of a story; accept, split, merge, rename, pin and follow it."""


@verb(group=story)
@click.argument("ident", metavar="ID")
@click.option("--own", is_flag=True, help="Also show the sentences that each outlet added or changed.")
@click.option("--history", is_flag=True, help="Also show which versions each copy ran, and since when.")
def show(app: App, ident: str, *, own: bool, history: bool) -> None:
    """Show which outlet runs which version of a story, which are behind, and which never ran a correction.

    ID is a story's ID or the start of it, its name or title, or an article in it.
    """
    from tracker.service.story_timelines import gather

    from . import story_lines

    with app.archive() as store:
        settled, name = chosen(store, ident)
        found = gather(store, settled, name)
    if app.settings.json:
        app.out.data(story_view(found, settled).as_json())
        return
    story_lines.write(app, settled, found, own=own, history=history)


def chosen(store: Archive, ident: str) -> tuple[CurrentStories, str]:
    """Return all stories, and the one that `ident` names. Raises NotKnown or UsageError."""
    settled = current_stories(get_story_book(store))
    if found := find_story(settled, ident):
        return settled, found
    try:
        article = get_article(store, ident)
    except NotKnown:
        raise unknown_story(settled, ident) from None
    stories = settled.of_article.get(article.id, ())
    if len(stories) > 1:
        raise UsageError("this article is part of several stories", resource=ident, hint=", ".join(stories))
    if not stories:
        hint = "to add it to one: writethru story pin NAME ARTICLE"
        raise NotKnown("this article is not part of any story", resource=ident, hint=hint)
    return settled, stories[0]
