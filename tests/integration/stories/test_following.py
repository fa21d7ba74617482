"""Following the links of a story, and telling of copies that were not corrected."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.archives import inline, temporary_archive
from tests.integration.stories.outlets import look, publish, stripped, url_of
from tests.unit.stories.samples import CORRECTION, WIRE, article, corrected, hours
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles
from tracker.config.root import Config
from tracker.config.rules import RuleConfig
from tracker.config.tables import SourceConfig, StoryConfig, WebhookTarget
from tracker.errors import ArchiveFull
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.service.story_alerts import enqueue_stale_alerts, stale_alerts
from tracker.service.story_worker import StoryWorker, links_of

LINKS = [f"/2026/11/24/ferry-failed-inspection-number-{place}" for place in range(4)]
BODY = (
    "<html><body><article>" + "".join(f'<p><a href="{link}">x</a></p>' for link in LINKS) + "</article></body></html>"
)
HOOK = WebhookTarget(name="desk", type="webhook", url="https://desk.example/hook")


def config(*, follow: int = 2, **rule: object) -> Config:
    rules = (RuleConfig(name="stale", to=("desk",), **rule),) if rule else ()
    return Config(
        sources=(SourceConfig(name="Agency", urls=(url_of("Agency"),)),),
        stories=(StoryConfig(name="Ferry", urls=(url_of("Agency"),), follow=follow),),
        targets=(HOOK,),
        rules=rules,
    )


def linked(store: Archive) -> None:
    tracked = publish(store, "Agency", 0, article(WIRE), body=BODY.encode())
    add_targets(store, "Agency", [Target(tracked.url)], hours(0), ["Ferry"])


async def test_links_of_a_named_article_are_watched_up_to_a_limit_and_no_further():
    store = temporary_archive()
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


async def test_links_are_followed_once_an_archive_that_failed_works_again():
    store = temporary_archive()
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


async def test_nothing_is_followed_unless_the_story_says_so():
    store = temporary_archive()
    linked(store)
    worker = StoryWorker(inline(store))
    await worker.catch_up(config(follow=0), hours(1), 60)
    assert worker.followed == 0
    assert len(list_articles(store)) == 1


async def test_a_page_that_is_gone_from_the_archive_has_no_links():
    store = temporary_archive()
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


async def test_without_a_notice_nobody_is_stale():
    store = temporary_archive()
    publish(store, "Agency", 0, article(WIRE))
    assert stale_alerts(store, config(stale_copy=timedelta(hours=1)), hours(9)) == []


async def test_a_rule_on_a_story_meets_its_copies():
    store = await printed()
    asked = config(stale_copy=timedelta(hours=6), stories=("Ferry",))
    assert stale_alerts(store, asked, hours(9)) == []
    herald = get_article(store, url_of("Herald"))
    add_targets(store, "Herald", [Target(herald.url)], hours(9), ["Ferry"])
    assert len(stale_alerts(store, asked, hours(9))) == 1
