"""Keeping up with stories: from stored versions to copies, homes and named stories."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.fake_store import FakeStore
from tests.integration.stories.outlets import calling, look, publish, stripped, url_of
from tests.unit.stories.samples import CORRECTION, OTHER, WIRE, article, corrected, hours
from tracker.archive import open_archive
from tracker.config import Config, StoryConfig
from tracker.errors import ArchiveError
from tracker.model import Decision, StoryDecisionKind
from tracker.service.story_worker import StoryWorker
from tracker.stories.current_stories import current_stories, membership_changes
from tracker.stories.gather import gather

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.ports import Store

pytestmark = pytest.mark.anyio

CONFIG = Config()
TOLD_ANEW = (
    "Twelve people died on the ferry Aurelia when fire broke out on the car deck between Sandvik and Holm.",
    "Captain Ida Brenner praised the fishermen who took passengers ashore; Norland Lines handed out blankets.",
    "Karl Osten said the sprinklers on the car deck of the Aurelia had failed before and blamed Norland Lines.",
)


async def caught_up(store: Store, config: Config = CONFIG, at: float = 9) -> int:
    return await StoryWorker(calling(store)).catch_up(config, hours(at), 60)


def told(store: Store) -> None:
    publish(store, "Agency", 0, article(WIRE))
    publish(store, "Herald", 1, stripped(article(WIRE)))
    publish(store, "Council", 1, article(OTHER, title="Gasworks sold"))
    publish(store, "Times", 2, article(TOLD_ANEW, title="Ferry had faulty sprinklers"))


async def test_copies_and_companions_find_their_story_and_others_do_not():
    store = FakeStore()
    told(store)
    assert await caught_up(store) == 4
    settled = current_stories(store.story_book())
    agency = store.article(url_of("Agency"))
    ((story, members),) = settled.stories.items()
    assert story == agency.id
    assert {store.article(each).source for each in members} == {"Agency", "Herald", "Times"}
    places = (await gather(calling(store), settled, story)).places
    assert [(each.source, each.role) for each in places] == [
        ("Agency", "origin"),
        ("Herald", "copy"),
        ("Times", "own"),
    ]
    assert store.story_unread() == []
    assert await caught_up(store) == 0


async def test_a_desk_goes_on_where_it_was_and_one_that_starts_anew_finds_the_same():
    one, other = FakeStore(), FakeStore()
    kept = StoryWorker(calling(one))
    for store in (one, other):
        publish(store, "Agency", 0, article(WIRE))
    assert await kept.catch_up(CONFIG, hours(1), 60) == 1
    assert await caught_up(other) == 1
    for store in (one, other):
        publish(store, "Herald", 1, stripped(article(WIRE)))
        publish(store, "Times", 2, article(TOLD_ANEW))
    assert await kept.catch_up(CONFIG, hours(3), 60) == await caught_up(other) == 2
    assert current_stories(one.story_book()).stories == current_stories(other.story_book()).stories != {}


async def test_a_first_text_that_said_little_is_placed_by_its_next_version():
    store = FakeStore()
    publish(store, "Herald", 0, article(("Fire on a ferry. More soon.",)))
    publish(store, "Agency", 1, article(WIRE))
    await caught_up(store)
    assert current_stories(store.story_book()).stories == {}
    publish(store, "Herald", 2, stripped(article(WIRE)))
    await caught_up(store)
    assert len(current_stories(store.story_book()).stories) == 1


async def test_a_copy_joins_the_story_a_person_named_and_a_companion_waits_to_be_accepted():
    store = FakeStore()
    config = Config(stories=(StoryConfig(name="Ferry", urls=(url_of("Agency"),)),))
    told(store)
    agency, herald, times = (store.article(url_of(name)) for name in ("Agency", "Herald", "Times"))
    store.add_targets("Agency", [_target(agency.url)], hours(0), ["Ferry"])
    await caught_up(store, config)
    assert store.article(herald.id).stories == ("Ferry",)
    assert store.article(times.id).stories == ()
    settled = current_stories(store.story_book())
    assert set(settled.stories["Ferry"]) == {agency.id, herald.id, times.id}
    said = Decision(StoryDecisionKind.ACCEPT, "Ferry", (times.id,), at=hours(4))
    store.decide_story(said, *membership_changes(settled, said))
    assert store.article(times.id).stories == ("Ferry",)


def _target(url: str):
    from tracker.model import Target

    return Target(url)


async def test_a_decision_made_meanwhile_is_obeyed_by_a_desk_that_runs():
    store = FakeStore()
    desk = StoryWorker(calling(store))
    publish(store, "Agency", 0, article(WIRE))
    await desk.catch_up(CONFIG, hours(1), 60)
    agency = store.article(url_of("Agency"))
    herald = publish(store, "Herald", 1, stripped(article(WIRE)))
    store.decide_story(Decision(StoryDecisionKind.REJECT, agency.id, (herald.id,), at=hours(1)))
    await desk.catch_up(CONFIG, hours(2), 60)
    assert current_stories(store.story_book()).stories == {}


async def test_time_that_is_up_leaves_the_rest_for_the_next_turn():
    store = FakeStore()
    told(store)
    desk = StoryWorker(calling(store))
    assert await desk.catch_up(CONFIG, hours(3), 0) == 0
    assert await desk.catch_up(CONFIG, hours(3), 1e-9) <= 1
    await desk.catch_up(CONFIG, hours(3), 60)
    assert store.story_unread() == []


async def test_an_older_copy_is_found_although_it_is_not_remembered():
    store = FakeStore()
    publish(store, "Agency", -24 * 20, article(WIRE))
    await caught_up(store, at=-24 * 20)
    herald = publish(store, "Herald", 0, stripped(article(WIRE)))
    await caught_up(store, at=1)
    agency = store.article(url_of("Agency"))
    assert current_stories(store.story_book()).stories == {agency.id: tuple(sorted((agency.id, herald.id)))}


class Runtime:
    config = CONFIG


async def test_a_turn_does_nothing_where_another_process_leads_and_survives_the_archive():
    store = FakeStore()
    told(store)
    desk = StoryWorker(calling(store))
    await desk.turn(Runtime(), lambda: False)  # type: ignore[arg-type]  # all it needs of a room
    assert len(store.story_unread()) == 4
    await desk.turn(Runtime())  # type: ignore[arg-type]
    assert store.story_unread() == []

    async def broken(method: str, *args: object) -> None:
        raise ArchiveError("the disk is full")

    await StoryWorker(broken).turn(Runtime())  # type: ignore[arg-type]


async def test_who_is_behind_is_told_from_the_archive(tmp_path: Path):
    with open_archive(f"sqlite:///{tmp_path / 'a.db'}", migrate=True) as store:
        publish(store, "Agency", 0, article(WIRE))
        herald = publish(store, "Herald", 1, stripped(article(WIRE)))
        publish(store, "Agency", 2, article(corrected(), notices=[CORRECTION]))
        look(store, herald, 8)
        await caught_up(store)
        settled = current_stories(store.story_book())
        (story,) = settled.stories
        found = await gather(calling(store), settled, story)
        origin, copy = found.places
        assert found.title == "Fire on ferry kills 12"
        assert (origin.role, origin.runs) == ("origin", 2)
        assert (copy.role, copy.runs, copy.behind, copy.behind_since) == ("copy", 1, 1, hours(2))
        assert [notice.text for notice in copy.missing_notices] == [CORRECTION.text]
        brief = await gather(calling(store), settled, story, most=1)
        assert [(each.role, len(each.history)) for each in brief.places] == [("origin", 0), ("copy", 1)]


WORK = """
import asyncio, sys
sys.path.insert(0, {root!r})
from tests.integration.stories.outlets import calling
from tests.unit.stories.samples import hours
from tracker.archive import open_archive
from tracker.config import Config
from tracker.service.story_worker import StoryDesk

store = open_archive({url!r})
print("ready", flush=True)
asyncio.run(StoryDesk(calling(store)).catch_up(Config(), hours(9), 60))
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
    urls = [f"sqlite:///{tmp_path / name}" for name in ("killed.db", "calm.db")]
    for url in urls:
        with open_archive(url, migrate=True) as store:
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
            assert store.story_unread() == []
            articles = [each.id for each in store.articles()]
            found.append(
                (current_stories(store.story_book()).stories, [pair.first for pair in store.story_copies(articles)])
            )
    assert found[0] == found[1]
