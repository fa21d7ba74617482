import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from tests.command_line import command
from tracker.config.root import parse
from tracker.web.export import file_of

ATOM = "{http://www.w3.org/2005/Atom}"


def words(html: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(
        r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(title|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)))
    )


async def said(client: Any, path: str, status: int = 200) -> Any:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


async def get_json(client: Any, path: str, status: int = 200, *, schema: int = 1) -> Any:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    value = answer.json()
    assert value["schema"] == schema
    return value


async def test_the_start_says_what_changed_now(client, kept):
    text = words(await said(client, "/"))
    for name in ("Newest Largest Corrections Not noted", "Failing sources"):
        assert name in text
    newest = (await said(client, "/")).split('<ol class="entries">')[1].split("</ol>")[0]
    assert newest.count(f"/articles/{kept.articles['hospital']}/1..2") == 1
    for show, remark in (("largest", "Of the last 24 hours."), ("not-noted", "altered or removed without a note")):
        assert remark in await said(client, f"/?show={show}")
    assert f"/articles/{kept.articles['hospital']}/1..2" in await said(client, "/?show=not-noted")
    assert (await client.get("/?show=nothing")).status_code == 400
    assert "Broken Post : 1 of 1 list cannot be read the host's name does not resolve" in text
    value = await get_json(client, "/index.json")
    assert {each["article"] for each in value["silent"]} >= {kept.articles["hospital"]}
    assert [each["name"] for each in value["failing"]] == ["Broken Post"]
    assert "Pages gone no longer on the outlet's site; their versions are kept" in text
    (gone,) = value["gone"]
    assert f'href="/articles/{gone["article"]}"' in await said(client, "/")
    assert gone["last_seen"] < value["now"]
    articles = [each["article"] for each in value["largest"]]
    assert len(articles) == len(set(articles)) == 5


async def test_an_article_shows_how_it_lived(client, kept):
    html = await said(client, f"/articles/{kept.articles['bridge']}")
    text = words(html)
    assert "5 versions in" in text
    assert "headline changed twice" in text
    for heading in ("Headlines", "Timeline", "What the outlet said"):
        assert f"> {heading}" in html or f">{heading}<" in html
    assert "<title>5 versions; words changed: " in html
    value = await get_json(client, f"/articles/{kept.articles['bridge']}.json")
    assert [each["version"] for each in value["versions"]] == [1, 2, 3, 4, 5]
    assert value["versions"][0]["first_version_surviving"] == 1.0
    assert 0.5 < value["versions"][-1]["first_version_surviving"] < 1.0


async def test_a_notice_has_the_same_name_on_every_page(client, kept):
    for path in ("", "/2"):
        page = words(await said(client, f"/articles/{kept.articles['hostile']}{path}"))
        assert "Editor’s note" in page
        assert "Editors note" not in page


async def test_an_article_is_found_by_its_id_and_address_and_says_what_it_lacks(client, kept):
    path = f"/articles/{kept.articles['long']}"
    whole, part = words(await said(client, path)), words(await said(client, f"{path}?until=10"))
    assert "20 versions in 5 h 23 min headline changed 18 times" in whole
    assert "Read the newest version Newest change First to newest" in whole
    assert "20 versions shown: v1 to v10 headline changed 8 times in these" in part
    assert "Read v10 What changed in v10 First to v10" in part
    ident = kept.articles["hospital"]
    assert "Hospital" in await said(client, f"/articles/{ident[:6]}")
    value = await get_json(client, "/api/v1/articles?url=https://courier.example/live")
    assert value["articles"][0]["article"] == kept.articles["long"]
    bare = await said(client, f"/articles/{kept.articles['bare']}")
    assert "No version has been stored yet" in bare
    assert "The latest 0" not in bare
    (gone,) = (await get_json(client, "/index.json"))["gone"]
    assert re.search(
        r"no longer on the outlet's site: the check of [\w: ]+ found it gone \(status 410\)",
        words(await said(client, f"/articles/{gone['article']}")),
    )


async def test_the_diff_stands_beside_notices_and_says_what_nothing_explains_and_what_moved(client, kept):
    html = await said(client, f"/articles/{kept.articles['budget']}/1..2")
    text = words(html)
    assert "<del>4.2</del> <ins>2.4</ins>" in html
    assert "The Harbor Ledger says · Correction · explains ¶" in text
    assert 'id="b1"' in html
    assert 'href="#b1"' in html
    assert "Cite this change" in text
    assert re.search(r"changed between \d\d:\d\d", text)
    for name in ("Live page", "Wayback Machine", "archive.today"):
        assert name in text
    assert "no note from the outlet explains this edit" in words(
        await said(client, f"/articles/{kept.articles['hospital']}/1..2")
    )
    html = await said(client, f"/articles/{kept.articles['storm']}/1..2")
    assert re.search(r"moved up from ¶5", html)
    assert re.search(r"¶5 moved up to <a href=\"#b\d\">¶2</a>", html)
    assert "<del>" not in html.partition('class="rail"')[0]


async def test_a_change_has_three_views_and_an_address_for_every_edit(client, kept):
    path = f"/articles/{kept.articles['bridge']}/2..3"
    inline, side, short = [await said(client, path + view) for view in ("", "?view=side", "?view=changes")]
    assert "sides" not in inline
    assert side.count('class="sides"') == inline.count('class="words"')
    assert "paragraphs unchanged" in short
    assert short.count('class="words"') < inline.count('class="words"')
    for each in (inline, side, short):
        assert "<ins>Five</ins>" in each
    html = await said(client, f"/articles/{kept.articles['bridge']}/4..5")
    addresses = set(re.findall(r' id="([^"]+)"', html))
    assert {"headline", "b0"} <= addresses
    assert set(re.findall(r'href="#([^"]+)"', html)) <= addresses


async def test_any_two_versions_and_their_neighbours(client, kept):
    ident = kept.articles["bridge"]
    html = await said(client, f"/articles/{ident}/1..5")
    assert f'rel="prev" href="/articles/{ident}/3..4"' in html
    counts = (await get_json(client, f"/articles/{ident}/1..5.json", schema=2))["noted_edits"]
    assert min(counts["noted"], counts["not_noted"]) > 0
    assert f"<span>{counts['noted']} of {sum(counts.values())} edits noted by the outlet</span>" in html
    html = await said(client, f"/articles/{ident}/2..3")
    assert re.search(r'<option value="2" selected>v2, [^<]*\d\d:\d\d</option>', html)
    assert f'rel="prev" href="/articles/{ident}/1..2"' in html
    assert f'rel="next" href="/articles/{ident}/3..4"' in html
    gone = await client.get(f"/articles/{ident}/compare?from=5&to=2&view=side")
    same = await client.get(f"/articles/{ident}/compare?from=2&to=2")
    wrong = await client.get(f"/articles/{ident}/compare?from=x&to=2")
    alert = await client.get(f"/a/{ident}/2..3")
    assert gone.headers["location"] == f"/articles/{ident}/5..2?view=side"
    assert same.headers["location"] == f"/articles/{ident}/2"
    assert wrong.status_code == 400
    assert alert.headers["location"] == f"/articles/{ident}/2..3"


async def test_the_twin_of_a_diff_joins_back_to_both_texts(client, kept):
    ident = kept.articles["bridge"]
    value = await get_json(client, f"/articles/{ident}/2..3.json", schema=2)
    texts = [(await get_json(client, f"/articles/{ident}/{n}.json", schema=2))["content"]["text"] for n in (2, 3)]
    for without, text in (("+", texts[0]), ("-", texts[1])):
        side = "old" if without == "+" else "new"
        blocks = sorted((b for b in value["blocks"] if b[side] is not None), key=lambda block: block[side])
        assert "\n\n".join("".join(t for op, t in b["hunks"] if op != without) for b in blocks) == text
    assert value["cite"]["sentence"].endswith(f"/articles/{ident}/2..3")
    assert len(value["cite"]["new_capture_sha256"]) == 64


async def test_a_version_has_its_evidence_and_its_raw_page_is_a_download(client, kept):
    ident = kept.articles["bridge"]
    html = await said(client, f"/articles/{ident}/5")
    text = words(html)
    assert "Version 5 of 5" in text
    assert "edited v5" in text
    assert "X-Served-By" in text
    assert "Not counted as article text:" in text
    assert f'href="/articles/{ident}/5/raw"' in html
    answer = await client.get(f"/articles/{kept.articles['bridge']}/2/raw")
    assert answer.headers["memento-datetime"].endswith(" GMT")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert b"<!doctype html>" in answer.content.lower()


async def test_what_was_taken_out_is_not_shown(client, kept):
    long = kept.articles["long"]
    for path in (f"/articles/{long}/3", f"/articles/{long}/2..3", f"/articles/{long}/3..4"):
        assert "was taken down: a court order" in words(await said(client, path, 404))
    text = words(await said(client, f"/articles/{long}"))
    assert "v2 → v4" in text
    assert "v3 " not in text
    assert (await client.get(f"/articles/{long}/3/raw")).status_code == 503
    assert (await client.get("/changes.atom")).status_code == 200


async def test_changes_are_paged_and_restricted(client):
    value = await get_json(client, "/changes.json")
    rest = await get_json(client, value["next"])
    assert rest["next"] is None
    listed = [*value["changes"], *rest["changes"]]
    seen = [(each["article"], each["version"]) for entry in listed for each in (entry, *entry["copies"])]
    assert len(listed) < len(seen)
    assert len(seen) == len(set(seen)) == 33
    value = await get_json(client, "/changes.json?kind=correction&source=The%20Harbor%20Ledger&min_words=2")
    assert all("correction" in each["labels"] for each in value["changes"])
    assert "No changes match" in await said(client, "/changes?min_words=99999")
    for wrong in ("kind=x", "min_words=x", "after=1", "after=1-"):
        assert "Bad request" in await said(client, f"/changes?{wrong}", 400)


@pytest.mark.parametrize("path", ["/changes.json", "/api/v1/changes"])
async def test_the_next_page_of_an_answer_is_an_answer_of_the_same_kind(client, path):
    """The API alone has CORS headers: a program that began there must not be led to the JSON of the pages."""
    following = (await get_json(client, path))["next"]
    assert following.startswith(f"{path}?after=")
    assert (await get_json(client, following))["changes"]


async def test_search_finds_what_was_edited_away(client, kept):
    html = await said(client, '/search?q="1,240"&in=removed')
    text = words(html)
    assert re.search(r"on the page since [\d: A-Za-z]+ \(v\d\) · removed by [\d: A-Za-z]+ \(v\d\)", text)
    assert f'href="/articles/{kept.articles["hospital"]}/1..2"' in html
    assert "<mark>" in html
    assert "on the page since" in words(await said(client, "/search?q=1,420&in=current"))
    assert "No paragraphs match" in await said(client, "/search?q=nowhere")
    assert 'role="alert"' in await said(client, "/search?q=-only")
    assert "every paragraph of every version" in (await said(client, "/search")).lower()
    assert "Bad request" in await said(client, "/search?in=nowhere&q=x", 400)


async def test_sources_and_how_they_treat_their_edits(opened, client):
    config = parse(b'[[sources]]\nname = "Resting Star"\npaused = true\n', "writethru.toml")
    async with opened(config=config) as configured:
        text = words(await said(configured, "/sources"))
    assert "Broken Post 1 failure" in text
    assert "Resting Star paused" in text
    text = words(await said(client, "/sources/The%20Harbor%20Ledger"))
    assert "of 8 articles changed" in text
    assert re.search(r"\d+% of \d factual changes? (was|were) fully noted", text)
    assert "from publication to correction" in text
    value = await get_json(client, "/sources/The%20Harbor%20Ledger.json")
    assert value["scores"]["error_to_correction"]["median_hours"] == pytest.approx(7, abs=3)
    assert "the host's name does not resolve" in words(await said(client, "/sources/Broken%20Post"))
    assert "there is no such source" in await said(client, "/sources/Nobody", 404)


async def test_a_story_and_who_is_behind(client, kept):
    assert "Narrows Bridge" in await said(client, "/stories")
    html = await said(client, "/stories/Narrows%20Bridge")
    assert "Timeline" in words(html)
    assert "also at" in words(html)
    sides = f"left={kept.articles['bridge']}&right={kept.articles['bridge-reprint']}"
    assert "side by side" in await said(client, f"/stories/Narrows%20Bridge/texts?{sides}")
    texts = await get_json(client, f"/stories/Narrows%20Bridge/texts.json?{sides}", schema=2)
    assert texts["right"]["source"] == "Inland Courier"
    strange = sides.replace(kept.articles["bridge"], kept.articles["hospital"])
    await said(client, f"/stories/Narrows%20Bridge/texts?{strange}", 404)
    text = words(await said(client, "/stories/Narrows%20Bridge"))
    assert "How it spread" in text
    assert "original" in text
    assert "copy of The Harbor Ledger" in text
    assert "How the text of The Harbor Ledger reached its copies" in text
    assert "Inland Courier at once after 1 h 40 min after 1 h 40 min" in re.sub(r"\s+", " ", text)
    value = await get_json(client, "/stories/Narrows%20Bridge.json")
    roles = {each["article"]: each["role"] for each in value["articles"]}
    assert roles == {kept.articles["bridge"]: "origin", kept.articles["bridge-reprint"]: "copy"}
    assert "did you mean 'Narrows Bridge'?" in unescape(await said(client, "/stories/Narrow%20Bridges", 404))


async def test_alerts_say_what_became_of_them(client):
    text = words(await said(client, "/alerts"))
    for state in ("pending", "delivered", "failed"):
        assert state in text
    assert "Inland Courier · new headline" in text
    assert "attempt" not in text
    assert "the target answered 410" in words(await said(client, "/alerts?state=dead"))
    value = await get_json(client, "/alerts.json?state=pending")
    assert [each["state"] for each in value["alerts"]] == ["pending"] * 3


async def test_feeds_carry_the_edit_itself(client, kept):
    ident = kept.articles["hospital"]
    paths = (
        "/changes.atom",
        "/changes.atom?kind=not-noted",
        f"/articles/{ident}.atom",
        "/sources/The%20Harbor%20Ledger.atom",
        "/stories/Narrows%20Bridge.atom",
        '/search.atom?q="1,240"',
    )
    for path in paths:
        answer = await client.get(path)
        assert answer.headers["content-type"].startswith("application/atom+xml"), path
        root = ET.fromstring(answer.text)
        entries = root.findall(f"{ATOM}entry")
        assert entries, path
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(ids) == len(set(ids)), path
        (itself,) = (each.attrib["href"] for each in root.findall(f"{ATOM}link[@rel='self']"))
        assert unquote(itself) == f"http://127.0.0.1:8766{unquote(path)}"
        assert " " not in itself
    own = ET.fromstring((await client.get(f"/articles/{ident}.atom")).text)
    assert "1,420" in (own.findall(f"{ATOM}entry/{ATOM}content")[0].text or "")
    tag = (await client.get(paths[0])).headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}'):
        again = await client.get(paths[0], headers={"if-none-match": known})
        assert (again.status_code, again.headers["etag"]) == (304, tag)
    assert (await client.get("/sources/Nobody.atom")).status_code == 404
    assert (await client.get("/search.atom?q=-x")).status_code == 400
    assert "All changes" in (await client.get("/feeds")).text


async def test_static_files_are_kept_for_ever_under_their_hash(client):
    html = await said(client, "/")
    (path,) = re.findall(r'href="(/static/[0-9a-f]{16}/app\.css)"', html)
    sheet = await client.get(path)
    plain = await client.get(path, headers={"accept-encoding": "identity"})
    old = await client.get("/static/0123456789abcdef/app.css")
    none = await client.get("/static/0123456789abcdef/passwd")
    robots = await client.get("/robots.txt")
    health = await client.get("/healthz")
    assert "immutable" in sheet.headers["cache-control"]
    assert sheet.text == plain.text
    assert old.headers["location"] == path
    assert none.status_code == 404
    assert robots.text == "User-agent: *\nDisallow: /\n"
    assert health.json() == {"ok": True}


async def test_a_change_has_a_picture_that_posts_show(client, kept):
    pytest.importorskip("resvg_py")
    path = f"/articles/{kept.articles['bridge']}/2..3"
    html = await said(client, path)
    assert f'<meta property="og:image" content="http://127.0.0.1:8766{path}.png">' in html
    [alt] = re.findall(r'<meta property="og:image:alt" content="([^"]+)">', html)
    assert "Before, " in unescape(alt)
    assert "After, " in unescape(alt)
    assert f'<a href="{path}.png">' in html
    answer = await client.get(f"{path}.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")


async def test_without_a_font_for_its_letters_a_change_has_its_alt_text_alone(client, kept, monkeypatch):
    pytest.importorskip("resvg_py")
    monkeypatch.setattr("tracker.web.pages.change.missing_script", lambda _: "CJK")
    path = f"/articles/{kept.articles['bridge']}/2..3"
    html = await said(client, path)
    answer = await client.get(f"{path}.png")
    assert (answer.status_code, "a font with CJK letters" in answer.text) == (404, True)
    assert "no font on the server has the CJK letters" in html
    assert ".png" not in html
    assert 'class="alt"' in html


async def test_where_pictures_cannot_be_drawn_none_is_named(client, kept, monkeypatch):
    monkeypatch.setattr("tracker.render.raster.find_spec", lambda _: None)
    path = f"/articles/{kept.articles['bridge']}/2..3"
    assert ".png" not in await said(client, path)
    answer = await client.get(f"{path}.png")
    assert answer.status_code == 404
    assert "writethru[picture]" in unescape(answer.text)


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
    assert re.search(r"44 versions, \d+ pages", export(kept, "--include-unjudged", str(tmp_path / "site")))
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
