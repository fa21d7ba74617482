"""`writethru story follow`: one step along the links of a story's articles, within their outlets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.articles import find_articles, get_article
from tracker.archive.stories import get_story_book, save_decision

from ..app import App, pass_app
from ..lazy import Verb
from .story import chosen

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

_MOST = 10


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.option("-n", "--limit", type=click.IntRange(1, 100), default=_MOST, help="At most so many new articles (10).")
@click.option("--dry-run", is_flag=True, help="Say what would be watched, change nothing.")
@pass_app
def follow(app: App, ident: str, limit: int, *, dry_run: bool) -> None:
    """Watch what the articles of a story link to in their text: same host, one step, only what looks like an article.

    Nothing is fetched now: the stored pages are read, and what is new is visited in its turn.
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
        app.out.note("the stored pages link to no article of their own outlet that is not watched")
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
    from tracker.model import Decision, StoryDecisionKind
    from tracker.service.followed_links import watch_links
    from tracker.stories.current_stories import current_stories, membership_changes

    from .story_decide import who

    watch_links(store, app.config, links, (), app.now)
    articles = tuple(each.id for each in find_articles(store, links) if each is not None)
    if articles:
        said = Decision(StoryDecisionKind.PIN, story, articles, at=app.now, by=who())
        save_decision(store, said, *membership_changes(current_stories(get_story_book(store)), said))
