"""The list of stories is the same whether all stories are read or only those of the newest articles."""

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.archives import temporary_url
from tests.integration.stories.decided_stories import decided_stories
from tracker.archive import open_archive
from tracker.archive.commits import commit_check
from tracker.archive.stories import get_story_book, save_readings
from tracker.model.story import Home, StoryReading
from tracker.stories.current_stories import current_stories
from tracker.web.data import open_pages
from tracker.web.pages.story_lines import lines, lines_of, newest_lines


@pytest.fixture(scope="module", params=range(6))
def url(request: pytest.FixtureRequest) -> str:
    return decided_stories(int(request.param))


def test_the_newest_stories_are_those_of_the_whole_list(url: str) -> None:
    pages = open_pages(url)
    whole = lines(pages)
    for size in range(1, len(whole) + 2):
        newest = newest_lines(pages, size, at_once=0, per_story=1)
        assert (list(newest.lines), newest.more) == (whole[:size], max(len(whole) - size, 0))
        assert [each.as_json() for each in newest.lines] == [each.as_json() for each in whole[:size]]
    pages.close()


def test_the_stories_of_some_articles_are_those_of_the_whole_list(url: str) -> None:
    pages = open_pages(url)
    whole, members = lines(pages), current_stories(get_story_book(pages.opened)).of_article
    articles = sorted(members)[::5]
    stories = {story for each in articles for story in members[each]}
    assert lines_of(pages, articles) == [each for each in whole if each.ident in stories]
    pages.close()


def test_a_name_that_looks_like_an_id_is_no_other_story() -> None:
    url = temporary_url()
    with open_archive(url) as store:
        first = watch(store, stories=("Ferry",))
        second, third = (watch(store, f"https://herald.example/{n}", stories=(first.id,)) for n in (1, 2))
        for each in (first, second, third):
            commit_check(store, intent(each, 1, minutes(1)))
        homes = [Home(each.id, first.id) for each in (first, second, third)]
        save_readings(store, [StoryReading(home.article, 1, minutes(1), homes=(home,)) for home in homes])
    pages = open_pages(url)
    whole, newest = lines(pages), newest_lines(pages, 5, at_once=0)
    assert (list(newest.lines), newest.more) == (whole, 0)
    pages.close()
