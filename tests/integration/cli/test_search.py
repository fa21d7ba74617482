"""`writethru search` restricted to a story and to when a paragraph was on the page."""

from pathlib import Path

import pytest

from tests.archive_samples import NOW, grow, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tracker.archive.opening import open_archive
from tracker.archive.versions import list_history

from .conftest import Run


@pytest.fixture
def articles(run: Run) -> tuple[str, str]:
    """Return two articles with the same texts, of which the first is in a story."""
    with archive_at(Path("writethru.db")) as store:
        first = watch(store, stories=("Flood",))
        second = watch(store, "https://herald.example/news/river")
        for each in (first, second):
            grow(store, each, 3)
        assert all(each.seen > NOW for each in list_history(store, first.id)[1:])
        return first.id, second.id


def found(*options: str) -> set[tuple[str, int]]:
    return {(each["article"], each["first_version"]) for each in objects(command("search", "rose", "--json", *options))}


def test_a_story_restricts_the_paragraphs(articles: tuple[str, str]) -> None:
    first, second = articles
    assert {ident for ident, _ in found()} == {first, second}
    assert {ident for ident, _ in found("--story", "Flood")} == {first}
    result = command("search", "rose", "--story", "Flod", code=2)
    assert "no such story" in result.stderr
    assert "did you mean 'Flood'?" in result.stderr


def test_until_leaves_out_what_came_later(articles: tuple[str, str]) -> None:
    with open_archive("sqlite:///writethru.db", readonly=True) as store:
        second_seen = list_history(store, articles[0])[1].seen
    assert {n for _, n in found("--until", second_seen.isoformat())} == {1}
    assert {n for _, n in found("--until", minutes(100_000).isoformat())} == {1, 2, 3}


def test_stories_leads_to_the_commands_of_story(articles: tuple[str, str]) -> None:
    result = command("stories", "add", "Flood", code=2)
    assert "writethru story add Flood" in result.stderr
