"""What schema 0016 kept as texts by name and as sentences is in tables and columns after 0017, and back again."""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests import schema_commands
from tests.archive_samples import NOW, URL, look, minutes, watch
from tracker.archive import migrations
from tracker.archive.addresses import list_addresses
from tracker.archive.archive import Archive
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check
from tracker.archive.database.url import archive_url
from tracker.archive.opening import open_archive
from tracker.archive.outside_captures import Unsaved, get_outside_job
from tracker.archive.quarantine import Quarantined, get_quarantined
from tracker.archive.sources import get_layout, get_storm
from tracker.archive.state import NamedBefore, get_named, get_reader_mark, get_state, get_thresholds
from tracker.model.source import Layout, Storm
from tracker.model.watch import CheckOutcome, Remark

ISO = NOW.isoformat()
PAGE = {"url": URL, "status": 200, "fetched": ISO, "sha256": "ab" * 32, "reason": "hung", "headers": [["a", "b"]]}
SCHEDULE = {
    "curve": {"alpha": 0.5, "scale": 1.3, "threshold": 0.3, "sources": {"s": 2.0}},
    "sources": {"s": 0.2},
    "hosts": {"slow.test": 0.9},
    "fitted_at": ISO,
}
DETAILS = {
    "clock: nothing changed, and the page says it was modified 2026-11-25": (Remark.CLOCK, "2026-11-25"),
    "byline: in one place of the page only, and for the first time: Ada Lark": (Remark.BYLINE, "Ada Lark"),
    "layout: same text, different markup": (Remark.LAYOUT, ""),
    "internal error again, postponed for a day: KeyError: 'x'": (Remark.INTERNAL_ERROR, ""),
    "layout: same text, different paragraphs": (None, ""),
}


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    return new_database()


def memos(article: str) -> dict[str, str]:
    """Return memos as release 0.1 wrote them."""
    named = {"urls": [URL], "intervals": {"Herald": 60.0}, "filters": {"Herald": "ab"}, "left": {article: "urls"}}
    event = {"at": "2026-11-25T09:00:00Z", "url": URL, "event": "dropped"}
    return {
        "storm|Herald": json.dumps({"began": ISO, "until": ISO, "changed": 7, "seen": 9, "spared": None}),
        "storm|Herald that is gone": json.dumps({"began": ISO, "until": ISO, "changed": 7, "seen": 9}),
        "layout|Herald": json.dumps({"began": ISO, "last": ISO, "articles": ["a", "b"]}),
        f"quarantine|{URL}": f"{json.dumps(PAGE)}\n{base64.b64encode(zlib.compress(b'<html>')).decode()}",
        f"addresses|{article}": f"{json.dumps(event)}\n{json.dumps(event)}",
        f"wayback|{article}@1": "spn2-1 2",
        "wayback|after": "17",
        "cadence": json.dumps(SCHEDULE),
        "idle": "1 2",
        "reader:0123": "9.1795597200",
        "watchlist": json.dumps(named),
    }


def require_all(url: str, article: str) -> None:
    """Require that an archive of today tells all that the memos and the details told."""
    with open_archive(url) as archive:
        assert get_storm(archive, "Herald") == Storm("Herald", NOW, NOW, 7, 9)
        assert get_layout(archive, "Herald") == Layout("Herald", NOW, NOW, ("a", "b"))
        page = Quarantined(URL, 200, NOW, "ab" * 32, "hung", (("a", "b"),), b"<html>")
        assert get_quarantined(archive, URL) == page
        assert len(list_addresses(archive, article)[1]) == 2
        with archive.read() as connection:
            key = connection.number("SELECT id FROM article")
        assert get_outside_job(archive, Unsaved(key, article, URL, 1)) == ("spn2-1", 2)
        assert get_state(archive, "wayback-after") == "17"
        assert get_thresholds(archive) == {"all": {"": 0.3}, "source": {"s": 0.2}, "host": {"slow.test": 0.9}}
        assert (get_state(archive, "fitted-rates"), get_state(archive, "idle")) == ("1", "")
        assert get_reader_mark(archive, "0123") == (9, NOW)
        assert get_named(archive) == NamedBefore((URL,), {"Herald": 60.0}, {"Herald": "ab"}, {article: "urls"})
        assert {each.detail: (each.remark, each.subject) for each in list_checks(archive, article)} == DETAILS


def test_memos_become_rows_and_sentences_remarks_and_back(url: str) -> None:
    with open_archive(url, migrate=True) as archive:
        tracked = watch(archive)
        for n, detail in enumerate(DETAILS):
            made = look(tracked, 0, minutes(n), CheckOutcome.UNCHANGED)
            commit_check(archive, replace(made, check=replace(made.check, detail=detail)))
    schema_commands.downgrade(url, "0016")
    old = Archive(archive_url(url))
    with old.write() as connection:
        rows = [{"name": name, "at": NOW, "text": text} for name, text in memos(tracked.id).items()]
        connection.insert_many("memo", rows)
    old.close()
    for _ in range(2):
        migrations.upgrade(url)
        require_all(url, tracked.id)
        schema_commands.downgrade(url, "0016")
