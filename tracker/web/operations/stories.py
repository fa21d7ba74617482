"""Stories: name one, put articles into it, take them out, give it a title, accept the articles that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, Field

from tracker.archive.articles import get_article
from tracker.errors import NotKnown, UsageError
from tracker.model.story import Decision, StoryDecisionKind
from tracker.service.story_list import get_story, record_decision, stories_with
from tracker.stories.current_stories import CurrentStories, find_story, new_story_name
from tracker.web import links
from tracker.web.actions import Actions, Body, Nothing, Operation, OperationRequest, OperationResult, Said, done_json

if TYPE_CHECKING:
    from tracker.archive.archive import Archive


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


class Grouped(Said):
    """A story that articles were put into or taken out of."""

    story: str
    articles: list[str] = Field(description="the IDs of the articles")


def _put(actions: Actions, request: OperationRequest[StoryBody]) -> OperationResult:
    with actions.archive() as archive:
        settled = stories_with(archive, request.body.story)
        story = find_story(settled, request.body.story) or new_story_name(request.body.story)
        return _group(archive, request, settled, story)


def _put_into(actions: Actions, request: OperationRequest[ArticlesBody]) -> OperationResult:
    with actions.archive() as archive:
        return _group(archive, request, *get_story(archive, request.name))


def _group(
    archive: Archive,
    request: OperationRequest[StoryBody] | OperationRequest[ArticlesBody],
    settled: CurrentStories,
    story: str,
) -> OperationResult:
    articles = _articles(archive, request.body.articles)
    decision = Decision(StoryDecisionKind.PIN, story, articles, at=request.now, by=request.who)
    record_decision(archive, settled, decision)
    count = "1 article belongs" if len(articles) == 1 else f"{len(articles)} articles belong"
    text = f"{count} to the story now. Only a person can remove {'it' if len(articles) == 1 else 'them'}."
    return OperationResult(text, links.story(story), done_json(text, story=story, articles=list(articles)))


def _take_out(actions: Actions, request: OperationRequest[ArticlesBody]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        articles = _articles(archive, request.body.articles)
        for each in articles:
            if each not in settled.stories[story]:
                raise UsageError("this article is not part of the story", resource=each[:8])
        decision = Decision(StoryDecisionKind.REJECT, story, articles, at=request.now, by=request.who)
        record_decision(archive, settled, decision)
        # A story without articles is no more, and has no page.
        page = links.story(story) if len(articles) < len(settled.stories[story]) else "/stories"
    text = "Taken out of the story. The service never adds it back; a person can."
    return OperationResult(text, page, done_json(text, story=story, articles=list(articles)))


def _rename(actions: Actions, request: OperationRequest[TitleBody]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        title = " ".join(request.body.title.split())
        decision = Decision(StoryDecisionKind.RENAME, story, (), title, at=request.now, by=request.who)
        record_decision(archive, settled, decision)
    return OperationResult("The story has a new title. Its name in addresses and rules stays.", links.story(story))


def _accept(actions: Actions, request: OperationRequest[Nothing]) -> OperationResult:
    with actions.archive() as archive:
        settled, story = get_story(archive, request.name)
        members = settled.stories[story]
        decision = Decision(StoryDecisionKind.ACCEPT, story, members, at=request.now, by=request.who)
        record_decision(archive, settled, decision)
    return OperationResult(
        "Story accepted. Only a person can remove these articles from it now.", links.story(request.name)
    )


def _articles(archive: Archive, given: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(get_article(archive, each).id for each in given))
    except NotKnown as error:
        raise NotKnown(
            error.message, resource=error.resource, hint="watch it first; see the page that adds it"
        ) from None


_AT: Final = "/stories/{name:path}"
_PUT: Final = "Put articles into a story, which may be new."

STORIES: Final = (
    Operation(f"{_AT}/accept", "Confirm that all articles of a story belong to it.", Nothing, _accept, Said),
    Operation(f"{_AT}/put", "Put articles into a story.", ArticlesBody, _put_into, Grouped),
    Operation(f"{_AT}/take-out", "Take articles out of a story.", ArticlesBody, _take_out, Grouped),
    Operation(f"{_AT}/rename", "Give a story a title.", TitleBody, _rename, Said),
    Operation("/group", _PUT, StoryBody, _put, Grouped, endpoint="/api/v1/stories"),
)
