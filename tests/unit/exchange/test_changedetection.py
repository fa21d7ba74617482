"""Data directories of changedetection.io, as release 0.60.10 and those before it wrote them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from tracker.errors import PageError
from tracker.exchange.lists import Listed, StoredPages, read_folder

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
    watches = {
        "a-1": write_watch(
            tmp_path, "a-1", {"1600000200.html.br": brotli.compress(b"<p>2"), "1600000000.html": b"<p>1"}
        ),
        "a-2": write_watch(
            tmp_path, "a-2", {"1600000100.html.br": brotli.compress(b"<p>3"), "1600000300.html.br": b"damaged",
                              "last-fetched.html": b"<p>4"}, url="source:https://post.example/a",
        ),
        "a-3": write_watch(tmp_path, "a-3", {}, url="https://post.example/search", method="POST"),
        "a-4": write_watch(tmp_path, "a-4", {}, url="https://post.example/{% now 'utc' %}"),
    }  # fmt: skip
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
    with pytest.raises(PageError, match="not a list of changedetection"):
        read_folder(tmp_path)
    assert list(StoredPages([tmp_path]).captures()) == []
