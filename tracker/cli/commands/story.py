"""`writethru story`: one story, who runs which version of it, and what a person has to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article
from tracker.archive.stories import get_story_book

from ..app import App, pass_app
from ..lazy import LazyGroup, Verb

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.stories.current_stories import CurrentStories

_AT = "tracker.cli.commands."
_TABLE = {
    "follow": (f"{_AT}story_follow:follow", "Watch what the texts of a story link to at their outlet."),
    "accept": (f"{_AT}story_decide:accept", "Say that articles belong to a story; without any, all it has."),
    "reject": (f"{_AT}story_decide:reject", "Say that articles do not belong to a story."),
    "pin": (f"{_AT}story_decide:pin", "Put articles into a story, which is made where it is new."),
    "split": (f"{_AT}story_decide:split", "Take articles out of a story, into one of their own."),
    "merge": (f"{_AT}story_decide:merge", "Make a whole story part of another."),
    "rename": (f"{_AT}story_decide:rename", "Give a story a title."),
    "origin": (f"{_AT}story_decide:origin", "Say whose text the others of a story copy."),
    "own": (f"{_AT}story_decide:own", "Say that articles are no copies, whatever they share."),
    "decisions": (f"{_AT}story_decide:decisions", "List what persons decided, oldest first."),
}


@click.group(cls=LazyGroup, table=_TABLE)
def story() -> None:
    """Show a story: who runs which version; accept, split, merge, rename, pin and follow it."""


@story.command(cls=Verb)
@click.argument("ident", metavar="ID")
@click.option("--own", is_flag=True, help="With the sentences that outlets wrote or changed themselves.")
@click.option("--history", is_flag=True, help="With the versions each copy ran, and since when.")
@pass_app
def show(app: App, ident: str, *, own: bool, history: bool) -> None:
    """Show who runs which version of a story, who is behind, and who never took a correction.

    ID is a story's id, the start of it, its name or title, or an article of it.
    """
    from tracker.service.story_timelines import gather
    from tracker.stories import story_view

    from . import story_lines

    with app.archive() as store:
        settled, name = chosen(store, ident)
        found = gather(store, settled, name)
    if app.settings.json:
        app.out.data(story_view(found, settled).as_json())
        return
    story_lines.write(app, settled, found, own=own, history=history)


def chosen(store: Archive, ident: str) -> tuple[CurrentStories, str]:
    """Return the stories, and the one that *ident* means. Raises NotKnown, UsageError."""
    from tracker.errors import NotKnown, UsageError
    from tracker.stories.current_stories import current_stories, find_story, unknown_story

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
        hint = "writethru story pin NAME ARTICLE puts it into one"
        raise NotKnown("this article is part of no story", resource=ident, hint=hint)
    return settled, stories[0]
