"""Put a story together from the archive: its articles and versions, which copy which, and which are behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracker.model import ArticleState

from .origin import copy_origins
from .propagation import Propagation, Timeline, propagate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tracker.model import CopyPair, Tracked, Version

    from .current_stories import CurrentStories

    Call = Callable[..., Awaitable[Any]]

MOST_VERSIONS: Final = 100
"""Of a page with more versions, a live blog, the newest count."""


async def timelines(call: Call, articles: Sequence[str], most: int = MOST_VERSIONS) -> list[Timeline]:
    """Return *articles* with their versions; those that were not captured yet, or were taken out, are left out.

    With *most* 1 there are the first version and the newest, which is enough to know whose text it is.
    """
    made = []
    for ident in articles:
        tracked: Tracked = await call("article", ident)
        held: list[Version] = (await call("story_versions", ident, most))[::-1]
        if most == 1 and tracked.versions > 1:
            held.insert(0, await call("version", ident, 1))
        kept = tuple(version for version in held if not version.removed)
        if kept:
            online = tracked.state is not ArticleState.GONE
            made.append(Timeline(ident, tracked.url, kept, tracked.source, tracked.last_seen_at, online))
    return made


async def gather(call: Call, settled: CurrentStories, story: str, *, most: int = MOST_VERSIONS) -> Propagation:
    """Return where every article of *story* stands; *call* asks the archive by the name of a method."""
    articles = settled.stories.get(story, ())
    found = await timelines(call, articles, most)
    pairs: list[CopyPair] = await call("story_copies", list(articles))
    copies = copy_origins(story, found, [(pair.first, pair.second) for pair in pairs], settled.decisions)
    return propagate(story, settled.title(story) or _headline(found, copies), found, copies)


def _headline(found: Sequence[Timeline], copies: dict[str, str]) -> str:
    """Return the newest headline of whose text it is, else of the article that was there first."""
    origins = set(copies.values())
    first = min(
        found, key=lambda each: (each.article not in origins, each.versions[0].seen, each.article), default=None
    )
    return first.newest.content.title if first else ""
