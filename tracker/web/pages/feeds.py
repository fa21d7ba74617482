"""The Atom feeds, and the page that lists them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar, Final

from tracker.archive.sources import list_sources, stored_source
from tracker.archive.summaries import page_of_summaries
from tracker.errors import UsageError
from tracker.model.version import VersionQuery
from tracker.render import atom, html
from tracker.service.story_list import get_story, named_stories
from tracker.web.page_request import PageRequest, View

from .. import links
from .changes import entries, filter_of
from .search import search

MAX_ENTRIES: Final = 30
MAX_LISTED_STORIES: Final = 1_000
# When a feed without entries was updated. The current time would make it a new answer at each request.
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Feeds(View):
    """The sources and stories that have their own feeds."""

    template: ClassVar[str] = "feeds.html"
    title: ClassVar[str] = "Feeds"
    sources: tuple[str, ...]
    stories: tuple[str, ...]


def feeds(request: PageRequest) -> Feeds:
    """Return the page that lists the feeds."""
    return Feeds(tuple(list_sources(request.archive)), named_stories(request.archive, MAX_LISTED_STORIES))


def changes_feed(request: PageRequest) -> str:
    """Return the feed of the changes selected by the query string. Raises UsageError, NotKnown."""
    # A reader's browser knows in its cookie which changes are new; a feed reader has no cookie.
    chosen = replace(filter_of(request), new=False)
    title = " · ".join(filter(None, ["Writethru", chosen.title]))
    return _feed(request, chosen.query(), title, links.changes(**chosen.given))


def article_feed(request: PageRequest) -> str:
    """Return the feed of an article. Raises NotKnown."""
    tracked = request.article()
    title = tracked.title or tracked.feed_title or tracked.url
    return _feed(request, VersionQuery(article=tracked.id, changes_only=True), title, links.article(tracked.id))


def source_feed(request: PageRequest) -> str:
    """Return the feed of a source. Raises NotKnown."""
    name = stored_source(request.archive, request.path["name"])
    return _feed(request, VersionQuery(source=name, changes_only=True), name, links.source(name))


def story_feed(request: PageRequest) -> str:
    """Return the feed of a story. Raises NotKnown."""
    settled, ident = get_story(request.archive, request.path["name"])
    query = VersionQuery(articles=settled.stories[ident], changes_only=True)
    return _feed(request, query, settled.title(ident) or ident, links.story(ident))


def search_feed(request: PageRequest) -> str:
    """Return the feed of a search: an entry for each paragraph, and another when it is removed. Raises UsageError."""
    found = search(request)
    if found.problem:
        raise UsageError(found.problem, resource=found.query)
    page = request.base + links.search(**found.given)
    listed = []
    for hit in found.hits:
        last = hit.last_version if hit.until else None
        where = links.diff(hit.article, last, last + 1) if last else links.version(hit.article, hit.first_version)
        # Part of the entry's ID: two paragraphs may be found at one place of one version.
        digest = hashlib.sha256(hit.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        link, at = request.base + where, hit.until or hit.since
        state = "gone" if last else "there"
        entry = atom.FeedEntry(
            ident=atom.entry_id(link, at, hit.article, hit.first_version, hit.place, state, digest),
            title=f"{hit.title} ({'removed' if last else 'current'})",
            link=link,
            at=at,
            author=hit.source,
            html=f"<p>{html.hunks([('-' if last else '+', hit.text)])}</p>",
        )
        listed.append(entry)
    return atom.feed(f"“{found.query}”", page, request.base + found.feed, listed, NEVER)


def _feed(request: PageRequest, query: VersionQuery, title: str, page: str) -> str:
    glances = page_of_summaries(request.archive, query, size=MAX_ENTRIES).summaries
    listed = [
        atom.entry(each.summary, each.change, request.base + each.link, each.copies)
        for each in entries(request.cache, glances, shown=MAX_ENTRIES)
    ]
    return atom.feed(title, request.base + page, request.base + request.here, listed, NEVER)
