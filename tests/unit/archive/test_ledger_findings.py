import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.archive_samples import URL, capture, change, content, grow, intent, look, minutes, watch
from tests.integration.archive.tampering import build
from tracker.archive import blobs
from tracker.archive.archive import Archive
from tracker.archive.articles import set_article_state
from tracker.archive.citations import last_gone
from tracker.archive.commits import commit_check
from tracker.archive.database.connection import to_ms
from tracker.archive.ledger import logcheck
from tracker.archive.ledger.checkpoints import Signer, read_note
from tracker.archive.ledger.log import EventKind, enter, list_checkpoints, prove_entries, record_of, seal_log
from tracker.archive.ledger.log_proofs import leaf_hash
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import MAX_PAGE_LATER_ROWS, Report, verify
from tracker.archive.readings import save_readings
from tracker.archive.recaptures import OutsideCapture, Unsaved, list_outside_captures, save_outside_capture
from tracker.archive.takedowns import take_down
from tracker.archive.verdicts import list_verdicts, save_verdict
from tracker.archive.versions import import_time
from tracker.errors import ArchiveError
from tracker.model.change import Verdict
from tracker.model.version import Raw, Reread, Rereading
from tracker.model.watch import ArticleState, CheckOutcome, WatchedArticle
from tracker.views.change import verdict_line

SIGNER = Signer.new("herald.example/archive")
MILLISECOND = timedelta(milliseconds=1)


def alter(store: Archive, *statements: str) -> None:
    with store.write() as connection:
        for statement in statements:
            connection.run(statement)


def found(report: Report) -> list[tuple[str, str]]:
    return [(each.what, each.how) for each in report.damage]


def test_an_entry_that_is_missing_is_told_once(store: Archive) -> None:
    grow(store, watch(store), 4)
    seal_log(store, SIGNER, minutes(60))
    alter(store, "UPDATE leaf SET position = NULL WHERE position IN (1, 2)")
    assert [how for what, how in found(verify(store)) if what == "the log"] == ["entry 1 is missing"]


def test_a_checkpoint_that_another_signed_in_the_archive_s_name_is_told(store: Archive) -> None:
    grow(store, watch(store), 2)
    earlier = Signer.new("herald.example/key-of-last-year")
    seal_log(store, earlier, minutes(60))
    assert verify(store, keys=[SIGNER.public]).ok, "an earlier key of the archive is not known any more"
    forged = Signer.new(SIGNER.name).sign(replace(read_note(list_checkpoints(store)[0]), origin=SIGNER.name))
    with store.write() as connection:
        connection.run("UPDATE checkpoint SET note = :note", note=forged)
    assert found(verify(store, keys=[SIGNER.public])) == [
        ("checkpoint 2", "the checkpoint is not signed with the given key")
    ]


@pytest.mark.parametrize("at", [None, datetime.min.replace(tzinfo=UTC)], ids=["an earlier release", "the first year"])
def test_a_checkpoint_without_a_time_or_of_any_time_is_read(store: Archive, at: datetime | None) -> None:
    grow(store, watch(store), 2)
    timed = read_note(seal_log(store, SIGNER, minutes(60)))
    report = verify(store, against=SIGNER.sign(replace(timed, at=at)), public=SIGNER.public)
    assert report.ok
    assert report.entries == 2


def test_a_report_counts_what_was_checked_here_and_in_other_processes(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    seal_log(store, SIGNER, minutes(60))
    commit_check(store, intent(tracked, 3, minutes(70)))
    report = verify(store)
    assert (report.versions, report.decoded, report.unsealed, report.entries) == (3, 3, 1, 2)
    assert report.bytes > 0
    assert (verify(store, sample=0).decoded, verify(store, sample=0).bytes) == (0, 0)
    damage = [Damage("a@1", "it is not in the log")]
    total = Report(1, 2, 3, 4, damage=list(damage))
    total.add(Report(10, 20, 30, 40, damage=list(damage)))
    assert total == Report(11, 22, 33, 4, damage=damage * 2)
    alter(store, "DELETE FROM leaf WHERE position IS NULL")
    assert {how for _, how in found(verify(store))} == {"it is not in the log"}


def test_of_a_large_archive_a_share_can_be_read(store: Archive) -> None:
    grow(store, watch(store), 18)
    random.seed(1)
    assert 0 < verify(store, sample=0.5).decoded < 18


def test_a_quick_run_does_not_read_the_pages_that_were_kept_later_or_as_references(
    store: Archive, tracked: WatchedArticle
) -> None:
    commit_check(store, intent(tracked, 1, minutes(1), raw=Raw.ALL))
    seen = capture(2, minutes(2), tracked.url)
    commit_check(store, look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL))
    later = "SELECT body_id FROM recapture UNION SELECT body_id FROM reference"
    alter(store, f"UPDATE blob SET data = substr(data, 1, 3) WHERE id IN ({later})")
    assert verify(store, sample=0).ok
    assert not verify(store).ok


def test_every_page_that_was_kept_later_is_looked_at(store: Archive, tracked: WatchedArticle) -> None:
    commit_check(store, intent(tracked, 1, minutes(1), raw=Raw.ALL))
    for n in range(2, MAX_PAGE_LATER_ROWS + 4):
        seen = capture(n, minutes(n), tracked.url)
        commit_check(store, look(tracked, 1, minutes(n), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL))
    alter(store, "UPDATE recapture SET status = 404 WHERE id = (SELECT max(id) FROM recapture)")
    ((_, how),) = found(verify(store))
    assert how == "its record does not match its entry in the log"


times = pytest.mark.parametrize(
    ("given", "imported", "late"),
    [
        (minutes(585), None, False),
        (minutes(585) - MILLISECOND, None, True),
        (minutes(1), minutes(585) - timedelta(days=7), False),
        (minutes(1), minutes(585) - timedelta(days=7) - MILLISECOND, True),
    ],
)


@times
def test_a_checkpoint_covers_what_was_seen_a_quarter_of_an_hour_before(
    store: Archive, given: datetime, imported: datetime | None, *, late: bool
) -> None:
    seal_log(store, SIGNER, minutes(600))
    commit_check(store, replace(intent(watch(store), 1, given), imported_at=imported))
    assert [how.rpartition(": ")[2] for _, how in found(verify(store))] == ["it was added later"] * late


LATE_VERDICT = "its verdict is not in a checkpoint made after it: it was added later"
LATE_OUTSIDE = "its outside capture is not in a checkpoint made after it: it was added later"


@times
def test_a_backdated_verdict_is_told(
    store: Archive, given: datetime, imported: datetime | None, tracked: WatchedArticle, *, late: bool
) -> None:
    grow(store, tracked, 2)
    seal_log(store, SIGNER, minutes(600))
    save_verdict(store, Verdict(tracked.id, 2, given, "ada", note="odd"), imported_at=imported)
    assert found(verify(store)) == [(f"{tracked.id}@2", LATE_VERDICT)] * late


@pytest.mark.parametrize(("asked", "late"), [(minutes(585), False), (minutes(585) - MILLISECOND, True)])
def test_a_backdated_answer_of_another_archive_is_told(
    store: Archive, asked: datetime, tracked: WatchedArticle, *, late: bool
) -> None:
    grow(store, tracked, 1)
    seal_log(store, SIGNER, minutes(600))
    answer = OutsideCapture(1, asked, "wayback", "https://web.archive.org/web/2026/https://herald.example/", "saved")
    save_outside_capture(store, Unsaved(1, tracked.id, tracked.url, 1), answer)
    assert found(verify(store)) == [(f"{tracked.id}@1", LATE_OUTSIDE)] * late


def test_a_verdict_whose_time_is_a_text_is_told(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    seal_log(store, SIGNER, minutes(600))
    fields = {"n": 2, "author": "ada", "weight": "", "shown": "", "labels": None, "note": "odd", "link": ""}
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.VERDICT, at="never", **fields)
    assert found(verify(store)) == [(tracked.id, "an event and its record differ")]


def test_each_of_many_articles_is_compared_once(store: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logcheck, "MAX_PAGE_ARTICLES", 2)
    tracked = [watch(store, f"{URL}/{place}") for place in range(5)]
    alter(store, "UPDATE article SET state = 'gone'")
    assert [what for what, _ in found(verify(store))] == [each.id for each in tracked]


def test_a_page_deleted_again_for_another_reason_is_told(store: Archive, tracked: WatchedArticle) -> None:
    commit_check(store, intent(tracked, 1, minutes(1), raw=Raw.ALL))
    seen = capture(2, minutes(2), tracked.url)
    commit_check(store, look(tracked, 1, minutes(2), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL))
    take_down(store, tracked.id, "court", minutes(3), 1)
    assert verify(store).ok
    for removed, how in (("'x'", "differs from the log"), ("''", "is in the log but no longer in the archive")):
        alter(store, f"UPDATE recapture SET removed = {removed}")
        assert f"the deletion of one of its recaptures {how}" in [each for _, each in found(verify(store))]


@pytest.mark.parametrize("record", ["no JSON", "[]", '{"article":"x"}', '{"kind":"state","state":"gone"}'])
def test_an_event_that_cannot_be_read_is_told(store: Archive, record: str, tracked: WatchedArticle) -> None:
    set_article_state(store, tracked.id, ArticleState.PAUSED, minutes(69))
    with store.write() as connection:
        (row,) = connection.all("SELECT article_id, kind FROM event")
        values = {"article_id": row.article_id, "kind": row.kind, "record": record}
        connection.insert("event", **values, leaf=leaf_hash(record.encode()))
    assert found(verify(store)) == [(tracked.id, "an event and its record differ")]


def test_what_an_altered_event_says_does_not_count(store: Archive, tracked: WatchedArticle) -> None:
    set_article_state(store, tracked.id, ArticleState.PAUSED, minutes(69))
    alter(store, "UPDATE event SET record = replace(record, 'paused', 'gone')", "UPDATE article SET state = 'gone'")
    assert [how for _, how in found(verify(store))] == [
        "the record of an event does not match its entry in the log",
        "it is gone, but the log says active",
    ]


def test_a_stored_text_that_is_no_article_is_told(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    save_readings(store, tracked.id, [Reread(2, "8", Rereading.CODE, content(2), "main")], [], minutes(20))
    with store.write() as connection:
        (blob,) = blobs.put(connection, [blobs.coded(blobs.Part.of(b"no article"))])
        connection.run("UPDATE version SET content_id = :blob WHERE n = 1", blob=blob)
        connection.run("UPDATE reading SET content_id = :blob", blob=blob)
    told = {how for _, how in found(verify(store))}
    assert {"its text cannot be read", "its re-extracted text is damaged"} <= told


def test_the_title_is_that_of_the_newest_reading_of_the_newest_version(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    for place, title in enumerate(("River rises", "River ebbs")):
        text = replace(content(2), title=title)
        save_readings(store, tracked.id, [Reread(2, title, Rereading.CODE, text, "main")], [], minutes(20 + place))
    assert verify(store).ok
    alter(store, "UPDATE article SET title = 'River rises'")
    assert found(verify(store)) == [(tracked.id, "its title is not that of its newest version")]


@pytest.mark.parametrize("announced", [True, False, None])
def test_a_change_is_whole_whether_or_not_it_was_announced(
    store: Archive, tracked: WatchedArticle, *, announced: bool | None
) -> None:
    grow(store, tracked, 1)
    commit_check(store, intent(tracked, 2, minutes(2), change=replace(change(2), announced=announced)))
    assert verify(store).ok


def test_a_table_that_cannot_be_read_is_told(store: Archive) -> None:
    grow(store, watch(store), 1)
    alter(store, "ALTER TABLE label RENAME TO lost")
    assert ("rows after the start", "the table cannot be read") in found(verify(store))


def test_the_record_of_an_event_stays_as_it_was_hashed() -> None:
    record = record_of("state", "a1", {"state": "pau\0sed"})
    assert record == b'{"article":"a1","form":1,"kind":"state","state":"pau\xef\xbf\xbdsed"}'


def test_an_entry_that_is_not_in_the_log_of_that_size_has_no_proof(store: Archive) -> None:
    grow(store, watch(store), 3)
    seal_log(store, SIGNER, minutes(60))
    first, second, beyond, unsealed = prove_entries(store, [0, 1, 2, None], 2)
    assert first is not None
    assert second is not None
    assert (len(first), len(second), beyond, unsealed) == (1, 1, None, None)


SLACKS = {
    EventKind.READING: 1, EventKind.CHANGE: 1, EventKind.REMOVAL: 1, EventKind.RECAPTURE_REMOVAL: 1,
    EventKind.ALIAS: 7, EventKind.ALIAS_END: 7, EventKind.MOVE: 7, EventKind.STATE: 7,
}  # fmt: skip
"""How many days after the time that it has an event may be entered."""


def late_of(report: Report) -> list[str]:
    return [how for _, how in found(report) if how.endswith("it was added later")]


@pytest.mark.parametrize("kind", SLACKS)
def test_an_event_of_each_kind_that_is_dated_before_a_checkpoint_without_it_is_told(
    store: Archive, tracked: WatchedArticle, kind: EventKind
) -> None:
    grow(store, tracked, 2)
    note = seal_log(store, SIGNER, minutes(600))
    fields = {
        "n": 2, "extractor": "9", "came_to": "code", "no_edit": False, "signature": "", "identity": "", "content": "",
        "change": "", "parts": "capture", "reason": "court", "capture": "", "url": "", "key": "", "source": "",
        "new_url": "", "new_source": "", "state": "active",
    }  # fmt: skip
    limit = minutes(585) - timedelta(days=SLACKS[kind])
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), kind, **fields, at=limit)
    assert late_of(verify(store)) == []
    with store.write() as connection:
        connection.run("DELETE FROM event")
        enter(connection, (row, tracked.id), kind, **fields, at=limit - MILLISECOND)
    report = verify(store, against=note)
    assert len(late_of(report)) == 1
    assert report.after == report.unsealed_kinds == {kind.value: 1}
    assert report.unsealed == 1


def test_every_event_is_entered_with_the_time_at_which_it_was_made(store: Archive, tracked: WatchedArticle) -> None:
    build(store)
    with store.read() as connection:
        records = [json.loads(each) for each in connection.column(str, "SELECT record FROM event")]
    assert {each["kind"] for each in records} == {*EventKind} - {EventKind.ALIAS_END, EventKind.RECAPTURE_REMOVAL}
    assert [each for each in records if not to_ms(minutes(0)) < each["at"] <= to_ms(minutes(70))] == []


def test_an_event_of_an_earlier_release_without_a_time_holds(store: Archive, tracked: WatchedArticle) -> None:
    set_article_state(store, tracked.id, ArticleState.PAUSED, minutes(1))
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        connection.run("DELETE FROM event")
        enter(connection, (row, tracked.id), EventKind.STATE, state="paused")
    assert verify(store).ok


def test_an_event_without_a_time_after_one_that_has_it_is_told(store: Archive, tracked: WatchedArticle) -> None:
    set_article_state(store, tracked.id, ArticleState.PAUSED, minutes(1))
    seal_log(store, SIGNER, minutes(2))
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.STATE, state="paused")
    assert found(verify(store)) == [(tracked.id, "an event and its record differ")]


@pytest.mark.parametrize("n", [None, 1])
def test_an_import_excuses_no_state(store: Archive, tracked: WatchedArticle, n: int | None) -> None:
    seal_log(store, SIGNER, minutes(20_000))
    imported = replace(intent(tracked, 1, minutes(1), raw=Raw.NONE), imported_at=minutes(20_000))
    commit_check(store, imported)
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        if n is None:
            enter(connection, (row, tracked.id), EventKind.IMPORT, n=None, at=minutes(20_000))
        enter(connection, (row, tracked.id), EventKind.STATE, n=n, state="active", at=minutes(2))
    assert late_of(verify(store)) == ["its state is not in a checkpoint made after it: it was added later"]


def test_an_import_excuses_no_move_and_is_of_a_version_that_is_there(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 1)
    seal_log(store, SIGNER, minutes(20_000))
    move = {"url": tracked.url, "source": "Herald", "new_url": tracked.url, "new_source": "Herald"}
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.IMPORT, n=99, at=minutes(20_001))
        enter(connection, (row, tracked.id), EventKind.MOVE, n=1, **move, at=minutes(2))
    told = "its move is not in a checkpoint made after it: it was added later"
    assert found(verify(store)) == [(tracked.id, "an event and its record differ"), (f"{tracked.id}@1", told)]


@pytest.mark.parametrize(
    "forged", [{"at": None}, {"at": 10**18}, {"at": "today"}, {"service": 5}, {"address": None}, {"answer": True}]
)
def test_an_answer_of_another_archive_that_is_none_is_told(
    store: Archive, tracked: WatchedArticle, forged: dict[str, object]
) -> None:
    grow(store, tracked, 1)
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        fields = {"n": 1, "at": minutes(2), "service": "ia", "address": "", "answer": ""} | forged
        enter(connection, (row, tracked.id), EventKind.OUTSIDE_CAPTURE, **fields)
    assert found(verify(store)) == [(tracked.id, "an event and its record differ")]
    with pytest.raises(ArchiveError, match="the stored answer of another archive is damaged"):
        list_outside_captures(store, tracked.id)


@pytest.mark.parametrize("record", ['{"at":', '{"imported":1}'])
def test_a_damaged_record_of_an_event_is_named_where_it_is_read(
    store: Archive, tracked: WatchedArticle, record: str
) -> None:
    grow(store, tracked, 1)
    save_verdict(store, Verdict(tracked.id, 1, minutes(5), "Ada", note="x"))
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.IMPORT, n=1, at=minutes(2))
        enter(connection, (row, tracked.id), EventKind.STATE, state="gone")
        connection.run("UPDATE event SET record = :record", record=record)
    for read, what in (
        (lambda: import_time(store, tracked.id, 1), "import"),
        (lambda: last_gone(store, [tracked.id]), "state"),
        (lambda: list_verdicts(store), "verdict"),
    ):
        with pytest.raises(ArchiveError, match=f"{tracked.id}: the record of an? {what} is damaged") as told:
            read()
        assert told.value.hint == f"run writethru verify --article {tracked.id}"


def test_a_change_cannot_be_said_to_be_none(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    alter(store, "DELETE FROM label", "DELETE FROM change")
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.CHANGE, n=2, change="", at=minutes(3))
    assert (f"{tracked.id}@2", "the change that led to it is missing") in found(verify(store))


def test_what_an_import_says_of_a_text_and_a_page_is_as_old_as_its_file(
    store: Archive, tracked: WatchedArticle
) -> None:
    seal_log(store, SIGNER, minutes(600))
    commit_check(store, replace(intent(tracked, 1, minutes(1), raw=Raw.NONE), imported_at=minutes(610)))
    save_readings(store, tracked.id, [Reread(1, "8", Rereading.CODE, content(2), "main")], [], minutes(2))
    seal_log(store, SIGNER, minutes(620))
    save_readings(store, tracked.id, [Reread(1, "9", Rereading.CODE, content(3), "main")], [], minutes(90_000))
    assert verify(store).ok


def test_a_sealed_version_cannot_be_called_imported(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    seal_log(store, SIGNER, minutes(60))
    with store.write() as connection:
        row = connection.number("SELECT id FROM article")
        enter(connection, (row, tracked.id), EventKind.IMPORT, n=2, at=minutes(70))
    told = "it is recorded as imported, but only after a checkpoint that already contains it"
    assert found(verify(store)) == [(f"{tracked.id}@2", told)]


def test_a_verdict_from_a_file_says_so(store: Archive, tracked: WatchedArticle) -> None:
    grow(store, tracked, 2)
    save_verdict(store, Verdict(tracked.id, 2, minutes(3), "ada", note="odd"))
    save_verdict(store, Verdict(tracked.id, 2, minutes(4), "ben", note="odd"), imported_at=minutes(10))
    shown = [verdict_line(each) for each in list_verdicts(store, tracked.id)]
    assert shown == ["odd · by ben · imported", "odd · by ada"]
