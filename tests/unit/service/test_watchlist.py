from datetime import UTC, datetime, timedelta

import pytest

from tests.archive_samples import look, minutes
from tests.archives import temporary_archive
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.sources import list_hubs, list_sources
from tracker.archive.state import due_articles
from tracker.config.root import Config
from tracker.config.tables import SourceConfig, StoryConfig
from tracker.model.source import Target
from tracker.model.watch import ArticleState, CheckOutcome, HubPoll
from tracker.service.watchlist import sync

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FEED = "https://s.test/feed"
ONE, TWO, VIDEO = "https://s.test/news/one", "https://s.test/news/two", "https://s.test/video/three"


class Watched:
    """An archive that watches what it is given to read."""

    def __init__(self) -> None:
        self.archive = temporary_archive()

    def read(self, *sources: SourceConfig, stories: tuple[StoryConfig, ...] = ()) -> None:
        sync(self.archive, Config(sources=sources, stories=stories), NOW)

    def poll(self, *targets: Target) -> None:
        (state,) = list_hubs(self.archive, "s")
        later = NOW + timedelta(minutes=10)
        commit_poll(
            self.archive, HubPoll(state.hub, NOW, later, CheckOutcome.UNCHANGED, etag='"frozen"', targets=targets)
        )

    def visited(self) -> set[str]:
        return {each.url for each in due_articles(self.archive, "s.test", NOW)}


def source(**kwargs) -> SourceConfig:
    return SourceConfig(name="s", **kwargs)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_an_address_taken_out_is_visited_no_more_until_it_is_put_back(watched):
    watched.read(source(urls=(ONE, TWO)))
    watched.read(source(urls=(ONE,)))
    assert watched.visited() == {ONE}
    assert get_article(watched.archive, TWO).state is ArticleState.PAUSED
    watched.read(source(urls=(ONE,)))
    watched.read(source(urls=(ONE, TWO)))
    assert watched.visited() == {ONE, TWO}


def test_a_source_named_after_a_host_is_forgotten_when_a_feed_takes_its_only_article(watched):
    story = StoryConfig(name="Fire", urls=(ONE,))
    watched.read(stories=(story,))
    assert list_sources(watched.archive) == ["s.test"]
    watched.read(SourceConfig(name="Herald", feeds=(FEED,)), stories=(story,))
    assert list_sources(watched.archive) == ["Herald"]
    watched.read()
    assert list_sources(watched.archive) == ["Herald"], "it has an article"


def test_an_address_that_moves_to_a_story_or_that_a_list_names_is_visited_on(watched):
    watched.read(source(feeds=(FEED,), urls=(ONE, TWO)))
    add_targets(watched.archive, "s", [Target(ONE)], NOW)
    tracked = get_article(watched.archive, ONE)
    watched.poll(Target(VIDEO, listed_until=NOW + timedelta(days=1)))
    watched.read(source(feeds=(FEED,)), stories=(StoryConfig(name="Fire", urls=(ONE,)),))
    assert watched.visited() == {ONE, VIDEO}
    assert get_article(watched.archive, tracked.id).state is ArticleState.ACTIVE
    watched.read(source(feeds=(FEED,), urls=(VIDEO,)))
    watched.read(source(feeds=(FEED,)))
    assert watched.visited() == {VIDEO}, "the feed names it"


def test_what_somebody_took_down_stays_down(watched):
    watched.read(source(urls=(ONE,)))
    set_article_state(watched.archive, get_article(watched.archive, ONE).id, ArticleState.PAUSED, minutes(69))
    watched.read(source(urls=(ONE, TWO)))
    assert watched.visited() == {TWO}


def test_other_filters_have_the_list_read_whole_and_decide_about_what_is_watched(watched):
    watched.read(source(feeds=(FEED,), include=("/news/", "/video/")))
    watched.poll(Target(ONE), Target(VIDEO))
    watched.read(source(feeds=(FEED,), include=("/news/", "/video/")))
    assert list_hubs(watched.archive, "s")[0].etag == '"frozen"', "nothing has changed"
    watched.read(source(feeds=(FEED,), include=("/news/",)))
    (state,) = list_hubs(watched.archive, "s")
    assert (state.etag, state.next_poll_at) == ("", NOW)
    assert watched.visited() == {ONE}
    watched.read(source(feeds=(FEED,)))
    assert watched.visited() == {ONE, VIDEO}


def test_another_interval_moves_the_checks_that_are_planned(watched):
    watched.read(source(urls=(ONE, TWO), every=timedelta(days=1)))
    one, two = (get_article(watched.archive, url) for url in (ONE, TWO))
    planned = NOW + timedelta(days=1)
    commit_check(watched.archive, look(one, 0, NOW, CheckOutcome.UNCHANGED, next_check_at=planned))
    commit_check(watched.archive, look(two, 0, NOW, CheckOutcome.REFUSED, next_check_at=planned, failures=1))

    def due(**kwargs) -> list[datetime | None]:
        watched.read(source(urls=(ONE, TWO), **kwargs))
        return [get_article(watched.archive, url).next_check_at for url in (ONE, TWO)]

    assert due(every=timedelta(days=1)) == [planned, planned]
    assert due(every=timedelta(hours=1)) == [NOW + timedelta(hours=1), planned], "what failed is tried again as before"
    assert due(every=timedelta(days=2)) == [NOW + timedelta(days=2), planned]
    first, _ = due()
    assert first is not None
    assert first < NOW + timedelta(hours=3), "by how often articles change"
