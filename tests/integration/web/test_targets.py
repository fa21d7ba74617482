"""Targets of alerts that are added, tried and removed on the page of alerts."""

import pytest

from tests.integration.web.conftest import BEARER, admin, place_in, send
from tests.integration.web.test_acts import CONFIG
from tests.loopback import LoopbackSites, html
from tests.unit.alerts.test_channels import fake
from tracker.config.root import load
from tracker.config.tables import AppriseTarget, EmailTarget, Secret, WebhookTarget
from tracker.errors import DeliveryError

MAIL = {"type": "email", "name": "mail", "to": "a@example.org, b@example.org", "sender": "wt@example.org"}
MAIL |= {"host": "127.0.0.1", "security": "starttls", "port": "1", "user": "wt", "password": "WRITETHRU_ALERT_MAIL"}


@pytest.fixture
def place(tmp_path, kept, monkeypatch):
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    monkeypatch.setenv("WRITETHRU_ALERT_MAIL", "hunter2")
    return place_in(tmp_path, kept, CONFIG)


async def test_a_desktop_target_is_added_and_takes_a_test(place, tmp_path, monkeypatch):
    path, _ = place
    record = fake(tmp_path, monkeypatch)
    monkeypatch.setattr("sys.platform", "linux")
    async with admin(place) as client:
        done = await send(client, "/target/save", type="desktop", name="my screen")
        assert "my screen is saved and accepted a test alert" in (await client.get(done.headers["location"])).text
    assert "[Test] Harbour bridge closed" in record.read_text()
    assert "# kept\ncontact" in path.read_text()
    assert [each.name for each in load(path).targets] == ["newsdesk", "my screen"]
    async with admin(place) as client:
        assert "my screen</strong>" in (await client.get("/alerts")).text
        taken = await send(client, "/target/save", type="desktop", name="my screen")
        assert "there is already a target named" in taken.text
        made = await client.post("/api/v1/targets", json={"type": "desktop", "name": "two"}, headers=BEARER)
        assert (made.json()["target"], made.json()["error"]) == ("two", "")


async def test_a_target_that_does_not_take_the_test_is_saved_and_the_page_says_why(place):
    path, _ = place
    async with admin(place) as client:
        done = await send(client, "/target/save", **MAIL)
        page = (await client.get(done.headers["location"])).text
        assert "mail is saved, but did not accept a test alert: 127.0.0.1:1: " in page
        assert "hunter2" not in page + path.read_text()
    target = load(path).targets[1]
    assert isinstance(target, EmailTarget)
    assert (target.to, target.password) == (("a@example.org", "b@example.org"), Secret(env="WRITETHRU_ALERT_MAIL"))


async def test_a_webhook_is_posted_to_and_a_topic_of_ntfy_stands_in_the_file(place, monkeypatch):
    path, _ = place

    async def taken(_host, _path):
        yield html("")

    async def refused(_notifier, _delivery, _now):
        raise DeliveryError("no such topic")

    monkeypatch.setattr("tracker.alerts.channels.apprise.AppriseNotifier.send", refused)
    with LoopbackSites(["127.0.3.9"], taken) as sites:
        async with admin(place) as client:
            hook = {"type": "webhook", "name": "hook", "url": f"http://127.0.3.9:{sites.port}/in"}
            done = await send(client, "/target/save", **hook)
            assert "hook is saved and accepted a test alert" in (await client.get(done.headers["location"])).text
            done = await send(client, "/target/save", type="ntfy", name="phone", url="https://ntfy.example.org/desk")
            assert "no such topic" in (await client.get(done.headers["location"])).text
            await send(client, "/target/save", type="ntfy", name="phone 2", url="my-desk")
    found = {each.name: each for each in load(path).targets}
    assert isinstance(found["hook"], WebhookTarget)
    urls = [each.url for each in found.values() if isinstance(each, AppriseTarget)]
    assert urls == ["ntfys://ntfy.example.org/desk", "ntfys://my-desk"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"password": "hunter2"}, "that begins with WRITETHRU_ALERT_, not the secret itself"),
        ({"password": "WRITETHRU_WEB_TOKEN"}, "that begins with WRITETHRU_ALERT_"),
        ({"password": "WRITETHRU_ALERT_NONE"}, "WRITETHRU_ALERT_NONE is empty or not set; nothing was saved"),
        ({"to": "nobody"}, "not a valid mail address"),
        (
            {"to": "", "sender": ""},
            "alerts); targets[2].sender: required",
        ),
        ({"type": "command"}, "type"),
        ({"type": "webhook", "url": "file:///etc/passwd"}, "nothing was saved"),
        ({"type": "ntfy", "url": "me:hunter2@ntfy.example.org/x"}, "not a valid ntfy topic, or it contains a password"),
        ({"name": 'x"\n[[rules]]'}, "name"),
    ],
    ids=str,
)
async def test_a_target_that_cannot_work_or_holds_a_secret_is_not_saved(place, fields, reason):
    path, _ = place
    async with admin(place) as client:
        refused = await send(client, "/target/save", **MAIL | fields)
    assert refused.status_code == 400
    assert reason in refused.text
    assert "hunter2" not in refused.text
    assert path.read_text() == CONFIG


async def test_a_target_is_removed_once_no_rule_names_it(place):
    path, _ = place
    async with admin(place) as client:
        refused = await send(client, "/targets/newsdesk/remove")
        assert refused.status_code == 400
        assert "the rule &#39;All corrections&#39; sends alerts to it" in refused.text
        await send(client, "/rules/All%20corrections/remove")
        done = await send(client, "/targets/newsdesk/remove")
        assert "writethru alerts drop &#39;newsdesk&#39;" in (await client.get(done.headers["location"])).text
        assert (await send(client, "/targets/newsdesk/remove")).status_code == 404
    assert load(path).targets == ()
