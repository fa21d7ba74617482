"""WARC and WACZ out of an archive, judged by others' tools, and back into another archive."""

import gzip
import hashlib
import json
import re
import sys
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.archive_samples import NOW
from tests.archives import temporary_archive
from tests.integration.exchange.pages import Inline, at, capture, captures, fill, imported, job, page
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.archive.state import count_all
from tracker.archive.verdicts import list_verdicts, save_verdict
from tracker.archive.versions import get_version, iter_versions, list_history
from tracker.config.root import Config
from tracker.config.tables import RuleConfig, SourceConfig, WebhookTarget
from tracker.errors import PageError, UsageError
from tracker.exchange import warc
from tracker.exchange.export import Selection
from tracker.exchange.warc import record
from tracker.exchange.warc_read import Found, Warcs
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.model.change import LabelKind, Verdict, Weight
from tracker.model.version import VersionQuery
from tracker.service.backfill import Backfill

URL = "https://herald.example/news/harbour"
OTHER = "https://other.example/a"


def export(store: Archive, path: Path) -> bytes:
    """Write an archive to a WARC file; return its bytes."""
    warc.write(job(store, path))
    return path.read_bytes()


def readable(path: Path) -> tuple[list[Capture], int]:
    """Return the captures in a file, and how many others were passed over."""
    with Warcs([path]) as files:
        return [found.capture for found in files.captures()], files.skipped


@pytest.mark.parametrize("name", ["news.warc.gz", "news.warc"])
@pytest.mark.parametrize("checker", [["warcio.cli", "check"], ["fastwarc.cli", "check"]])
async def test_checkers_accept_it(morning, tmp_path, name, checker):
    export(morning, tmp_path / name)
    command = [sys.executable, "-W", "ignore", "-m", *checker, str(tmp_path / name)]
    done = await anyio.run_process(command, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    assert not re.search(r"[1-9]\d* failed|digest failed", said)


@pytest.mark.parametrize("name", ["news.warc.gz", "news.warc"])
async def test_export_import_export_is_identical(morning, tmp_path, name):
    first, second = tmp_path / name, tmp_path / f"other-{name}"
    made = job(morning, first)
    warc.write(made)
    other, history = await imported(first)
    # By another name and an hour later.
    warc.write(job(other, second, now=NOW + timedelta(hours=1)))
    assert (made.tally.versions, made.tally.pages, history.kept, history.unchanged) == (5, 5, 5, 0)
    assert first.read_bytes() == second.read_bytes()
    assert warc.index_path(first).read_text().replace(name, second.name) == warc.index_path(second).read_text()
    query = VersionQuery(reverse=True)
    assert list(iter_versions(other, query)) == list(iter_versions(morning, query))
    for version in iter_versions(morning, query):
        assert get_capture(other, version.article, version.n) == get_capture(morning, version.article, version.n)


async def test_each_version_has_the_headline_that_its_feed_gave_then(morning):
    (harbour,) = list_articles(morning, story="Storm")
    found = [each.content.headlines.feed for each in list_history(morning, harbour.id)]
    assert found == ["", "Storm closes harbour", "Harbour open"]


async def test_verdicts_are_metadata_records_and_come_back(morning, tmp_path):
    ident = get_article(morning, URL).id
    said = [
        Verdict(ident, 2, at(30), "ada", Weight.ROUTINE, note="“Closed”:\nwas it?", link="https://x.example/1"),
        Verdict(ident, 2, at(30), "bo", shown=(LabelKind.NUMBER,), labels=(LabelKind.NAME,)),
        Verdict(ident, 3, at(31), "ada", Weight.SIGNIFICANT),
    ]
    for each in said:
        save_verdict(morning, each)
    first = export(morning, tmp_path / "news.warc.gz")
    with (tmp_path / "news.warc.gz").open("rb") as file:
        records = [(each.rec_headers, each.content_stream().read()) for each in ArchiveIterator(file)]
    noted = [(headers, block) for headers, block in records if b"writethru-verdict: " in block]
    others = (headers for headers, _ in records if headers.get_header("WARC-Type") != "metadata")
    ids = {headers.get_header("WARC-Record-ID") for headers in others}
    assert len(noted) == 3
    assert all(headers.get_header("WARC-Refers-To") in ids for headers, _ in noted)
    assert noted[0][0].get_header("WARC-Date") == "2026-11-25T09:30:00Z"
    assert b"description: not number, but name \xc2\xb7 by bo\r\n" in noted[1][1]
    other, _ = await imported(tmp_path / "news.warc.gz")
    assert sorted(list_verdicts(other), key=str) == sorted(said, key=str)
    assert export(other, tmp_path / "again.warc.gz") == first


async def test_a_verdict_that_cannot_be_read_is_refused(tmp_path):
    notes = (("writethru-source", "Herald"), ("writethru-verdict", '{"at": 3}'))
    history = await fill(store := temporary_archive(), [Found(capture(page(3), 0), notes)])
    assert (history.kept, history.refused) == (1, 1)
    assert list_verdicts(store) == []


async def test_a_stopped_import_is_taken_up(morning, tmp_path):
    export(morning, tmp_path / "news.warc.gz")
    other = temporary_archive()
    for whole in (False, True, True):
        with Warcs([tmp_path / "news.warc.gz"]) as files:
            found = list(files.captures())
        backfill = Backfill(other, Inline(), Config(), NOW)
        await backfill.run(found if whole else found[:2])
    assert count_all(other).versions == 5
    assert (backfill.history.known, backfill.history.kept) == (5, 0)


async def test_the_same_payload_is_written_once(morning, tmp_path):
    raw = export(morning, tmp_path / "news.warc")
    for kind, count in ((b"response", 4), (b"revisit", 1), (b"request", 4), (b"metadata", 5)):
        assert raw.count(b"WARC-Type: " + kind + b"\r\n") == count
    assert raw.startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")
    assert b"X-Crawler-content-encoding: br\r\n" in raw
    assert b"\r\nX-Name: Ren\xe9\x80\r\n" in raw


async def test_the_index_finds_every_record(morning, tmp_path):
    raw = export(morning, tmp_path / "news.warc.gz")
    index = (tmp_path / "news.cdxj").read_text().splitlines()
    assert index == sorted(index)
    assert index[0].startswith("example,herald)/news/harbour 20261125090000 {")
    for line in index:
        entry = json.loads(line.split(" ", 2)[2])
        start = int(entry["offset"])
        member = gzip.decompress(raw[start : start + int(entry["length"])])
        assert f"WARC-Target-URI: {entry['url']}\r\n".encode() in member
        assert f"WARC-Payload-Digest: {entry['digest']}\r\n".encode() in member
        assert entry["filename"] == "news.warc.gz"
    assert [json.loads(line.split(" ", 2)[2])["mime"] for line in index].count("warc/revisit") == 1


async def test_history_comes_in_time_order_from_many_files(morning, tmp_path):
    names = ["z.warc.gz", "a.warc"]
    for name, parts in zip(names, [Selection(until=at(5)), Selection(since=at(5))], strict=True):
        warc.write(job(morning, tmp_path / name, parts))
    with Warcs([tmp_path / "a.warc", tmp_path / "z.warc.gz"]) as files:
        times = [found.capture.fetched_at for found in files.captures()]
    assert times == sorted(times)
    assert len(times) == 5


async def test_what_is_no_article_makes_none():
    store = temporary_archive()
    links = b'<a href="/x">More news here</a>' * 50
    listing = b"<html><head><title>News</title></head><body>" + links + b"</body></html>"

    class Broken(Inline):
        async def read(self, capture, *, prefer=""):
            if capture.body == b"broken":
                return Failure(FailureKind.UNREADABLE, "it hung", capture.url)
            return await super().read(capture, prefer=prefer)

    given = (capture(listing, 0, "list"), capture(b"broken", 1, "b"), capture(page(3), 2, url="nonsense"))
    history = await Backfill(store, Broken(), Config(), NOW).run(map(Found, given))
    assert (history.other, history.unreadable, history.refused, history.kept) == (1, 1, 1, 0)
    assert count_all(store).articles == 0


async def test_sources_are_named_by_option_file_or_host():
    config = Config(sources=(SourceConfig(name="The Herald", urls=("https://herald.example/",)),))
    theirs = (("writethru-source", "herald"),)
    for config_, option, notes, name in (
        (Config(), "", (), "herald.example"),
        (Config(), "", theirs, "herald"),
        (config, "", (), "The Herald"),
        (config, "", theirs, "The Herald"),
        (config, "Mine", theirs, "Mine"),
    ):
        store = temporary_archive()
        backfill = Backfill(store, Inline(), config_, NOW, option)
        await backfill.run([Found(capture(page(3), 0), notes)])
        assert list_articles(store)[0].source == name
        assert backfill.added == {name: 1}


async def test_the_past_alerts_nobody_and_progress_is_told():
    store = temporary_archive()
    seen: list[int] = []
    rule = RuleConfig(name="all", to=("desk",))
    config = Config(rules=(rule,), targets=(WebhookTarget(name="desk", type="webhook", url="https://desk.example/"),))
    await Backfill(store, Inline(), config, NOW).run(captures(), lambda history: seen.append(history.kept))
    assert count_all(store).pending_alerts == 0
    assert seen == [1, 2, 3, 3, 4, 5]


@pytest.mark.parametrize("chunked", [False, True])
async def test_files_of_other_crawlers(tmp_path, chunked):
    path = tmp_path / "crawl.warc.gz"
    # What another crawler might have written: compressed bodies, an image, a redirect, a page not found.
    body = gzip.compress(page(7), mtime=0)
    coded = "Content-Type: text/html\r\nContent-Encoding: gzip"
    if chunked:
        body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        coded += "\r\nTransfer-Encoding: chunked"
    records = [
        ("https://other.example/pic.png", "200 OK\r\nContent-Type: image/png", b"png"),
        ("https://other.example/old", "301 Moved\r\nLocation: /a", b""),
        ("https://other.example/none", "404 Not Found\r\nContent-Type: text/html", page(1)),
        ("https://other.example/a", f"200 OK\r\n{coded}", body),
        ("https://other.example/b", f"200 OK\r\n{coded}\r\nX-Folded: a\r\n b", body),
    ]
    with path.open("wb") as out:
        for number, (url, head, content) in enumerate(records):
            date = "yesterday" if url.endswith("/b") else "2020-01-02T03:04:05Z"
            named = [("WARC-Record-ID", f"<urn:uuid:{number}>"), ("WARC-Date", date), ("WARC-Target-URI", url)]
            out.write(record("response", named, f"HTTP/1.1 {head}\r\n\r\n".encode() + content, packed=True))
        out.write(record("resource", [("WARC-Target-URI", "dns:other.example")], b"192.0.2.1", packed=True))
    store = temporary_archive()
    with Warcs([path]) as files:
        history = await Backfill(store, Inline(), Config(), NOW).run(files.captures())
        assert files.skipped == 4
    assert history.kept == 1
    (article,) = list_articles(store)
    kept = get_capture(store, article.id, 1)
    assert kept.body == page(7)
    assert kept.header("content-encoding") == "gzip"
    assert kept.fetched_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_a_body_that_cannot_be_decoded_is_passed_over(tmp_path):
    coded = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\n"
    whole = brotli.compress(page(7))
    with (tmp_path / "brotli.warc").open("wb") as out:
        for number, body in enumerate((whole[:-9], b"\xff\xff nonsense", whole)):
            date = f"2020-01-0{number + 1}T03:04:05Z"
            named = [("WARC-Record-ID", f"<urn:uuid:{number}>"), ("WARC-Date", date), ("WARC-Target-URI", OTHER)]
            out.write(record("response", named, coded.encode() + body, packed=False))
    (found,), skipped = readable(tmp_path / "brotli.warc")
    assert (found.body, skipped) == (page(7), 2)


async def test_what_is_no_warc(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        Warcs([tmp_path / "missing"])
    two = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n" * 2
    for content in (b"", b"nonsense\n", gzip.compress(two)):
        (tmp_path / "bad.warc").write_bytes(content)
        with pytest.raises(PageError), Warcs([tmp_path / "bad.warc"]) as files:
            list(files.captures())


async def test_a_file_that_is_cut_short_still_gives_what_it_has(morning, tmp_path):
    raw = export(morning, tmp_path / "news.warc.gz")
    (tmp_path / "cut.warc.gz").write_bytes(raw[: len(raw) // 2])
    assert 1 <= len(readable(tmp_path / "cut.warc.gz")[0]) < 5


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
async def test_half_a_page_at_the_end_of_a_file_is_passed_over(tmp_path, name):
    # Many paragraphs that do not compress to nothing, so that half a record is half a page.
    whole = "".join(f"<p>Boat {n} of {n * n * 7919} has left.</p>" for n in range(500)).encode()
    for day in (1, 2):
        named = [("WARC-Date", f"2020-01-0{day}T03:04:05Z"), ("WARC-Target-URI", OTHER)]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        raw = record("response", named, head + whole, packed=name.endswith(".gz"))
        with (tmp_path / name).open("ab") as out:
            out.write(raw if day == 1 else raw[: len(raw) // 2])
    (found,), skipped = readable(tmp_path / name)
    assert (found.body, skipped) == (whole, 1)


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
async def test_a_record_that_is_cut_short_at_the_end_is_counted_or_refused_wherever_it_is_cut(tmp_path, name):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>A boat has left.</html>"
    named = [("WARC-Date", "2020-01-01T03:04:05Z"), ("WARC-Target-URI", OTHER)]
    raw = record("response", named, block, packed=name.endswith(".gz"))
    counted, lost = 0, []
    for length in range(1, len(raw) - 12):  # without the last bytes, nothing of the page is missing
        (tmp_path / name).write_bytes(raw + raw[:length])
        with suppress(PageError):
            found, skipped = readable(tmp_path / name)
            counted += skipped
            lost += [length] if (len(found), skipped) != (1, 1) else []
    assert lost == []
    assert counted > len(raw) / 2


async def test_damaged_pages_are_passed_over(morning, tmp_path):
    raw = export(morning, tmp_path / "news.warc")
    (tmp_path / "bad.warc").write_bytes(raw.replace(b"after 4 boats", b"after 5 boats", 1))
    found, skipped = readable(tmp_path / "bad.warc")
    assert (len(found), skipped) == (4, 1)


async def test_notes_that_make_no_sense_do_no_harm():
    def found(count: int, minutes: float, seen: str) -> Found:
        return Found(capture(page(count), minutes), (("writethru-previous-seen", seen),))

    store = temporary_archive()
    odd = [found(1, 0, "x"), found(2, 5, "yesterday"), found(3, 9, "2026-11-25T09:07:00"), found(4, 12, "2030-01-01")]
    history = await fill(store, odd)
    ident = list_articles(store)[0].id
    assert history.kept >= 3
    assert [get_version(store, ident, n).previous_seen for n in (2, 3)] == [at(0), at(7)]


async def test_a_package_says_what_is_in_it(morning, tmp_path, monkeypatch):
    monkeypatch.setattr(warc, "MAX_BLOCK_LINES", 2)
    made = job(morning, tmp_path / "a.wacz")
    warc.write_package(made)
    assert (made.tally.versions, made.tally.pages) == (5, 5)
    assert [path.name for path in tmp_path.glob("*.wacz*")] == ["a.wacz"]
    with zipfile.ZipFile(tmp_path / "a.wacz") as package:
        about = json.loads(package.read("datapackage.json"))
        assert about["wacz_version"] == "1.1.1"
        named = {each["path"]: each for each in about["resources"]}
        assert set(package.namelist()) == {*named, "datapackage.json", "datapackage-digest.json"}
        for path, resource in named.items():
            data = package.read(path)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            assert resource["bytes"] == len(data)
        stored = {info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert stored == {"indexes/index.cdx.gz", "archive/data.warc.gz"}
        index = package.read("indexes/index.cdx.gz")
        meta, *blocks = package.read("indexes/index.idx").decode().splitlines()
        assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
        assert len(blocks) == 3
        for line in blocks:
            key, place = line.rsplit(" {", 1)
            where = json.loads("{" + place)
            block = gzip.decompress(index[where["offset"] : where["offset"] + where["length"]])
            assert block.decode().startswith(key)
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]
        assert pages[0]["format"] == "json-pages-1.0"
        del pages[1]["id"]
        assert pages[1] == {"url": URL, "ts": "2026-11-25T09:00:00Z", "title": "Harbour closed"}


async def test_a_package_comes_back(morning, tmp_path):
    warc.write_package(job(morning, tmp_path / "a.wacz"))
    other, history = await imported(tmp_path / "a.wacz")
    assert history.kept == 5
    assert export(morning, tmp_path / "one.warc") == export(other, tmp_path / "other.warc")


async def test_a_zip_file_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as package:
        package.writestr("readme.txt", "hello")
    with pytest.raises(PageError, match="not a WACZ package"):
        Warcs([tmp_path / "a.wacz"])
    (tmp_path / "b.wacz").write_bytes((tmp_path / "a.wacz").read_bytes()[:40])
    with pytest.raises(PageError, match="WACZ package is damaged"):
        Warcs([tmp_path / "b.wacz"])
