"""Keeping up with stories: from stored versions to copies, homes and named stories."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.archives import archive_at, inline, new_archive_at, temporary_archive
from tests.integration.stories.outlets import look, publish, stripped, url_of
from tests.unit.stories.samples import CORRECTION, OTHER, TOLD_ANEW, WIRE, article, corrected, hours
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book, list_copies, list_homes, save_decision
from tracker.archive.versions import unread_versions
from tracker.config.root import Config
from tracker.config.tables import StoryConfig
from tracker.errors import ArchiveError
from tracker.model.source import Target
from tracker.model.story import Decision, StoryDecisionKind
from tracker.service.story_list import decide
from tracker.service.story_timelines import gather
from tracker.service.story_worker import MAX_BATCH_VERSIONS, StoryWorker
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


async def test_copies_and_companions_find_their_story_and_others_do_not():
    store = temporary_archive()
    told(store)
    assert await caught_up(store) == 4
    settled = current_stories(get_story_book(store))
    agency = get_article(store, url_of("Agency"))
    ((story, members),) = settled.stories.items()
    assert story == agency.id
    assert {get_article(store, each).source for each in members} == {"Agency", "Herald", "Times"}
    places = gather(store, settled, story).places
    assert [(each.source, each.role) for each in places] == [
        ("Agency", "origin"),
        ("Herald", "copy"),
        ("Times", "own"),
    ]
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


async def test_a_small_edit_leaves_its_article_where_it_is_after_a_restart_too():
    store = temporary_archive()
    told(store)
    await caught_up(store)
    before = get_story_book(store)
    publish(
        store, "Times", 3, article([*TOLD_ANEW[:-1], f"{TOLD_ANEW[-1]} He agreed."], title="Sprinklers were faulty")
    )
    assert await caught_up(store) == 1
    assert unread_versions(store) == []
    assert get_story_book(store) == before


async def test_a_first_text_that_said_little_is_placed_by_its_next_version():
    store = temporary_archive()
    publish(store, "Herald", 0, article(("Fire on a ferry. More soon.",)))
    publish(store, "Agency", 1, article(WIRE))
    await caught_up(store)
    assert current_stories(get_story_book(store)).stories == {}
    publish(store, "Herald", 2, stripped(article(WIRE)))
    await caught_up(store)
    assert len(current_stories(get_story_book(store)).stories) == 1


async def test_a_copy_joins_the_story_a_person_named_and_a_companion_waits_to_be_added():
    store = temporary_archive()
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


async def test_a_decision_made_meanwhile_is_obeyed_by_a_worker_that_runs():
    store = temporary_archive()
    worker = StoryWorker(inline(store))
    publish(store, "Agency", 0, article(WIRE))
    await worker.catch_up(CONFIG, hours(1), 60)
    agency = get_article(store, url_of("Agency"))
    herald = publish(store, "Herald", 1, stripped(article(WIRE)))
    save_decision(store, Decision(StoryDecisionKind.REJECT, agency.id, (herald.id,), at=hours(1)))
    await worker.catch_up(CONFIG, hours(2), 60)
    assert current_stories(get_story_book(store)).stories == {}


async def test_time_that_is_up_leaves_the_rest_for_the_next_turn():
    store = temporary_archive()
    told(store)
    worker = StoryWorker(inline(store))
    assert await worker.catch_up(CONFIG, hours(3), 0) == 0
    assert await worker.catch_up(CONFIG, hours(3), 1e-9) <= MAX_BATCH_VERSIONS
    await worker.catch_up(CONFIG, hours(3), 60)
    assert unread_versions(store) == []


async def test_an_older_copy_is_found_although_it_is_not_remembered():
    store = temporary_archive()
    publish(store, "Agency", -24 * 20, article(WIRE))
    await caught_up(store, at=-24 * 20)
    herald = publish(store, "Herald", 0, stripped(article(WIRE)))
    await caught_up(store, at=1)
    agency = get_article(store, url_of("Agency"))
    assert current_stories(get_story_book(store)).stories == {agency.id: tuple(sorted((agency.id, herald.id)))}


class Runtime:
    config = CONFIG


async def test_a_turn_does_nothing_where_another_process_leads_and_survives_the_archive(monkeypatch):
    store = temporary_archive()
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
