"""`alerts` and `watch` as a person uses them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.alert_samples import alert
from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.outbox import bury_delivery, claim_deliveries, enqueue_alerts, list_deliveries, postpone_delivery
from tracker.archive.sources import save_storm, sync_source
from tracker.model.alert import Batch, DeliveryState
from tracker.model.source import Storm
from tracker.render.text import cells

from .receivers import Hook, Mailbox, http_server, smtp_server

Run = Callable[..., Result]
ARCHIVE = "sqlite:///writethru.db"

CONFIG = """
[[sources]]
name = "Somebody"
urls = ["https://somebody.example/news"]

[[sources]]
name = "The Herald"
urls = ["https://herald.example/news/flood"]

[[targets]]
name = "hook"
type = "webhook"
url = "https://hooks.example.org/secret-path"

[[targets]]
name = "desk"
type = "email"
to = ["desk@example.org"]
sender = "wt@example.org"

[[targets]]
name = "chat"
type = "apprise"
url = { env = "CHAT_URL" }

[[rules]]
name = "Corrections"
to = ["hook", "desk", "chat"]
labels = ["correction"]
sources = ["Somebody"]

[[rules]]
name = "Daily"
to = ["desk"]
digest = { at = "07:00" }
format = "link"

[[rules]]
name = "Quotes"
to = ["desk"]
labels = ["quote"]

[[rules]]
name = "Copies"
to = ["desk"]
stale_copy = "6h"
"""


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command where a configuration and an archive with three versions of one article are."""
    (folder / "writethru.toml").write_text(CONFIG, encoding="utf-8")
    with archive_at(folder / "writethru.db") as store:
        grow(store, watch(store), 3)
    return command


def test_test_shows_what_would_be_sent_where_and_sends_nothing(run):
    shown = run("alerts", "test", "--rule", "Corrections")
    assert "== Corrections → hook (webhook): at once" in shown.stdout
    assert '"specversion": "1.0"' in shown.stdout
    assert "Subject: Somebody · correction: Harbour bridge closed" in shown.stdout
    assert "secret-path" not in shown.output
    assert "Nothing was sent" in shown.stderr
    assert len(objects(run("alerts", "test", "--rule", "Corrections", "--to", "desk", "--json"))) == 3
    # Colours are for a terminal, so that its width holds too.
    wrapped = run("--color", "always", "alerts", "test", "--rule", "Corrections").stdout
    assert max(map(len, wrapped.splitlines())) <= 80 < max(map(len, shown.stdout.splitlines()))


def test_test_shows_the_time_and_which_rules_match(run):
    told = objects(run("alerts", "test", "--sample", "headline", "--json"))
    assert [(each["rule"], each["target"], each["meets"]) for each in told] == [("Daily", "desk", True)]
    assert told[0]["due"].endswith("T07:00:00Z")
    (quotes,) = objects(run("alerts", "test", "--rule", "Quotes", "--json"))
    assert (quotes["meets"], quotes["event"]) == (False, None)
    assert "does not match the sample" in run("alerts", "test", "--rule", "Quotes").stdout
    assert "No rule sends this sample to hook" in run("alerts", "test", "--to", "hook", "--sample", "headline").stderr
    (copies,) = objects(run("alerts", "test", "--rule", "Copies", "--json"))
    assert (copies["meets"], copies["subject"].partition(":")[0]) == (True, "sample copy · copy not corrected")
    assert "6 h after" in copies["text"]
    (other,) = objects(run("alerts", "test", "--rule", "Copies", "--sample", "headline", "--json"))
    assert (other["meets"], other["subject"].partition(":")[0]) == (False, "sample · new headline")


def test_replay_shows_what_rules_would_have_sent_to_all_their_targets(run):
    told = objects(run("alerts", "replay", "--since", "2026-11-01", "--json"))
    assert [(each["rule"], each["version"]) for each in told] == [("Daily", 2), ("Daily", 3)]
    assert told[0]["due"] == "2026-11-26T07:00:00Z"
    shown = run("alerts", "replay", "--since", "2026-11-01", "--rule", "Daily", "--rule", "Copies")
    assert shown.stdout.count("Daily → desk, sent") == 2
    assert "2 alerts (Daily: 2); those that wait for a digest or quiet hours make 1 message." in shown.stderr
    assert "about stale copies" in shown.stderr
    assert "matches no version" in run("alerts", "replay", "--since", "2026-11-01", "--rule", "Quotes").stderr
    assert run("alerts", "replay", "--since", "2026-11-26", "--json").stdout == ""
    assert "did you mean 'Daily'" in run("alerts", "replay", "--rule", "Daly", code=2).stderr
    more = CONFIG.replace('to = ["desk"]\ndigest = { at = "07:00" }', 'to = ["desk", "hook"]')
    Path("writethru.toml").write_text(more, encoding="utf-8")
    shown = run("alerts", "replay", "--since", "2026-11-01", "--rule", "Daily")
    assert shown.stdout.count("Daily → desk, hook: ") == 2
    assert "4 alerts (Daily: 4)." in shown.stderr
    told = objects(run("alerts", "replay", "--since", "2026-11-01", "--rule", "Daily", "--json"))
    assert [each["target"] for each in told] == ["desk", "hook"] * 2


def enqueue(*keys: str, **fields: Any) -> None:
    made = [replace(alert(n), key=key, article="ab" * 6, **fields) for n, key in enumerate(keys, 1)]
    with open_archive(ARCHIVE) as store:
        enqueue_alerts(store, made, NOW)


def test_list_shows_the_reason_and_retry_sends_dead_alerts_again(run):
    enqueue("wt_aaaa11", "wt_bbbb22")
    with open_archive(ARCHIVE) as store:
        (head,) = claim_deliveries(store, minutes(1), 60)
        bury_delivery(store, head.id, "answered 410")
    dead, pending = sorted(objects(run("alerts", "list", "--json")), key=lambda each: each["state"])
    assert (dead["id"], dead["state"], dead["attempts"], dead["error"]) == ("wt_aaaa11", "dead", 1, "answered 410")
    assert pending["headline"] == "Harbour bridge closed after crack is found"
    assert pending["labels"][0]["kind"] == "correction"
    assert "correction (number): Harbour bridge closed" in run("alerts", "list").stdout
    assert len(objects(run("alerts", "list", "--json", "--rule", "Corrections", "--target", "desk"))) == 2
    assert run("alerts", "list", "--rule", "Daily").stdout == ""
    assert objects(run("alerts", "retry", "aaaa", "--json")) == [{"schema": 1, "revived": 1, "already_due": 0}]
    with open_archive(ARCHIVE) as store:
        assert list_deliveries(store, DeliveryState.DEAD) == []
    assert "no failed alert has this ID" in run("alerts", "retry", "aaaa", code=2).stderr
    assert "give alert IDs" in run("alerts", "retry", code=2).stderr
    assert run("alerts", "retry", "--all").stdout == "0 alerts will be sent again; 2 alerts are already due\n"
    with open_archive(ARCHIVE) as store:
        (head,) = claim_deliveries(store, NOW + timedelta(days=399), 60)
        postpone_delivery(store, head.id, NOW + timedelta(days=400), "answered 503")
    assert run("alerts", "retry", "--target", "chat").stdout == "0 alerts will be sent again\n"
    told = run("alerts", "retry", "--target", "desk").stdout
    assert told == "1 alert will be sent again; 1 alert is already due\n"
    with open_archive(ARCHIVE) as store:
        assert list_deliveries(store)[-1].due_at < NOW + timedelta(days=400)


def test_show_prints_an_alert_as_it_is_sent_or_wrapped_on_a_terminal(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    enqueue("wt_aaaa11")
    shown = run("--color", "always", "alerts", "show", "wt_aaaa11").stdout
    assert max(map(cells, shown.splitlines())) <= 60
    assert " ".join(shown.split()) == " ".join(run("alerts", "show", "wt_aaaa11").stdout.split())
    enqueue("wt_aaaa11", "wt_aaaa22")
    assert run("alerts", "show", "wt_aaaa11").stdout.startswith(
        "sample · correction: Harbour bridge closed after crack is found\n\n"
    )
    assert objects(run("alerts", "show", "aaaa22", "--json"))[0]["payload"]["schema"] == 2
    assert "several IDs begin with this" in run("alerts", "show", "aaaa", code=2).stderr
    assert "there is no such alert" in run("alerts", "show", "cccc", code=2).stderr


def test_watch_shows_the_latest_versions_with_the_most_important_edit(run):
    told = objects(run("watch", "--json", "-n", "2"))
    assert [each["version"] for each in told] == [2, 3]
    shown = run("watch", "--changes-only").stdout
    assert shown.count("v1→v2") == shown.count("v2→v3") == 1
    assert "The river rose over [-2-]{+3+}" in shown
    assert run("watch", "--source", "Nobody").stdout == ""
    assert "No versions match." in run("watch", "--source", "Nobody").stderr
    assert "there is no such label" in run("watch", "--kind", "corection", code=2).stderr


def test_watch_follow_goes_on_until_it_has_enough(run, monkeypatch):
    def later(_seconds: float) -> None:
        with open_archive(ARCHIVE) as store:
            commit_check(store, intent(watch(store, "https://herald.example/news/storm"), 1, minutes(4)))

    monkeypatch.setattr("tracker.cli.commands.log.time.sleep", later)
    told = objects(run("watch", "--follow", "--json", "-n", "2", "--count", "3"))
    assert [each["url"].rpartition("/")[2] for each in told] == ["flood", "flood", "storm"]


def test_what_is_held_for_a_storm_is_shown_and_released(run):
    storm = Storm("The Herald", NOW, NOW + timedelta(days=400), 25, 30)
    enqueue("wt_aaaa11", batch=Batch("Corrections|storm|The Herald", storm="The Herald"), due_at=storm.until)
    with open_archive(ARCHIVE) as store:
        sync_source(store, storm.source, [], NOW)
        save_storm(store, storm)
    told = run("alerts", "list")
    assert "25 of 30 articles changed at once" in told.stderr
    assert "alerts release 'The Herald'" in told.stderr
    assert told.stdout.split("\t")[1] == "held"
    assert objects(run("alerts", "list", "--json"))[0]["held"] is True
    assert objects(run("sources", "list", "The Herald", "--json"))[0]["held_until"] == "2027-12-30T09:00:00Z"
    (told,) = objects(run("alerts", "release", "The Herald", "--json"))
    assert told == {"schema": 1, "source": "The Herald", "released": 1}
    assert run("alerts", "list").stdout.split("\t")[1] == "pending"
    assert run("alerts", "list").stderr == ""
    assert "did you mean 'The Herald'" in run("alerts", "release", "The Herold", code=2).stderr


def test_releasing_a_source_without_a_storm_shows_none(run):
    assert objects(run("alerts", "release", "The Herald", "--json"))[0]["released"] == 0
    (status,) = objects(run("sources", "list", "The Herald", "--json"))
    assert (status["held_until"], status["storm"]) == (None, None)


MAIL = """
[[targets]]
name = "mail"
type = "email"
to = ["desk@example.org"]
sender = "wt@example.org"
host = "localhost"
port = {port}
user = "wt"
password = {{ env = "MAIL_PASSWORD" }}
"""


async def failed_sample(text: str) -> str:
    """Send a sample to the only target of this configuration, and return the line about it."""
    Path("writethru.toml").write_text(text, encoding="utf-8")
    result = await asyncio.to_thread(command, "--color", "never", "alerts", "test", "--send", code=1)
    assert "s3cr3t" not in result.output
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("password", "box", "line"),
    [
        (
            "s3cr3t",
            Mailbox(),
            "rejected the login: 535 5.7.8 Authentication credentials invalid (check user and password",
        ),
        (
            "right",
            Mailbox(answers={"desk@example.org": ["550 no such user"]}),
            "desk@example.org (550 no such user) (check to",
        ),
        ("right", Mailbox(answers={"desk@example.org": ["450 later"]}), "rejected for desk@example.org (450 later)"),
        ("right", Mailbox(data_answers=["550 spam"]), "rejected the message: 550 spam (check sender and to"),
    ],
    ids=["login", "address", "address, for now", "message"],
)
async def test_a_sample_that_a_mail_server_rejects_names_the_keys_to_check(folder, monkeypatch, password, box, line):
    monkeypatch.setenv("MAIL_PASSWORD", password)
    async with smtp_server(box) as port:
        said = await failed_sample(MAIL.format(port=port))
    assert said.startswith(f"mail (email): failed: localhost:{port}: ")
    assert said.removesuffix(" in the [[targets]] table of this target)").endswith(line)


async def test_a_sample_for_a_mail_server_that_is_not_there_names_the_keys_to_check(folder, monkeypatch):
    monkeypatch.setenv("MAIL_PASSWORD", "s3cr3t")
    assert await failed_sample(MAIL.format(port=1)) == (
        "mail (email): failed: localhost:1: the connection to the mail server failed: Connection refused "
        "(check host, port and security in the [[targets]] table of this target)"
    )


HOOK = """
[[targets]]
name = "hook"
type = "webhook"
url = "{url}/s3cr3t"
private = true
"""


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (401, "the receiver does not accept the credentials (check url and secret"),
        (404, "the receiver does not know this address (check url"),
        (422, "the receiver does not accept the request (check url and envelope"),
        (502, "the receiver has an error; its log may say which (check url"),
        (302, "redirects are not followed (check url"),
    ],
)
async def test_a_sample_that_a_webhook_refuses_names_the_keys_to_check(folder, status, line):
    async with http_server(Hook(lambda _: (status, ()))) as url:
        said = await failed_sample(HOOK.format(url=url))
    host = url.split("/")[2]
    assert said == f"hook (webhook): failed: {host}: answered {status}: {line} in the [[targets]] table of this target)"


async def test_a_sample_for_a_webhook_that_is_not_there_names_the_key_to_check(folder):
    said = await failed_sample(HOOK.format(url="http://127.0.0.1:1"))
    assert said.startswith("hook (webhook): failed: http://127.0.0.1:1: ")
    assert said.endswith(" (check url in the [[targets]] table of this target)")
