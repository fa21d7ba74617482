"""JSON lines out of an archive and back into another."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.archive_samples import NOW, URL, change, content, intent, look, minutes, watch
from tests.archives import temporary_archive
from tests.integration.exchange.pages import EVERYTHING, job
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles, set_article_state
from tracker.archive.checks import StoredCheck
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.readings import save_readings, stored_as
from tracker.archive.search import search_passages
from tracker.archive.takedowns import list_tombstones, prune_pages, take_down
from tracker.archive.verdicts import list_verdicts, save_verdict
from tracker.archive.versions import get_version
from tracker.errors import ArchiveLocked, PageError
from tracker.exchange import jsonl
from tracker.exchange.export import ExportProgress, Selection
from tracker.exchange.jsonl import NO_PAGE, Recorded, records
from tracker.exchange.store_records import ImportResult, store_records
from tracker.model.change import Change, LabelKind, Verdict, Weight
from tracker.model.version import Reread, Rereading, UpdatedChange
from tracker.model.watch import ArticleState, CheckOutcome


def exported(store: Archive, selection: Selection = EVERYTHING, **options: Any) -> tuple[bytes, ExportProgress]:
    out = io.BytesIO()
    made = job(store, None, selection, stdout=out, **options)
    jsonl.write(made)
    return out.getvalue(), made.tally


def imported(store: Archive, data: bytes) -> ImportResult:
    return store_records(store, records(io.BytesIO(data)), NOW, again=lambda tracked, at: None)


def test_verdicts_come_back_once(full):
    ident, labels = get_article(full, URL).id, ((LabelKind.NUMBER,), (LabelKind.NAME,))
    said = Verdict(ident, 2, minutes(90), "ada", Weight.ROUTINE, *labels, "no news")
    save_verdict(full, said)
    first, _ = exported(full)
    other = temporary_archive()
    imported(other, first)
    imported(other, first)
    assert list_verdicts(other) == [replace(said, article=get_article(other, URL).id)]
    assert exported(other)[0] == first
    assert verify(other).ok


def test_an_imported_verdict_is_not_taken_for_a_backdated_one(full):
    said = Verdict(get_article(full, URL).id, 2, minutes(90), "ada", note="odd")
    other = temporary_archive()
    imported(other, exported(full)[0])
    seal_log(other, Signer.new("herald.example/archive"), minutes(600))
    save_verdict(full, said)
    imported(other, exported(full)[0])
    assert [each.note for each in list_verdicts(other)] == ["odd"]
    assert verify(other).damage == []


def test_a_verdict_on_a_version_that_is_not_there_is_refused(full):
    save_verdict(full, Verdict(get_article(full, URL).id, 2, minutes(90), note="odd"))
    *_, last = exported(full)[0].splitlines(keepends=True)
    result = imported(temporary_archive(), last)
    assert result.refused == 1
    assert "no such article" in result.reasons[0]


def test_versions_that_were_read_again_come_back_with_both_readings(full):
    ident, better = get_article(full, URL).id, replace(content(2), title="River floods two streets of Ebbing")
    rereads = [
        Reread(1, "8", Rereading.UNREADABLE),
        Reread(2, "8", Rereading.CODE, better, "main"),
        Reread(3, "8", Rereading.CODE, better, "main", no_edit=True),
    ]
    updated = [UpdatedChange(2, change(2, LabelKind.HEADLINE)), UpdatedChange(3, Change())]
    save_readings(full, ident, rereads, updated, minutes(30))
    save_readings(full, ident, [Reread(2, "9", Rereading.SAME, signature="main")], [], minutes(31))
    first, _ = exported(full, with_captures=True)
    other = temporary_archive()
    assert imported(other, first).kept == 5
    assert exported(other, with_captures=True)[0] == first
    for n in (1, 2, 3):
        assert get_version(other, ident, n) == get_version(full, ident, n)
        assert stored_as(other, ident, n) == stored_as(full, ident, n)
    found = stored_as(other, ident, 2)
    assert found is not None
    assert found.content == content(2)
    assert get_article(other, ident).title == better.title
    assert [(hit.first_version, hit.last_version) for hit in search_passages(other, "ebbing")] == [(2, None)]
    assert verify(other).ok
    assert imported(other, first).known == 5


def test_a_line_is_a_line_of_log_and_more_and_says_where_there_is_no_page(full):
    lines = [json.loads(line) for line in exported(full)[0].splitlines()]
    assert [line["source"] for line in lines] == ["Herald", "Post", "Herald", "Herald", "Post"]
    assert [line["version"] for line in lines] == [1, 1, 2, 3, 2]
    assert lines[-1]["schema"] == 2
    assert lines[-1]["text"].startswith("The river rose over 2 streets")
    assert [label["kind"] for label in lines[-1]["change"]["labels"]] == ["correction", "name"]
    assert "body" not in lines[-1]
    other = temporary_archive()
    imported(other, exported(full)[0])
    ident = get_article(full, URL).id
    assert set(list_tombstones(other, ident).values()) == {NO_PAGE}
    assert get_version(other, ident, 1).capture_sha256 == get_version(full, ident, 1).capture_sha256


def test_the_time_a_version_was_last_seen_comes_back(full):
    tracked = get_article(full, URL)
    commit_check(full, look(tracked, 3, minutes(20), CheckOutcome.UNCHANGED))
    commit_check(full, intent(tracked, 4, minutes(30)))
    other = temporary_archive()
    imported(other, exported(full)[0])
    assert get_version(other, tracked.id, 4).previous_seen == minutes(20)
    assert get_article(other, tracked.id).last_seen_at == minutes(30)


def test_what_was_taken_out_stays_out(full):
    ident, post = get_article(full, URL).id, get_article(full, "https://post.example/b").id
    take_down(full, ident, "court order", NOW, 2)
    prune_pages(full, "Post", NOW, keep=1)
    first, tally = exported(full, with_captures=True)
    assert (tally.pages, tally.without_page, tally.damaged) == (3, 2, [])
    other = temporary_archive()
    imported(other, first)
    assert exported(other, with_captures=True)[0] == first
    assert get_version(other, ident, 2).removed == "court order"
    assert list_tombstones(other, post) == {1: "retention"}
    assert verify(other).ok
    assert imported(other, first).known == 5


def test_versions_are_selected_by_article_source_and_time_and_progress_is_told(full):
    flood, post = get_article(full, URL).id, get_article(full, "https://post.example/b").id

    def chosen(**only: Any) -> list[tuple[str, int]]:
        lines = exported(full, Selection(**only))[0].splitlines()
        return [(line["article"], line["version"]) for line in map(json.loads, lines)]

    assert chosen(articles=(post,)) == [(post, 1), (post, 2)]
    assert chosen(source="Herald") == [(flood, 1), (flood, 2), (flood, 3)]
    assert chosen(since=minutes(2), until=minutes(9)) == [(flood, 2), (flood, 3)]
    assert chosen(articles=(post, flood, post)) == chosen()
    seen = []
    exported(full, progress=lambda tally: seen.append(tally.versions))
    assert seen == [1, 2, 3, 4, 5]


def test_another_history_is_refused(full):
    other = temporary_archive()
    data, _ = exported(full)
    watch(other)
    ident = get_article(full, URL).id
    lines = data.splitlines()
    result = imported(other, b"\n".join([lines[0], lines[0], b"", lines[3]]))
    assert (result.kept, result.known, result.refused) == (1, 1, 1)
    assert result.reasons == [f"{ident}@3: version 2 is missing"]
    changed = json.loads(lines[0]) | {"capture": "00" * 32}
    result = imported(other, json.dumps(changed).encode())
    assert result.reasons == [f"{ident}@1: the archive already has a different version with this number"]


def test_a_version_that_was_taken_down_is_not_imported_again(full):
    data, _ = exported(full)
    ident = get_article(full, URL).id
    take_down(full, ident, "court order", minutes(30), 2)
    result = imported(full, data)
    assert (result.kept, result.refused) == (0, 1)
    assert result.reasons == [f"{ident}@2: this version was deleted from the archive: court order"]
    assert get_version(full, ident, 2).removed == "court order"


def test_one_damaged_page_is_named_and_ends_nothing(full):
    with full.write() as connection:
        connection.run("UPDATE capture SET sha256 = :sha256 WHERE version_id = 1", sha256=bytes.fromhex("11" * 32))
    data, tally = exported(full, with_captures=True)
    assert tally.damaged == [f"{get_article(full, URL).id}@1"]
    assert len(data.splitlines()) == 5
    assert json.loads(data.splitlines()[0])["page_removed"].startswith("damaged: ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": 3}, "its schema is 3; this release reads 1 and 2"),
        ({"sha256": "00"}, "its text does not match its sha256"),
        ({"body": "AAAA"}, "its body does not match the hash in capture"),
        ({"body": "?"}, "its body is not base64"),
        ({"seen": "yesterday"}, "Invalid RFC3339"),
        ({"seen": "9999-12-31T23:59:59Z"}, "is not between the years 1900 and 2999"),
        ({"stories": None}, "Expected `array`, got `null`"),
        ({"extractor": ["15"]}, "Expected `str`, got `array`"),
        ({"url": "javascript:alert(1)"}, "regex '.https"),
        ({"content": {"lang": 1}}, "Expected `str`, got `int`"),
        ({"evidence": {"url": URL}}, "missing required field"),
        ({"status": 10**30}, "the number 1000000000000000000… is too large"),
    ],
)
def test_lines_that_are_no_versions(full, change, told):
    data, _ = exported(full, with_captures=True)
    good, *rest = data.splitlines()
    bad = json.dumps(json.loads(rest[0]) | change).encode()
    with pytest.raises(PageError, match="line 2 cannot be imported: .*" + told):
        list(records([good, bad]))


@pytest.mark.parametrize(
    ("status", "told"),
    [(10**30, "is too large"), ("1" + "0" * 30, "at offset 0|out of range|<= 999"), (40_000, "<= 999")],
)
def test_a_number_that_no_database_holds_is_named(status, told):
    line = {"schema": 1, "type": "check", "url": URL, "source": "Herald", "at": "2026-11-25T01:00:00Z"}
    line |= {"outcome": "failed", "detail": "", "status": status, "elapsed": 0.2}
    with pytest.raises(PageError, match=rf"line 1 cannot be imported: .*({told})"):
        list(records([json.dumps(line).encode()]))


def test_a_number_may_be_written_as_text():
    line = {"schema": 1, "type": "check", "url": URL, "source": "Herald", "at": "2026-11-25T01:00:00Z"}
    line |= {"outcome": "failed", "detail": "", "status": "500", "elapsed": "0.2"}
    (found,) = records([json.dumps(line).encode()])
    assert isinstance(found, StoredCheck)
    assert (found.check.status, found.check.elapsed) == (500, 0.2)


def test_lines_of_log_are_told_apart(full):
    (line, *_) = exported(full)[0].splitlines()
    value = json.loads(line)
    del value["content"]
    with pytest.raises(PageError, match="'content' is missing"):
        list(records([json.dumps(value).encode()], "log.jsonl"))


def test_groups_and_their_progress(full):
    lines = exported(full)[0].splitlines()
    template = json.loads(lines[0])
    many = [json.dumps(template | {"url": f"https://herald.example/news/{number}"}).encode() for number in range(120)]
    seen: list[int] = []
    other = temporary_archive()
    result = store_records(
        other, records(many), NOW, again=lambda tracked, at: at, progress=lambda result: seen.append(result.kept)
    )
    assert (result.kept, seen) == (120, [50, 100])
    assert list_articles(other)[0].next_check_at == minutes(1)
    bad = [json.dumps(json.loads(line) | {"capture": "22" * 32}).encode() for line in many]
    result = store_records(other, records(bad), NOW, again=lambda tracked, at: at)
    assert (result.refused, len(result.reasons)) == (120, 100)
    total = ImportResult(kept=1)
    total.add(result)
    assert (total.kept, total.refused, len(total.reasons)) == (1, 120, 100)


def test_a_version_kept_meanwhile_stops_the_import(full):
    other = temporary_archive()
    data = exported(full)[0]
    tracked = watch(other)

    def meddling() -> Iterator[Recorded]:
        yield from records([data.splitlines()[0]])
        commit_check(other, intent(tracked, 1, minutes(1)))

    with pytest.raises(ArchiveLocked, match="in the meantime"):
        store_records(other, meddling(), NOW, again=lambda tracked, at: None)


@pytest.mark.postgres
def test_postgresql_gives_and_takes_the_same(full, postgres_url):
    first, _ = exported(full, with_captures=True)
    with open_archive(postgres_url) as other:
        assert imported(other, first).kept == 5
        assert exported(other, with_captures=True)[0] == first
        bare, _ = exported(full)
        assert imported(other, bare).known == 5
        assert verify(other).ok


class TestChecks:
    """What an archive knows besides its versions."""

    @pytest.fixture
    def whole(self, full):
        """Return an archive with a page that went and came back, one that is gone, one never seen, one paused."""
        flood, other = get_article(full, URL), get_article(full, "https://post.example/b")
        commit_check(full, look(flood, 3, minutes(4), CheckOutcome.UNCHANGED, state=ArticleState.ACTIVE))
        commit_check(full, look(flood, 3, minutes(5), CheckOutcome.FAILED, failures=1))
        commit_check(full, look(flood, 3, minutes(6), CheckOutcome.GONE, state=ArticleState.GONE, failures=2))
        commit_check(full, intent(flood, 4, minutes(7)))
        commit_check(full, look(other, 2, minutes(9), CheckOutcome.GONE, state=ArticleState.GONE, failures=1))
        never = watch(full, "https://post.example/never", source="Post")
        commit_check(full, look(never, 0, minutes(3), CheckOutcome.REFUSED, failures=1))
        set_article_state(
            full, watch(full, "https://post.example/paused", source="Post").id, ArticleState.PAUSED, minutes(69)
        )
        return full

    @pytest.mark.parametrize("with_captures", [True, False])
    def test_export_import_export_is_identical(self, whole, with_captures):
        first, tally = exported(whole, with_captures=with_captures, with_checks=True)
        kinds = [json.loads(line).get("type", "version") for line in first.splitlines()]
        assert (kinds.count("article"), kinds.count("version"), kinds.count("check")) == (4, 6, 5)
        assert tally.versions == 6
        other = temporary_archive()
        result = imported(other, first)
        assert (result.kept, result.checks, result.refused) == (6, 5, 0)
        assert exported(other, with_captures=with_captures, with_checks=True)[0] == first
        again = imported(other, first)
        assert (again.kept, again.known, again.checks) == (0, 6, 0)
        assert exported(other, with_captures=with_captures, with_checks=True)[0] == first
        assert verify(other).ok
        for each in list_articles(whole):
            there = get_article(other, each.id)
            for name in ("state", "last_seen_at", "failures", "first_seen_at", "feed_title", "stories"):
                assert getattr(there, name) == getattr(each, name)

    def test_a_selection_holds_for_all(self, whole):
        flood = get_article(whole, URL)
        chosen = Selection(articles=(flood.id,), since=minutes(5), until=minutes(7))
        lines = [json.loads(line) for line in exported(whole, chosen, with_checks=True)[0].splitlines()]
        assert [line["outcome"] for line in lines] == ["failed", "gone"]
        of_post = exported(whole, Selection(source="Post"), with_checks=True)[0]
        assert {json.loads(line)["source"] for line in of_post.splitlines()} == {"Post"}

    def test_pages_of_checks_join(self, full, monkeypatch):
        monkeypatch.setattr("tracker.archive.checks.MAX_PAGE_CHECKS", 2)
        for place in range(5):
            commit_check(full, look(get_article(full, URL), 3, minutes(20 + place // 2), CheckOutcome.UNCHANGED))
        out = exported(full, with_checks=True)[0]
        assert sum(b'"type":"check"' in line for line in out.splitlines()) == 5

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ('{"schema":1,"type":"check"}', "Object missing required field `at`"),
            ('{"schema":2,"type":"article"}', "its schema is 2; this release reads 1"),
            ('{"schema":', "it is not valid JSON at column 11"),
            ("[" * 200_000, "it is nested too deeply"),
            ("[]", "it is not a JSON object"),
            ("\x89PNG", "it is not UTF-8 text"),
            ('{"schema":1,"type":"other"}', "its type 'other' is not one of version, article, check"),
        ],
        ids=range(7),
    )
    def test_what_is_none(self, line, told):
        with pytest.raises(PageError, match=f"line 1 cannot be imported: {told}"):
            list(records([line.encode("latin-1")]))
