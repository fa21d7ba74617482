"""`writethru stories`: list stories, which are articles about one event."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from tracker.archive.stories import get_story_book
from tracker.render import one_line
from tracker.stories import story_view
from tracker.stories.current_stories import CurrentStories, current_stories
from tracker.stories.decisions import is_ident

from ..app import App, verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive
    from tracker.stories.propagation import Propagation

DEFAULT_LIMIT = 50


@verb()
@click.option("--source", metavar="NAME", help="List only stories with an article of this source.")
@click.option("--copies", is_flag=True, help="List only stories in which an outlet copies another outlet's text.")
@click.option("--named", is_flag=True, help="List only stories that a person named.")
@click.option("-n", "--limit", type=click.IntRange(1), help="List at most this many. [default: 50, or all with --json]")
def stories(app: App, source: str | None, limit: int | None, *, copies: bool, named: bool) -> None:
    """List stories: named ones first, then those with the newest articles.

    A story is either named by a person, or found because its texts are about the same event; `story show` says why.
    """
    with app.archive() as store:
        settled = current_stories(get_story_book(store))
        found = _wanted(_each(store, settled, named=named), source, copies=copies)
        found = islice(found, limit or (None if app.settings.json else DEFAULT_LIMIT))
        if app.settings.json:
            for each in found:
                app.out.data(story_view(each, settled, brief=True).as_json())
            return
        rows = [_row(each) for each in found]
    app.out.table(("STORY", "ARTICLES", "OUTLETS", "COPIES", "TITLE"), rows)
    if not rows:
        app.out.note("To name a story: writethru add --story NAME URL… The service finds others as it stores versions.")


def _each(store: Archive, settled: CurrentStories, *, named: bool) -> Iterator[Propagation]:
    """Yield stories with the first and the newest version of each article, which is enough to tell whose text it is."""
    from tracker.service.story_timelines import gather

    for story in newest_first(settled):
        if named and not settled.title(story):
            continue
        yield gather(store, settled, story, most=1)


def newest_first(settled: CurrentStories) -> list[str]:
    """Return the stories: named ones first, then those with the article that was watched last."""
    order = {article: place for place, article in enumerate(settled.homes)}
    last = {story: max(order.get(each, -1) for each in articles) for story, articles in settled.stories.items()}
    return sorted(settled.stories, key=lambda story: (not settled.title(story), -last[story], story))


def _wanted(found: Iterator[Propagation], source: str | None, *, copies: bool) -> Iterator[Propagation]:
    for each in found:
        if copies and all(place.role != "copy" for place in each.places):
            continue
        if source and all(place.source != source for place in each.places):
            continue
        if each.places:
            yield each


def _row(each: Propagation) -> tuple[str, ...]:
    copies = sum(place.role == "copy" for place in each.places)
    return (
        each.story[:8] if is_ident(each.story) else each.story,
        str(len(each.places)),
        str(len({place.source for place in each.places})),
        str(copies) if copies else "-",
        one_line(each.title if each.title != each.story else each.places[0].headline),
    )
