"""`writethru stories` page by page, and stories found by name, read without all the others."""

import shlex

import pytest

from tests.command_line import command, objects
from tests.integration.stories.decided_stories import decided_stories
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book
from tracker.errors import UsageError
from tracker.service.story_list import named_stories, stories_with, unknown_story
from tracker.stories.current_stories import CurrentStories, current_stories, find_story


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_stories_together_are_the_whole_list(seed: int) -> None:
    url = decided_stories(seed)
    whole = objects(command("--db", url, "stories", "--json"))
    found = objects(command("--db", url, "stories", "--json", "--limit", "4"))
    while more := objects(command("--db", url, "stories", "--json", "--limit", "4", "--after", found[-1]["story"])):
        found += more
    assert found == whole


def test_the_list_says_how_to_see_the_rest() -> None:
    url = decided_stories(1)
    whole = command("--db", url, "stories").stdout.splitlines()
    first = command("--db", url, "stories", "--limit", "2")
    assert first.stdout.splitlines() == whole[:2]
    last = shlex.quote(whole[1].partition("\t")[0])
    assert f"More stories follow: add --after {last}" in first.stderr
    assert "More stories" not in command("--db", url, "stories", "--limit", str(len(whole))).stderr
    assert "no such story" in command("--db", url, "stories", "--after", "nothing of the kind", code=2).stderr


@pytest.mark.parametrize("seed", range(6))
def test_a_story_is_the_same_when_it_is_read_alone(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        for story in {*whole.stories, *whole.decisions.merged}:
            found, name = stories_with(store, story), whole.decisions.name(story)
            assert find_story(found, story) == find_story(whole, story) == name
            assert found.stories[name] == whole.stories[name]
            assert found.title(name) == whole.title(name)
            for each in found.stories[name]:
                assert found.reason(each, name) == whole.reason(each, name)
                assert found.accepted(each, name) == whole.accepted(each, name)


@pytest.mark.parametrize("seed", range(6))
def test_a_story_is_found_without_reading_the_others(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        titles = {whole.title(story).upper() for story in whole.stories if whole.title(story)}
        for wanted in {*whole.stories, *titles, *(story[:7] for story in whole.stories), "no such story"}:
            assert found_or_error(stories_with(store, wanted), wanted) == found_or_error(whole, wanted)
        assert find_story(whole, "") is find_story(stories_with(store, ""), "") is None


def found_or_error(stories: CurrentStories, wanted: str) -> str | None:
    try:
        return find_story(stories, wanted)
    except UsageError as error:
        return error.hint


@pytest.mark.parametrize("seed", range(6))
def test_named_stories_are_found_without_reading_the_others(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        named = {story for story in whole.stories if whole.title(story)}
        found = named_stories(store, 100)
        assert set(found) == named
        titles = [whole.title(story).casefold() for story in found]
        assert titles == sorted(titles)
        assert len(named_stories(store, 2)) == min(2, len(named))


def test_the_most_similar_names_are_offered_for_a_story_that_does_not_exist() -> None:
    with open_archive(decided_stories(0), readonly=True) as store:
        titles = [current_stories(get_story_book(store)).title(story) for story in named_stories(store, 100)]
        assert f"did you mean {titles[0]!r}" in unknown_story(store, titles[0] + "x").hint
        assert "writethru stories" in unknown_story(store, "%%%").hint
