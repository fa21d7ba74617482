"""The list of stories is the same whether all stories are read or only those of the newest articles."""

from random import Random

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.archives import temporary_url
from tracker.archive import open_archive
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.stories import get_story_book, save_decision, save_readings
from tracker.model.check import Tracked
from tracker.model.story import Decision, Home, StoryDecisionKind, StoryReading
from tracker.stories.current_stories import current_stories, membership_changes
from tracker.web.data import open_pages
from tracker.web.pages.story_lines import lines, lines_of, newest_lines

NAMES = ("Ferry", "Storm", "Élection", "Zoo")


def watched(store: Archive, dice: Random) -> list[Tracked]:
    """Put articles under watch, some in named stories, and keep a version of most, several at one time."""
    found = []
    for n in range(24):
        names = tuple(dice.sample(NAMES, dice.choice((0, 0, 0, 1, 1, 2))))
        found.append(watch(store, f"https://herald.example/{n}", source=dice.choice(("Herald", "Post")), stories=names))
    for tracked in found[4:]:
        commit_check(store, intent(tracked, 1, minutes(dice.randrange(8))))
    return found


def read(store: Archive, articles: list[Tracked], dice: Random) -> None:
    """Put most articles with a version into a story that was found automatically, or into one of their own."""
    homes = [dice.choice(articles[4:12]).id if dice.random() < 0.8 else each.id for each in articles]
    readings = [
        StoryReading(each.id, 1, minutes(1), homes=(Home(each.id, home, 0.8, ("why",)),))
        for each, home in zip(articles, homes, strict=True)
        if dice.random() < 0.9 and each in articles[4:]
    ]
    save_readings(store, readings)


def decide(store: Archive, articles: list[Tracked], dice: Random) -> None:
    """Decide about random stories, each in a way that people may."""
    for kind in dice.choices(list(StoryDecisionKind), k=dice.randrange(6)):
        settled = current_stories(get_story_book(store))
        story, other = dice.choice(list(settled.stories)), dice.choice(list(settled.stories))
        some = tuple(each.id for each in dice.sample(articles, 2))
        into = {"split": "New", "rename": "A title", "merge": other}.get(kind.value, "")
        given = () if kind.value in {"rename", "merge"} else some
        decision = Decision(kind, story, given, into, at=minutes(9), by="Ada")
        save_decision(store, decision, *membership_changes(settled, decision))


@pytest.fixture(scope="module", params=range(6))
def url(request: pytest.FixtureRequest) -> str:
    dice, made = Random(request.param), temporary_url()
    with open_archive(made) as store:
        articles = watched(store, dice)
        read(store, articles, dice)
        decide(store, articles, dice)
    return made


def test_the_newest_stories_are_those_of_the_whole_list(url: str) -> None:
    pages = open_pages(url)
    whole = lines(pages)
    for size in (1, 2, 3, len(whole), len(whole) + 1):
        newest = newest_lines(pages, size, at_once=0)
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
