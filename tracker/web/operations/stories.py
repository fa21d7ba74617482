"""Stories: name one, add articles, remove them, give it a title, follow its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field

from tracker.errors import NotKnown
from tracker.model.story import StoryDecisionKind
from tracker.service.followed_links import follow_links, links_of_story
from tracker.service.story_list import decide, get_or_name_story, get_story
from tracker.web import links
from tracker.web.actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.stories.current_stories import CurrentStories


MAX_FOLLOWED: Final = 10
"""Links of one story that are followed at a time, as by `story follow`."""


def _words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


Articles = Annotated[
    tuple[str, ...], BeforeValidator(_words), Field(min_length=1, max_length=100, description="IDs or addresses")
]


class ArticlesBody(Body):
    """Articles of a story."""

    articles: Articles


class StoryBody(ArticlesBody):
    """A story and the articles that belong to it."""

    story: str = Field(
        min_length=1, max_length=200, description="its name; a story of this name is made if there is none"
    )


class TitleBody(Body):
    """The title of a story."""

    title: str = Field(min_length=1, max_length=200)


class Grouped(Said, frozen=True):
    """A story that articles were added to or removed from.

    Attributes:
        articles: the IDs of the articles
    """

    story: str
    articles: list[str]


class Followed(Said, frozen=True):
    """A story whose links are followed.

    Attributes:
        urls: the addresses that were added to it
    """

    story: str
    urls: list[str]


def _add(actions: Actions, request: OperationRequest[StoryBody]) -> OperationResult:
    with actions.archive() as archive:
        return _added(archive, request, *get_or_name_story(archive, request.body.story))


def _add_to(actions: Actions, request: OperationRequest[ArticlesBody]) -> OperationResult:
    with actions.archive() as archive:
        return _added(archive, request, *get_story(archive, request.name))


def _added(
    archive: Archive,
    request: OperationRequest[StoryBody] | OperationRequest[ArticlesBody],
    settled: CurrentStories,
    story: str,
) -> OperationResult:
    articles = _decide(archive, request, settled, story, StoryDecisionKind.PIN)
    count = "1 article belongs" if len(articles) == 1 else f"{len(articles)} articles belong"
    text = f"{count} to the story now. Only a person can remove {'it' if len(articles) == 1 else 'them'}."
    return OperationResult(text, links.story(story), Grouped(text, story, articles))


def _remove(actions: Actions, request: OperationRequest[ArticlesBody]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        articles = _decide(archive, request, settled, story, StoryDecisionKind.REJECT)
        # A story without articles is no more, and has no page.
        page = links.story(story) if len(articles) < len(settled.stories[story]) else "/stories"
    text = "Removed from the story. The service never adds it back; a person can."
    return OperationResult(text, page, Grouped(text, story, articles))


def _rename(actions: Actions, request: OperationRequest[TitleBody]) -> OperationResult:
    kind, title = StoryDecisionKind.RENAME, request.body.title
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        decide(archive, settled, story, kind, title=title, at=request.now, by=request.who)
    return OperationResult("The story has a new title. Its name in addresses and rules stays.", links.story(story))


def _follow(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        found = links_of_story(archive, settled, story, MAX_FOLLOWED)
        follow_links(archive, request.settings, settled, story, found, request.now, request.who)
    count = "1 linked article is" if len(found) == 1 else f"{len(found)} linked articles are"
    text = f"{count} watched now, and part of the story." if found else "Its stored pages link to nothing new."
    return OperationResult(text, links.story(story), Followed(text, story, found))


def _decide(
    archive: Archive,
    request: OperationRequest[StoryBody] | OperationRequest[ArticlesBody],
    settled: CurrentStories,
    story: str,
    kind: StoryDecisionKind,
) -> list[str]:
    """Record a decision about articles and return their IDs. Raises NotKnown or UsageError."""
    try:
        said = decide(archive, settled, story, kind, request.body.articles, at=request.now, by=request.who)
    except NotKnown as error:
        error.hint = "watch it first; see the page that adds it"
        raise
    return list(said.articles)


_AT: Final = "/stories/{name:path}"
_ADD: Final = "Add articles to a story, which may be new."

STORIES: Final = (
    Operation(f"{_AT}/put", "Add articles to a story.", ArticlesBody, _add_to, Grouped),
    Operation(f"{_AT}/take-out", "Remove articles from a story.", ArticlesBody, _remove, Grouped),
    Operation(f"{_AT}/rename", "Give a story a title.", TitleBody, _rename, Said),
    Operation(
        f"{_AT}/follow", "Watch what the articles of a story link to on their own hosts.", Nothing, _follow, Followed
    ),
    Operation("/group", _ADD, StoryBody, _add, Grouped, endpoint="/api/v1/stories"),
)
