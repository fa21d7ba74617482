"""`writethru story follow`: watch the articles that those of a story link to."""

from __future__ import annotations

import click

from tracker.service.story_worker import follow_links, links_of_story

from .. import options
from ..app import App, verb
from .note import who
from .story import chosen


@verb()
@click.argument("ident", metavar="STORY")
@options.limit("Add at most this many articles.", 10, most=100)
@options.dry_run("Show what would be watched without changing anything.")
def follow(app: App, ident: str, limit: int, *, dry_run: bool) -> None:
    """Watch the articles that a story's articles link to in their text, on the same host. Links are followed one step.

    Nothing is fetched now: links are taken from stored pages, and new articles are checked when they are due.
    """
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        links = links_of_story(archive, settled, story, limit)
        if not dry_run:
            follow_links(archive, app.config, settled, story, links, app.now, who())
    for link in links:
        app.out.say({"story": story, "url": link, "added": not dry_run}, link)
    if not links:
        app.out.note("On their own sites, the stored pages link only to articles that are already watched.")
    elif not dry_run:
        app.out.note("next: writethru check, or writethru run")
