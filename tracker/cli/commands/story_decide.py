"""Commands that change a story. A person's decisions are kept in a list that only grows; the service undoes none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from tracker.archive.articles import find_articles, get_article
from tracker.archive.stories import list_decisions
from tracker.errors import UsageError
from tracker.model.story import Decision, StoryDecisionKind
from tracker.render.text import counted
from tracker.service.story_list import record_decision, stories_with
from tracker.stories.current_stories import CurrentStories, find_story, new_story_name
from tracker.views.values import fields_json

from .. import options
from ..app import App, verb
from .note import who
from .story import chosen, short_name, story

if TYPE_CHECKING:
    from tracker.archive.archive import Archive


_SENTENCES: Final = {
    StoryDecisionKind.ACCEPT: "Confirmed {articles} as part of {story}. Only a person can remove {them} now.",
    StoryDecisionKind.PIN: "Added {articles} to {story}. Only a person can remove {them} now.",
    StoryDecisionKind.REJECT: "Removed {articles} from {story}. The service never adds {them} back.",
    StoryDecisionKind.SPLIT: "Moved {articles} from {story} to {into}.",
    StoryDecisionKind.MERGE: "Merged {story} into {into}.",
    StoryDecisionKind.RENAME: "Gave {story} the title “{title}”.",
    StoryDecisionKind.ORIGIN: "Set {first} as the original that the other articles of {story} copy.",
    StoryDecisionKind.OWN: "Marked {articles} of {story} as the outlet's own work.",
}


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="[ARTICLE]…", nargs=-1)
def accept(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Confirm that articles belong to a story; by default, all articles it has now."""
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        wanted = _articles(archive, articles) or settled.stories[story]
        _decide(app, archive, settled, StoryDecisionKind.ACCEPT, story, wanted)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
def reject(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Remove articles from a story. The service never adds them back; a person can."""
    _decide_inside(app, StoryDecisionKind.REJECT, ident, articles)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
def pin(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Add articles to a story and keep them there. STORY is created if it is new."""
    with app.archive(readonly=False) as archive:
        settled = stories_with(archive, ident)
        story = find_story(settled, ident) or new_story_name(ident)
        _decide(app, archive, settled, StoryDecisionKind.PIN, story, _articles(archive, articles))


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@click.option("--into", metavar="NAME", default="", help="Move them to this story instead of a new one.")
def split(app: App, ident: str, articles: tuple[str, ...], into: str) -> None:
    """Move articles out of a story into a new one, or into the one given with --into."""
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        gone = _inside(archive, settled, story, articles)
        goal = (find_story(stories_with(archive, into), into) or new_story_name(into)) if into else _free(story, gone)
        _decide(app, archive, settled, StoryDecisionKind.SPLIT, story, gone, goal)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("into", metavar="INTO")
def merge(app: App, ident: str, into: str) -> None:
    """Merge STORY into the story INTO."""
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        _, goal = chosen(archive, into)
        if story == goal:
            raise UsageError("these are already the same story", resource=ident)
        _decide(app, archive, settled, StoryDecisionKind.MERGE, story, (), goal)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("title", metavar="TITLE")
def rename(app: App, ident: str, title: str) -> None:
    """Give a story a title. Its ID, and the name used in rules, stay the same."""
    if not title.strip():
        raise UsageError("a title needs at least one character", resource=ident)
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        _decide(app, archive, settled, StoryDecisionKind.RENAME, story, (), " ".join(title.split()))


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("article", metavar="ARTICLE")
def origin(app: App, ident: str, article: str) -> None:
    """Set ARTICLE as the original whose text the other articles of the story copy."""
    _decide_inside(app, StoryDecisionKind.ORIGIN, ident, (article,))


@verb(group=story)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
def own(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Mark articles as the outlet's own work: they are not treated as copies, even if they share text."""
    _decide_inside(app, StoryDecisionKind.OWN, ident, articles)


@verb(group=story)
@click.argument("ident", metavar="[STORY]", required=False)
def decisions(app: App, ident: str | None) -> None:
    """List decisions that people made about stories, oldest first."""
    with app.archive() as archive:
        found = list_decisions(archive)
        if ident:
            settled, story = chosen(archive, ident)
            found = [each for each in found if story in {settled.decisions.name(each.story), each.into}]
    if app.settings.json:
        app.out.records(map(fields_json, found))
        return
    rows = [
        (app.when(each.at) if each.at else "-", each.by or "-", str(each.verdict), short_name(each.story), _what(each))
        for each in found
    ]
    app.out.table(("WHEN", "WHO", "DECISION", "STORY", "WHAT"), rows)


@verb(group=story)
@click.argument("ident", metavar="STORY")
@options.limit("Add at most this many articles.", 10, most=100)
@options.dry_run("Show what would be watched without changing anything.")
def follow(app: App, ident: str, limit: int, *, dry_run: bool) -> None:
    """Watch the articles that a story's articles link to in their text, on the same host. Links are followed one step.

    Nothing is fetched now: links are taken from stored pages, and new articles are checked when they are due.
    """
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        refused = {
            article for (article, each), inside in settled.decisions.held.items() if each == story and not inside
        }
        links = _links(archive, settled.stories[story], refused)[:limit]
        if not dry_run:
            _watch(app, archive, story, links)
    for link in links:
        app.out.say({"story": story, "url": link, "added": not dry_run}, link)
    if not links:
        app.out.note("On their own sites, the stored pages link only to articles that are already watched.")
    elif not dry_run:
        app.out.note("next: writethru check, or writethru run")


def _links(archive: Archive, articles: tuple[str, ...], refused: set[str]) -> list[str]:
    from tracker.service.followed_links import links_of

    found: dict[str, None] = {}
    for ident in articles:
        tracked = get_article(archive, ident)
        if tracked.versions:
            found |= dict.fromkeys(links_of(archive, ident, tracked.versions))
    known = find_articles(archive, list(found))
    # What a person took out of the story is not brought back by a link.
    left_out = refused.union(articles)
    return [link for link, tracked in zip(found, known, strict=True) if tracked is None or tracked.id not in left_out]


def _watch(app: App, archive: Archive, story: str, links: list[str]) -> None:
    from tracker.service.followed_links import watch_links

    watch_links(archive, app.config, links, (), app.now)
    articles = tuple(each.id for each in find_articles(archive, links) if each is not None)
    if articles:
        decision = Decision(StoryDecisionKind.PIN, story, articles, at=app.now, by=who())
        record_decision(archive, stories_with(archive, story), decision)


def _decide_inside(app: App, verdict: StoryDecisionKind, ident: str, articles: tuple[str, ...]) -> None:
    with app.archive(readonly=False) as archive:
        settled, story = chosen(archive, ident)
        _decide(app, archive, settled, verdict, story, _inside(archive, settled, story, articles))


def _decide(
    app: App,
    archive: Archive,
    settled: CurrentStories,
    verdict: StoryDecisionKind,
    story: str,
    articles: tuple[str, ...],
    into: str = "",
) -> None:
    decision = Decision(verdict, story, articles, into, at=app.now, by=who())
    record_decision(archive, settled, decision)
    value = {"story": story, "verdict": str(verdict), "articles": list(articles), "into": into}
    app.out.say(value, _sentence(decision))


def _sentence(decision: Decision) -> str:
    """Return what a decision does."""
    idents = [each[:8] for each in decision.articles]
    return _SENTENCES[decision.verdict].format(
        story=short_name(decision.story),
        into=short_name(decision.into),
        title=decision.into,
        articles=f"{counted(len(idents), 'article')} ({', '.join(idents)})",
        first=next(iter(idents), ""),
        them="it" if len(idents) == 1 else "them",
    )


def _what(decision: Decision) -> str:
    goal = f"→ {short_name(decision.into)}" if decision.into else ""
    return " ".join([*(each[:8] for each in decision.articles), goal]).strip()


def _articles(archive: Archive, idents: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(get_article(archive, ident).id for ident in idents))


def _inside(archive: Archive, settled: CurrentStories, story: str, idents: tuple[str, ...]) -> tuple[str, ...]:
    """Return the IDs of articles. Raises UsageError if one is not in the story."""
    articles = _articles(archive, idents)
    for article in articles:
        if article not in settled.stories[story]:
            raise UsageError(f"this article is not part of {short_name(story)}", resource=article[:8])
    return articles


def _free(story: str, articles: tuple[str, ...]) -> str:
    """Return a name for the new story of `articles`: the ID of one of them that is not the name of `story`."""
    names = [article for article in articles if article != story]
    if not names:
        raise UsageError(
            "this story is named after the article; give the new story a name",
            resource=story[:8],
            hint="writethru story split STORY ARTICLE --into NAME",
        )
    return names[0]
