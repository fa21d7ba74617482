"""Put a story together from the archive: its articles and versions, who copies whom, who is behind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.articles import get_articles
from tracker.archive.stories import list_copies, list_decisions, newest_versions
from tracker.model.watch import ArticleState
from tracker.stories.copies import copy_groups, copy_origins, origin_of
from tracker.stories.current_stories import CurrentDecisions, CurrentStories, current_decisions
from tracker.stories.editions import V, VersionKey, by_edition, editions, story_events, without_note
from tracker.stories.propagation import Propagation, Timeline, propagate
from tracker.views.json import from_fields
from tracker.views.story import ListedArticle, ListedStory, StoryArticleView, StoryView
from tracker.views.version import EditionCopy

from .story_list import StoryLine

# A copy is linked with a few others that print its text, and these with the rest.
MAX_LINK_STEPS: Final = 3
# Of articles with more versions, such as live blogs, only the newest are used.
MAX_TIMELINE_VERSIONS: Final = 100


def timelines(archive: Archive, articles: Sequence[str], most: int = MAX_TIMELINE_VERSIONS) -> list[Timeline]:
    """Return `articles` with their versions, without articles that have none (not captured yet, or deleted).

    With `most` 1, the first and the newest version are returned, which is enough to find the origin of a text.
    """
    tracked = {each.id: each for each in get_articles(archive, articles)}
    versions = newest_versions(archive, articles, most, with_first=most == 1)
    found = []
    for ident in articles:
        kept = tuple(version for version in reversed(versions.get(ident, ())) if not version.removed)
        if kept:
            article = tracked[ident]
            online = article.state is not ArticleState.GONE
            found.append(Timeline(ident, article.url, kept, article.source, article.last_seen_at, online))
    return found


def gather(archive: Archive, settled: CurrentStories, story: str, *, most: int = MAX_TIMELINE_VERSIONS) -> Propagation:
    """Return the propagation of `story`: the state of each of its articles, and with `most` above 1 its time line."""
    articles = settled.stories.get(story, ())
    found = timelines(archive, articles, most)
    links = [pair.articles for pair in list_copies(archive, list(articles))]
    copies = copy_origins(story, found, links, settled.decisions)
    title = settled.title(story)
    if found and not title:
        # The newest headline of the origin, or of the earliest article if there are no copies.
        origins = set(copies.values())
        first = min(found, key=lambda each: (each.article not in origins, each.versions[0].seen, each.article))
        title = first.newest.content.title
    made = propagate(story, title, found, copies)
    return made if most == 1 else replace(made, events=story_events(found, copies, made.places))


def story_view(found: Propagation, stories: CurrentStories) -> StoryView:
    """Return the object of a story: its articles in the order of `found`, and why each is in it by `stories`."""
    story = found.story
    articles = tuple(
        StoryArticleView.of(each, stories.reason(each.article, story), accepted=stories.accepted(each.article, story))
        for each in found.places
    )
    return StoryView(story, found.title, articles, bool(stories.title(story)), found.events)


def listed_story(line: StoryLine, found: Propagation) -> ListedStory:
    """Return the object of a story in a list, of which only the first and the newest versions need be `found`."""
    articles = tuple(ListedArticle(each.article, each.url, each.role) for each in found.places)
    return from_fields(
        ListedStory, line, story=line.ident, title=found.title, articles=articles, sources=len(line.outlets)
    )


def copies_of(archive: Archive, article: str) -> tuple[Timeline, list[Timeline]] | None:
    """Return the origin of the text that `article` prints and the copies of it; None if nobody else prints it."""
    found = {article}
    for _ in range(MAX_LINK_STEPS):
        grown = found.union(*(pair.articles for pair in list_copies(archive, sorted(found))))
        if grown == found:
            break
        found = grown
    decided = current_decisions(list_decisions(archive))
    is_own = any(article == each for each, _ in decided.own)
    return None if is_own else printed(archive, found, decided)


def printed(
    archive: Archive, articles: Collection[str], decided: CurrentDecisions
) -> tuple[Timeline, list[Timeline]] | None:
    """Return the article whose text the others print (the one that people named, else the likeliest), and the others.

    None if only one is left without those that people took out of the copies.
    """
    found = timelines(archive, sorted(set(articles) - {article for article, _ in decided.own}))
    if len(found) < 2:
        return None
    named = next((each for each in found if each.article in decided.origins.values()), None)
    origin = named or next(each for each in found if each.article == origin_of(found))
    return origin, [each for each in found if each is not origin]


def group_linked_copies(
    archive: Archive, versions: Sequence[V], links: Iterable[tuple[str, str]]
) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Group the copies among `versions` as `shown_versions.group_copies` does.

    `links` are the pairs of their articles that print one text.
    """
    decided = current_decisions(list_decisions(archive))
    wanted = {(each.article, each.n) for each in versions}
    taken: dict[VersionKey, VersionKey] = {}
    unnoted: set[VersionKey] = set()
    for group in copy_groups(links):
        if found := printed(archive, group, decided):
            taken |= editions(*found, wanted)
            unnoted |= without_note(*found, taken)
    return by_edition(versions, taken, unnoted)
