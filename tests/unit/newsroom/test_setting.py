from __future__ import annotations

import stat
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tracker.config import WebhookTarget, load
from tracker.errors import UsageError
from tracker.newsroom import play, playbill
from tracker.newsroom.process import parse
from tracker.newsroom.scorer import Score
from tracker.newsroom.setting import new_secret, prepare, write

if TYPE_CHECKING:
    from pathlib import Path

BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
VERSION = {
    "event": "version",
    "version": 2,
    "source": "The Harbor Ledger",
    "words_added": 4,
    "words_removed": 3,
    "labels": "headline,number,insert,lead",
    "title": "A headline that is much longer than any line has room for",
}


def test_the_configuration_is_one_the_service_reads(tmp_path: Path) -> None:
    setting = prepare(tmp_path / "demo", 2.0)
    secret = new_secret(0)
    write(setting, play.demo(), BASES, "http://127.0.0.1:3/alerts", secret)
    config = load(setting.config)
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
    assert stat.S_IMODE(setting.secret.stat().st_mode) == 0o600
    assert secret not in setting.config.read_text(encoding="utf-8")


def test_a_directory_is_made_anew_only_where_a_demo_made_it(tmp_path: Path) -> None:
    made = prepare(tmp_path / "demo", 1.0)
    (made.directory / "writethru.db").write_text("old")
    assert not (prepare(tmp_path / "demo", 1.0).directory / "writethru.db").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(made.directory)
    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError, match="left alone"):
            prepare(tmp_path / name, 1.0)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_log_lines_are_read_and_other_lines_kept_as_text() -> None:
    assert parse('{"event":"version","version":2}\n') == {"event": "version", "version": 2}
    assert parse("Traceback (most recent call last):\n") == {
        "event": "output",
        "text": "Traceback (most recent call last):",
    }
    assert parse('"text"')["event"] == "output"
    assert parse("{}")["event"] == "output"


def flat(lines: list[playbill.Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_what_is_captured_is_told_in_eighty_columns() -> None:
    first, second = flat(playbill.event(VERSION, 69.4))
    assert first == " 1:09  Ledger   v2  A headline that is much longer than any line has room for"
    assert second == "                    +4 −3    headline number insert lead"
    (line,) = flat(playbill.event(VERSION | {"version": 1, "title": "T" * 100}, 0))
    assert len(line) == 80
    _, second = flat(playbill.event(VERSION | {"labels": ",".join(["correction"] * 9)}, 69.4))
    assert second.endswith("correction correction correction correction +5")
    _, second = flat(playbill.event(VERSION | {"labels": "x" * 90}, 69.4))
    assert len(second) == 80


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"event": "alert", "status": 204, "payload": {"rule": "Corrections", "source": "A Ledger"}},
            "→ alert: Corrections (Ledger)",
        ),
        ({"event": "alert", "status": 401, "payload": None}, "alert turned away with 401"),
        ({"event": "check", "outcome": "gone", "url": "http://x.test/a"}, "taken down: http://x.test/a"),
        ({"event": "output", "text": "Traceback\x1b[2J"}, "Traceback"),
        ({"event": "crash", "level": "error", "host": "x"}, "crash: host=x"),
    ],
)
def test_other_events_are_told_in_their_own_words(entry: dict[str, object], expected: str) -> None:
    (line,) = flat(playbill.event(entry, 1))
    assert expected in line
    assert "\x1b" not in line
    assert len(line) <= 80


@pytest.mark.parametrize("kind", ["started", "stopped", "hub", "delivered", "check", "Execution of job skipped"])
def test_what_goes_well_and_says_nothing_new_is_not_told(kind: str) -> None:
    assert playbill.event({"event": kind, "level": "info"}, 1) == []


def test_the_opening_and_the_end_fit_eighty_columns(tmp_path: Path) -> None:
    made = play.demo()
    perfect = Score(21, 21, 0, 0, 14, 14, 0)
    flawed = Score(21, 20, 1, 2, 14, 13, 1)
    payload = {"rule": "The bridge", "version": 2, "headline": "H" * 100, "labels": [{"kind": "insert"}, "number"]}
    lines = [
        *playbill.opening(made, BASES, tmp_path.relative_to(tmp_path), 1.0),
        *playbill.alerts([{"payload": payload}]),
        *playbill.result(perfect, 1.0, ()),
        *playbill.result(flawed, 1.0, ["missed: x"]),
        *playbill.afterwards(tmp_path.relative_to(tmp_path), "0123456789ab", "0123456789ab"),
        *playbill.silent("Hospital", "+1 −1 words"),
    ]
    assert max(len(text) for text in flat(lines)) <= 80
    assert perfect.perfect
    assert not flawed.perfect
