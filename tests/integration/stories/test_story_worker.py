import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archives import archive_at, inline, new_archive_at, temporary_archive
from tests.integration.stories.outlets import look, publish, stripped, url_of
from tests.unit.stories.samples import CORRECTION, OTHER, TOLD_ANEW, WIRE, article, corrected, hours
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book, list_copies, list_homes, save_decision
from tracker.archive.versions import unread_versions
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, SourceConfig, StoryConfig, WebhookTarget
from tracker.errors import ArchiveError, ArchiveFull
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.model.story import Decision, StoryDecisionKind
from tracker.service.story_alerts import enqueue_stale_alerts, stale_alerts
from tracker.service.story_list import decide
from tracker.service.story_timelines import gather
from tracker.service.story_worker import MAX_BATCH_VERSIONS, StoryWorker, links_of
from tracker.stories.current_stories import current_stories

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


async def test_a_turn_does_nothing_where_another_process_leads_and_survives_the_archive(monkeypatch, store):
    told(store)
    worker = StoryWorker(inline(store))
    await worker.turn(Runtime(), lambda: False)  # type: ignore[arg-type]  # all it needs of a runtime
    assert len(unread_versions(store)) == 4
    await worker.turn(Runtime())  # type: ignore[arg-type]
    assert unread_versions(store) == []

    def full(archive: Archive, limit: int) -> None:
        raise ArchiveError("the disk is full")

    monkeypatch.setattr("tracker.service.story_worker.unread_versions", full)
    await worker.turn(Runtime())  # type: ignore[arg-type]


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
    (told,) = stale_alerts(store, rules, hours(9))
    body = told.payload
    herald, agency = get_article(store, url_of("Herald")), get_article(store, url_of("Agency"))
    assert (told.article, told.version, told.target, body["type"]) == (herald.id, 1, "desk", "copy.stale")
    assert body["notices"] == [{"kind": "correction", "text": CORRECTION.text}]
    assert (body["origin"]["article"], body["origin"]["version"], body["hours"]) == (agency.id, 2, 6.0)
    assert enqueue_stale_alerts(store, rules, hours(9)) == 1
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
    assert stale_alerts(store, config(stale_copy=timedelta(hours=1)), hours(9)) == []


async def test_a_rule_on_a_story_meets_its_copies():
    store = await printed()
    asked = config(stale_copy=timedelta(hours=6), stories=("Ferry",))
    assert stale_alerts(store, asked, hours(9)) == []
    herald = get_article(store, url_of("Herald"))
    add_targets(store, "Herald", [Target(herald.url)], hours(9), ["Ferry"])
    assert len(stale_alerts(store, asked, hours(9))) == 1
