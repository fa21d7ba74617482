import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.archives import inline, new_archive_at, temporary_archive
from tests.command_line import command, objects
from tests.integration.stories.outlets import look, publish, stripped
from tests.unit.alerts.test_payload import check
from tests.unit.stories.samples import WIRE, article, corrected, hours
from tracker.alerts.matching import match_rules
from tracker.alerts.message import compose
from tracker.alerts.schedule import COPY_WAIT
from tracker.archive.archive import Archive
from tracker.archive.opening import open_archive
from tracker.archive.outbox import claim_batch, enqueue_alerts, list_deliveries, mark_delivered
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, WebhookTarget
from tracker.model.alert import Delivery
from tracker.model.article import Article
from tracker.service.story_alerts import LAGGING_AFTER, combine_editions
from tracker.service.story_worker import StoryWorker
from tracker.web.data import CachedArchive
from tracker.web.page_request import PageRequest
from tracker.web.pages.feeds import changes_feed
from tracker.web.pages.start import start

RULE = RuleConfig(name="ferry", to=("desk",), story=True)
CONFIG = Config(rules=(RULE,), targets=(WebhookTarget(name="desk", type="webhook", url="https://desk.example/hook"),))
EDITION = hours(2)


def kept(store: Archive, outlet: str, at: float, content: Article) -> None:
    """Store a version with the alerts that a check would make."""
    tracked = publish(store, outlet, at, content)
    version = get_version(store, tracked.id, tracked.versions)
    enqueue_alerts(store, match_rules([RULE], version, None, link=""), hours(at))


async def alerted() -> Archive:
    """Return an archive in which an agency and two of three outlets corrected a text, with their alerts waiting."""
    store = temporary_archive()
    for at, outlet in enumerate(("Agency", "Courier", "Times", "Herald")):
        herald = publish(store, outlet, at / 100, article(WIRE))
    kept(store, "Courier", 1.999, stripped(article(corrected())))
    kept(store, "Agency", 2, article(corrected()))
    kept(store, "Times", 2.01, article(corrected()))
    look(store, herald, 2.02)
    await StoryWorker(inline(store)).catch_up(CONFIG, EDITION, 60)
    return store


def alerts(store: Archive) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for delivery in list_deliveries(store) if (each := delivery.payload)}


def delivered(store: Archive, at: float) -> list[Delivery]:
    sent = claim_batch(store, hours(at), 60)
    for each in sent:
        mark_delivered(store, [each.id], hours(at))
    return sent


async def test_an_edition_is_one_alert_that_names_its_copies():
    store = await alerted()
    assert len(list_deliveries(store)) == 3
    assert claim_batch(store, EDITION, 60) == []
    assert combine_editions(store, CONFIG, EDITION) == 3
    body = alerts(store)["article.changed"]
    assert body["source"] == "Agency"
    assert [(each["source"], each["after"]) for each in body["copies"]] == [("Courier", -3.6), ("Times", 36)]
    assert [(each["source"], each["runs"]) for each in body["lagging"]] == [("Herald", 1)]
    (sent,) = delivered(store, 2.04)
    assert check(sent)["data"] == body
    said = compose(sent.payload).text
    assert "Also at Courier, 4 s earlier · Times, 36 s later. Not yet at Herald (still v1 at 08:01 UTC)." in said


async def test_a_later_copy_sends_nothing_and_an_edit_of_its_own_does():
    store = await alerted()
    combine_editions(store, CONFIG, EDITION)
    delivered(store, 2.04)
    kept(store, "Herald", 2.5, article(corrected()))
    kept(store, "Times", 2.5, article((*corrected(), "Our reporter saw the smoke from the harbor.")))
    await StoryWorker(inline(store)).catch_up(CONFIG, hours(2.5), 60)
    combine_editions(store, CONFIG, hours(2.5))
    waiting = [each for each in list_deliveries(store) if each.state == "pending"]
    assert sorted(each.payload["source"] for each in waiting) == ["Agency", "Times"]


async def test_a_note_follows_on_copies_that_lag():
    store = await alerted()
    combine_editions(store, CONFIG, EDITION)
    delivered(store, 2.04)
    (note,) = [each for each in list_deliveries(store) if each.state == "pending"]
    assert note.due_at == EDITION + LAGGING_AFTER
    assert combine_editions(store, CONFIG, hours(2.5)) == 0
    assert combine_editions(store, CONFIG, note.due_at) == 1
    (sent,) = delivered(store, 3)
    assert compose(sent.payload).subject == "Agency · copies lag: Fire on ferry kills 12"
    assert check(sent)["data"]["lagging"][0]["source"] == "Herald"


async def test_nothing_follows_once_all_copies_have_caught_up():
    store = await alerted()
    combine_editions(store, CONFIG, EDITION)
    delivered(store, 2.04)
    publish(store, "Herald", 2.5, article(corrected()))
    assert combine_editions(store, CONFIG, EDITION + LAGGING_AFTER) == 1
    assert delivered(store, 3) == []


async def test_an_alert_without_copies_is_sent_as_it_is_after_the_wait():
    store = temporary_archive()
    publish(store, "Agency", 0, article(WIRE))
    kept(store, "Agency", 2, article(corrected()))
    assert combine_editions(store, CONFIG, EDITION) == 0
    (sent,) = delivered(store, 2 + COPY_WAIT / timedelta(hours=1))
    assert "copies" not in check(sent)["data"]


@pytest.fixture
def newsroom(folder: Path) -> str:
    """Put a text that the agency corrected into an archive, and two outlets that printed and corrected it too."""
    (folder / "writethru.toml").write_text("", encoding="utf-8")
    url = new_archive_at(folder / "writethru.db")
    with open_archive(url) as store:
        for at, text in ((0, article(WIRE)), (2, article(corrected()))):
            publish(store, "Agency", at, text)
            publish(store, "Courier", at + 0.01, stripped(text))
            publish(store, "Times", at + 0.1, text)
        asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(3), 60))
    return url


def test_the_command_line_and_pages_name_who_took_an_edition_over(newsroom):
    first, second = command("log").stdout.splitlines()
    assert first.endswith("; and at Courier, 36 s later · Times, 6 min later")
    assert " v1→v2 " in first
    assert " v1 " in second
    assert second.endswith("and at Courier, 36 s later · Times, 6 min later")
    assert len(objects(command("log", "--json"))) == 6
    assert len(command("log", "--source", "Times").stdout.splitlines()) == 2
    assert "and at" in command("watch").stdout
    assert len(objects(command("watch", "--json"))) == 6
    first = objects(command("log", "--json"))[0]["article"]
    assert "No outlet added, changed or left out a sentence" in command("story", "show", first, "--own").stderr
    assert command("story", "show", first).stderr == ""
    with open_archive(newsroom, readonly=True) as store:
        request = PageRequest(CachedArchive(store), hours(3), base="https://desk.example", here="/changes.atom")
        view = start(request)
        assert [(each.summary.source, [copy.source for copy in each.copies]) for each in view.newest] == [
            ("Agency", ["Courier", "Times"])
        ]
        assert [each.copies[0].source for each in view.answer().largest] == ["Courier"]
        feed = changes_feed(request)
    assert feed.count("<entry>") == 1
    assert "and at Courier, 36 s later · Times, 6 min later" in feed


def test_a_version_whose_predecessor_was_deleted_is_shown_by_its_headline(newsroom):
    agency = next(each for each in objects(command("log", "--json")) if each["source"] == "Agency")
    command("takedown", f"{agency['article']}@1", "--reason", "court order")
    (line,) = (each for each in command("story", "show", agency["article"]).stdout.splitlines() if "Agency v2" in each)
    assert line.endswith(f"“{agency['title']}”")


@pytest.mark.parametrize("verb", ["log", "watch"])
def test_a_limit_counts_editions_and_not_the_copies_named_with_them(newsroom, verb):
    listed = [line for line in command(verb, "-n", "2").stdout.splitlines() if not line.startswith(" ")]
    assert [line.count("and at Courier, 36 s later · Times") for line in listed] == [1, 1]
    assert len(objects(command(verb, "-n", "2", "--json"))) == 2


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
