"""`writethru story follow`: watch the articles that a story's articles link to on the same site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import find_articles, get_article
from tracker.archive.stories import get_story_book, save_decision
from tracker.model import Decision, StoryDecisionKind
from tracker.stories.current_stories import current_stories, membership_changes

from ..app import App, verb
from .story import chosen
from .story_decide import who

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

DEFAULT_LIMIT = 10


@verb()
@click.argument("ident", metavar="STORY")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1, 100),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="Add at most this many articles.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything.")
def follow(app: App, ident: str, limit: int, *, dry_run: bool) -> None:
    """Watch the articles that a story's articles link to in their text, on the same host. Links are followed one step.

    Nothing is fetched now: links are taken from stored pages, and new articles are checked when they are due.
    """
    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        refused = {
            article for (article, each), inside in settled.decisions.held.items() if each == story and not inside
        }
        links = _links(store, settled.stories[story], refused)[:limit]
        if not dry_run:
            _watch(app, store, story, links)
    for link in links:
        app.out.say({"story": story, "url": link, "added": not dry_run}, link)
    if not links:
        app.out.note("The stored pages link to no article on their own site that is not watched already.")
    elif not dry_run:
        app.out.note("next: writethru check, or writethru run")


def _links(store: Archive, articles: tuple[str, ...], refused: set[str]) -> list[str]:
    from tracker.service.followed_links import links_of

    found: dict[str, None] = {}
    for ident in articles:
        tracked = get_article(store, ident)
        if tracked.versions:
            found |= dict.fromkeys(links_of(store, ident, tracked.versions))
    known = find_articles(store, list(found))
    left_out = refused.union(articles)
    return [link for link, tracked in zip(found, known, strict=True) if tracked is None or tracked.id not in left_out]


def _watch(app: App, store: Archive, story: str, links: list[str]) -> None:
    from tracker.service.followed_links import watch_links

    watch_links(store, app.config, links, (), app.now)
    articles = tuple(each.id for each in find_articles(store, links) if each is not None)
    if articles:
        decision = Decision(StoryDecisionKind.PIN, story, articles, at=app.now, by=who())
        save_decision(store, decision, *membership_changes(current_stories(get_story_book(store)), decision))
