"""Transactions on SQLite and PostgreSQL: values in and out, errors that leave nothing behind; retention."""

import hashlib
import os
import random
import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.archive_samples import NOW, URL, alert, article_id, capture, grow, intent, look, minutes, watch
from tests.archives import saved_states
from tracker.archive.addresses import MAX_NOTED_EVENTS, list_addresses, note_address
from tracker.archive.archive import Archive, compact, free_bytes, shrink
from tracker.archive.articles import get_article
from tracker.archive.checks import count_old_checks, counted_checks, list_checks
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.database.connection import Statement, from_ms
from tracker.archive.ledger import verify as module
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import Report, verify
from tracker.archive.outbox import (
    claim_deliveries,
    drop_deliveries,
    enqueue_alerts,
    forget_delivered,
    forget_texts,
    list_deliveries,
    mark_delivered,
    postpone_delivery,
)
from tracker.archive.quarantine import get_quarantined, list_quarantined, quarantine, release
from tracker.archive.recaptures import OutsideCapture, Unsaved, get_outside_job, save_outside_capture, save_outside_job
from tracker.archive.sources import (
    get_host,
    get_layout,
    get_storm,
    list_hubs,
    list_layouts,
    list_sources,
    list_storms,
    save_host,
    save_layout,
    save_storm,
    sync_source,
)
from tracker.archive.state import (
    NamedBefore,
    clock_went_back,
    due_hosts,
    get_named,
    get_reader_mark,
    get_state,
    save_named,
    save_reader_mark,
    save_state,
)
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveError
from tracker.model.alert import DeliveryState
from tracker.model.capture import Failure, FailureKind, HostState
from tracker.model.source import MIN_MOVED_ARTICLES, Hub, HubKind, Layout, Storm
from tracker.model.version import VersionQuery
from tracker.model.watch import CheckOutcome, HubPoll
from tracker.service.source_report import visit_gaps

ADD_SOURCE = "INSERT INTO source (name, paused, created_at) VALUES (:name, :paused, :created_at)"
HERALD = {"name": "Herald", "paused": False, "created_at": NOW}


def test_values_are_bound_by_their_type_and_rows_are_read_by_name(archive: Archive) -> None:
    with archive.write() as connection:
        assert connection.run(ADD_SOURCE, **HERALD | {"name": "Her\0a\ud800ld", "paused": True}) == 1
        connection.run_many(ADD_SOURCE, [])
    with archive.read() as connection:
        row = connection.first("SELECT name, paused, created_at FROM source WHERE paused = :paused", paused=True)
        assert row is not None
        assert (row.name, bool(row.paused), from_ms(row.created_at)) == ("Her\ufffda\ufffdld", True, NOW)
        assert connection.first("SELECT name FROM source WHERE name = :name", name="Post") is None
        assert connection.value(str, "SELECT :a || '%' || :b", a=DeliveryState.DEAD, b="x") == "dead%x"


def test_a_list_is_asked_for_in_one_question(archive: Archive) -> None:
    with archive.write() as connection:
        connection.run_many(ADD_SOURCE, [HERALD | {"name": name} for name in "abc"])
        wanted = "SELECT name FROM source WHERE name IN (:names) ORDER BY name"
        assert connection.column(str, wanted, names=["c", "a", "x"]) == ["a", "c"]
        assert connection.column(str, wanted, names=[]) == []
        assert [row.name for row in connection.stream("SELECT name FROM source ORDER BY name")] == ["a", "b", "c"]
        with connection.pipeline():
            one, other = (connection.ask(wanted, names=[name]) for name in "ab")
        assert [row.name for row in (*one(), *other())] == ["a", "b"]


def test_each_database_is_asked_in_its_own_words_and_a_missing_table_is_an_error(archive: Archive) -> None:
    with archive.read() as connection:
        kind = connection.value(str, Statement(sqlite="SELECT 'sqlite'", postgresql="SELECT 'postgresql'"))
    assert kind == ("sqlite" if archive.is_sqlite else "postgresql")
    with pytest.raises(ArchiveError), archive.read() as connection:
        connection.all("SELECT x FROM nowhere")


def test_writes_inside_a_write_are_one_transaction(archive: Archive) -> None:
    def both() -> None:
        with archive.write():
            save_state(archive, "a", "1", NOW)
            assert get_state(archive, "a") == "1"
            save_state(archive, "b", "2", minutes(1))
            raise LookupError

    with pytest.raises(LookupError):
        both()
    assert saved_states(archive) == {}


def test_a_refusal_is_an_archive_error_and_nothing_is_kept(archive: Archive) -> None:
    with (
        pytest.raises(ArchiveError, match="the database reported an error"),
        archive.write() as connection,
        connection.pipeline(),
    ):
        connection.run_many(ADD_SOURCE, [HERALD, HERALD])
    assert list_sources(archive) == []
    with archive.write() as connection, connection.pipeline():
        connection.run(ADD_SOURCE, **HERALD)
    assert list_sources(archive) == ["Herald"]


def test_a_failed_maintenance_leaves_transactions_whole(archive: Archive) -> None:
    with pytest.raises(ArchiveError):
        archive.maintain("VACUUM nowhere")

    def add_and_fail() -> None:
        with archive.write() as connection:
            connection.run(ADD_SOURCE, **HERALD)
            raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()
    assert list_sources(archive) == []


FEED = Hub("Herald", HubKind.FEED, "https://herald.example/feed.xml")
HOST = "herald.example"


def at_work(archive: Archive) -> str:
    """Visit an article and a list at minute 120, each planned an hour later, and lease and postpone an alert."""
    sync_source(archive, "Herald", [FEED], minutes(0))
    tracked = watch(archive)
    commit_check(archive, look(tracked, 0, minutes(120), CheckOutcome.FAILED, failures=1))
    commit_poll(archive, HubPoll(FEED, minutes(120), minutes(180), CheckOutcome.UNCHANGED))
    save_host(archive, HostState(HOST, not_before=minutes(121)))
    enqueue_alerts(archive, [alert("a")], minutes(120))
    (delivery,) = claim_deliveries(archive, minutes(120), 60)
    postpone_delivery(archive, delivery.id, minutes(125), "busy")
    return tracked.id


def test_what_is_planned_comes_as_much_sooner(archive: Archive) -> None:
    ident = at_work(archive)
    assert clock_went_back(archive, minutes(60)) == timedelta(hours=1).total_seconds()
    assert clock_went_back(archive, minutes(60)) == 0, "it is found once"
    assert get_article(archive, ident).next_check_at == minutes(120)
    assert get_article(archive, ident).last_check_at == minutes(60)
    assert list_hubs(archive)[0].next_poll_at == minutes(120)
    assert get_host(archive, HOST).not_before == minutes(61)
    assert due_hosts(archive, minutes(119)) == []
    assert due_hosts(archive, minutes(120)) == [HOST]
    assert claim_deliveries(archive, minutes(64), 60) == []
    assert [each.key for each in claim_deliveries(archive, minutes(65), 60)] == ["a"]
    assert [each.at for each in list_checks(archive, ident, 5)] == [minutes(120)], (
        "what was seen stays as it was written"
    )


def test_a_watch_that_ended_by_a_clock_that_was_ahead_goes_on(archive: Archive) -> None:
    early, late = watch(archive), watch(archive, URL + "/other")
    commit_check(archive, look(early, 0, minutes(50), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    commit_check(archive, look(late, 0, minutes(120), CheckOutcome.NOT_MODIFIED, next_check_at=None))
    assert due_hosts(archive, minutes(60)) == []
    assert clock_went_back(archive, minutes(60)) > 0
    assert get_article(archive, late.id).next_check_at == minutes(60)
    assert get_article(archive, early.id).next_check_at is None, "it ended while the clock was right"


def test_a_clock_that_goes_on_or_hardly_differs_moves_nothing(archive: Archive) -> None:
    watch(archive, URL + "/never-visited")
    assert clock_went_back(archive, minutes(-500)) == 0
    ident = at_work(archive)
    for now in (minutes(119.5), minutes(120), minutes(10_000)):
        assert clock_went_back(archive, now) == 0
    assert get_article(archive, ident).next_check_at == minutes(180)


def test_versions_of_an_article_stand_in_the_order_of_their_numbers(archive: Archive) -> None:
    tracked = watch(archive)
    for n, at in enumerate((100, 101, 41, 42), 1):
        commit_check(archive, intent(tracked, n, minutes(at)))
    for reverse in (False, True):
        query = VersionQuery(article=tracked.id, reverse=reverse)
        numbers = list(range(1, 5)) if reverse else list(range(4, 0, -1))
        assert [each.n for each in iter_versions(archive, query)] == numbers
        assert [each.n for each in list_summaries(archive, query)] == numbers
    assert [each.n for each in iter_versions(archive, VersionQuery(reverse=True))] == [3, 4, 1, 2]


def test_a_check_that_was_under_way_is_found_by_the_next_look(archive: Archive) -> None:
    ident = at_work(archive)
    assert clock_went_back(archive, minutes(60)) > 0
    late = get_article(archive, ident)
    commit_check(archive, look(late, 0, minutes(121), CheckOutcome.FAILED, failures=2))
    planned = get_article(archive, ident).next_check_at
    assert planned is not None
    assert planned > minutes(121)
    assert clock_went_back(archive, minutes(61)) == timedelta(hours=1).total_seconds()
    assert get_article(archive, ident).next_check_at == planned - timedelta(hours=1)


def test_values_of_the_state_are_replaced_and_the_later_mark_of_a_reader_is_kept(archive: Archive) -> None:
    assert get_state(archive, "pulse") == ""
    save_state(archive, "pulse", "1", NOW)
    save_state(archive, "other", "…", NOW)
    save_state(archive, "pulse", "2", minutes(1))
    assert (get_state(archive, "pulse"), get_state(archive, "other")) == ("2", "…")
    save_state(archive, "pulse", "", minutes(2))
    assert get_state(archive, "pulse") == ""
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
    assert (found[1], found[0].body, found[0].headers) == ("it hung", page.body, page.headers)
    assert found[0].sha256 == hashlib.sha256(page.body).hexdigest()
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


QUIET = (CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED)
OTHER = (CheckOutcome.FAILED, CheckOutcome.REFUSED, CheckOutcome.GONE)


def visit(archive: Archive, name: str, seed: int, count: int = 300) -> str:
    """Check an article every ten minutes: long quiet runs, and runs of failures. Return its id."""
    dice = random.Random(seed)
    tracked = watch(archive, f"https://herald.example/{name}")
    grow(archive, tracked, 1)
    outcome = CheckOutcome.UNCHANGED
    for n in range(count):
        if dice.random() < 0.1:
            outcome = dice.choice((*QUIET, *QUIET, *OTHER))
        status = 200 if outcome is CheckOutcome.UNCHANGED else 304 if outcome in QUIET else dice.choice((404, 503))
        detail = "" if outcome in QUIET else f"HTTP {status}"
        done = look(tracked, 1, minutes(10 * (n + 1)), outcome)
        commit_check(archive, replace(done, check=replace(done.check, status=status, detail=detail, elapsed=0.5)))
    return tracked.id


def test_what_is_measured_from_checks_stays_the_same(archive: Archive) -> None:
    articles = [visit(archive, str(seed), seed) for seed in range(4)]
    before = [list_checks(archive, each, 1000) for each in articles]
    assert sum(count_old_checks(archive, NOW + timedelta(days=30))) > 400
    after = [list_checks(archive, each, 1000) for each in articles]
    counted = counted_checks(archive, "Herald")
    was, now = visit_gaps(before), visit_gaps(after)
    assert (now.time_unseen, now.longest) == (was.time_unseen, was.longest)
    assert now.of + sum(counted.values()) == was.of
    assert now.count + sum(n for outcome, n in counted.items() if outcome.saw_nothing) == was.count
    for old, new in zip(before, after, strict=True):
        changed = [[check for check in checks if check.outcome is CheckOutcome.CHANGED] for checks in (old, new)]
        assert changed[0] == changed[1]
        assert (new[0], new[-1]) == (old[0], old[-1])
    assert sum(count_old_checks(archive, NOW + timedelta(days=30))) == 0


def test_young_checks_are_kept_one_by_one(archive: Archive) -> None:
    article = visit(archive, "a", 1, 50)
    assert sum(count_old_checks(archive, NOW)) == 0
    assert len(list_checks(archive, article, 1000)) == 51


def test_delivered_alerts_lose_their_text_and_go(archive: Archive) -> None:
    enqueue_alerts(archive, [alert(name) for name in "abcd"], NOW)
    for number, days in ((1, 0), (2, 40)):
        mark_delivered(archive, [number], NOW + timedelta(days=days))
    assert sum(forget_texts(archive, NOW + timedelta(days=41))) == 2
    assert sum(forget_delivered(archive, NOW + timedelta(days=1))) == 1
    assert [(each.key, each.payload) for each in list_deliveries(archive)] == [
        ("d", {"schema": 1}),
        ("c", {"schema": 1}),
        ("b", {}),
    ]
    assert drop_deliveries(archive, "desk", [DeliveryState.PENDING]) == 2
    assert [each.key for each in list_deliveries(archive)] == ["b"]


def test_unused_space_is_given_back(archive: Archive) -> None:
    def fill() -> None:
        with archive.write() as connection:
            rows = [{"name": str(n), "at": NOW, "value": "x" * 5000} for n in range(200)]
            connection.run_many("INSERT INTO state (name, at, value) VALUES (:name, :at, :value)", rows)
            connection.run("DELETE FROM state")

    fill()
    if archive.is_sqlite:
        assert free_bytes(archive) > 500_000
    compact(archive)
    assert free_bytes(archive) == 0
    fill()
    assert sum(shrink(archive)) > 100 or not archive.is_sqlite
    assert free_bytes(archive) == 0


SIGNER = Signer.new("herald.example/archive")
TAMPERED = (
    "UPDATE article SET title = 'Forged' WHERE id = (SELECT min(id) FROM article)",
    "UPDATE blob SET crc = crc + 1 WHERE id = (SELECT max(body_id) FROM capture)",
    "DELETE FROM change WHERE version_id = (SELECT min(version_id) FROM change)",
)


@pytest.fixture
def damaged(store: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive of seven articles with damage in three of them, which is large enough for two processes."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(module, "MIN_VERSIONS", 6)
    monkeypatch.setattr(module, "SHARE_VERSIONS", 3)
    for place, count in enumerate((3, 3, 3, 3, 3, 3, 2)):
        grow(store, watch(store, f"{URL}/{place}"), count)
    seal_log(store, SIGNER, minutes(100))
    with store.write() as connection:
        for statement in TAMPERED:
            connection.run(statement)
    return store


def in_order(report: Report) -> Report:
    return replace(report, damage=sorted(report.damage, key=str))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_several_processes_find_what_one_finds(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    together = verify(damaged, keys=[SIGNER.public], progress=lambda *seen: told.append(seen))
    assert told[-1] == (20, 20)
    assert len(told) == 7, "a share for each of six articles, and one for the rest"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    told.clear()
    alone = verify(damaged, keys=[SIGNER.public], progress=lambda *seen: told.append(seen))
    assert told == [(20, 20)]
    assert in_order(together) == in_order(alone)
    assert len({each.what for each in alone.damage}) >= 3


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_where_a_process_is_killed_nothing_is_left_unchecked(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = verify(damaged)
    monkeypatch.setattr(module, "_check_share", die)
    assert in_order(verify(damaged)) == in_order(expected)


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_a_small_archive_is_verified_by_one_process(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIN_VERSIONS", 4_000)
    monkeypatch.setattr(module, "SHARE_VERSIONS", 1_000)
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    assert verify(damaged).versions == 20


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_one_article_of_a_large_archive_is_verified_alone(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    told: list[tuple[int, int]] = []
    ident = article_id(f"{URL}/6")
    report = verify(damaged, article=ident, progress=lambda *seen: told.append(seen))
    assert (report.versions, [each.what for each in report.damage], told) == (2, [f"{ident}@2"], [(2, 0)])


@pytest.mark.parametrize("archive_url", ["sqlite"], indirect=True)
def test_a_quick_run_is_not_worth_several_processes(damaged: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ProcessPoolExecutor", None)
    report = verify(damaged, sample=0)
    assert (report.versions, report.decoded) == (20, 0)
