"""The list of stories is the same whether all stories are read or only those of the newest articles."""

import re
from collections.abc import Iterator

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.archives import temporary_url
from tests.integration.stories.decided_stories import decided_stories
from tests.integration.web.conftest import client_of
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book, save_readings
from tracker.model.story import Home, StoryReading
from tracker.service.story_list import StoryLine, list_stories, newest_stories, stories_of
from tracker.service.story_timelines import gather
from tracker.stories.current_stories import current_stories
from tracker.web.pages.filters import Filter, FilteredPage
from tracker.web.pages.stories import PLACE, place_text


@pytest.fixture(scope="module", params=range(6))
def url(request: pytest.FixtureRequest) -> str:
    return decided_stories(int(request.param))


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    with open_archive(url, readonly=True) as opened:
        yield opened


def test_the_newest_stories_are_those_of_the_whole_list(archive: Archive) -> None:
    whole = list_stories(archive)
    for size in range(1, len(whole) + 2):
        newest = newest_stories(archive, size, at_once=0, per_story=1)
        assert (list(newest.lines), newest.more) == (whole[:size], max(len(whole) - size, 0))
        for one, other in zip(newest.lines, whole, strict=False):
            assert gather(archive, one.settled, one.ident, most=1) == gather(archive, other.settled, one.ident, most=1)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("at_once", [0, 1000])
def test_pages_of_stories_together_are_the_whole_list(archive: Archive, size: int, at_once: int) -> None:
    whole = list_stories(archive)
    found: list[StoryLine] = []
    after = None
    while True:
        page = newest_stories(archive, size, after, at_once=at_once, per_story=1)
        found += page.lines
        assert page.more == len(whole) - len(found)
        after = page.after
        if after is None:
            break
        assert re.fullmatch(PLACE, place_text(after))
    assert found == whole


async def test_articles_are_found_by_every_story_of_the_list(url: str, archive: Archive) -> None:
    async with client_of(url) as client:
        for each in list_stories(archive):
            found = (await client.get("/api/v1/articles", params={"story": each.ident, "limit": "200"})).json()
            assert len(found["articles"]) == each.articles
            assert (await client.get(f"/stories/{each.ident}.atom")).status_code == 200


async def test_the_pages_lead_on_and_their_json_does_too(
    url: str, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.web.pages.stories.MAX_STORIES", 3)
    whole = [each.ident for each in list_stories(archive)]
    async with client_of(url) as client:
        for path in ("/stories.json", "/api/v1/stories"):
            found, following = [], path
            while following:
                assert following.partition("?")[0] == path
                value = (await client.get(following)).json()
                found += [each["ident"] for each in value["stories"]]
                assert value["more"] == len(whole) - len(found)
                following = value["next"]
            assert found == whole, path
        html = (await client.get("/stories")).text
        (link,) = re.findall(r'<a href="([^"]+)" rel="next">', html)
        assert (await client.get(link)).status_code == 200
        for wrong in ("1", "1-2-", "x-1-Storm"):
            assert (await client.get(f"/stories?after={wrong}")).status_code == 400


def test_the_next_page_has_the_same_filters() -> None:
    page = FilteredPage(Filter(kind="correction"), "1764000000000-100-Storm", "/stories")
    assert page.next == "?kind=correction&after=1764000000000-100-Storm"


def test_the_stories_of_some_articles_are_those_of_the_whole_list(archive: Archive) -> None:
    whole, members = list_stories(archive), current_stories(get_story_book(archive)).of_article
    articles = sorted(members)[::5]
    stories = {story for each in articles for story in members[each]}
    assert stories_of(archive, articles) == [each for each in whole if each.ident in stories]


def test_a_name_that_looks_like_an_id_is_no_other_story() -> None:
    with open_archive(temporary_url()) as archive:
        first = watch(archive, stories=("Ferry",))
        second, third = (watch(archive, f"https://herald.example/{n}", stories=(first.id,)) for n in (1, 2))
        for each in (first, second, third):
            commit_check(archive, intent(each, 1, minutes(1)))
        homes = [Home(each.id, first.id) for each in (first, second, third)]
        save_readings(archive, [StoryReading(home.article, 1, minutes(1), homes=(home,)) for home in homes])
        whole, newest = list_stories(archive), newest_stories(archive, 5, at_once=0)
        assert (list(newest.lines), newest.more) == (whole, 0)
