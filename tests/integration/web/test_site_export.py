"""The static site: the same pages, every link leads to a file of it."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.command_line import command
from tracker.web.export import file_of


def export(kept: Any, *arguments: str, code: int = 0) -> str:
    """Export as a site and return what was written to stderr."""
    return command("--db", kept.url, "export", "--format", "site", *arguments, code=code).stderr


def dead_links(folder: Path) -> list[str]:
    found = []
    for page in folder.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        for link in re.findall(r' (?:href|src|action)="([^"]*)"', html):
            address, _, fragment = unescape(link).partition("#")
            if address.startswith(("http://", "https://")):
                continue
            target = page if not address else page.parent / unquote(address)
            if (
                address.startswith("/")
                or not target.is_file()
                or (fragment and target.suffix == ".html" and f'id="{fragment}"' not in target.read_text("utf-8"))
            ):
                found.append(f"{page.name}: {link}")
    return found


def test_a_whole_archive_becomes_files_that_lead_to_one_another(kept, tmp_path, monkeypatch):
    monkeypatch.setattr("tracker.render.raster.find_spec", lambda _: None)  # pictures have a test of their own
    assert re.search(r"44 versions, \d+ pages", export(kept, str(tmp_path / "site")))
    site = tmp_path / "site"
    assert dead_links(site) == []
    index = (site / "index.html").read_text("utf-8")
    assert "Hospital says wait" in index
    assert "<form" not in index
    ident = kept.articles["bridge"]
    for name in ("", "/5", "/2..3", "/2..3.view-side", "/2..3.view-changes", "/1..5"):
        assert (site / f"articles/{ident}{name}.html").is_file()
    assert json.loads((site / f"articles/{ident}/2..3.json").read_text("utf-8"))["schema"] == 2
    assert not (site / f"articles/{kept.articles['long']}/3.html").exists()
    assert (site / "stories/Narrows Bridge.html").is_file()
    assert len(list((site / "sources").glob("*.html"))) == 6


def test_each_change_has_its_picture(kept, tmp_path):
    pytest.importorskip("resvg_py")
    ident = kept.articles["hospital"]
    export(kept, ident, str(tmp_path / "few"))
    articles = tmp_path / "few" / "articles" / ident
    assert (articles / "1..2.png").read_bytes().startswith(b"\x89PNG")
    for view in ("", ".view-side"):
        assert 'href="1..2.png"' in (articles / f"1..2{view}.html").read_text("utf-8")


def test_a_few_articles_and_nothing_of_the_others(kept, tmp_path):
    ident = kept.articles["hospital"]
    export(kept, ident, str(tmp_path / "few"))
    site = tmp_path / "few"
    assert dead_links(site) == []
    assert {path.name for path in (site / "articles").iterdir()} == {ident, f"{ident}.html", f"{ident}.json"}
    assert not (site / "sources.html").exists()
    text = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    assert "Council splits" not in text
    export(kept, ident, "--out", str(site))  # a site of its own may be written again


def test_somebody_elses_folder_is_left_alone(kept, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert "not empty" in export(kept, str(tmp_path / "mine"), code=2)
    export(kept, str(tmp_path / "mine" / "notes.txt"), code=2)
    export(kept, code=2)


def test_names_no_file_may_have_are_told_apart_by_their_hash():
    one, other = file_of("/sources/a%3Ab"), file_of("/sources/a%3Fb")
    assert one != other
    assert re.fullmatch(r"sources/a_b-[0-9a-f]{8}\.html", one)
