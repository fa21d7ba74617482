"""What a person decides about stories: an append-only list, which the machine never undoes."""

from __future__ import annotations

import getpass
import re
from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article
from tracker.archive.stories import get_story_book, list_decisions, save_decision

from ..app import App, pass_app
from ..lazy import Verb
from .story import chosen

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model import Decision, StoryDecisionKind
    from tracker.stories.current_stories import CurrentStories

_NAME = re.compile(r"[\w .&'’()-]{1,80}")


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="[ARTICLE]…", nargs=-1)
@pass_app
def accept(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Say that articles belong to a story; without any, all that it has by now."""
    from tracker.model import StoryDecisionKind

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        wanted = _articles(store, articles) or settled.stories[story]
        _decide(app, store, settled, StoryDecisionKind.ACCEPT, story, wanted)


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@pass_app
def reject(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Say that articles do not belong to a story: nothing brings them back but a person."""
    from tracker.model import StoryDecisionKind

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        _decide(
            app, store, settled, StoryDecisionKind.REJECT, story, _inside(settled, story, _articles(store, articles))
        )


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@pass_app
def pin(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Put articles into a story and hold them there; a STORY that is not known is made."""
    from tracker.model import StoryDecisionKind
    from tracker.stories.current_stories import current_stories, find_story

    with app.archive(readonly=False) as store:
        settled = current_stories(get_story_book(store))
        story = find_story(settled, ident) or _new_name(ident)
        _decide(app, store, settled, StoryDecisionKind.PIN, story, _articles(store, articles))


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@click.option("--into", metavar="NAME", default="", help="The story they go to; else one of their own.")
@pass_app
def split(app: App, ident: str, articles: tuple[str, ...], into: str) -> None:
    """Take articles out of a story, into one of their own or the one named."""
    from tracker.model import StoryDecisionKind
    from tracker.stories.current_stories import find_story

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        gone = _inside(settled, story, _articles(store, articles))
        goal = (find_story(settled, into) or _new_name(into)) if into else _free(story, gone)
        _decide(app, store, settled, StoryDecisionKind.SPLIT, story, gone, goal)


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("into", metavar="INTO")
@pass_app
def merge(app: App, ident: str, into: str) -> None:
    """Make the whole STORY part of the story INTO."""
    from tracker.errors import UsageError
    from tracker.model import StoryDecisionKind

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        _, goal = chosen(store, into)
        if story == goal:
            raise UsageError("these are one story already", resource=ident)
        _decide(app, store, settled, StoryDecisionKind.MERGE, story, (), goal)


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("title", metavar="TITLE")
@pass_app
def rename(app: App, ident: str, title: str) -> None:
    """Give a story a title; its id, and the name that rules know it by, stay."""
    from tracker.errors import UsageError
    from tracker.model import StoryDecisionKind

    if not title.strip():
        raise UsageError("a title needs at least one character", resource=ident)
    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        _decide(app, store, settled, StoryDecisionKind.RENAME, story, (), " ".join(title.split()))


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("article", metavar="ARTICLE")
@pass_app
def origin(app: App, ident: str, article: str) -> None:
    """Say that ARTICLE is the one whose text the others of the story copy."""
    from tracker.model import StoryDecisionKind

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        _decide(
            app, store, settled, StoryDecisionKind.ORIGIN, story, _inside(settled, story, _articles(store, (article,)))
        )


@click.command(cls=Verb)
@click.argument("ident", metavar="STORY")
@click.argument("articles", metavar="ARTICLE…", nargs=-1, required=True)
@pass_app
def own(app: App, ident: str, articles: tuple[str, ...]) -> None:
    """Say that articles are the outlet's own and no copies, whatever they share."""
    from tracker.model import StoryDecisionKind

    with app.archive(readonly=False) as store:
        settled, story = chosen(store, ident)
        _decide(app, store, settled, StoryDecisionKind.OWN, story, _inside(settled, story, _articles(store, articles)))


@click.command(cls=Verb)
@click.argument("ident", metavar="[STORY]", required=False)
@pass_app
def decisions(app: App, ident: str | None) -> None:
    """List what persons decided about stories, oldest first."""
    from tracker.render.times import iso, moment

    with app.archive() as store:
        said = list_decisions(store)
        if ident:
            settled, story = chosen(store, ident)
            said = [each for each in said if story in {settled.decisions.name(each.story), each.into}]
    if app.settings.json:
        for each in said:
            value = {"verdict": str(each.verdict), "story": each.story, "articles": list(each.articles)}
            app.out.data({"schema": 1, "at": iso(each.at), "by": each.by, **value, "into": each.into})
        return
    rows = [
        (
            moment(each.at, app.now) if each.at else "-",
            each.by or "-",
            str(each.verdict),
            _short(each.story),
            _what(each),
        )
        for each in said
    ]
    app.out.table(("WHEN", "WHO", "SAID", "STORY", "WHAT"), rows)


def _decide(
    app: App,
    store: Archive,
    settled: CurrentStories,
    verdict: StoryDecisionKind,
    story: str,
    articles: tuple[str, ...],
    into: str = "",
) -> None:
    from tracker.model import Decision
    from tracker.stories.current_stories import membership_changes

    said = Decision(verdict, story, articles, into, at=app.now, by=who())
    joins, leaves = membership_changes(settled, said)
    save_decision(store, said, joins, leaves)
    value = {"story": story, "verdict": str(verdict), "articles": list(articles), "into": into}
    app.out.say(value, f"{verdict}: {_short(story)} {_what(said)}".rstrip())


def _what(said: Decision) -> str:
    goal = f"→ {_short(said.into)}" if said.into else ""
    return " ".join([*(each[:8] for each in said.articles), goal]).strip()


def _short(story: str) -> str:
    from tracker.stories.decisions import is_ident

    return story[:8] if is_ident(story) else story


def _articles(store: Archive, idents: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(get_article(store, ident).id for ident in idents))


def _inside(settled: CurrentStories, story: str, articles: tuple[str, ...]) -> tuple[str, ...]:
    from tracker.errors import UsageError

    for article in articles:
        if article not in settled.stories[story]:
            raise UsageError(f"this article is not part of {_short(story)}", resource=article[:8])
    return articles


def _free(story: str, articles: tuple[str, ...]) -> str:
    """Return the name of a story for articles that leave *story*: the id of one of them that it does not bear."""
    from tracker.errors import UsageError

    names = [article for article in articles if article != story]
    if not names:
        raise UsageError(
            "a story bears the name of this article; give the new one another",
            resource=story[:8],
            hint="writethru story split STORY ARTICLE --into NAME",
        )
    return names[0]


def _new_name(name: str) -> str:
    from tracker.errors import UsageError
    from tracker.stories.decisions import is_ident

    clean = " ".join(name.split())
    if is_ident(clean) or not _NAME.fullmatch(clean):
        raise UsageError(
            "this can be no story's name", resource=name, hint="letters, digits, blanks and . _ - & ( ), at most 80"
        )
    return clean


def who() -> str:
    """Return who decides: the user of the system, where it knows one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in the system's list: a container
        return ""
