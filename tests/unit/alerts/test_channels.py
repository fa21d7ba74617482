import asyncio
import base64
import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from standardwebhooks.webhooks import Webhook

from tests.alert_samples import delivery
from tests.fake_fetcher import FakeFetcher
from tests.integration.alerts.receivers import apprise, webhook
from tests.waiting import holders, until
from tracker.alerts.channels import CHANNELS, Notifier, channel_of, notifiers
from tracker.alerts.channels.apprise import NETWORK_SERVICES, AppriseNotifier, without_credentials, without_mentions
from tracker.alerts.channels.command import CommandNotifier
from tracker.alerts.channels.email import EmailNotifier
from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.config.root import Config
from tracker.config.tables import CommandTarget, Target
from tracker.errors import ConfigError, DeliveryError
from tracker.model.capture import Headers

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


LOCAL_SERVICES = frozenset("blink1 dbus gio glib gnome kde macosx qt syslog windows".split())
"""Services that act on this machine, which a background service must not do."""
NTFY = "ntfys://user:passw0rd@ntfy.example.org/topic"


NOT_REMOTE = ["file:///etc/passwd", "syslog://", "dbus://", "nonsense", "macosx://"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        *((url, "not a supported Apprise service") for url in NOT_REMOTE),
        (f"{NTFY} file:///etc/passwd", "more than one"),
    ],
)
def test_what_is_not_one_service_that_is_reached_over_the_network_is_refused(url, reason):
    with pytest.raises(ConfigError, match=reason):
        apprise(url)


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
        await apprise(NTFY).send(delivery(), delivery().due_at)
    assert caught.value.hint == "pip install 'writethru[apprise]'"
    assert not caught.value.permanent
    assert "passw0rd" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (
            "@everyone <@123> <!channel> <#general> mail a@b.org 3 < 4 <b>",
            "@|everyone <|@|123> <|!channel> <|#general> mail a@|b.org 3 < 4 <b>",
        ),
        # A link with an @ still leads to its page.
        ("by @bob https://medium.com/@bob/story-1", "by @|bob https://medium.com/%40bob/story-1"),
    ],
)
def test_page_text_cannot_mention_anybody(text, sent):
    assert without_mentions(text) == sent.replace("|", "\u2060")


@pytest.mark.parametrize(("written", "meant"), [("p%40ss%2Fw0rd1", "p@ss/w0rd1"), ("k3y5", "k3y5")])
def test_a_password_is_hidden_in_its_decoded_form_too(written, meant):
    url = f"ntfys://user:{written}@ntfy.example.org/topic"
    assert meant not in without_credentials(f"not let in with {meant}", url)


NOW = datetime(2026, 11, 27, tzinfo=UTC)


def target(script: str, **options: object) -> CommandTarget:
    return CommandTarget(name="script", type="command", command=("/bin/sh", "-c", script), **options)


async def failure(made: CommandTarget) -> str:
    with pytest.raises(DeliveryError) as caught:
        await CommandNotifier(made).send(delivery(), NOW)
    assert not caught.value.permanent
    return caught.value.message


async def test_the_program_gets_the_alert_as_a_line_and_its_key_and_few_variables(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    monkeypatch.setenv("CHAT_TOKEN", "token")
    script = f"cat >>{tmp_path}/alerts.jsonl; env >{tmp_path}/env"
    for _ in range(2):
        await CommandNotifier(target(script, environment=("CHAT_TOKEN",))).send(delivery(), NOW)
    lines = (tmp_path / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [delivery().payload] * 2
    variables = (tmp_path / "env").read_text()
    assert f"WRITETHRU_ALERT_ID={delivery().key}\n" in variables
    assert "CHAT_TOKEN=token\n" in variables
    assert "secret" not in variables


async def test_another_status_is_a_failure_with_its_last_words() -> None:
    assert await failure(target("echo first >&2; printf 'no \\033[31mroom' >&2; exit 3")) == (
        "exited with status 3: no \\x1b[31mroom"
    )
    assert await failure(target("exit 1")) == "exited with status 1"


async def test_a_program_that_reads_nothing_may_accept() -> None:
    await CommandNotifier(target("exit 0")).send(delivery(), NOW)


async def test_what_hangs_is_killed_with_all_it_started(tmp_path: Path) -> None:
    with holders(tmp_path / "held") as is_held:
        script = f"exec 3>{tmp_path}/held; sleep 300 & wait"
        assert await failure(target(script, timeout=timedelta(seconds=1))) == "did not end within 1 s"
        await until(lambda: not is_held())


async def test_a_program_that_is_missing_is_named() -> None:
    missing = CommandTarget(name="script", type="command", command=("/nowhere/notify",))
    assert await failure(missing) == "cannot be started: No such file or directory"
    with pytest.raises(ConfigError, match="there is no program '/nowhere/notify'"):
        channel_of(missing).check(missing, Config())
    unset = target("exit 0", environment=("NOT_SET_ANYWHERE",))
    with pytest.raises(ConfigError, match="NOT_SET_ANYWHERE is not set"):
        channel_of(unset).check(unset, Config())


URL = "https://hooks.example.org/in/s3cr3t-path"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
NEW_SECRET = "whsec_" + base64.b64encode(b"x" * 32).decode()


async def posted(secret: str, now: datetime) -> tuple[bytes, dict[str, str]]:
    web = FakeFetcher()
    await webhook(URL, web, secret).send(delivery(), now)
    (post,) = web.posted
    return post.body, dict(post.headers)


@pytest.mark.parametrize(
    ("given", "secrets"),
    [(SECRET.removeprefix("whsec_").rstrip("="), [SECRET]), (f"{NEW_SECRET} {SECRET}", [NEW_SECRET, SECRET])],
    ids=["without prefix and padding", "two while one replaces the other"],
)
async def test_every_secret_signs(given, secrets):
    body, headers = await posted(given, datetime.now(UTC))
    assert all(Webhook(secret).verify(body, headers) for secret in secrets)


async def test_a_repeat_has_the_same_id_and_the_time_of_the_attempt():
    first, then = datetime(2026, 11, 25, 12, tzinfo=UTC), datetime(2026, 11, 25, 14, tzinfo=UTC)
    (body, one), (again, two) = await posted(SECRET, first), await posted(SECRET, then)
    assert body == again
    assert one["webhook-id"] == two["webhook-id"]
    assert int(two["webhook-timestamp"]) - int(one["webhook-timestamp"]) == 7200
    assert one["webhook-signature"] != two["webhook-signature"]


async def test_without_a_secret_nothing_is_signed():
    _, headers = await posted("", datetime.now(UTC))
    assert "webhook-signature" not in headers
    assert headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"


@pytest.mark.parametrize("secret", ["whsec_short", "not base64 at all!", "whsec_", "ä" * 40])
def test_an_invalid_secret_is_refused_without_being_shown(secret):
    with pytest.raises(ConfigError) as caught:
        webhook(URL, FakeFetcher(), secret + "!")
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "permanent", "after"),
    [
        (500, False, None),
        (404, False, None),
        (301, False, None),
        (410, True, None),
        ((429, (("Retry-After", "120"),)), False, 120.0),
        ((503, (("retry-after", "Wed, 25 Nov 2026 12:01:00 GMT"),)), False, 60.0),
        ((500, (("Retry-After", "120"),)), False, None),
        (DeliveryError("no route"), False, None),
    ],
)
async def test_every_answer_but_2xx_is_a_failure(answer, permanent, after):
    web = FakeFetcher(answers={URL: answer})
    with pytest.raises(DeliveryError) as caught:
        await webhook(URL, web).send(delivery(), datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert caught.value.permanent is permanent
    assert caught.value.retry_after == after
    assert "s3cr3t" not in str(caught.value)


async def test_a_receiver_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr("tracker.alerts.channels.webhook.TIMEOUT_SECONDS", 0.05)

    class Hanging(FakeFetcher):
        async def post(self, *_: object, **__: object) -> tuple[int, Headers, bytes]:
            await asyncio.sleep(60)
            return 200, (), b""

    with pytest.raises(DeliveryError, match=r"no answer within 0\.05 s"):
        await webhook(URL, Hanging()).send(delivery(), datetime.now(UTC))


def test_matching_a_rule_loads_nothing_that_sends():
    script = (
        "import sys, tracker.alerts.matching, tracker.alerts.payload;"
        "print([m for m in ('smtplib', 'structlog', 'prometheus_client', 'httpx', 'apprise') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def fake(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "notify-send", end: str = "exit 0") -> Path:
    """Put a notifier on PATH that writes down its arguments, and return the file."""
    program, record = folder / name, folder / "arguments"
    program.write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" >{record}\n{end}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return record


async def shown(record: Path, **payload: object) -> list[str]:
    """Return the arguments of the notifier for an alert with these keys."""
    (notifier,) = made(SCREEN).values()
    each = delivery()
    await notifier.send(replace(each, payload=each.payload | payload), NOW)
    return record.read_text().removesuffix("\0").split("\0")


SCREEN: dict[str, object] = {"name": "screen", "type": "desktop"}


async def test_a_notice_has_the_headline_and_the_first_edit_and_no_options_or_markup_of_a_page(tmp_path, monkeypatch):
    record = fake(tmp_path, monkeypatch)
    monkeypatch.setattr("sys.platform", "linux")
    *options, title, text = await shown(record)
    assert options == ["--app-name=Writethru", "--"]
    assert title == "sample · correction: Harbour bridge closed after crack is found"
    assert text.startswith("paragraph: About [-12,000-]{+21,000+} vehicles cross it")
    assert text.endswith("\nhttps://news.example.org/2026/harbour-bridge-closed")
    edit = {"where": "¶1", "op": "edit", "old": 0, "new": 0, "cut": False, "hunks": [["+", r"<img src=x> \x41 $(id)"]]}
    *options, title, text = await shown(record, headline="--help\n\x1b[1m", source="", top_hunk=edit)
    assert options == ["--app-name=Writethru", "--"]
    assert title == "correction: --help ␛[1m"
    assert text.startswith(r"¶1: {+&lt;img src=x&gt; \\x41 $(id)+}")


async def test_a_notice_on_macos_is_given_to_a_fixed_script_as_arguments(tmp_path, monkeypatch):
    record = fake(tmp_path, monkeypatch, "osascript")
    monkeypatch.setattr("sys.platform", "darwin")
    given = await shown(record, headline='" & (do shell script "id") & "', source="")
    assert given[:2] == ["-e", "on run argv"]
    assert given[-3:-1] == ["--", 'correction: " & (do shell script "id") & "']
    assert not any("do shell" in each for each in given[:-2])


async def test_a_notice_that_cannot_be_shown_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    record = fake(tmp_path, monkeypatch, end="echo 'no \033[1mserver' >&2; exit 1")
    with pytest.raises(DeliveryError, match=r"notify-send: exited with status 1: no .x1b.1mserver"):
        await shown(record)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(DeliveryError, match="no desktop session: there is no") as caught:
        await shown(record)
    assert "run the service as your user" in caught.value.hint
    (tmp_path / "bus").touch()
    check(SCREEN)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ConfigError, match="notify-send, which shows notices, is not installed"):
        check(SCREEN)
