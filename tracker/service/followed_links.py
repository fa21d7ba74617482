"""Follow the links of a story's articles: one step, same host, limited in number.

Nothing is fetched here: the linked articles are put under watch and checked in their turn.
"""

from __future__ import annotations

from datetime import datetime

from tracker.addresses.urls import identity
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.config.root import Config
from tracker.config.tables import StoryConfig
from tracker.errors import ArchiveError, ArchiveLocked, ArchiveUnreachable, NotKnown, PageError
from tracker.model.capture import Capture
from tracker.model.source import Target
from tracker.model.story import StoryDecisionKind
from tracker.model.version import Version
from tracker.model.watch import Tracked
from tracker.stories.current_stories import CurrentStories

from .story_list import decide
from .watchlist import source_of


def links_of(archive: Archive, article: str, n: int) -> list[str]:
    """Return links from the text of a stored version to articles on the same host; none if its page was deleted."""
    from tracker.sources.section_page import story_links  # it brings the parser, and few services follow links

    try:
        page: Capture = get_capture(archive, article, n)
        return story_links(page.body, page.final_url)
    except (ArchiveLocked, ArchiveUnreachable):
        raise  # the page is there, only not now
    except (ArchiveError, NotKnown, PageError):
        return []


def follow(archive: Archive, config: Config, version: Version, now: datetime) -> list[Tracked]:
    """Put under watch what `version` links to, if its story follows links; return the new articles.

    Only articles named in the configuration are followed, so that links are never followed from linked pages.
    """
    key = identity(version.url)
    new: list[Tracked] = []
    for story in config.stories:
        if story.follow and any(identity(url) == key for url in story.urls):
            new += _follow(archive, config, story, version, now)
    return new


def links_of_story(archive: Archive, settled: CurrentStories, story: str, limit: int) -> list[str]:
    """Return at most `limit` links from the articles of a story to articles that are not part of it."""
    found: dict[str, None] = {}
    for ident in settled.stories[story]:
        tracked = get_article(archive, ident)
        if tracked.versions:
            found |= dict.fromkeys(links_of(archive, ident, tracked.versions))
    # What a person took out of the story is not brought back by a link.
    known = {article for (article, each), inside in settled.decisions.held.items() if each == story and not inside}
    known.update(settled.stories[story])
    pairs = zip(found, find_articles(archive, list(found)), strict=True)
    return [link for link, tracked in pairs if tracked is None or tracked.id not in known][:limit]


def follow_links(
    archive: Archive, config: Config, settled: CurrentStories, story: str, links: list[str], now: datetime, by: str
) -> None:
    """Put `links` under watch and add them to a story, as `by` decided."""
    watch_links(archive, config, links, (), now)
    if articles := [each.id for each in find_articles(archive, links) if each is not None]:
        decide(archive, settled, story, StoryDecisionKind.PIN, articles, at=now, by=by)


def watch_links(
    archive: Archive, config: Config, links: list[str], stories: tuple[str, ...], now: datetime
) -> list[Tracked]:
    """Put `links` under watch as parts of `stories`; return the new articles."""
    new: list[Tracked] = []
    for link in links:
        source = source_of(config, link).name
        new += add_targets(archive, source, [Target(link)], now, stories)
    return new


def _follow(archive: Archive, config: Config, story: StoryConfig, version: Version, now: datetime) -> list[Tracked]:
    members = list_articles(archive, story=story.name)
    named = {identity(url) for url in story.urls}
    host = next((each.host for each in members if each.id == version.article), "")
    followed = {identity(each.url) for each in members if each.host == host} - named
    links = [each for each in links_of(archive, version.article, version.n) if identity(each) not in named | followed]
    remaining = max(0, story.follow - len(followed))
    return watch_links(archive, config, links[:remaining], (story.name,), now)
