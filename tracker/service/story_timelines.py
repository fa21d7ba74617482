"""A story put together from the archive: its articles and versions, who copies whom, who is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive.articles import get_article
from tracker.archive.stories import list_copies, newest_versions
from tracker.archive.versions import get_version
from tracker.model import ArticleState
from tracker.stories.origin import copy_origins
from tracker.stories.propagation import Propagation, Timeline, propagate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.archive import Archive
    from tracker.model import CopyPair, Tracked, Version
    from tracker.stories.current_stories import CurrentStories

MOST_VERSIONS: Final = 100
"""Of a page with more versions, a live blog, the newest count."""


def timelines(archive: Archive, articles: Sequence[str], most: int = MOST_VERSIONS) -> list[Timeline]:
    """Return *articles* with their versions; those that were not captured yet, or were taken out, are left out.

    With *most* 1 there are the first version and the newest, which is enough to know whose text it is.
    """
    made = []
    for ident in articles:
        tracked: Tracked = get_article(archive, ident)
        held: list[Version] = (newest_versions(archive, ident, most))[::-1]
        if most == 1 and tracked.versions > 1:
            held.insert(0, get_version(archive, ident, 1))
        kept = tuple(version for version in held if not version.removed)
        if kept:
            online = tracked.state is not ArticleState.GONE
            made.append(Timeline(ident, tracked.url, kept, tracked.source, tracked.last_seen_at, online))
    return made


def gather(archive: Archive, settled: CurrentStories, story: str, *, most: int = MOST_VERSIONS) -> Propagation:
    """Return where every article of *story* stands."""
    articles = settled.stories.get(story, ())
    found = timelines(archive, articles, most)
    pairs: list[CopyPair] = list_copies(archive, list(articles))
    links = [(pair.first, pair.second) for pair in pairs]
    copies = copy_origins(story, found, links, settled.decisions)
    return propagate(story, settled.title(story) or _headline(found, copies), found, copies)


def _headline(found: Sequence[Timeline], copies: dict[str, str]) -> str:
    """Return the newest headline of whose text it is, else of the article that was there first."""
    origins = set(copies.values())
    first = min(
        found, key=lambda each: (each.article not in origins, each.versions[0].seen, each.article), default=None
    )
    return first.newest.content.title if first else ""
