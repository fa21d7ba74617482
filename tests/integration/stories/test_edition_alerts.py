"""Rules with `story = true`: one alert for all copies of an edition, and a note on those that lag."""

from datetime import timedelta
from typing import Any

from tests.archives import inline, temporary_archive
from tests.integration.stories.outlets import look, publish, stripped
from tests.unit.alerts.test_schema import check
from tests.unit.stories.samples import WIRE, article, corrected, hours
from tracker.alerts.matching import match_rules
from tracker.alerts.message import compose
from tracker.alerts.schedule import COPY_WAIT
from tracker.archive.archive import Archive
from tracker.archive.outbox import claim_batch, enqueue_alerts, list_deliveries, mark_delivered
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.config.rules import RuleConfig
from tracker.config.tables import WebhookTarget
from tracker.model.alert import Delivery
from tracker.model.article import Article
from tracker.service.story_alerts import LAGGING_AFTER, combine_editions
from tracker.service.story_worker import StoryWorker

RULE = RuleConfig(name="ferry", to=("desk",), story=True)
HOOK = WebhookTarget(name="desk", type="webhook", url="https://desk.example/hook")
CONFIG = Config(rules=(RULE,), targets=(HOOK,))
EDITION = hours(2)


def kept(store: Archive, outlet: str, at: float, content: Article) -> None:
    """Store a version with the alerts that a check would make."""
    tracked = publish(store, outlet, at, content)
    version = get_version(store, tracked.id, tracked.versions)
    enqueue_alerts(store, match_rules([RULE], version, None, link=""), hours(at))


async def newsroom() -> Archive:
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
    store = await newsroom()
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
    store = await newsroom()
    combine_editions(store, CONFIG, EDITION)
    delivered(store, 2.04)
    kept(store, "Herald", 2.5, article(corrected()))
    kept(store, "Times", 2.5, article((*corrected(), "Our reporter saw the smoke from the harbor.")))
    await StoryWorker(inline(store)).catch_up(CONFIG, hours(2.5), 60)
    combine_editions(store, CONFIG, hours(2.5))
    waiting = [each for each in list_deliveries(store) if each.state == "pending"]
    assert sorted(each.payload["source"] for each in waiting) == ["Agency", "Times"]


async def test_a_note_follows_on_copies_that_lag():
    store = await newsroom()
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
    store = await newsroom()
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
