"""The same noun is the same on the command line, in the API, at the JSON address of its page and in feeds."""

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.archive_samples import capture, content, intent, minutes, watch
from tests.archives import archive_at, new_archive_at
from tests.articles import article
from tests.command_line import command
from tests.integration.web.conftest import client_of
from tests.integration.web.newsroom_archive import CITED, NOW, Kept, store_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.summaries import earlier_headlines
from tracker.archive.versions import get_version, get_versions, list_history
from tracker.cli.main import cli
from tracker.config.root import parse
from tracker.errors import ArchiveError
from tracker.model.version import NewVersion
from tracker.render import plain
from tracker.views.json import iso
from tracker.web.pages import changes

CONFIG = '[[sources]]\nname = "Broken Post"\nfeeds = ["https://broken.example/rss"]\n'
LISTED = {"labels", "significance", "announced", "removed", "page", "copies"}
"""What lists of versions show in addition to the version."""


@pytest.fixture
def run(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Return what runs a command with --json over the archive, at the time of the web pages."""
    monkeypatch.setattr("tracker.cli.app.App.now", NOW)
    (tmp_path / "writethru.toml").write_text(CONFIG)

    def go(*args: str) -> list[dict[str, Any]]:
        options = ["--json", "--db", kept.url, "--config", str(tmp_path / "writethru.toml")]
        result = CliRunner().invoke(cli, [*args, *options])
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return go


async def asked(opened: Any, *paths: str) -> list[Any]:
    """Return the JSON at some paths."""
    async with opened(config=parse(CONFIG.encode(), "writethru.toml")) as client:
        answers = [await client.get(path) for path in paths]
    assert [each.status_code for each in answers] == [200] * len(paths)
    return [each.json() for each in answers]


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an object without what its page adds; all these keys must be there."""
    assert set(names) <= set(value)
    return {name: each for name, each in value.items() if name not in names}


async def test_an_article_a_version_and_a_change_are_the_same_everywhere(opened, kept, run):
    ident = kept.articles["bridge"]
    api, page = await asked(opened, f"/api/v1/articles/{ident}", f"/articles/{ident}.json")
    exported = run("export", ident, "--format", "jsonl", "--with-checks")
    (record,) = (each for each in exported if each.get("type") == "article")
    assert api == page["article"]
    assert without(record, "type").items() <= api.items()
    paths = (f"/api/v1/articles/{ident}/versions", f"/articles/{ident}.json", "/changes.json?story=Narrows%20Bridge")
    api, page, changes = await asked(opened, *paths)
    log = run("log", ident)
    assert [without(each, *LISTED - set(logged)) for each, logged in zip(api["versions"], log, strict=True)] == log
    assert [without(each, "first_version_surviving") for each in page["versions"][::-1]] == log
    listed = {each["version"]: each for each in changes["changes"] if each["article"] == ident}
    assert without(listed[2], *LISTED) == next(each for each in log if each["version"] == 2)
    api, page = await asked(opened, f"/api/v1/articles/{ident}/versions/2", f"/articles/{ident}/2.json")
    assert api == page
    assert [without(api, "paragraphs", "evidence", "evidence_missing")] == run("show", f"{ident}@2")
    ident = kept.articles["budget"]
    api, page = await asked(opened, f"/api/v1/articles/{ident}/diff?from=1&to=2", f"/articles/{ident}/1..2.json")
    assert api == page
    assert [without(api, "cite")] == run("diff", ident, "1..2")


async def test_a_source_a_story_an_alert_a_hit_and_the_counts_are_the_same_everywhere(opened, run):
    paths = ("/api/v1/sources/Broken%20Post", "/sources/Broken%20Post.json", "/api/v1/sources", "/sources.json")
    api, page, sources, sources_page = await asked(opened, *paths)
    assert api == page
    assert api["hubs"] == run("sources", "list")
    assert sources == sources_page
    assert api["source"] == next(each for each in sources["sources"] if each["name"] == "Broken Post")
    paths = ("/api/v1/stories/Narrows%20Bridge", "/stories/Narrows%20Bridge.json", "/api/v1/stories", "/stories.json")
    api, page, stories, stories_page = await asked(opened, *paths)
    assert api == page
    assert [without(api, "members", "events", "passages")] == run("story", "show", "Narrows Bridge")
    assert stories == stories_page
    assert stories["stories"] == run("stories")
    api, page = await asked(opened, "/api/v1/alerts", "/alerts.json")
    assert api == page
    assert api["alerts"] == run("alerts", "list")
    assert [each["id"] for each in api["alerts"] if each["held"]] == ["held"]
    api, page = await asked(opened, "/api/v1/search?q=bridge", "/search.json?q=bridge")
    assert api == page
    assert api["hits"] == run("search", "bridge")
    (api,) = await asked(opened, "/api/v1/counts")
    (command,) = run("stats")
    assert command == api
    api, page = await asked(opened, "/api/v1/sources/Inland%20Courier", "/sources/Inland%20Courier.json")
    assert api["scores"] == page["scores"]
    (command,) = run("stats", "source", "Inland Courier")
    # The command reads every version, for figures that a page has no time for.
    beside = ("headline_only", "corrections", "clock_still", "flaps", "unpublished", "unseen")
    clock = ("clock_moved_for_form", "clock_moved_with_nothing_changed")
    assert without(command, *beside, *clock) == api["scores"]


async def test_citations_are_the_same_everywhere_and_those_that_no_longer_stand_come_first(opened, run, client, kept):
    api, page = await asked(opened, "/api/v1/citations", "/citations.json")
    assert api == page
    assert sorted(api["citations"], key=lambda each: each["id"]) == run("cite", "list")
    states = {each["quotation"]: each["state"] for each in api["citations"]}
    assert [states[each] for each in CITED] == ["stands", "altered", "altered"]
    assert [each["state"] for each in api["citations"]][-1] == "stands"
    shown = (await client.get("/citations?state=altered")).text
    assert "<del>Two</del>" in shown
    assert CITED[0] not in shown
    ident = kept.articles["bridge"]
    assert f"/citations?article={ident}" in (await client.get(f"/articles/{ident}")).text
    assert (await client.get("/citations?state=other")).status_code == 400


async def test_a_change_is_called_what_diff_calls_it_and_faults_of_a_search_are_sentences(client, kept):
    archive = open_archive(kept.url, readonly=True)
    change = get_version(archive, kept.articles["bridge"], 2).change
    archive.close()
    assert change is not None
    page = (await client.get(f"/articles/{kept.articles['bridge']}/1..2")).text
    assert plain.substance(change) in page
    assert "judged by the rules of release 0.1" not in page.lower()
    page = (await client.get("/search?q=%22open")).text
    assert "The quotation mark at character 1 is not closed. All words must occur in one paragraph" in page


async def test_one_damaged_version_hides_no_other_in_a_list(client, kept, monkeypatch):
    broken = (kept.articles["bridge"], 2)

    def damaged(archive, wanted):
        if broken in wanted:
            raise ArchiveError("the text is damaged")
        return get_versions(archive, wanted)

    monkeypatch.setattr(changes, "get_versions", damaged)
    listed = (await client.get("/changes.json")).json()["changes"]
    unread = [(each["article"], each["version"]) for each in listed if "change" not in each]
    assert unread == [broken]


ATOM = "{http://www.w3.org/2005/Atom}"
HEAD = re.compile(r'<h\d class="head"><a href="([^"]+)" dir="auto">([^<]*)</a>')


@pytest.fixture
def headlines(kept):
    """Return the headlines of the article whose headline changed most often, by the page of the change."""
    with open_archive(kept.url, readonly=True) as archive:
        histories = [list_history(archive, ident) for ident in kept.articles.values()]
    history = max(histories, key=lambda each: len({version.content.title for version in each}))
    assert len({version.content.title for version in history}) > 1
    return {f"/articles/{each.article}/{each.n - 1}..{each.n}": each.content.title for each in history if each.n > 1}


async def test_pages_json_and_feeds_list_the_headline_of_the_version(client, headlines):
    pages = [(await client.get(path)).text for path in ("/", "/changes")]
    listed = (await client.get("/changes.json")).json()["changes"]
    feed = ET.fromstring((await client.get("/changes.atom")).text)
    for page in pages:
        heads = {unescape(link): unescape(title) for link, title in HEAD.findall(page)}
        assert heads.keys() & headlines.keys()
        assert {link: heads[link] for link in headlines if link in heads}.items() <= headlines.items()
    found = {each["page"]: each["title"] for each in listed}
    assert {link: found[link] for link in headlines if link in found}.items() <= headlines.items()
    links = [each.attrib["href"] for each in feed.findall(f"{ATOM}entry/{ATOM}link")]
    titles = [each.text for each in feed.findall(f"{ATOM}entry/{ATOM}title")]
    entries = {link.removeprefix("http://127.0.0.1:8766"): title for link, title in zip(links, titles, strict=True)}
    assert entries.keys() & headlines.keys()
    assert {link: entries[link] for link in headlines if link in entries}.items() <= headlines.items()


def test_every_headline_that_differs_from_the_newest_is_found(kept):
    with open_archive(kept.url, readonly=True) as archive:
        for ident in kept.articles.values():
            history = {(each.article, each.n): each for each in list_history(archive, ident)}
            newest = history[max(history)].content.title if history else ""
            others = {
                key: each.content.title for key, each in history.items() if each.content.title != newest or each.removed
            }
            found = earlier_headlines(archive, list(history))
            assert found.items() >= others.items()
            assert all(history[key].content.title == title for key, title in found.items())


async def test_feeds_of_filters_and_stories_are_found_by_every_name(client):
    feed = ET.fromstring((await client.get("/changes.atom?label=correction&min_words=1")).text)
    (page,) = (each.attrib["href"] for each in feed.findall(f"{ATOM}link[@rel='alternate']"))
    assert page == "http://127.0.0.1:8766/changes?kind=correction&min_words=1"
    assert (await client.get(page)).status_code == 200
    feeds = [await client.get(f"/stories/{name}.atom") for name in ("Narrows%20Bridge", "narrows%20bridge")]
    unknown = await client.get("/stories/Nothing.atom")
    assert [len(ET.fromstring(feed.text).findall(f"{ATOM}entry")) for feed in feeds] == [4, 4]
    assert unknown.status_code == 404
    assert "no such story" in unknown.text


@pytest.mark.parametrize("path", ["/changes.atom?source=Resting%20Star", "/search.atom?q=nowhere"])
async def test_a_feed_without_entries_stays_the_same(opened, path):
    async with opened() as client:
        tag = (await client.get(path)).headers["etag"]
    async with opened(web={"now": lambda: NOW + timedelta(hours=1)}) as client:
        assert (await client.get(path, headers={"if-none-match": tag})).status_code == 304


LINES = [f"The harbor office counted {n + 3} boats at pier {n + 40} on the morning of the storm." for n in range(24)]


@pytest.fixture
def page_of_change(tmp_path):
    """Return what gives the HTML of the change from LINES to other paragraphs."""

    async def page(lines: list[str]) -> str:
        url = new_archive_at(tmp_path / "w.db")
        texts = [replace(content(1), blocks=article(*each).blocks) for each in (LINES, lines)]
        ident = store_article(url, "https://gazette.example/boats", [(NOW, b"x", each) for each in texts])
        async with client_of(url) as client:
            return (await client.get(f"/articles/{ident}/1..2")).text

    return page


async def test_links_lead_to_edits_far_below_and_only_the_first_facts_are_unfolded(page_of_change):
    html = await page_of_change([*LINES[:9], LINES[9].replace("12 boats", "13 boats"), *LINES[10:]])
    assert '<a href="#b9">First edit: ¶10</a>' in html
    html = await page_of_change([LINES[0].replace("3 boats", "5 boats"), *LINES[1:]])
    assert "First edit" not in html
    html = await page_of_change([line.replace(" boats", "0 boats") for line in LINES])
    facts = html.split('<h2 id="facts">')[1].split("</section>")[0]
    assert facts.count("<tr>") - 2 > 15
    shown, folded = facts.split('<details class="rest"><summary>')
    assert shown.count("<tr>") - 1 == 15
    assert folded.startswith(f"{folded.count('<tr>') - 1} more")


async def test_each_thing_is_said_once_and_labels_that_no_fact_says_are_named(page_of_change):
    html = await page_of_change([LINES[0].replace("3 boats", "5 boats"), *LINES[1:9], "A line that is new."])
    assert 'class="chip' in html
    chips = html.split('<ul class="chips"')[1].split("</ul>")[0]
    assert "insert" in chips
    assert "number" not in chips
    assert '<h2 id="labels">' not in html
    assert html.count("no note from the outlet</span>") == 1


PICTURE = b"\xff\xd8\xff a picture"


@pytest.fixture
def place(tmp_path):
    """Return an archive of an article whose second version has a screenshot, and the id of the article."""
    url = new_archive_at(tmp_path / "news.db")
    with open_archive(url) as archive:
        tracked = watch(archive)
        for n in (1, 2):
            shown = base64.b64encode(PICTURE).decode() if n == 2 else ""
            taken = replace(capture(n, minutes(n)), screenshot=shown)
            commit_check(archive, intent(tracked, n, minutes(n), capture=taken))
    return url, tracked.id


async def test_the_page_of_a_version_shows_its_screenshot(place):
    url, ident = place
    path = f"/articles/{ident}/2"
    async with client_of(url) as client:
        html, bare = [(await client.get(f"/articles/{ident}/{n}")).text for n in (2, 1)]
        found = await client.get(f"{path}/screenshot.jpg")
        missing = await client.get(f"/articles/{ident}/1/screenshot.jpg")
        [made, none] = [(await client.get(f"/articles/{ident}/{n}.json")).json()["evidence"] for n in (2, 1)]
    assert f'src="{path}/screenshot.jpg"' in html
    alt = "The page as a browser showed it to Writethru at 2026-11-25T09:02:00Z. Its text is on this page."
    assert f'alt="{alt}"' in html
    assert "screenshot" not in bare
    assert (found.content, found.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert missing.status_code == 404
    assert made["screenshot"] == {"sha256": hashlib.sha256(PICTURE).hexdigest(), "bytes": len(PICTURE)}
    assert none["screenshot"] is None


def test_show_writes_it_and_the_static_site_has_none(place, tmp_path):
    url, ident = place
    assert command("--db", url, "show", f"{ident}@2", "--screenshot").stdout_bytes == PICTURE
    assert "screenshots = true" in command("--db", url, "show", f"{ident}@1", "--screenshot", code=2).stderr
    command("--db", url, "export", "--format", "site", ident, str(tmp_path / "site"))
    assert "screenshot" not in (tmp_path / "site" / "articles" / ident / "2.html").read_text("utf-8")
    evidence = json.loads((tmp_path / "site" / "articles" / ident / "2.json").read_text("utf-8"))["evidence"]
    assert evidence["screenshot"]["bytes"] == len(PICTURE)


async def test_the_page_of_an_imported_version_says_that_it_was_not_fetched(tmp_path):
    with archive_at(tmp_path / "w.db") as store:
        tracked = watch(store)
        commit_check(store, replace(intent(tracked, 1, minutes(1)), imported_at=minutes(9)))
        commit_check(store, intent(tracked, 2, minutes(10)))
    async with client_of(f"sqlite:///{tmp_path / 'w.db'}") as client:
        pages = [await client.get(f"/articles/{tracked.id}/{n}") for n in (1, 2)]
        versions = [(await client.get(f"/articles/{tracked.id}/{n}.json")).json() for n in (1, 2)]
    assert ["did not fetch this version from the outlet" in page.text for page in pages] == [True, False]
    assert [each["imported"] for each in versions] == [iso(minutes(9)), None]


async def test_dates_of_a_page_keep_their_offset_and_times_of_ours_are_utc(tmp_path):
    late = minutes(0).astimezone(timezone(timedelta(hours=-10)))
    url = new_archive_at(tmp_path / "news.db")
    with open_archive(url) as archive:
        tracked = watch(archive)
        page = replace(content(1), published=late, modified=minutes(1))
        new = NewVersion(page, capture(1, minutes(2)), "7", "", None)
        commit_check(archive, intent(tracked, 1, minutes(2), version=new))
    shown = command("--db", url, "show", tracked.id, "--meta").stdout
    assert re.search(r"published +2026-11-24T23:00:00-10:00\n", shown)
    assert re.search(r"modified +2026-11-25T09:01:00Z\n", shown)
    assert re.search(r"first seen +2026-11-25T09:02:00Z\n", shown)
    made = json.loads(command("--db", url, "show", tracked.id, "--json").stdout)
    async with client_of(url) as client:
        html = (await client.get(f"/articles/{tracked.id}/1")).text
        answer = (await client.get(f"/articles/{tracked.id}/1.json")).json()
    for each in (made, answer):
        assert each["content"]["published"] == "2026-11-24T23:00:00-10:00"
        assert each["content"]["modified"] == "2026-11-25T09:01:00Z"
        assert each["seen"] == "2026-11-25T09:02:00Z"
    assert (
        '<time datetime="2026-11-24T23:00:00-10:00" title="25 Nov 2026 09:00 UTC">24 Nov 2026 23:00 UTC-10:00' in html
    )
    with open_archive(url, readonly=True) as archive:
        assert verify(archive).ok
