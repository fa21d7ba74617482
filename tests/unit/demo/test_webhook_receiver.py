import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from tracker.demo.harness import make_secret
from tracker.demo.http_server import WebhookReceiver

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
