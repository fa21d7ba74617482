"""Checkpoints are published to a command, a target and time-stamping services, also after the network was down."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, grow, watch
from tests.archives import archive_at, inline
from tests.authority import Authority
from tests.fake_fetcher import FakeFetcher
from tests.waiting import holders, until
from tracker.alerts.message import compose
from tracker.archive.archive import Archive
from tracker.archive.ledger.checkpoints import read_note
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.outbox import list_deliveries
from tracker.config.root import parse
from tracker.config.tables import ArchiveConfig
from tracker.errors import ConfigError, DeliveryError
from tracker.service.checkpoint_publisher import COMMAND, CheckpointPublisher

TSA = "https://stamps.test/tsr"
RUN = "import sys, pathlib; pathlib.Path('ran').open('ab').write(sys.stdin.buffer.read()); print(sys.argv[-1])"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def store(folder: Path) -> Iterator[Archive]:
    with archive_at(folder / "a.db") as opened:
        grow(opened, watch(opened), 2)
        yield opened


def publisher(store: Archive, fetcher: FakeFetcher, **named: object) -> CheckpointPublisher:
    config = ArchiveConfig.model_validate({"database": "sqlite:///a.db", "checkpoints": "notes"} | named)
    return CheckpointPublisher(config, inline(store), fetcher)


def later(**span: float):
    return NOW + timedelta(**span)


async def test_an_authority_stamps_what_it_is_given_once_it_can_be_reached(store: Archive, authority, tmp_path) -> None:
    fetcher = FakeFetcher(answers={TSA: DeliveryError("no answer")})
    stamps = [{"type": "rfc3161", "url": TSA, "roots": str(authority.ca)}]
    made = publisher(store, fetcher, timestamp=stamps)
    await made.make(NOW)
    await made.publish(NOW)
    note = tmp_path / "notes" / "000000000002.note"
    stamp = note.with_name(note.name + ".stamps.test.tsr")
    assert note.exists()
    assert not stamp.exists()
    # It waits longer each time, in a file that a restart finds again.
    await made.publish(later(seconds=30))
    assert len(fetcher.posted) == 1
    for minutes, asked in ((1, 2), (2, 2), (3, 3), (6, 3), (7, 4)):
        await made.publish(later(minutes=minutes))
        assert len(fetcher.posted) == asked
    again = publisher(store, fetcher, timestamp=stamps)
    fetcher.answers[TSA] = 503
    await again.publish(NOW)
    fetcher.answers[TSA] = 200
    fetcher.said[TSA] = b"nonsense"
    await again.publish(later(minutes=1))
    assert not stamp.exists()
    fetcher.said[TSA] = authority
    await again.publish(later(minutes=3))
    assert stamp.read_bytes()
    assert not list(note.parent.glob("*.wanted"))
    assert ("Content-Type", "application/timestamp-query") in fetcher.posted[-1].headers
    before = len(fetcher.posted)
    await again.make(later(hours=2))
    await again.publish(later(hours=2))
    assert len(fetcher.posted) == before


async def test_what_failed_while_the_clock_was_ahead_is_tried_again_once_it_is_right(store, authority, tmp_path):
    fetcher = FakeFetcher(answers={TSA: DeliveryError("the certificate has expired")})
    made = publisher(store, fetcher, timestamp=[{"type": "rfc3161", "url": TSA, "roots": str(authority.ca)}])
    await made.make(later(days=3650))
    await made.publish(later(days=3650))
    fetcher.answers[TSA] = 200
    fetcher.said[TSA] = authority
    await made.publish(NOW)
    assert list((tmp_path / "notes").glob("*.tsr"))


async def test_how_to_complete_promised_proofs_is_said_once(store: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in ("1.note.done.test.ots", "2.note.cal.test.ots", "2.note.cal.test.ots.promised", "3.note.c.ots.wanted"):
        (folder / name).write_bytes(b"")
    config = parse(b"[archive]\ncheckpoints = 'notes'\ntimestamp = [{type = 'opentimestamps'}]\n")
    warnings: tuple[str, ...] = ()
    for _ in range(2):
        made = CheckpointPublisher(config.archive, inline(store), FakeFetcher())
        await made.make(NOW)
        await made.publish(NOW)
        warnings += made.warnings
    (said,) = warnings
    assert said.startswith("1 OpenTimestamps proof incomplete")
    assert said.endswith("ots upgrade notes/2.note.cal.test.ots")
    assert sorted(each.name for each in folder.glob("*.ots*")) == ["1.note.done.test.ots", "2.note.cal.test.ots"]


async def test_a_command_is_run_until_it_does_its_work_and_then_no_more(store: Archive, tmp_path: Path) -> None:
    for command in (["/no/such/command"], [sys.executable, "-c", "raise SystemExit('full')"]):
        made = publisher(store, FakeFetcher(), checkpoint_command=command)
        await made.make(NOW)
        await made.publish(NOW)
    note = tmp_path / "notes" / "000000000002.note"
    ran = note.with_name(f"{note.name}.{COMMAND}")
    assert not ran.exists()
    made = publisher(store, FakeFetcher(), checkpoint_command=[sys.executable, "-c", RUN])
    for hours in (0, 1, 2):
        await made.make(later(hours=hours))
        await made.publish(later(hours=hours))
    assert ran.read_text() == "notes/000000000002.note\n"
    assert (tmp_path / "ran").read_bytes() == note.read_bytes()


async def test_a_command_that_hangs_is_ended(store: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tracker.service.checkpoint_publisher.MAX_COMMAND_SECONDS", 1.0)
    with holders(tmp_path / "held") as is_held:
        made = publisher(store, FakeFetcher(), checkpoint_command=["sh", "-c", "exec 3>held; exec sleep 300"])
        await made.make(NOW)
        await made.publish(NOW)
        await until(lambda: not is_held())


async def test_a_target_is_sent_each_note_once(store: Archive) -> None:
    made = publisher(store, FakeFetcher(), checkpoint_target="desk")
    await made.make(NOW)
    await made.make(later(hours=1))
    (delivery,) = list_deliveries(store)
    assert delivery.target == "desk"
    body = delivery.payload
    assert read_note(body["note"], body["key"]).size == 2
    words = compose(delivery.payload)
    assert words.subject.endswith(": 2 entries")
    assert body["note"] in words.text
    assert words.short == body["note"]
    assert "<pre>" in words.html


async def test_what_cannot_work_is_said_at_the_start(store: Archive, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        publisher(store, FakeFetcher(), timestamp=[{"type": "rfc3161", "url": TSA, "roots": "absent.pem"}])
    with pytest.raises(ConfigError, match="checkpoints = "):
        parse(b"[archive]\ncheckpoint_target = 'desk'\n")
    with pytest.raises(ConfigError, match="which is not configured"):
        parse(b"[archive]\ncheckpoints = 'notes'\ncheckpoint_target = 'desk'\n")
    twice = [{"type": "rfc3161", "url": TSA}, {"type": "rfc3161", "url": f"{TSA}/2"}]
    made = publisher(store, FakeFetcher(answers={TSA: 500, f"{TSA}/2": 500}), timestamp=twice)
    await made.make(NOW)
    assert len(list((tmp_path / "notes").glob("*.wanted"))) == 2


async def test_a_folder_that_cannot_be_written(store: Archive, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file")
    made = publisher(store, FakeFetcher(), checkpoint_command=["true"])
    await made.make(NOW)
    await made.publish(NOW)
    assert list_checkpoints(store)
