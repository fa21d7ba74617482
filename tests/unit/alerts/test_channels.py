import importlib.util
from typing import Any, get_args

import pytest

from tests.alert_samples import delivery
from tests.fake_fetcher import FakeFetcher
from tracker.alerts.channels import CHANNELS, Notifier, channel_of, notifiers
from tracker.alerts.channels.apprise import AppriseNotifier
from tracker.alerts.channels.email import EmailNotifier
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.config.root import Config
from tracker.config.tables import Target
from tracker.errors import ConfigError

MAIL: dict[str, object] = {
    "name": "mail",
    "type": "email",
    "to": ["Desk <desk@example.org>"],
    "sender": "wt@example.org",
}
HOOK: dict[str, object] = {"name": "hook", "type": "webhook", "url": "https://h.example.org/x"}
CHAT: dict[str, object] = {"name": "chat", "type": "apprise", "url": {"env": "CHAT"}}


def made(*targets: dict[str, object]) -> dict[str, Notifier]:
    return notifiers(Config.model_validate({"targets": list(targets)}), FakeFetcher())


def check(target: dict[str, object]) -> None:
    config = Config.model_validate({"targets": [target]})
    channel_of(config.targets[0]).check(config.targets[0], config)


def preview(target: dict[str, object], **service: str) -> Any:
    config = Config.model_validate({"targets": [target], "service": service})
    return channel_of(config.targets[0]).preview(config.targets[0], config, delivery())


def test_every_kind_of_target_has_a_channel():
    assert set(CHANNELS) == set(get_args(get_args(Target)[0]))


def test_every_target_has_its_channel(monkeypatch, tmp_path):
    monkeypatch.setenv("CHAT", "ntfy://ntfy.example.org/topic")
    secret = tmp_path / "secret"
    secret.write_text("whsec_MDEyMzQ1Njc4OWFiY2RlZg==\n")
    found = made(MAIL, HOOK | {"secret": {"file": str(secret)}}, CHAT)
    assert {name: type(channel) for name, channel in found.items()} == {
        "mail": EmailNotifier,
        "hook": WebhookNotifier,
        "chat": AppriseNotifier,
    }


def test_a_password_is_read_from_where_the_target_says(monkeypatch):
    target = MAIL | {"user": "wt", "password": {"env": "PW"}, "security": "starttls"}
    with pytest.raises(ConfigError, match="PW is empty"):
        made(target)
    monkeypatch.setenv("PW", "x")
    assert made(target)


def test_a_password_is_not_sent_unencrypted(monkeypatch):
    monkeypatch.setenv("PW", "x")
    target = MAIL | {"user": "wt", "password": {"env": "PW"}, "host": "mail.example.org"}
    with pytest.raises(ConfigError, match="unencrypted"):
        made(target)
    assert made(target | {"host": "localhost"})


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "javascript:alert(1)"])
def test_a_webhook_needs_a_web_address(url):
    with pytest.raises(ConfigError, match="target hook"):
        made(HOOK | {"url": url})


@pytest.mark.parametrize(
    "bad",
    ["nobody", "a@", "@b", "a@b.org\nBcc: all@example.org", "a b@example.org, c@example.org", "jürgen@example.org", ""],
)
def test_an_invalid_mail_address_is_refused(bad):
    with pytest.raises(ConfigError, match="not a valid mail address"):
        made(MAIL | {"to": [bad]})
    with pytest.raises(ConfigError, match="not a valid mail address"):
        made(MAIL | {"sender": bad})


def test_a_check_finds_what_would_keep_a_target_from_working(monkeypatch):
    check(MAIL)
    with pytest.raises(ConfigError, match="PW is empty"):
        check(MAIL | {"password": {"env": "PW"}})
    check(HOOK)
    with pytest.raises(ConfigError, match="target hook"):
        check(HOOK | {"url": "example.org"})
    monkeypatch.setenv("SECRET", "short")
    with pytest.raises(ConfigError, match="at least 16 bytes"):
        check(HOOK | {"secret": {"env": "SECRET"}})
    with pytest.raises(ConfigError, match="CHAT is empty"):
        check(CHAT)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match="not installed"):
        check(CHAT)


def test_a_preview_is_what_the_target_would_receive():
    assert preview(MAIL).startswith("Subject: sample · correction: Harbour bridge")
    assert preview(CHAT).startswith("sample · correction: Harbour bridge")
    event = preview(HOOK, link="https://desk.example.org")
    assert (event["specversion"], event["source"]) == ("1.0", "https://desk.example.org")
    assert preview(HOOK | {"envelope": "none"}) == event["data"]
