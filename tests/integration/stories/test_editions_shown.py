"""Copies of one edition are one entry wherever versions are listed."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archives import inline, new_archive_at
from tests.command_line import command, objects
from tests.integration.stories.outlets import publish, stripped
from tests.unit.stories.samples import WIRE, article, corrected, hours
from tracker.archive.opening import open_archive
from tracker.archive.takedowns import take_down
from tracker.config.root import Config
from tracker.service.story_worker import StoryWorker
from tracker.web.data import CachedArchive
from tracker.web.page_request import PageRequest
from tracker.web.pages.feeds import changes_feed
from tracker.web.pages.start import start


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a text that the agency corrected into an archive, and two outlets that printed and corrected it too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "writethru.toml").write_text("", encoding="utf-8")
    url = new_archive_at(tmp_path / "writethru.db")
    with open_archive(url) as store:
        for at, text in ((0, article(WIRE)), (2, article(corrected()))):
            publish(store, "Agency", at, text)
            publish(store, "Courier", at + 0.01, stripped(text))
            publish(store, "Times", at + 0.1, text)
        asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(3), 60))
    return url


def test_log_names_who_took_an_edition_over(newsroom):
    first, second = command("log").stdout.splitlines()
    assert first.endswith("; and at Courier, 36 s later · Times, 6 min later")
    assert " v1→v2 " in first
    assert " v1 " in second
    assert second.endswith("and at Courier, 36 s later · Times, 6 min later")
    assert len(objects(command("log", "--json"))) == 6
    assert len(command("log", "--source", "Times").stdout.splitlines()) == 2
    assert "and at" in command("watch").stdout
    assert len(objects(command("watch", "--json"))) == 6


def test_a_version_whose_predecessor_was_deleted_is_shown_by_its_headline(newsroom):
    agency = next(each for each in objects(command("log", "--json")) if each["source"] == "Agency")
    command("takedown", f"{agency['article']}@1", "--reason", "court order")
    (line,) = (each for each in command("story", "show", agency["article"]).stdout.splitlines() if "Agency v2" in each)
    assert line.endswith(f"“{agency['title']}”")


def test_a_story_whose_copies_have_nothing_of_their_own_says_so(newsroom):
    first = objects(command("log", "--json"))[0]["article"]
    assert "No outlet added, changed or left out a sentence" in command("story", "show", first, "--own").stderr
    assert command("story", "show", first).stderr == ""


@pytest.mark.parametrize("verb", ["log", "watch"])
def test_a_limit_counts_editions_and_not_the_copies_named_with_them(newsroom, verb):
    listed = [line for line in command(verb, "-n", "2").stdout.splitlines() if not line.startswith(" ")]
    assert [line.count("and at Courier, 36 s later · Times") for line in listed] == [1, 1]
    assert len(objects(command(verb, "-n", "2", "--json"))) == 2


def test_pages_and_feeds_name_who_took_an_edition_over(newsroom):
    with open_archive(newsroom, readonly=True) as store:
        request = PageRequest(CachedArchive(store), hours(3), base="https://desk.example", here="/changes.atom")
        view = start(request)
        assert [(each.glance.source, [copy.source for copy in each.copies]) for each in view.newest] == [
            ("Agency", ["Courier", "Times"])
        ]
        assert [each.copies[0].source for each in view.answer().largest] == ["Courier"]
        feed = changes_feed(request)
    assert feed.count("<entry>") == 1
    assert "and at Courier, 36 s later · Times, 6 min later" in feed


def test_copies_of_an_edition_that_was_taken_down_are_not_named_below_the_next(newsroom):
    with open_archive(newsroom) as store:
        text = replace(article(corrected()), title="Ferry fire: port reopens")
        agency = publish(store, "Agency", 4, text)
        courier = publish(store, "Courier", 4.01, stripped(text))
        times = publish(store, "Times", 4.1, text)
        take_down(store, agency.id, "a court order", hours(5), 2)
    (shown,) = objects(command("story", "show", agency.id, "--json"))
    entries = [
        ((each["article"], each["version"]), [(copy["article"], copy["version"]) for copy in each["copies"]])
        for each in shown["timeline"]
    ]
    assert entries == [
        ((agency.id, 1), [(courier.id, 1), (times.id, 1)]),
        ((courier.id, 2), [(times.id, 2)]),
        ((agency.id, 3), [(courier.id, 3), (times.id, 3)]),
    ]
