"""Lists of other programs, and data directories of changedetection.io (0.60.10 and those before)."""

import io
import json
import sys
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError, UsageError
from tracker.exchange.lists import Listed, StoredPages, read, read_folder
from tracker.model.source import HubKind

JOBS = b"""\
name: Flood
url: "https://herald.example/news/flood"
filter:
  - css: article
---
url: https://herald.example/feed.xml
---
- navigate: https://post.example/a
  name: 7
- url: https://post.example/a
---
command: uptime
name: my machine
---
url: https://post.example/search
data: {q: flood}
---
url: nonsense
---
"""
WATCHES = {
    "note": "hello",
    "watching": {
        "a-1": {"url": "https://herald.example/news/flood", "title": "Flood", "paused": False},
        "a-2": {"url": "source:https://post.example/a", "title": None, "page_title": "A"},
        "a-3": {"title": "no address"},
    },
    "settings": {},
}
TWO = [Listed("https://herald.example/news/flood", "Flood"), Listed("https://post.example/a", "A")]


@pytest.mark.parametrize("form", ["urlwatch", "webchanges"])
def test_jobs_of_urlwatch_and_webchanges(form):
    found = read(form, JOBS)
    assert found[:3] == [
        Listed("https://herald.example/news/flood", "Flood"),
        Listed("https://herald.example/feed.xml"),
        Listed("https://post.example/a", "7"),
    ]
    assert [(each.url, bool(each.problem)) for each in found[3:]] == [
        ("uptime", True),
        ("https://post.example/search", True),
        ("nonsense", True),
    ]


def test_the_text_file_of_urlwatch_1():
    body = b"""\
# mine
https://herald.example/news/flood

https://post.example/search q=flood
|uptime
"""
    assert [(each.url, each.problem) for each in read("urlwatch", body)] == [
        ("https://herald.example/news/flood", ""),
        ("https://post.example/search", "a form submission, not a page"),
        ("uptime", "a command, not an address"),
    ]


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as backup:
        for name, text in files.items():
            backup.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(WATCHES).encode(),
        json.dumps(WATCHES["watching"]).encode(),
        packed({"url-watches.json": json.dumps(WATCHES), "url-list.txt": "https://other.example/"}),
        packed({f"{key}/watch.json": json.dumps(watch) for key, watch in WATCHES["watching"].items()}),  # type: ignore[attr-defined]
    ],
    ids=["file", "api", "backup", "backup of single files"],
)
def test_watches_of_changedetection(body):
    assert read("changedetection", body) == TWO


def test_lines_of_changedetection():
    assert read("changedetection", b"[]")[0].problem
    body = "\ufeffhttps://herald.example/news/flood storm, town\n\n# mine\nhttps://herald.example/news/flood\n".encode()
    assert read("changedetection", body) == [Listed("https://herald.example/news/flood")]


@pytest.mark.parametrize(
    ("form", "body", "told"),
    [
        ("urlwatch", b"a: [", "not a urlwatch list"),
        ("urlwatch", b"url: [1", "not a urlwatch list: line 1: expected ',' or ']'"),
        ("urlwatch", b"just words", "^file: not a urlwatch list$"),
        ("webchanges", b"\x89PNG", "not a webchanges list: it is not a text file"),
        ("changedetection", b"\x89PNG", "not a changedetection list: it is not UTF-8 text"),
        ("webchanges", b"", "contains no addresses"),
        ("changedetection", b"{", "not a changedetection list"),
        ("changedetection", b"PK\x03\x04", "not a changedetection list"),
        ("changedetection", packed({"readme": "x"}), "contains no addresses"),
    ],
)
def test_what_is_no_list(form, body, told):
    with pytest.raises(PageError, match=told):
        read(form, body, "file")


@given(st.sampled_from(["urlwatch", "changedetection"]), st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(form, body):
    with suppress(PageError):
        assert read(form, body)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/feed", HubKind.FEED),
        ("https://a.example/news/rss.xml", HubKind.FEED),
        ("https://a.example/rss/world.xml", HubKind.FEED),
        ("https://a.example/world.RSS?x=1", HubKind.FEED),
        ("https://a.example/news-sitemap.xml", HubKind.SITEMAP),
        ("https://a.example/sitemap_index.xml.gz", HubKind.SITEMAP),
        ("https://a.example/2026/feeding-the-poor", None),
        ("https://a.example/rss/about", None),
    ],
)
def test_addresses_that_look_like_lists(url, kind):
    assert Listed(url).kind is kind


def test_the_package_to_install_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(UsageError, match="needs PyYAML"):
        read("urlwatch", JOBS)


FLOOD = "https://herald.example/news/flood"


def write_watch(folder: Path, key: str, pages: dict[str, bytes], **watch: object) -> dict[str, object]:
    """Write the files of one watch: its pages and texts, and the history that names the texts."""
    (folder / key).mkdir(parents=True)
    for name, body in pages.items():
        (folder / key / name).write_bytes(body)
    (folder / key / "0123456789abcdef.txt").write_text("All of the page\n", encoding="utf-8")
    (folder / key / "history.txt").write_text("1600000000,0123456789abcdef.txt\n", encoding="utf-8")
    return {"url": FLOOD, "title": None, "page_title": "Flood", "method": "GET", "paused": False} | watch


@pytest.fixture(params=["a file a watch", "one list"])
def folder(request, tmp_path):
    first = {"1600000200.html.br": brotli.compress(b"<p>2"), "1600000000.html": b"<p>1"}
    second = {"1600000100.html.br": brotli.compress(b"<p>3"), "1600000300.html.br": b"damaged"}
    second["last-fetched.html"] = b"<p>4"
    watches = {
        "a-1": write_watch(tmp_path, "a-1", first),
        "a-2": write_watch(tmp_path, "a-2", second, url="source:https://post.example/a"),
        "a-3": write_watch(tmp_path, "a-3", {}, url="https://post.example/search", method="POST"),
        "a-4": write_watch(tmp_path, "a-4", {}, url="https://post.example/{% now 'utc' %}"),
    }
    (tmp_path / "a-5").mkdir()
    (tmp_path / "a-5" / "tag.json").write_text('{"title": "A group"}', encoding="utf-8")
    if request.param == "one list":
        (tmp_path / "url-watches.json").write_text(json.dumps({"watching": watches, "settings": {}}), encoding="utf-8")
        return tmp_path
    (tmp_path / "changedetection.json").write_text('{"settings": {}}', encoding="utf-8")
    for key, watch in watches.items():
        (tmp_path / key / "watch.json").write_text(json.dumps(watch), encoding="utf-8")
    # What an upgrade leaves behind; this watch was deleted since.
    old = {"watching": {"b-1": {"url": "https://gone.example/"}}}
    (tmp_path / "url-watches.json").write_text(json.dumps(old), encoding="utf-8")
    return tmp_path


def test_its_watches_are_listed(folder):
    found = read_folder(folder)
    assert found[:2] == [Listed(FLOOD, "Flood"), Listed("https://post.example/a", "Flood")]
    assert ["a form" in each.problem or "a template" in each.problem for each in found[2:]] == [True, True]


def test_its_pages_come_oldest_first(folder):
    pages = StoredPages([folder])
    found = [(each.capture.fetched_at, each.capture.url, each.capture.body) for each in pages.captures()]
    assert found == [
        (datetime.fromtimestamp(1_600_000_000, UTC), FLOOD, b"<p>1"),
        (datetime.fromtimestamp(1_600_000_100, UTC), "https://post.example/a", b"<p>3"),
        (datetime.fromtimestamp(1_600_000_200, UTC), FLOOD, b"<p>2"),
    ]
    assert pages.skipped == 1


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(PageError, match="not a data directory"):
        read_folder(tmp_path)
    (tmp_path / "url-watches.json").write_text("{", encoding="utf-8")
    with pytest.raises(PageError, match="not a changedetection list"):
        read_folder(tmp_path)
    assert list(StoredPages([tmp_path]).captures()) == []
