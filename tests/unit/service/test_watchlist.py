"""What the configuration names is watched, and what it names no longer is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.fake_store import FakeStore
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.due import due_articles
from tracker.archive.hubs import commit_poll, list_hubs
from tracker.config import Config, SourceConfig, StoryConfig
from tracker.model import ArticleState, CheckOutcome, HubPoll, Target
from tracker.service.watchlist import sync

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FEED = "https://s.test/feed"
ONE, TWO, VIDEO = "https://s.test/news/one", "https://s.test/news/two", "https://s.test/video/three"


class Archive:
    def __init__(self) -> None:
        self.store = FakeStore()

    async def call(self, method, *args, **kwargs):
        return getattr(self.store, method)(*args, **kwargs)

    async def read(self, *sources: SourceConfig, stories: tuple[StoryConfig, ...] = ()) -> None:
        await sync(self.call, Config(sources=sources, stories=stories), NOW)

    def poll(self, *targets: Target) -> None:
        (state,) = list_hubs(self.store, "s")
        later = NOW + timedelta(minutes=10)
        commit_poll(
            self.store, HubPoll(state.hub, NOW, later, CheckOutcome.UNCHANGED, etag='"frozen"', targets=targets)
        )

    def visited(self) -> set[str]:
        return {each.url for each in due_articles(self.store, "s.test", NOW)}


def source(**kwargs) -> SourceConfig:
    return SourceConfig(name="s", **kwargs)


async def test_an_address_taken_out_is_visited_no_more_until_it_is_put_back():
    archive = Archive()
    await archive.read(source(urls=(ONE, TWO)))
    await archive.read(source(urls=(ONE,)))
    assert archive.visited() == {ONE}
    assert get_article(archive.store, TWO).state is ArticleState.PAUSED
    await archive.read(source(urls=(ONE,)))
    await archive.read(source(urls=(ONE, TWO)))
    assert archive.visited() == {ONE, TWO}


async def test_an_address_that_moves_to_a_story_or_that_a_list_names_is_visited_on():
    archive = Archive()
    await archive.read(source(feeds=(FEED,), urls=(ONE, TWO)))
    add_targets(archive.store, "s", [Target(ONE)], NOW)
    tracked = get_article(archive.store, ONE)
    archive.poll(Target(VIDEO, listed_until=NOW + timedelta(days=1)))
    await archive.read(source(feeds=(FEED,)), stories=(StoryConfig(name="Fire", urls=(ONE,)),))
    assert archive.visited() == {ONE, VIDEO}
    assert get_article(archive.store, tracked.id).state is ArticleState.ACTIVE
    await archive.read(source(feeds=(FEED,), urls=(VIDEO,)))
    await archive.read(source(feeds=(FEED,)))
    assert archive.visited() == {VIDEO}, "the feed names it"


async def test_what_somebody_took_down_stays_down():
    archive = Archive()
    await archive.read(source(urls=(ONE,)))
    set_article_state(get_articlee.store.article(archive.store, ONE).id, ArticleState.PAUSED)
    await archive.read(source(urls=(ONE, TWO)))
    assert archive.visited() == {TWO}


async def test_other_filters_have_the_list_read_whole_and_decide_about_what_is_watched():
    archive = Archive()
    await archive.read(source(feeds=(FEED,), include=("/news/", "/video/")))
    archive.poll(Target(ONE), Target(VIDEO))
    await archive.read(source(feeds=(FEED,), include=("/news/", "/video/")))
    assert list_hubs(archive.store, "s")[0].etag == '"frozen"', "nothing has changed"
    await archive.read(source(feeds=(FEED,), include=("/news/",)))
    (state,) = list_hubs(archive.store, "s")
    assert (state.etag, state.next_poll_at) == ("", NOW)
    assert archive.visited() == {ONE}
    await archive.read(source(feeds=(FEED,)))
    assert archive.visited() == {ONE, VIDEO}
