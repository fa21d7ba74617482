"""Screenshots of pages: stored with versions, covered by the log, in every export that carries pages."""

import base64
import io
import json
import zipfile
from dataclasses import replace

import pytest

from tests import archive_samples
from tests.archive_samples import NOW, URL, intent, look, minutes, watch
from tests.archives import temporary_archive
from tests.integration.exchange.pages import Inline, at, capture, fill, job, page
from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture, get_head
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.recaptures import get_recapture, list_recaptures
from tracker.archive.takedowns import prune_pages
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.errors import ArchiveError, PageError
from tracker.evidence import packing, verifier
from tracker.evidence.packing import Gathered, choose_anchor, gather
from tracker.exchange import jsonl, warc
from tracker.exchange.jsonl import records
from tracker.exchange.store_records import store_records
from tracker.exchange.warc_read import Found, Warcs
from tracker.model.capture import Capture
from tracker.model.version import Raw
from tracker.model.watch import CheckOutcome
from tracker.service.backfill import Backfill

PICTURES = [b"\xff\xd8\xff picture " + bytes([n]) * 2000 for n in range(4)]


def shot(taken: Capture, n: int) -> Capture:
    return replace(taken, screenshot=base64.b64encode(PICTURES[n]).decode())


@pytest.fixture
def store() -> Archive:
    """Return an archive of an article with three versions, the first of them without a screenshot."""
    made = temporary_archive()
    tracked = watch(made)
    for n in (1, 2, 3):
        taken = archive_samples.capture(n, minutes(n))
        commit_check(made, intent(tracked, n, minutes(n), capture=shot(taken, n) if n > 1 else taken))
    return made


def pictures(store: Archive) -> list[bytes]:
    ident = get_article(store, URL).id
    return [get_capture(store, ident, n).picture for n in (1, 2, 3)]


def test_a_screenshot_is_stored_with_its_version_and_goes_with_its_page(store):
    ident = get_article(store, URL).id
    assert pictures(store) == [b"", PICTURES[2], PICTURES[3]]
    assert get_head(store, ident, 2).picture == PICTURES[2]
    prune_pages(store, "Herald", NOW, keep=1)
    with pytest.raises(ArchiveError):
        get_head(store, ident, 2)
    assert get_head(store, ident, 3).picture == PICTURES[3]
    assert verify(store).ok


def test_none_is_stored_of_pages_that_are_not_kept_or_show_a_version_again(store):
    tracked = get_article(store, URL)
    same = look(tracked, 3, minutes(4), CheckOutcome.UNCHANGED)
    again = shot(get_capture(store, tracked.id, 3), 1)
    commit_check(store, replace(same, recapture=replace(again, fetched_at=minutes(4))))
    (kept,) = list_recaptures(store, tracked.id, 3)
    assert get_recapture(store, kept.key).screenshot == ""
    unkept = shot(archive_samples.capture(4, minutes(5)), 0)
    commit_check(store, intent(tracked, 4, minutes(5), capture=unkept, raw=Raw.NONE))
    assert get_head(store, tracked.id, 4).screenshot == ""
    assert verify(store).ok


def test_json_lines_bring_screenshots_back_and_refuse_what_is_no_picture(store):
    out = io.BytesIO()
    jsonl.write(job(store, None, stdout=out, with_captures=True))
    other = temporary_archive()
    assert store_records(other, records(io.BytesIO(out.getvalue())), NOW, again=lambda tracked, at: None).kept == 3
    assert pictures(other) == pictures(store)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    for wrong in ("<svg>", base64.b64encode(b"<svg>").decode()):
        lines[1]["evidence"]["screenshot"] = wrong
        changed = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
        with pytest.raises(PageError, match=r"line 2 cannot be imported: its screenshot is not"):
            list(records(changed))


async def test_a_warc_file_has_them_as_resources_and_brings_them_back(tmp_path):
    taken = [Found(shot(capture(page(3 + n), 5 * n), n), (("writethru-source", "Herald"),)) for n in (1, 2)]
    store, other = temporary_archive(), temporary_archive()
    await fill(store, taken)
    warc.write(job(store, tmp_path / "news.warc.gz"))
    with Warcs([tmp_path / "news.warc.gz"]) as files:
        found = list(files.captures())
        await Backfill(other, Inline(), Config(), NOW).run(found)
    assert [each.capture.picture for each in found] == PICTURES[1:3]
    warc.write(job(other, tmp_path / "again.warc"))
    raw = (tmp_path / "again.warc").read_bytes()
    assert raw.count(b"WARC-Type: resource\r\n") == 2
    assert b"WARC-Target-URI: urn:view:https://herald.example/news/harbour\r\n" in raw
    assert PICTURES[1] in raw
    assert get_capture(other, get_article(other, taken[0].capture.url).id, 1).fetched_at == at(5)


def test_an_evidence_package_shows_and_proves_them(store, tmp_path):
    signer = Signer.new("herald.example/archive")
    ident, place = get_article(store, URL).id, tmp_path / "evidence.zip"
    made = choose_anchor([(seal_log(store, signer, minutes(10)), {})], signer.public, 1)
    assert made is not None
    found = gather(store, ident, 1, 3)
    assert isinstance(found, Gathered)
    change = compare(*(get_version(store, ident, n).content for n in (1, 3)))
    assert not packing.pack(store, found, change, made, place, minutes(30), release="1.2.3", signer=signer)
    assert verifier.main([str(place), "--key", signer.public]) == 0
    with zipfile.ZipFile(place) as package:
        members = {name: package.read(name) for name in package.namelist()}
    assert members["new/screenshot.jpg"] == PICTURES[3]
    assert "old/screenshot.jpg" not in members
    for changed in ({"new/screenshot.jpg": PICTURES[1]}, {"old/screenshot.jpg": PICTURES[1]}):
        damage = verifier.Examination(members | changed, signer.public).run().damage
        assert {f"{next(iter(changed))}"} <= {what for what, how in damage if "capture.json" in how}
