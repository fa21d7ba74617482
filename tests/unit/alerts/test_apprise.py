import importlib.util
import subprocess
import sys

import pytest

from tests.alert_samples import delivery
from tracker.alerts.channels.apprise import NETWORK_SERVICES, AppriseNotifier, without_mentions
from tracker.errors import ConfigError, DeliveryError

LOCAL_SERVICES = frozenset("blink1 dbus gio glib gnome kde macosx qt syslog windows".split())
"""Services that act on this machine, which a background service must not do."""
NTFY = "ntfys://user:passw0rd@ntfy.example.org/topic"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "syslog://", "dbus://", "nonsense", "", "macosx://"])
def test_what_is_not_reached_over_the_network_is_refused(url):
    with pytest.raises(ConfigError, match="not a supported Apprise service"):
        AppriseNotifier("chat", url)


def test_one_target_is_one_url():
    with pytest.raises(ConfigError, match="more than one"):
        AppriseNotifier("chat", f"{NTFY} file:///etc/passwd")


def test_every_service_apprise_knows_is_either_allowed_or_refused():
    # In a process of its own, for its 176 plugins warn and stay in memory.
    script = (
        "from apprise.manager_plugins import NotificationManager as M; m = M(); m.load_modules();"
        "print(*m.schemas(include_disabled=True))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    known = set(done.stdout.split())
    assert len(known) > 200
    assert known - NETWORK_SERVICES - LOCAL_SERVICES == set()
    assert not NETWORK_SERVICES & LOCAL_SERVICES


async def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DeliveryError) as caught:
        await AppriseNotifier("chat", NTFY).send(delivery(), delivery().due_at)
    assert caught.value.hint == "pip install 'writethru[apprise]'"
    assert not caught.value.permanent
    assert "passw0rd" not in str(caught.value)


def test_page_text_cannot_mention_anybody():
    text = without_mentions("@everyone <@123> <!channel> <#general> mail a@b.org 3 < 4 <b>")
    assert "@everyone" not in text
    assert "<@" not in text
    assert "<!" not in text
    assert "<#" not in text
    assert "3 < 4 <b>" in text
    assert text.replace("\u2060", "") == "@everyone <@123> <!channel> <#general> mail a@b.org 3 < 4 <b>"


def test_a_link_with_an_at_sign_still_leads_to_its_page():
    text = without_mentions("by @bob https://medium.com/@bob/story-1")
    assert text == "by @\u2060bob https://medium.com/%40bob/story-1"


@pytest.mark.parametrize(("written", "meant"), [("p%40ss%2Fw0rd1", "p@ss/w0rd1"), ("k3y5", "k3y5")])
def test_a_password_is_hidden_in_its_decoded_form_too(written, meant):
    notifier = AppriseNotifier("chat", f"ntfys://user:{written}@ntfy.example.org/topic")
    assert meant not in notifier._without_credentials(f"not let in with {meant}")
