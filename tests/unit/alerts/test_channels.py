from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_fetcher import FakeFetcher
from tracker.alerts import notifiers
from tracker.alerts.apprise import AppriseNotifier
from tracker.alerts.email import EmailNotifier
from tracker.alerts.webhook import WebhookNotifier
from tracker.config import Config
from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.ports import Notifier

MAIL: dict[str, object] = {
    "name": "mail",
    "type": "email",
    "to": ["Desk <desk@example.org>"],
    "sender": "wt@example.org",
}


def made(*targets: dict[str, object]) -> dict[str, Notifier]:
    return notifiers(Config.model_validate({"targets": list(targets)}), FakeFetcher())


def test_every_target_has_its_channel(monkeypatch, tmp_path):
    monkeypatch.setenv("CHAT", "ntfy://ntfy.example.org/topic")
    secret = tmp_path / "secret"
    secret.write_text("whsec_MDEyMzQ1Njc4OWFiY2RlZg==\n")
    found = made(
        MAIL,
        {"name": "hook", "type": "webhook", "url": "https://h.example.org/x", "secret": {"file": str(secret)}},
        {"name": "chat", "type": "apprise", "url": {"env": "CHAT"}},
    )
    assert {name: type(channel) for name, channel in found.items()} == {
        "mail": EmailNotifier,
        "hook": WebhookNotifier,
        "chat": AppriseNotifier,
    }


def test_a_password_comes_from_where_it_is_named(monkeypatch):
    target = MAIL | {"user": "wt", "password": {"env": "PW"}, "security": "starttls"}
    with pytest.raises(ConfigError, match="PW is empty"):
        made(target)
    monkeypatch.setenv("PW", "x")
    assert made(target)


def test_a_password_is_not_sent_in_the_clear(monkeypatch):
    monkeypatch.setenv("PW", "x")
    target = MAIL | {"user": "wt", "password": {"env": "PW"}, "host": "mail.example.org"}
    with pytest.raises(ConfigError, match="not encrypted"):
        made(target)
    assert made(target | {"host": "localhost"})


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "javascript:alert(1)"])
def test_a_webhook_needs_a_web_address(url):
    with pytest.raises(ConfigError, match="target hook"):
        made({"name": "hook", "type": "webhook", "url": url})


@pytest.mark.parametrize(
    "bad",
    ["nobody", "a@", "@b", "a@b.org\nBcc: all@example.org", "a b@example.org, c@example.org", "jürgen@example.org", ""],
)
def test_what_is_no_mail_address_is_refused(bad):
    with pytest.raises(ConfigError, match="no mail address"):
        made(MAIL | {"to": [bad]})
    with pytest.raises(ConfigError, match="no mail address"):
        made(MAIL | {"sender": bad})
