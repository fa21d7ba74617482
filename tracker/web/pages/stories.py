"""The pages of stories: the list, one story and how far each copy is behind, two of its texts, and its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from tracker.archive.articles import ArticleSummary, get_article, summarise_articles
from tracker.archive.database.connection import from_ms, to_ms
from tracker.archive.summaries import list_summaries, page_of_summaries
from tracker.diff.comparison import compare
from tracker.errors import NotKnown, UsageError
from tracker.model.change import CORRECTIONS, Change
from tracker.model.story import Place
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import WatchedArticle
from tracker.render import html
from tracker.render.pictures.svg import Mark, Track, span_of
from tracker.service.story_list import (
    StoryCursor,
    StoryLine,
    get_story,
    named_stories,
    newest_stories,
    page_of_stories,
    stories_of,
)
from tracker.service.story_timelines import gather, listed_story, story_view
from tracker.stories.editions import untaken_corrections
from tracker.stories.propagation import Propagation
from tracker.views.change import ChangeView
from tracker.views.json import Answer, Part, from_fields
from tracker.views.story import ListedStory, StoryView, UntakenCorrection
from tracker.web.page_request import PageRequest, View

from ..data import CachedArchive
from .changes import FilteredPage, filter_of

PLACE: Final = r"(\d{1,14})-(\d{1,9})-(.{1,200})"
"""A `StoryCursor` in an address: its time, how many stories came before, and its story."""
CACHE_SECONDS: Final = 600.0
MAX_STORIES: Final = 50
MAX_MATCHING_CHANGES: Final = 1000
"""The newest matching changes by which stories are filtered."""
MAX_MEMBERS: Final = 40
MAX_VERSION_COLUMNS: Final = 12
MAX_SUGGESTED_NAMES: Final = 200


class StoriesAnswer(Answer, frozen=True):
    """Stories, most recently changed first.

    Attributes:
        more: how many stories come after these
        next: the next page; null on the last one
    """

    stories: list[ListedStory]
    more: int
    next: str | None
    now: datetime


@dataclass(frozen=True)
class Stories(FilteredPage):
    """Stories, most recently changed first. `more` counts those on later pages."""

    template: ClassVar[str] = "stories.html"
    title: ClassVar[str] = "Stories"
    stories: tuple[StoryLine, ...]
    more: int
    now: datetime
    cache: CachedArchive = field(compare=False, repr=False)

    def answer(self) -> StoriesAnswer:
        """Return the JSON object of the page."""
        listed = [_listed(self.cache, each) for each in self.stories]
        return StoriesAnswer(listed, self.more, f"{self.address}{self.next}" if self.next else None, self.now)


class Member(Part, frozen=True):
    """An article of a story: why it is included, and whether a person accepted it."""

    brief: ArticleSummary
    accepted: bool
    score: float | None
    reasons: tuple[str, ...]


class Arrival(Part, frozen=True):
    """When a copy first ran a version of the original.

    Attributes:
        after: the seconds from the original to the copy; None if the copy has not run it.
        skipped: whether the copy went straight to a later version.
    """

    after: float | None = None
    skipped: bool = False


class Passage(Part, frozen=True):
    """The newest versions of a text that others copy, and when each copy ran them."""

    origin: str
    versions: tuple[int, ...]
    copies: dict[str, tuple[Arrival, ...]]


class WholeStory(StoryView, frozen=True, kw_only=True):
    """A story as `story show --json` writes it, and what its page shows."""

    members: tuple[Member, ...]
    events: tuple[Track, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class StoryPage(View):
    """A story: its articles, and a timeline of them.

    `places` are those of articles with a version, `sources` the outlets of all, `times` those of the versions of each
    original text.
    """

    template: ClassVar[str] = "story.html"
    title: str
    shown: WholeStory
    corrections: tuple[UntakenCorrection, ...]
    span: tuple[datetime, datetime] | None
    places: Mapping[str, Place]
    sources: Mapping[str, str]
    times: Mapping[str, Sequence[datetime]]

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return the articles whose texts can be compared, each with its outlet and title."""
        briefs = (each.brief for each in self.shown.members)
        return tuple((each.ident, f"{each.source}: {each.title}") for each in briefs if each.ident in self.places)

    def answer(self) -> WholeStory:
        """Return the JSON object of the page."""
        return self.shown


def passages(cache: CachedArchive, places: Sequence[Place]) -> list[tuple[Passage, list[datetime]]]:
    """Return, for each original text in a story, how its versions reached its copies, and when each was first seen."""
    found = []
    for origin in (each for each in places if each.role == "origin"):
        glances = list_summaries(cache.archive, VersionQuery(article=origin.article, limit=MAX_VERSION_COLUMNS))
        versions = [(each.n, each.seen) for each in reversed(list(glances)) if not each.removed]
        copies = {
            each.article: tuple(arrival(each, n, seen) for n, seen in versions)
            for each in places
            if each.role == "copy" and each.origin == origin.article
        }
        if copies:
            passage = Passage(origin.article, tuple(n for n, _ in versions), copies)
            found.append((passage, [seen for _, seen in versions]))
    return found


def arrival(copy: Place, n: int, seen: datetime) -> Arrival:
    """Return when a copy ran version `n` of the original, which was first seen at `seen`."""
    for run in copy.history:
        if run.runs >= n:
            return Arrival((run.seen - seen).total_seconds(), skipped=run.runs > n)
    # The original went back to the text that the copy has.
    has_it = copy.runs is not None and copy.runs >= n and copy.visited_since(seen)
    return Arrival(0.0, skipped=copy.runs != n) if has_it else Arrival()


def _listed(cache: CachedArchive, line: StoryLine) -> ListedStory:
    # The number of versions is part of the key, so that a new one is read.
    key = ("brief", line.ident, line.settled.stories[line.ident], line.versions)
    return cache.cached(
        key, lambda: listed_story(line, gather(cache.archive, line.settled, line.ident, most=1)), CACHE_SECONDS
    )


def place_text(cursor: StoryCursor | None) -> str:
    """Return where a page begins as `PLACE` matches it in an address; "" for the first page."""
    return f"{to_ms(cursor.last)}-{cursor.listed}-{cursor.ident}" if cursor else ""


def stories(request: PageRequest) -> Stories:
    """Return the page of all stories, or of those with a change that matches the filters. Raises UsageError."""
    cache, chosen = request.cache, filter_of(request)
    place = request.place(PLACE)
    after = StoryCursor(from_ms(int(place[0])), place[2], int(place[1])) if place else None
    if chosen.active:
        query = chosen.query(request.reading.row)
        glances = page_of_summaries(cache.archive, query, size=MAX_MATCHING_CHANGES).summaries
        page = page_of_stories(stories_of(cache.archive, {each.article for each in glances}), MAX_STORIES, after)
    else:
        page = cache.cached(("newest-stories", after), lambda: newest_stories(cache.archive, MAX_STORIES, after))
    return Stories(
        filter=chosen,
        after=place_text(page.after),
        address=request.address,
        stories=page.lines,
        more=page.more,
        now=request.now,
        cache=cache,
    )


def story(request: PageRequest) -> StoryPage:
    """Return the page of a story. Raises NotKnown."""
    cache = request.cache
    settled, ident = get_story(cache.archive, request.path["name"])
    inside = settled.stories[ident]
    briefs = summarise_articles(cache.archive, inside)
    # The number of versions is part of the key, so that a new version is shown although the result is cached for long.
    key = ("story", ident, inside, sum(each.versions for each in briefs.values()))
    followed: Propagation = cache.cached(key, lambda: gather(cache.archive, settled, ident), CACHE_SECONDS)
    places = {place.article: place for place in followed.places}
    # Those without a version have no place in the story, but belong to it.
    shown = [*places, *(each for each in inside if each not in places and each in briefs)]
    tracks = tuple(_track(cache, briefs[each], places.get(each)) for each in shown[:MAX_MEMBERS] if each in briefs)
    members = []
    for each in shown:
        if each in briefs:
            home, accepted = settled.reason(each, ident), settled.accepted(each, ident)
            members.append(Member(briefs[each], accepted, home.score if home else None, home.reasons if home else ()))
    spread = passages(cache, followed.places)
    whole = from_fields(
        WholeStory,
        story_view(followed, settled),
        members=tuple(members),
        events=tracks,
        passages=tuple(passage for passage, _ in spread),
    )
    return StoryPage(
        title=whole.title or whole.story,
        shown=whole,
        corrections=untaken_corrections(followed.places),
        span=span_of(tracks),
        places=places,
        sources={each.ident: each.source for each in briefs.values()},
        times={passage.origin: times for passage, times in spread},
    )


def _track(cache: CachedArchive, brief: ArticleSummary, place: Place | None) -> Track:
    glances = list_summaries(cache.archive, VersionQuery(article=brief.ident, reverse=True, limit=60))
    copied = {run.version: run.runs for run in place.history} if place and place.role == "copy" else {}
    marks = []
    for seen in glances:
        kind = "correction" if not set(seen.kinds).isdisjoint(CORRECTIONS) else "change" if seen.n > 1 else "first"
        labels = ", ".join(seen.kinds)
        words = f"v{seen.n} {labels or ('first seen' if seen.n == 1 else 'changed')}"
        runs = copied.get(seen.n)
        marks.append(Mark(seen.seen, kind, words if runs is None else f"{words}, runs v{runs} of the text it copies"))
    return Track(f"{brief.source}: {brief.title}", tuple(marks))


class TextOf(Part, frozen=True):
    """The version whose text is compared."""

    article: str
    version: int
    source: str
    url: str


class ComparedTexts(ChangeView, frozen=True, kw_only=True):
    """Two texts, compared as by `diff --json`, and the versions that they are from."""

    left: TextOf
    right: TextOf


@dataclass(frozen=True)
class StoryTexts(View):
    """Two texts of a story, and how they differ; neither is an edit of the other."""

    template: ClassVar[str] = "story_texts.html"
    title: str
    story: str
    name: str
    left: Version
    right: Version
    change: Change
    pieces: tuple[html.Piece, ...]

    def answer(self) -> ComparedTexts:
        """Return the JSON object of the page."""
        left, right = (from_fields(TextOf, each, version=each.n) for each in (self.left, self.right))
        return ComparedTexts.of(self.change, left=left, right=right)


def story_texts(request: PageRequest) -> StoryTexts:
    """Return the page of two texts of a story, `left` and `right`. Raises NotKnown or UsageError."""
    settled, ident = get_story(request.archive, request.path["name"])
    for side in ("left", "right"):
        if not request.query.get(side):
            raise UsageError("the parameter is missing", resource=side, hint="give the ID of an article of the story")
    newest = []
    for chosen in (request.query["left"], request.query["right"]):
        if chosen not in settled.stories[ident]:
            raise NotKnown("this article is not part of the story", resource=chosen[:80])
        tracked = get_article(request.archive, chosen)
        newest.append(request.version(tracked, tracked.versions))
    left, right = newest
    change = compare(left.content, right.content)
    name = settled.title(ident) or left.content.title
    return StoryTexts(
        title=f"{left.source} and {right.source} · {name}",
        story=ident,
        name=name,
        left=left,
        right=right,
        change=change,
        pieces=tuple(html.pieces(change)),
    )


@dataclass(frozen=True)
class GroupPage(View):
    """The form. `story` is the story that is changed, "" for a new one; `article` the one to add to it.

    `proposed` are those of its articles that nobody has added yet.
    """

    template: ClassVar[str] = "group.html"
    story: str
    name: str
    members: tuple[ArticleSummary, ...]
    proposed: tuple[str, ...]
    article: WatchedArticle | None
    stories: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the page title."""
        return f"Change the story {self.name}" if self.story else "Add articles to a story"


def group(request: PageRequest) -> GroupPage:
    """Return the page for the story and the article that the query names. Raises NotKnown."""
    archive = request.archive
    name, ident = request.query.get("story", ""), request.query.get("article", "")
    story, title, inside, proposed = "", "", dict[str, ArticleSummary](), tuple[str, ...]()
    if name:
        settled, story = get_story(archive, name)
        title = settled.title(story) or story
        inside = summarise_articles(archive, settled.stories[story])
        proposed = tuple(each for each in inside if not settled.accepted(each, story))
    return GroupPage(
        story=story,
        name=title,
        members=tuple(inside.values()),
        proposed=proposed,
        article=get_article(archive, ident) if ident else None,
        stories=named_stories(archive, MAX_SUGGESTED_NAMES),
    )
