from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from standardwebhooks import Webhook

from tracker.newsroom.setting import new_secret
from tracker.newsroom.sink import Sink, signed

if TYPE_CHECKING:
    from pathlib import Path

SECRET = new_secret(1)
BODY = json.dumps({"rule": "Corrections"})


def message(body: str = BODY, ident: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": ident,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(ident, now, body),
    }


def post(url: str, headers: dict[str, str], body: str = BODY) -> int:
    request = urllib.request.Request(url, body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_what_the_reference_implementation_signs_is_taken(tmp_path: Path) -> None:
    heard: list[object] = []
    with Sink(SECRET, tmp_path / "sink.jsonl", heard=heard.append) as sink:
        assert post(sink.url, message()) == 204
        assert [(entry["id"], entry["payload"]) for entry in sink.accepted()] == [("msg_1", {"rule": "Corrections"})]
    assert heard == sink.log.entries()
    assert json.loads((tmp_path / "sink.jsonl").read_text())["signed"] is True


def test_what_is_forged_broken_or_refused_is_written_down_and_not_taken() -> None:
    with Sink(SECRET, refuse=lambda n, _: n == 4) as sink:
        assert post(sink.url, message(secret=new_secret(2))) == 401
        assert post(sink.url, {}) == 401
        assert post(sink.url, message("[1]"), "[1]") == 400
        assert post(sink.url, message()) == 503
        assert post(sink.url, message("no"), "no") == 400
        assert post(sink.url, message()) == 204
        assert [entry["status"] for entry in sink.log.entries()] == [401, 401, 400, 503, 400, 204]
        assert len(sink.accepted()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-timestamp": str(int(time.time()) - 4000)},
        {"webhook-timestamp": "yesterday"},
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
    ],
)
def test_a_signature_covers_id_time_and_body(change: dict[str, str]) -> None:
    assert signed(SECRET, message(), BODY.encode(), time.time())
    assert not signed(SECRET, message() | change, BODY.encode(), time.time())
    assert not signed(SECRET, message(), b"other", time.time())


def test_a_second_signature_may_be_the_right_one() -> None:
    headers = message()
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
    assert signed(SECRET, headers, BODY.encode(), time.time())
    assert not signed("whsec_?", headers, BODY.encode(), time.time())
    assert base64.b64decode(SECRET.removeprefix("whsec_"), validate=True)
