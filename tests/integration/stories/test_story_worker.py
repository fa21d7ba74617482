import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.archives import archive_at, inline, new_archive_at, temporary_archive
from tests.command_line import command, objects
from tests.integration.stories.outlets import look, publish, stripped, url_of
from tests.unit.alerts.test_payload import check
from tests.unit.stories.samples import CORRECTION, OTHER, TOLD_ANEW, WIRE, article, corrected, hours
from tracker.alerts.matching import match_rules
from tracker.alerts.message import compose
from tracker.alerts.schedule import COPY_WAIT
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.opening import open_archive
from tracker.archive.outbox import claim_batch, enqueue_alerts, list_deliveries, mark_delivered
from tracker.archive.stories import get_story_book, list_copies, list_homes, save_decision
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version, unread_versions
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, SourceConfig, StoryConfig, WebhookTarget
from tracker.errors import ArchiveError, ArchiveFull
from tracker.model.alert import Delivery
from tracker.model.article import Article
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.model.story import Decision, StoryDecisionKind
from tracker.service.story_alerts import LAGGING_AFTER, combine_editions, enqueue_stale_alerts
from tracker.service.story_list import decide
from tracker.service.story_timelines import gather
from tracker.service.story_worker import MAX_BATCH_VERSIONS, StoryWorker, links_of
from tracker.stories.current_stories import current_stories
from tracker.web.data import CachedArchive
from tracker.web.page_request import PageRequest
from tracker.web.pages.feeds import changes_feed
from tracker.web.pages.start import start

CONFIG = Config()
LATER = "Parliament votes on Thursday on money for schools, on roads in the north and on wages of nurses in clinics."


async def caught_up(store: Archive, config: Config = CONFIG, at: float = 9) -> int:
    return await StoryWorker(inline(store)).catch_up(config, hours(at), 60)


def told(store: Archive) -> None:
    publish(store, "Agency", 0, article(WIRE))
    publish(store, "Herald", 1, stripped(article(WIRE)))
    publish(store, "Council", 1, article(OTHER, title="Gasworks sold"))
    publish(store, "Times", 2, article(TOLD_ANEW, title="Ferry had faulty sprinklers"))


@pytest.fixture
def store() -> Archive:
    return temporary_archive()


async def test_a_service_that_starts_again_counts_copies_as_little_as_before():
    homes = []
    for restarts in (False, True):
        store = temporary_archive()
        worker = StoryWorker(inline(store))
        told(store)
        # A copy that was cut to a half is another text than its origin by its words.
        publish(store, "Mirror", 2, article(WIRE[:4]))
        await worker.catch_up(CONFIG, hours(9), 60)
        late = publish(store, "Post", 3, article([TOLD_ANEW[2], LATER], title="Osten and the budget"))
        await (StoryWorker(inline(store)) if restarts else worker).catch_up(CONFIG, hours(9), 60)
        homes += list_homes(store, [late.id])
    assert homes[0] == homes[1]


async def test_copies_and_companions_find_their_story_and_others_do_not(store):
    told(store)
    assert await caught_up(store) == 4
    settled = current_stories(get_story_book(store))
    agency = get_article(store, url_of("Agency"))
    ((story, members),) = settled.stories.items()
    assert story == agency.id
    assert {get_article(store, each).source for each in members} == {"Agency", "Herald", "Times"}
    places = gather(store, settled, story).places
    assert [(each.source, each.role) for each in places] == [("Agency", "origin"), ("Herald", "copy"), ("Times", "own")]
    assert unread_versions(store) == []
    assert await caught_up(store) == 0


async def test_a_worker_goes_on_where_it_was_and_one_that_starts_anew_finds_the_same():
    one, other = temporary_archive(), temporary_archive()
    kept = StoryWorker(inline(one))
    for store in (one, other):
        publish(store, "Agency", 0, article(WIRE))
    assert await kept.catch_up(CONFIG, hours(1), 60) == 1
    assert await caught_up(other) == 1
    for store in (one, other):
        publish(store, "Herald", 1, stripped(article(WIRE)))
        publish(store, "Times", 2, article(TOLD_ANEW))
    assert await kept.catch_up(CONFIG, hours(3), 60) == await caught_up(other) == 2
    assert current_stories(get_story_book(one)).stories == current_stories(get_story_book(other)).stories != {}


async def test_a_small_edit_leaves_its_article_where_it_is_after_a_restart_too(store):
    told(store)
    await caught_up(store)
    before = get_story_book(store)
    publish(
        store, "Times", 3, article([*TOLD_ANEW[:-1], f"{TOLD_ANEW[-1]} He agreed."], title="Sprinklers were faulty")
    )
    assert await caught_up(store) == 1
    assert unread_versions(store) == []
    assert get_story_book(store) == before


async def test_a_first_text_that_said_little_is_placed_by_its_next_version(store):
    publish(store, "Herald", 0, article(("Fire on a ferry. More soon.",)))
    publish(store, "Agency", 1, article(WIRE))
    await caught_up(store)
    assert current_stories(get_story_book(store)).stories == {}
    publish(store, "Herald", 2, stripped(article(WIRE)))
    await caught_up(store)
    assert len(current_stories(get_story_book(store)).stories) == 1


async def test_a_copy_joins_the_story_a_person_named_and_a_companion_waits_to_be_added(store):
    config = Config(stories=(StoryConfig(name="Ferry", urls=(url_of("Agency"),)),))
    told(store)
    agency, herald, times = (get_article(store, url_of(name)) for name in ("Agency", "Herald", "Times"))
    add_targets(store, "Agency", [Target(agency.url)], hours(0), ["Ferry"])
    await caught_up(store, config)
    assert get_article(store, herald.id).stories == ("Ferry",)
    assert get_article(store, times.id).stories == ()
    settled = current_stories(get_story_book(store))
    assert set(settled.stories["Ferry"]) == {agency.id, herald.id, times.id}
    decide(store, settled, "Ferry", StoryDecisionKind.PIN, [times.id], at=hours(4), by="ada")
    assert get_article(store, times.id).stories == ("Ferry",)


async def test_a_decision_made_meanwhile_is_obeyed_by_a_worker_that_runs(store):
    worker = StoryWorker(inline(store))
    publish(store, "Agency", 0, article(WIRE))
    await worker.catch_up(CONFIG, hours(1), 60)
    agency = get_article(store, url_of("Agency"))
    herald = publish(store, "Herald", 1, stripped(article(WIRE)))
    save_decision(store, Decision(StoryDecisionKind.REJECT, agency.id, (herald.id,), at=hours(1)))
    await worker.catch_up(CONFIG, hours(2), 60)
    assert current_stories(get_story_book(store)).stories == {}


async def test_time_that_is_up_leaves_the_rest_for_the_next_turn(store):
    told(store)
    worker = StoryWorker(inline(store))
    assert await worker.catch_up(CONFIG, hours(3), 0) == 0
    assert await worker.catch_up(CONFIG, hours(3), 1e-9) <= MAX_BATCH_VERSIONS
    await worker.catch_up(CONFIG, hours(3), 60)
    assert unread_versions(store) == []


async def test_an_older_copy_is_found_although_it_is_not_remembered(store):
    publish(store, "Agency", -24 * 20, article(WIRE))
    await caught_up(store, at=-24 * 20)
    herald = publish(store, "Herald", 0, stripped(article(WIRE)))
    await caught_up(store, at=1)
    agency = get_article(store, url_of("Agency"))
    assert current_stories(get_story_book(store)).stories == {agency.id: tuple(sorted((agency.id, herald.id)))}


class Runtime:
    config = CONFIG


async def test_a_turn_reads_the_versions_and_survives_the_archive(monkeypatch, store):
    told(store)
    worker = StoryWorker(inline(store))
    assert len(unread_versions(store)) == 4
    await worker.turn(Runtime(), hours(9))  # type: ignore[arg-type]  # all it needs of a runtime
    assert unread_versions(store) == []

    def full(archive: Archive, limit: int) -> None:
        raise ArchiveError("the disk is full")

    monkeypatch.setattr("tracker.service.story_worker.unread_versions", full)
    await worker.turn(Runtime(), hours(9))  # type: ignore[arg-type]


async def test_the_history_of_a_copy_is_cut_to_its_newest_versions(tmp_path: Path):
    with archive_at(tmp_path / "a.db") as store:
        publish(store, "Agency", 0, article(WIRE))
        herald = publish(store, "Herald", 1, stripped(article(WIRE)))
        publish(store, "Agency", 2, article(corrected(), notices=[CORRECTION]))
        look(store, herald, 8)
        await caught_up(store)
        settled = current_stories(get_story_book(store))
        (story,) = settled.stories
        brief = gather(store, settled, story, most=1)
        assert [(each.role, len(each.history)) for each in brief.places] == [("origin", 0), ("copy", 1)]


WORK = """
import asyncio, sys
sys.path.insert(0, {root!r})
from tests.archives import inline
from tests.unit.stories.samples import hours
from tracker.archive.opening import open_archive
from tracker.config.root import Config
from tracker.service.story_worker import StoryWorker

store = open_archive({url!r})
print("ready", flush=True)
asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(9), 60))
"""


def kill_after(pause: float, url: str) -> bool:
    """Let a process catch up for so many seconds and kill it; say whether it was still at it."""
    program = WORK.format(root=__file__.rpartition("/tests/")[0], url=url)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as work:
        assert work.stdout is not None
        work.stdout.readline()
        time.sleep(pause)
        work.send_signal(signal.SIGKILL)
        return work.wait() == -signal.SIGKILL


async def test_kill_9_while_reading_loses_nothing_and_doubles_nothing(tmp_path: Path):
    urls = [new_archive_at(tmp_path / name) for name in ("killed.db", "calm.db")]
    for url in urls:
        with open_archive(url) as store:
            for place in range(12):
                publish(
                    store, f"Paper{place}", place / 10, article((*WIRE, f"The paper number {place} adds its line."))
                )
    killed = sum(kill_after(pause, urls[0]) for pause in (0.05, 0.1, 0.15, 0.2))
    assert killed
    found = []
    for url in urls:
        with open_archive(url) as store:
            await caught_up(store)
            assert unread_versions(store) == []
            articles = [each.id for each in list_articles(store)]
            found.append(
                (current_stories(get_story_book(store)).stories, [pair.first for pair in list_copies(store, articles)])
            )
    assert found[0] == found[1]


LINKS = [f"/2026/11/24/ferry-failed-inspection-number-{place}" for place in range(4)]
BODY = (
    "<html><body><article>" + "".join(f'<p><a href="{link}">x</a></p>' for link in LINKS) + "</article></body></html>"
)


def config(*, follow: int = 2, **rule: object) -> Config:
    rules = (RuleConfig(name="stale", to=("desk",), **rule),) if rule else ()
    return Config(
        sources=(SourceConfig(name="Agency", urls=(url_of("Agency"),)),),
        stories=(StoryConfig(name="Ferry", urls=(url_of("Agency"),), follow=follow),),
        targets=(WebhookTarget(name="desk", type="webhook", url="https://desk.example/hook"),),
        rules=rules,
    )


def linked(store: Archive) -> None:
    tracked = publish(store, "Agency", 0, article(WIRE), body=BODY.encode())
    add_targets(store, "Agency", [Target(tracked.url)], hours(0), ["Ferry"])


async def test_links_of_a_named_article_are_watched_up_to_a_limit_and_no_further(store):
    linked(store)
    worker = StoryWorker(inline(store))
    await worker.catch_up(config(), hours(1), 60)
    assert worker.followed == 2
    followed = [each for each in list_articles(store, story="Ferry") if "inspection" in each.url]
    assert sorted(each.url for each in followed) == [f"https://agency.example{link}" for link in LINKS[:2]]
    assert all(each.source == "Agency" and each.next_check_at is not None for each in followed)
    publish(store, "Agency", 2, article(WIRE, title="x"), url=followed[0].url, body=BODY.encode())
    publish(store, "Agency", 2, article(corrected()), body=BODY.encode())
    await worker.catch_up(config(), hours(3), 60)
    assert worker.followed == 2
    assert len(list_articles(store, story="Ferry")) == 3


async def test_links_are_followed_once_an_archive_that_failed_works_again(store):
    linked(store)
    full = True

    def fail(function: Callable[..., object]) -> None:
        if full and function.__name__ == "follow":
            raise ArchiveFull("the disk is full")

    worker = StoryWorker(inline(store, fail))
    with pytest.raises(ArchiveFull):
        await worker.catch_up(config(), hours(1), 60)
    full = False
    await worker.catch_up(config(), hours(2), 60)
    assert worker.followed == 2


async def test_nothing_is_followed_unless_the_story_says_so(store):
    linked(store)
    worker = StoryWorker(inline(store))
    await worker.catch_up(config(follow=0), hours(1), 60)
    assert worker.followed == 0
    assert len(list_articles(store)) == 1


async def test_a_page_that_is_gone_from_the_archive_has_no_links(store):
    tracked = publish(store, "Agency", 0, article(WIRE))
    assert links_of(store, tracked.id, 9) == []


async def printed() -> Archive:
    store = temporary_archive()
    publish(store, "Agency", 0, article(WIRE))
    herald = publish(store, "Herald", 1, stripped(article(WIRE)))
    publish(store, "Agency", 2, article(corrected(), notices=[CORRECTION]))
    look(store, herald, 8)
    await StoryWorker(inline(store)).catch_up(config(), hours(8), 60)
    return store


async def test_a_copy_that_took_no_correction_in_time_is_told_once():
    store = await printed()
    rules = config(stale_copy=timedelta(hours=6))
    assert enqueue_stale_alerts(store, rules, hours(9)) == 1
    (told,) = list_deliveries(store)
    body = told.payload
    herald, agency = get_article(store, url_of("Herald")), get_article(store, url_of("Agency"))
    assert (told.article, told.version, told.target, body["type"]) == (herald.id, 1, "desk", "copy.stale")
    assert body["notices"] == [{"kind": "correction", "text": CORRECTION.text}]
    assert (body["origin"]["article"], body["origin"]["version"], body["hours"]) == (agency.id, 2, 6.0)
    assert enqueue_stale_alerts(store, rules, hours(10)) == 0
    look(store, herald, 20)
    assert enqueue_stale_alerts(store, rules, hours(21)) == 0


@pytest.mark.parametrize(
    "rule",
    [
        {"stale_copy": timedelta(hours=7)},
        {"stale_copy": timedelta(hours=6), "labels": (LabelKind.CLARIFICATION,)},
        {"stale_copy": timedelta(hours=6), "urls": ("^https://times",)},
        {"stale_copy": timedelta(hours=6), "sources": ("Agency",)},
        {},
    ],
)
async def test_nobody_is_told_too_early_or_of_what_no_rule_asks_for(rule):
    store = await printed()
    assert enqueue_stale_alerts(store, config(**rule), hours(9)) == 0


async def test_without_a_notice_nobody_is_stale(store):
    publish(store, "Agency", 0, article(WIRE))
    assert enqueue_stale_alerts(store, config(stale_copy=timedelta(hours=1)), hours(9)) == 0


async def test_a_rule_on_a_story_meets_its_copies():
    store = await printed()
    asked = config(stale_copy=timedelta(hours=6), stories=("Ferry",))
    assert enqueue_stale_alerts(store, asked, hours(9)) == 0
    herald = get_article(store, url_of("Herald"))
    add_targets(store, "Herald", [Target(herald.url)], hours(9), ["Ferry"])
    assert enqueue_stale_alerts(store, asked, hours(9)) == 1


RULE = RuleConfig(name="ferry", to=("desk",), story=True)
STORY_CONFIG = Config(
    rules=(RULE,), targets=(WebhookTarget(name="desk", type="webhook", url="https://desk.example/hook"),)
)
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
    await StoryWorker(inline(store)).catch_up(STORY_CONFIG, EDITION, 60)
    return store


def alerts(store: Archive) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for delivery in list_deliveries(store) if (each := delivery.payload)}


def delivered(store: Archive, at: float) -> list[Delivery]:
    sent = claim_batch(store, hours(at), 60)
    for each in sent:
        mark_delivered(store, [each.id], hours(at))
    return sent


@pytest.fixture
async def edition_sent() -> Archive:
    store = await alerted()
    combine_editions(store, STORY_CONFIG, EDITION)
    delivered(store, 2.04)
    return store


async def test_an_edition_is_one_alert_that_names_its_copies():
    store = await alerted()
    assert len(list_deliveries(store)) == 3
    assert claim_batch(store, EDITION, 60) == []
    assert combine_editions(store, STORY_CONFIG, EDITION) == 3
    body = alerts(store)["article.changed"]
    assert body["source"] == "Agency"
    assert [(each["source"], each["after"]) for each in body["copies"]] == [("Courier", -3.6), ("Times", 36)]
    assert [(each["source"], each["runs"]) for each in body["lagging"]] == [("Herald", 1)]
    (sent,) = delivered(store, 2.04)
    assert check(sent)["data"] == body
    said = compose(sent.payload).text
    assert "Also at Courier, 4 s earlier · Times, 36 s later. Not yet at Herald (still v1 at 08:01 UTC)." in said


async def test_a_later_copy_sends_nothing_and_an_edit_of_its_own_does(edition_sent):
    kept(edition_sent, "Herald", 2.5, article(corrected()))
    kept(edition_sent, "Times", 2.5, article((*corrected(), "Our reporter saw the smoke from the harbor.")))
    await StoryWorker(inline(edition_sent)).catch_up(STORY_CONFIG, hours(2.5), 60)
    combine_editions(edition_sent, STORY_CONFIG, hours(2.5))
    waiting = [each for each in list_deliveries(edition_sent) if each.state == "pending"]
    assert sorted(each.payload["source"] for each in waiting) == ["Agency", "Times"]


async def test_a_note_follows_on_copies_that_lag(edition_sent):
    (note,) = [each for each in list_deliveries(edition_sent) if each.state == "pending"]
    assert note.due_at == EDITION + LAGGING_AFTER
    assert combine_editions(edition_sent, STORY_CONFIG, hours(2.5)) == 0
    assert combine_editions(edition_sent, STORY_CONFIG, note.due_at) == 1
    (sent,) = delivered(edition_sent, 3)
    assert compose(sent.payload).subject == "Agency · copies lag: Fire on ferry kills 12"
    assert check(sent)["data"]["lagging"][0]["source"] == "Herald"


async def test_nothing_follows_once_all_copies_have_caught_up(edition_sent):
    publish(edition_sent, "Herald", 2.5, article(corrected()))
    assert combine_editions(edition_sent, STORY_CONFIG, EDITION + LAGGING_AFTER) == 1
    assert delivered(edition_sent, 3) == []


async def test_an_alert_without_copies_is_sent_as_it_is_after_the_wait():
    store = temporary_archive()
    publish(store, "Agency", 0, article(WIRE))
    kept(store, "Agency", 2, article(corrected()))
    assert combine_editions(store, STORY_CONFIG, EDITION) == 0
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
