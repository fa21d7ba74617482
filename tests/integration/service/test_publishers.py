import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import archive_at, inline, new_archive_at
from tests.authority import Authority
from tests.command_line import command, objects
from tests.fake_fetcher import FakeFetcher, page
from tests.waiting import holders, until
from tracker.alerts.message import compose
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import read_note
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.recaptures import list_outside_captures
from tracker.config.root import parse
from tracker.config.tables import ArchiveConfig
from tracker.errors import ConfigError, DeliveryError
from tracker.model.watch import WatchedArticle
from tracker.service.checkpoint_publisher import COMMAND, CheckpointPublisher
from tracker.service.page_saver import PageSaver

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
    for passed, asked in ((1, 2), (2, 2), (3, 3), (6, 3), (7, 4)):
        await made.publish(later(minutes=passed))
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


async def test_what_failed_while_the_clock_was_ahead_is_tried_again_once_it_is_right(store, authority, tmp_path: Path):
    fetcher = FakeFetcher(answers={TSA: DeliveryError("the certificate has expired")})
    made = publisher(store, fetcher, timestamp=[{"type": "rfc3161", "url": TSA, "roots": str(authority.ca)}])
    await made.make(later(days=3650))
    await made.publish(later(days=3650))
    fetcher.answers[TSA] = 200
    fetcher.said[TSA] = authority
    await made.publish(NOW)
    assert list((tmp_path / "notes").glob("*.tsr"))


async def test_a_command_is_run_until_it_does_its_work_and_then_no_more(store: Archive, tmp_path: Path) -> None:
    for failing in (["/no/such/command"], [sys.executable, "-c", "raise SystemExit('full')"]):
        made = publisher(store, FakeFetcher(), checkpoint_command=failing)
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


SAVE = "https://saves.example/save"
CONFIG = b"""
[archive.wayback]
key = { env = "KEY" }
url = "https://saves.example"
[[sources]]
name = "Herald"
urls = ["https://herald.example/news/flood"]
archive = ["wayback"]
[[sources]]
name = "Post"
urls = ["https://post.example/a"]
"""
Place = tuple[str, Archive, WatchedArticle]
STAMP = "20261125091500"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("KEY", "access:secret")
    url = new_archive_at(tmp_path / "a.db")
    with open_archive(url) as store:
        tracked = watch(store)
        grow(store, tracked, 1)
        yield url, store, tracked


def saver(store: Archive, fetcher: FakeFetcher) -> PageSaver:
    config = parse(CONFIG)
    return PageSaver(lambda: config, inline(store), fetcher)


async def saver_of_a_new_version(place: Place, fetcher: FakeFetcher) -> PageSaver:
    """Return a saver that has begun, where there is now one version to be captured."""
    _, store, tracked = place
    made = saver(store, fetcher)
    await made.save(NOW)
    commit_check(store, intent(tracked, 2, minutes(2)))
    return made


def answering(fetcher: FakeFetcher, job: str = "job-1", **said: object) -> None:
    fetcher.pages[f"{SAVE}/status/{job}"] = page(f"{SAVE}/status/{job}", json.dumps(said))


def service(answer: bytes = b'{"url": "x", "job_id": "job-1"}', status: int = 200) -> FakeFetcher:
    fetcher = FakeFetcher(answers={SAVE: status})
    fetcher.said[SAVE] = answer
    return fetcher


async def test_new_versions_are_captured_and_the_answer_is_kept(place: Place) -> None:
    url, store, tracked = place
    fetcher = service()
    made = saver(store, fetcher)
    await made.save(NOW)  # what was stored before is left alone
    await made.save(minutes(1))
    assert fetcher.posted == []
    commit_check(store, intent(tracked, 2, minutes(2)))
    grow(store, watch(store, "https://post.example/a", source="Post"), 1)
    await made.save(minutes(3))
    (asked,) = fetcher.posted
    assert dict(parse_qsl(asked.body.decode()))["url"] == tracked.url
    assert {("Authorization", "LOW access:secret"), ("Accept", "application/json")} <= {*asked.headers}
    answering(fetcher, status="pending")
    await made.save(minutes(4))
    # After a restart it is asked how it went, not to do it again.
    answering(fetcher, status="success", timestamp=STAMP, original_url=tracked.url, resources=["x"] * 1000)
    again = saver(store, fetcher)
    await again.save(minutes(5))
    assert len(fetcher.posted) == 1
    (kept,) = list_outside_captures(store, tracked.id)
    assert (kept.n, kept.address) == (2, f"https://saves.example/web/{STAMP}/{tracked.url}")
    assert "resources" not in json.loads(kept.answer)
    assert verify(store).ok
    await again.save(minutes(6))
    assert len(fetcher.posted) == 1
    assert f"web/{STAMP}/" in command("--db", url, "show", f"{tracked.id}@2", "--meta").stdout
    (shown,) = objects(command("--db", url, "show", f"{tracked.id}@2", "--json"))
    assert shown["outside_captures"][0]["service"] == "wayback"


@pytest.mark.parametrize("answer", [(b"", 503), (b"[]", 200), (b'{"message": "You need to be logged in."}', 401)])
async def test_a_request_that_is_refused_is_repeated_ever_later(place: Place, answer: tuple[bytes, int]) -> None:
    _, store, tracked = place
    fetcher = service(*answer)
    made = await saver_of_a_new_version(place, fetcher)
    for minute, requests in ((3, 1), (3.5, 1), (4, 2), (5, 2), (6, 3)):
        await made.save(minutes(minute))
        assert len(fetcher.posted) == requests
    assert list_outside_captures(store, tracked.id) == []


async def test_a_page_that_the_service_does_not_accept_does_not_keep_the_others_waiting_for_ever(place: Place) -> None:
    _, store, tracked = place

    def by_page(body: bytes) -> bytes:
        if dict(parse_qsl(body.decode()))["url"] == tracked.url:
            refusal = {"status": "error", "status_ext": "error:invalid-host-resolution", "message": "No such host."}
            return json.dumps(refusal).encode()
        return b'{"job_id": "job-1"}'

    fetcher = service()
    fetcher.said[SAVE] = by_page
    made = await saver_of_a_new_version(place, fetcher)
    other = watch(store, "https://herald.example/news/second")
    grow(store, other, 1)
    answering(fetcher, status="success", timestamp=STAMP, original_url=other.url)
    for hour in range(1, 15):
        await made.save(NOW + timedelta(hours=2 * hour))
    (kept,) = list_outside_captures(store, tracked.id)
    assert (kept.address, json.loads(kept.answer)["message"]) == ("", "No such host.")
    assert [each.address for each in list_outside_captures(store, other.id)] == [
        f"https://saves.example/web/{STAMP}/{other.url}"
    ]
    asked = [dict(parse_qsl(each.body.decode()))["url"] for each in fetcher.posted]
    assert asked.count(tracked.url) == 5


async def test_a_capture_that_the_service_no_longer_knows_is_asked_for_again(place: Place) -> None:
    _, store, tracked = place
    fetcher = service()
    made = await saver_of_a_new_version(place, fetcher)
    await made.save(minutes(3))
    await made.save(minutes(4))  # its status is 404
    fetcher.said[SAVE] = b'{"job_id": "job-2"}'
    answering(fetcher, "job-2", status="success", timestamp=STAMP, original_url=tracked.url)
    for minute in (6, 7):
        await made.save(minutes(minute))
    assert [each.n for each in list_outside_captures(store, tracked.id)] == [2]


@pytest.mark.parametrize("ext", ["error:user-session-limit", "error:service-unavailable"])
async def test_a_service_that_is_busy_gives_up_no_page(place: Place, ext: str) -> None:
    _, store, tracked = place
    fetcher = service(json.dumps({"status": "error", "status_ext": ext, "message": "Try again."}).encode())
    made = await saver_of_a_new_version(place, fetcher)
    for hour in range(1, 15):
        await made.save(NOW + timedelta(hours=2 * hour))
    assert list_outside_captures(store, tracked.id) == []
    assert len(fetcher.posted) == 14


async def test_a_pause_ends_when_the_clock_is_set_back(place: Place) -> None:
    fetcher = service(b"", 503)
    made = await saver_of_a_new_version(place, fetcher)
    await made.save(NOW + timedelta(days=3650))
    await made.save(minutes(3))
    assert len(fetcher.posted) == 2


async def test_a_page_that_is_refused_five_times_is_not_asked_for_again(place: Place) -> None:
    _, store, tracked = place
    fetcher = service()
    answering(fetcher, status="error", status_ext="error:blocked-url", message="This URL is blocked.")
    made = await saver_of_a_new_version(place, fetcher)
    for hour in range(1, 15):
        await made.save(NOW + timedelta(hours=2 * hour))
    assert len(fetcher.posted) == 5
    (kept,) = list_outside_captures(store, tracked.id)
    assert (kept.address, json.loads(kept.answer)["message"]) == ("", "This URL is blocked.")


def test_a_source_that_is_captured_needs_a_key() -> None:
    with pytest.raises(ConfigError, match=r"archive\.wayback"):
        parse(CONFIG.replace(b'[archive.wayback]\nkey = { env = "KEY" }\nurl = "https://saves.example"', b""))
