"""An exported site has the corrections and the edits not noted that a person confirmed, and no judgement besides."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.command_line import command
from tests.integration.web.newsroom_archive import NOW, Kept, build
from tests.integration.web.test_pages import dead_links
from tracker.archive.opening import open_archive
from tracker.archive.summaries import list_summaries
from tracker.archive.verdicts import save_verdict
from tracker.model.change import LabelKind, Verdict
from tracker.model.version import VersionQuery

ATOM = "{http://www.w3.org/2005/Atom}"
NOTE = "Correction: An earlier version of this article misstated the amount set aside for school repairs."
JUDGEMENTS = (
    "not noted",
    "no note from the outlet",
    "noted by the outlet",
    "significance",
    "facts changed",
    "statements added",
    "only the form changed",
    '"substance":"',
    '"noted":"',
    '"announced":true',
    '"announced":false',
    '"units":[{',
    '"facts":[{',
    '"explains":[0',
    '"explains":[1',
    '"labels":[{',
    '"labels":["',
    '"shown":["',
    '"classifier"',
    'class="chip',
    "also at",
)
"""Words and keys of pages, feeds and JSON that tell of a judgement."""


@pytest.fixture
def archive(tmp_path: Path) -> Kept:
    """Return an archive of several outlets in which people have judged five changes."""
    kept = build(tmp_path / "kept.db")
    articles = kept.articles

    def judge(
        name: str, version: int, *, wrong: tuple[LabelKind, ...] = (), missing: tuple[LabelKind, ...] = (), **more: Any
    ) -> None:
        (seen,) = [each for each in list_summaries(store, VersionQuery(article=articles[name])) if each.n == version]
        right = (*(kind for kind in seen.kinds if kind not in wrong), *missing)
        given: dict[str, Any] = {"at": NOW, "by": "ada", "shown": seen.kinds, "labels": right} | more
        assert save_verdict(store, Verdict(articles[name], version, **given))

    store = open_archive(kept.url)
    with closing(store):
        judge("budget", 2, note="Compared with the budget paper")
        judge("hospital", 2, at=NOW + timedelta(minutes=1))
        judge("bridge-reprint", 2, missing=(LabelKind.CORRECTION,), link="https://courier.example/corrections#3")
        # Superseded: the note that was missed was found later.
        judge("bridge", 3)
        judge("bridge", 3, wrong=(LabelKind.NOT_NOTED,), at=NOW + timedelta(minutes=2), by="bob")
        # Says nothing of the labels.
        judge("long", 20, labels=None, note="Interesting")
    return kept


@pytest.fixture
def export(archive: Kept, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that exports the archive and returns the folder."""

    def run(*arguments: str, name: str = "site", code: int = 0) -> Path:
        site = tmp_path / name
        command("--db", archive.url, "export", "--format", "site", *arguments, str(site), code=code)
        return site

    return run


def listed(page: Path) -> list[str]:
    """Return the changes that a page of a ledger links to, in its order."""
    html = page.read_text("utf-8")
    return re.findall(r'<h3 class="head"><a href="[./]*articles/(\w+/[0-9.]+)\.html"', html)


def test_ledgers_have_what_the_newest_verdict_confirms(archive, export):
    site = export()
    assert dead_links(site) == []
    changes = {name: f"{ident}/1..2" for name, ident in archive.articles.items()}
    assert listed(site / "corrections.html") == [changes["budget"], changes["bridge-reprint"]]
    assert listed(site / "not-noted.html") == [changes["hospital"]]
    for source, name, expected in (
        ("The Harbor Ledger", "corrections", ["budget"]),
        ("The Harbor Ledger", "not-noted", ["hospital"]),
        ("Inland Courier", "corrections", ["bridge-reprint"]),
        ("Inland Courier", "not-noted", []),
    ):
        assert listed(site / "sources" / source / f"{name}.html") == [changes[each] for each in expected], source
    page = (site / "corrections.html").read_text("utf-8")
    assert f'<blockquote class="notice"><p dir="auto">{NOTE}' in page
    assert "labels right · Compared with the budget paper · by ada" in page


def test_nothing_that_only_the_program_judged_is_in_any_file(archive, export):
    site = export()
    judged = {archive.articles[name] for name in ("budget", "hospital", "bridge-reprint", "bridge")}
    unjudged = [each for each in site.rglob("*") if each.suffix in {".html", ".json", ".atom"}]
    unjudged = [each for each in unjudged if each.parts[-2] not in judged and each.stem not in judged]
    ledgers = {"index", "corrections", "not-noted"}
    assert len(unjudged) > 100
    for file in unjudged:
        # Above the judged changes; the menu names a page "Edits not noted".
        text = unescape(file.read_text("utf-8")).replace("Edits not noted", "")
        found = [each for each in JUDGEMENTS if each in text]
        assert found == [] or file.stem in ledgers, (file, found)
    assert not (site / "stories.html").exists()
    assert not (site / "sources.html").exists()
    bridge = site / "articles" / archive.articles["bridge"]
    for file in bridge.glob("[0-9]*"):
        text = "" if file.suffix == ".png" else file.read_text("utf-8").replace("Edits not noted", "")
        words = [each for each in ("no note from", "not noted", '"kind":"not-noted"', "significance") if each in text]
        assert words == [], file
        # The labels that bob confirmed are those of one change.
        assert ('class="chip' in text) <= file.name.startswith("2..3"), file


def test_json_ld_names_the_text_of_each_correction(export):
    page = (export() / "corrections.html").read_text("utf-8")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    budget, reprint = json.loads(data)
    assert budget["@context"] == "https://schema.org"
    assert (budget["@type"], budget["publisher"]["name"]) == ("NewsArticle", "The Harbor Ledger")
    assert budget["url"] == "https://ledger.example/2026/11/25/budget-school-repairs"
    (comment,) = budget["correction"]
    assert comment["@type"] == "CorrectionComment"
    assert comment["text"].startswith(NOTE)
    assert comment["datePublished"] == "2026-11-25T11:40:00Z"
    # Where the note is not on the page of the article, the person's link is the correction.
    assert reprint["correction"] == "https://courier.example/corrections#3"
    assert '<a href="https://courier.example/corrections#3" rel="nofollow noopener noreferrer">' in page


def read(feed: Path) -> tuple[ET.Element, list[ET.Element]]:
    """Return a feed and its entries; every element that RFC 4287 requires must be there."""
    root = ET.parse(feed).getroot()
    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    for each in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        assert re.fullmatch(r"tag:[\w.]+,\d{4}-\d\d-\d\d:\S+", each.findtext(f"{ATOM}id", ""))
        assert re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z", each.findtext(f"{ATOM}updated", ""))
    assert all(each.findtext(f"{ATOM}author/{ATOM}name") for each in entries)
    return root, entries


def test_feeds_work_from_disk_and_are_absolute_with_a_base(export):
    site = export()
    for file in site.rglob("*.atom"):
        root, entries = read(file)
        for each in root.iter(f"{ATOM}link"):
            assert (file.parent / unquote(each.attrib["href"])).is_file()
    assert len(list(site.rglob("*.atom"))) == 10
    published = export("--base", "https://news.example/ledger/", name="published")
    root, entries = read(published / "corrections.atom")
    links = [each.attrib["href"] for each in root.iter(f"{ATOM}link")]
    assert links[0] == "https://news.example/ledger/corrections.atom"
    for link in links:
        assert link.startswith("https://news.example/ledger/")
        assert (published / link.removeprefix("https://news.example/ledger/")).is_file()
    # An entry is as new as its verdict, and says what the correction says.
    assert [each.findtext(f"{ATOM}updated") for each in read(published / "not-noted.atom")[1]] == [
        "2026-11-25T21:31:00Z"
    ]
    assert any(NOTE in each.findtext(f"{ATOM}content", "") for each in entries)


def test_the_owner_may_publish_the_rest_and_no_label_that_a_person_rejected(archive, export):
    site = export("--include-unjudged", name="all")
    assert dead_links(site) == []
    found = listed(site / "not-noted.html")
    assert f"{archive.articles['long']}/19..20" in found
    assert f"{archive.articles['bridge']}/2..3" not in found
    assert "Not judged" in (site / "not-noted.html").read_text("utf-8")
    assert "high significance" in (site / "articles" / archive.articles["long"] / "19..20.html").read_text("utf-8")
    assert (site / "stories" / "Narrows Bridge.html").is_file()
    # Its pages of other articles would stay.
    export(name="all", code=2)


def test_a_site_of_the_judged_articles_alone(archive, export):
    site = export("--verdict", "confirmed", name="few")
    judged = {archive.articles[name] for name in ("budget", "hospital", "bridge-reprint", "bridge")}
    assert {each.stem for each in (site / "articles").iterdir()} == judged
    assert dead_links(site) == []
    done = command("--db", archive.url, "export", "--format", "csv", "--base", "https://news.example/", code=2)
    assert "add --format site" in done.stderr
    done = command("--db", archive.url, "export", "--format", "jsonl", "--verdict", "confirmed")
    assert len(done.stdout.splitlines()) == 9


def test_a_change_from_a_version_that_was_taken_down_links_to_its_article(archive, export):
    ident = archive.articles["hospital"]
    command("--db", archive.url, "takedown", f"{ident}@1", "--reason", "a court order")
    site = export()
    assert dead_links(site) == []
    assert f'<a href="articles/{ident}.html" dir="auto">Hospital says' in (site / "not-noted.html").read_text("utf-8")
    (entry,) = read(site / "not-noted.atom")[1]
    assert [each.attrib["href"] for each in entry.iter(f"{ATOM}link")] == [f"articles/{ident}.html"]
