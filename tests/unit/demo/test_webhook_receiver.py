import json
import stat
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tracker.config.root import load
from tracker.config.tables import WebhookTarget
from tracker.demo.harness import create_workspace, make_secret, write_config
from tracker.demo.http_server import WebhookReceiver
from tracker.demo.schedule import demo_schedule
from tracker.errors import UsageError

SECRET = make_secret(1)
BODY = json.dumps({"rule": "Corrections"})


def message(body: str = BODY, message_id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }


def post(url: str, headers: dict[str, str], body: str = BODY) -> int:
    request = urllib.request.Request(url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_messages_signed_by_the_reference_implementation_are_accepted(tmp_path: Path) -> None:
    entries: list[object] = []
    with WebhookReceiver(SECRET, tmp_path / "alerts.jsonl", on_entry=entries.append) as receiver:
        assert post(receiver.url, message()) == 204
        assert [(entry["id"], entry["payload"]) for entry in receiver.accepted()] == [
            ("msg_1", {"rule": "Corrections"})
        ]
    assert entries == receiver.log.entries()
    assert json.loads((tmp_path / "alerts.jsonl").read_text())["signed"] is True


def test_forged_broken_and_rejected_messages_are_logged_but_not_accepted() -> None:
    with WebhookReceiver(SECRET, reject=lambda n, _: n == 4) as receiver:
        assert post(receiver.url, message(secret=make_secret(2))) == 401
        assert post(receiver.url, {}) == 401
        assert post(receiver.url, message("[1]"), "[1]") == 400
        assert post(receiver.url, message()) == 503
        assert post(receiver.url, message("no"), "no") == 400
        assert post(receiver.url, message()) == 204
        assert post(receiver.url, message() | {"webhook-signature": "?"}) == 401
        assert [entry["status"] for entry in receiver.log.entries()] == [401, 401, 400, 503, 400, 204, 401]
        assert len(receiver.accepted()) == 1


BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}


def test_the_configuration_is_one_the_service_accepts(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 2.0)
    secret = make_secret(0)
    write_config(workspace, demo_schedule(), BASES, "http://127.0.0.1:3/alerts", secret)
    config = load(workspace.config)
    assert [source.name for source in config.sources] == ["The Harbor Ledger", "Inland Courier"]
    assert {source.every for source in config.sources} == {timedelta(seconds=0.5)}
    assert config.archive.database == f"sqlite:///{tmp_path}/demo/writethru.db"
    assert len(config.stories[0].urls) == 2
    assert len(config.rules) == 5
    (target,) = config.targets
    assert isinstance(target, WebhookTarget)
    assert target.private
    assert target.secret is not None
    assert target.secret.reveal("webhook") == secret
    assert stat.S_IMODE(workspace.secret.stat().st_mode) == 0o600
    assert secret not in workspace.config.read_text(encoding="utf-8")


def test_a_directory_is_replaced_only_if_a_demo_created_it(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "demo", 1.0)
    (workspace.directory / "writethru.db").write_text("old")
    assert not (create_workspace(tmp_path / "demo", 1.0).directory / "writethru.db").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(workspace.directory)
    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError, match="was not created by writethru demo"):
            create_workspace(tmp_path / name, 1.0)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
