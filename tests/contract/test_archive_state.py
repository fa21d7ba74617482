"""What the archive, on SQLite and PostgreSQL, keeps for the service from one run to the next."""

import hashlib

from tests.archive_samples import NOW, URL, capture, minutes, watch
from tracker.archive.addresses import MAX_NOTED_EVENTS, list_addresses, note_address
from tracker.archive.archive import Archive
from tracker.archive.outside_captures import (
    OutsideCapture,
    Unsaved,
    get_outside_job,
    save_outside_capture,
    save_outside_job,
)
from tracker.archive.quarantine import get_quarantined, list_quarantined, quarantine, release
from tracker.archive.sources import get_layout, get_storm, list_layouts, list_storms, save_layout, save_storm
from tracker.archive.state import (
    NamedBefore,
    get_named,
    get_reader_mark,
    get_state,
    save_named,
    save_reader_mark,
    save_state,
)
from tracker.model.capture import Failure, FailureKind
from tracker.model.source import MIN_MOVED_ARTICLES, Layout, Storm


def test_a_value_is_replaced_and_taken_away(archive: Archive) -> None:
    assert get_state(archive, "pulse") == ""
    save_state(archive, "pulse", "1", NOW)
    save_state(archive, "other", "…", NOW)
    save_state(archive, "pulse", "2", minutes(1))
    assert (get_state(archive, "pulse"), get_state(archive, "other")) == ("2", "…")
    save_state(archive, "pulse", "", minutes(2))
    assert get_state(archive, "pulse") == ""


def test_the_later_mark_of_a_reader_is_kept(archive: Archive) -> None:
    assert get_reader_mark(archive, "ab") is None
    for newest, at in ((3, NOW), (9, minutes(1))):
        save_reader_mark(archive, "ab", newest, at)
    assert get_reader_mark(archive, "ab") == (9, minutes(1))


def test_what_was_named_is_replaced(archive: Archive) -> None:
    assert get_named(archive) == NamedBefore()
    article = watch(archive).id
    for named in (
        NamedBefore((URL,), {"Herald": 60.0}, {"Herald": "ab"}, {article: "urls"}),
        NamedBefore((), {"Herald": 0.0}, {"Herald": "cd"}, {}),
        NamedBefore(),
    ):
        save_named(archive, named)
        assert get_named(archive) == named


def test_each_source_has_its_latest_storm_and_layout(archive: Archive) -> None:
    for place, source in enumerate(("B", "A", "C")):
        watch(archive, f"https://{source}.example/1", source=source)
        save_storm(archive, Storm(source, NOW, NOW, 1, 1))
        save_storm(archive, Storm(source, NOW, minutes(30), 7 * place, 9, minutes(5)))
        moved = tuple(f"{n:012}" for n in range(MIN_MOVED_ARTICLES - place // 2))
        save_layout(archive, Layout(source, NOW, minutes(1), moved))
    assert get_storm(archive, "A") == Storm("A", NOW, minutes(30), 7, 9, minutes(5))
    assert (get_storm(archive, "none"), get_layout(archive, "none")) == (None, None)
    assert list(list_storms(archive)) == ["A", "C"], "of B a person released what was not held"
    assert list(list_layouts(archive)) == ["A", "B"], "of C too few articles moved"


def test_a_page_is_set_aside_once_until_it_can_be_read(archive: Archive) -> None:
    page = capture(1)
    for reason in ("it hung", "it hung again"):
        failure = Failure(FailureKind.UNREADABLE, reason, page.url, 200)
        assert "writethru show 0123" in quarantine(archive, "0123", page, failure).reason
    found = get_quarantined(archive, "0123")
    assert found is not None
    assert (found.reason, found.body, found.headers) == ("it hung", page.body, page.headers)
    assert found.sha256 == hashlib.sha256(page.body).hexdigest()
    assert list_quarantined(archive) == ["0123"]
    release(archive, "0123")
    assert get_quarantined(archive, "0123") is None


def test_the_latest_events_of_addresses_are_kept(archive: Archive) -> None:
    article = watch(archive).id
    with archive.write() as connection:
        for n in range(MAX_NOTED_EVENTS + 2):
            note_address(connection, article, URL, f"event {n}", minutes(n))
    _, noted = list_addresses(archive, article)
    assert len(noted) == MAX_NOTED_EVENTS
    assert noted[-1]["event"] == f"event {MAX_NOTED_EVENTS + 1}"
    assert noted[0] == {"at": "2026-11-25T09:02:00Z", "url": URL, "event": "event 2"}


def test_a_capture_under_way_is_known_until_it_is_answered(archive: Archive) -> None:
    article = watch(archive).id
    with archive.read() as connection:
        key = connection.number("SELECT id FROM article")
    version = Unsaved(key, article, URL, 1)
    assert get_outside_job(archive, version) == ("", 0)
    save_outside_job(archive, version, "spn2-1", 1)
    save_outside_job(archive, version, "", 2)
    assert get_outside_job(archive, version) == ("", 2)
    save_outside_capture(archive, version, OutsideCapture(1, NOW, "wayback", "", "{}"))
    assert get_outside_job(archive, version) == ("", 0)
