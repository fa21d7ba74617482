import base64
import re

import pytest

from tests.archives import archive_at, inline
from tests.integration.stories.outlets import publish
from tests.integration.web.conftest import BEARER, ORIGIN, TOKEN, admin, client_of, place_in, send, token
from tests.integration.web.newsroom_archive import NOW, Kept
from tests.integration.web.test_pages import said, words
from tests.unit.stories.samples import TOLD_ANEW, WIRE, article, hours
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.stories import list_decisions
from tracker.config.root import Config
from tracker.errors import ConfigError
from tracker.evidence.verifier import OK, examine
from tracker.model.watch import Check, CheckOutcome, Intent
from tracker.service.story_worker import StoryWorker
from tracker.web.actions import Actions
from tracker.web.guard import Site

CONFIG = """# kept
contact = "desk@example.org"

[[sources]]
name = "The Harbor Ledger"  # the paper
urls = ["https://ledger.example/a"]

[[targets]]
name = "newsdesk"
type = "webhook"
url = "https://hook.example/"

[[rules]]
name = "All corrections"
to = ["newsdesk"]
labels = ["correction"]
added = 'a\\d'
"""


@pytest.fixture
def place(tmp_path, kept):
    return place_in(tmp_path, kept, CONFIG)


async def test_a_source_is_paused_and_resumed_in_the_file_and_the_archive(place):
    path, _ = place
    page = "/sources/The%20Harbor%20Ledger"
    async with admin(place) as client:
        done = await send(client, f"{page}/pause")
        assert done.status_code == 303
        said = await client.get(done.headers["location"])
        assert "The Harbor Ledger is paused." in said.text
        assert "paused = true" in path.read_text()
        assert "# kept" in path.read_text()
        assert (await client.get(f"{page}.json")).json()["source"]["paused"] is True
        await send(client, f"{page}/resume")
        assert (await client.get(f"{page}.json")).json()["source"]["paused"] is False
        for act, fields in (("pause", {}), ("edit", {"poll": "1h"}), ("rename", {"name": "Some"}), ("remove", {})):
            unknown = await send(client, f"/sources/Nobody/{act}", **fields)
            assert unknown.status_code == 404, act
            assert "there is no source named &#39;Nobody&#39;" in unknown.text


async def test_a_source_is_renamed_in_the_file_and_the_archive(place):
    path, kept = place
    page = "/sources/The%20Harbor%20Ledger"
    async with admin(place) as client:
        for name in ("", "a/b", "The Harbor Ledger", "Broken Post"):
            refused = await send(client, f"{page}/rename", name=name)
            assert refused.status_code == 400, name
        assert path.read_text() == CONFIG
        done = await send(client, f"{page}/rename", name="Ledger")
        assert done.headers["location"].startswith("/sources/Ledger?said=")
        assert "Renamed The Harbor Ledger to Ledger, with" in (await client.get(done.headers["location"])).text
        assert (await client.get(page)).status_code == 404
    assert path.read_text() == CONFIG.replace('"The Harbor Ledger"', '"Ledger"')
    with open_archive(kept.url) as archive:
        assert get_article(archive, kept.articles["bare"]).source == "Ledger"


async def test_an_article_and_a_source_are_looked_at_now(place):
    _, kept = place
    ident = kept.articles["bridge"]
    async with admin(place) as client:
        for path in (f"/articles/{ident}/check", "/sources/Broken%20Post/check"):
            done = await send(client, path)
            assert done.status_code == 303
            assert "It is due now" in (await client.get(done.headers["location"])).text
        assert (await send(client, "/sources/Nobody/check")).status_code == 404
        assert (await send(client, "/articles/zzz/check")).status_code == 404
    archive = open_archive(kept.url, readonly=True)
    assert get_article(archive, ident).next_check_at == NOW
    archive.close()


async def test_an_article_that_was_found_is_added_and_links_are_followed(tmp_path):
    link = "/2026/11/24/ferry-failed-its-inspections"
    body = f'<html><body><article><p>A fire <a href="{link}">failed</a></p></article></body></html>'.encode()
    with archive_at(tmp_path / "w.db") as store:
        agency = publish(store, "Agency", 0, article(WIRE), body=body)
        times = publish(store, "Times", 2, article(TOLD_ANEW, title="Ferry had faulty sprinklers"))
        await StoryWorker(inline(store)).catch_up(Config(), hours(9), 60)
    (tmp_path / "writethru.toml").write_text("")
    url, story = f"sqlite:///{tmp_path / 'w.db'}", f"/stories/{agency.id}"
    async with admin((tmp_path / "writethru.toml", Kept(url, {}))) as client:
        page = (await client.get(f"/group?story={agency.id}")).text
        assert page.count(">proposed<") == page.count(">Add<span") == 2
        done = await send(client, f"{story}/put", articles=times.id)
        assert "1 article belongs to the story now." in (await client.get(done.headers["location"])).text
        assert (await client.get(f"/group?story={agency.id}")).text.count(">proposed<") == 1
        done = await client.post(f"/api/v1{story}/follow", json={}, headers=BEARER)
        assert done.json()["urls"] == [f"https://agency.example{link}"]
        done = await send(client, f"{story}/follow")
        assert "Its stored pages link to nothing new." in (await client.get(done.headers["location"])).text
        assert (await send(client, "/stories/Nothing/follow")).status_code == 404
    with open_archive(url, readonly=True) as archive:
        followed = get_article(archive, f"https://agency.example{link}")
        assert [each.articles for each in list_decisions(archive)] == [(times.id,), (followed.id,)]


async def test_a_story_is_named_and_articles_are_put_into_it(place):
    _, kept = place
    bridge, budget = kept.articles["bridge"], kept.articles["budget"]
    async with admin(place) as client:
        page = (await client.get(f"/group?article={budget}")).text
        assert "https://ledger.example/" in page
        put = {"story": "Harbor budget", "articles": f"{budget}\nhttps://ledger.example/not-yet"}
        done = await send(client, "/group", **put)
        shown = await client.get(done.headers["location"])
        assert "2 articles belong to the story now." in shown.text
        story = "/stories/Harbor%20budget"
        for path, fields in (
            (f"{story}/put", {"articles": bridge}),
            (f"{story}/rename", {"title": "<script>The  budget</script>"}),
            (f"{story}/take-out", {"articles": budget}),
        ):
            assert (await send(client, path, **fields)).status_code == 303, path
        change = (await client.get("/group?story=Harbor%20budget")).text
        assert "&lt;script&gt;The budget&lt;/script&gt;" in change
        assert f'value="{bridge}"' in change
        assert f'value="{budget}"' not in change
        for path, fields, status in (
            ("/group", {"story": "<b>", "articles": bridge}, 400),
            ("/group", {"story": "x\r\ny: z", "articles": bridge}, 400),
            ("/group", {"story": "x", "articles": "https://no.example/"}, 404),
            ("/group", {"story": "x", "articles": ""}, 400),
            (f"{story}/take-out", {"articles": budget}, 400),
            ("/stories/None/put", {"articles": bridge}, 404),
        ):
            assert (await send(client, path, **fields)).status_code == status, fields
        made = await client.post("/api/v1/stories", json={"story": "Two", "articles": [budget]}, headers=BEARER)
        assert (made.json()["story"], made.json()["articles"]) == ("Two", [budget])
    async with admin(place, signed=False) as client:
        assert "sign in" in (await client.get("/group")).text


async def test_a_change_is_judged(place):
    _, kept = place
    ident = kept.articles["bridge"]
    page = f"/articles/{ident}/1..2"
    async with admin(place) as client:
        judged = {"weight": "significant", "missing": "quote", "note": "Asked <desk>"}
        done = await send(client, f"/changes/{ident}@2/verdict", **judged)
        assert done.status_code == 303
        shown = (await client.get(done.headers["location"])).text
        assert "Verdict saved." in shown
        assert "significant · also quote · Asked &lt;desk&gt; · by web" in shown
        (said,) = (await client.get(f"{page}.json")).json()["verdicts"]
        assert said["weight"] == "significant"
        assert (await client.get(f"/articles/{ident}/2.json")).json()["verdicts"] == [said]
        found = await client.get("/search?q=asked")
        assert "Asked &lt;desk&gt;" in found.text
        assert f'<a href="{page}" dir="auto">Port Alder bridge to stay shut' in found.text
        assert [each["version"] for each in (await client.get("/search.json?q=asked")).json()["verdicts"]] == [2]
        assert (await client.get("/search.json?q=asked&in=removed")).json()["verdicts"] == []
        query = "?verdict=confirmed&label=quote"
        for path in (f"/changes.json{query}", f"/api/v1/changes{query}", "/api/v1/changes?verdict=wrong-label"):
            listed = (await client.get(path)).json()["changes"]
            assert [(each["article"], each["version"]) for each in listed] == [(ident, 2)], path
        feed = (await client.get(f"/changes.atom{query}")).text
        assert feed.count("<entry>") == 1
        assert "<option selected>confirmed</option>" in (await client.get(f"/changes{query}")).text
        assert (await client.get("/changes.json?verdict=routine")).json()["changes"] == []
        for path in ("/changes?verdict=x", "/api/v1/changes?verdict=x"):
            assert (await client.get(path)).status_code == 400
        for wrong in ({"weight": "huge"}, {"wrong": "nonsense"}, {"link": "javascript:alert(1)"}):
            answer = await send(client, f"/changes/{ident}@2/verdict", **judged | wrong)
            assert answer.status_code == 400, wrong
        for name in (f"{ident}@1", ident, f"{ident}@x"):
            assert (await send(client, f"/changes/{name}/verdict", **judged)).status_code == 400
        assert (await send(client, f"/changes/{ident}@99/verdict", **judged)).status_code == 404
    async with admin(place, signed=False) as client:
        shown = (await client.get(page)).text
        assert "Asked &lt;desk&gt;" in shown
        assert "Judge this change" not in shown


async def test_nobody_acts_without_session_token_and_origin(place):
    page = "/sources/The%20Harbor%20Ledger"
    async with admin(place) as client:
        form = {"csrf": await token(client, page)}
        for data, headers in (
            ({"x": "y"}, ORIGIN),
            ({"csrf": "0" * 64}, ORIGIN),
            (form, {}),
            (form, {"origin": "http://evil.example"}),
            (form, {"origin": "null"}),
            (form, {"sec-fetch-site": "cross-site"}),
        ):
            assert (await client.post(f"{page}/pause", data=data, headers=headers)).status_code == 403
        assert (await client.get(f"{page}/pause")).status_code == 404
        plain = await client.post(
            f"{page}/pause", content="csrf=" + form["csrf"], headers={**ORIGIN, "content-type": "text/plain"}
        )
        assert plain.status_code == 400
        big = await client.post(f"{page}/pause", data={**form, "x": "y" * 30_000}, headers=ORIGIN)
        assert big.status_code == 413
        fetched = await client.post(f"{page}/pause", data=form, headers={"sec-fetch-site": "same-origin"})
        assert fetched.status_code == 303
        await send(client, "/logout")
        client.cookies.clear()
        assert (await client.post(f"{page}/resume", data=form, headers=ORIGIN)).status_code == 403
    async with admin(place, signed=False) as client:
        html = (await client.get(page)).text
        assert '<form method="post"' not in html
        assert "set-cookie" not in (await client.get(page)).headers


async def test_without_admin_there_is_nothing_to_do(place):
    _, kept = place
    site = Site(token=TOKEN)
    async with client_of(kept.url, site) as client:
        await client.post("/login", data={"token": site.token}, headers=ORIGIN)
        assert await token(client, "/login")
        answer = await send(client, "/sources/x/pause")
        assert answer.status_code == 403
        assert "turned off" in answer.text


async def test_a_message_and_an_edit_need_this_site_and_a_file(place):
    async with admin(place) as client:
        forged = await client.get("/sources?what=Call+555&said=0123456789abcdef")
    assert "Call 555" not in forged.text
    _, kept = place
    actions = Actions(kept.url, None)
    with pytest.raises(ConfigError, match="no configuration file"):
        actions.edit(str, NOW)


async def test_storms_and_redesigns_are_named_where_they_are_missed(client):
    for path in ("/", "/alerts", "/sources"):
        text = words(await said(client, path))
        assert "Alerts of Inland Courier are held until 21:48" in text, path
        assert "57 of 80 articles" in text, path
    text = words(await said(client, "/sources/Inland%20Courier"))
    assert "Alerts are held until 21:48" in text
    assert "Send them now" not in text
    assert "held" not in words(await said(client, "/sources/The%20Harbor%20Ledger"))
    assert re.search(r"The Harbor Ledger +ok +1 overdue +new layout 08:20", words(await said(client, "/sources")))
    assert "the text did not change, so there are no new versions" in words(
        await said(client, "/sources/The%20Harbor%20Ledger")
    )
    assert "New layout" not in words(await said(client, "/sources/Inland%20Courier"))


async def test_an_alert_that_is_held_says_so_and_links_to_what_it_tells_of(client, kept):
    html = (await client.get("/alerts")).text
    value = (await client.get("/alerts.json")).json()
    home = (await client.get("/index.json")).json()
    sources = {each["name"]: each for each in (await client.get("/sources.json")).json()["sources"]}
    one = (await client.get("/sources/Inland%20Courier.json")).json()
    hrefs = re.findall(r'<td dir="auto"><a href="([^"]+)"', html)
    answers = [(await client.get(each)).status_code for each in hrefs]
    assert answers == [200] * 4
    assert re.search(r"held</strong><br><span class=\"meta\">until <time[^>]+>21:48", html)
    link = f'href="/articles/{kept.articles["bridge-reprint"]}/4..5">Port Alder bridge to stay shut two weeks</a>'
    assert f'{link}<br><span class="meta"><bdi>Inland Courier</bdi>' in html
    assert "checkpoint of the archive" in html
    held = {each["id"]: each["held"] for each in value["alerts"]}
    assert held == {"held": True, "note": False, "k0": False, "k1": False, "k2": False}
    assert home["held"] == ["Inland Courier"]
    assert sources["Inland Courier"]["held_until"] == one["held_until"] == "2026-11-25T21:48:00Z"
    assert sources["The Harbor Ledger"]["layout_changed"] == "2026-11-25T08:20:00Z"
    assert sources["The Harbor Ledger"]["held_until"] is None


async def test_who_signed_in_lets_held_alerts_go(tmp_path, kept):
    place = place_in(tmp_path, kept, CONFIG)
    kept = place[1]
    page = "/sources/Inland%20Courier"
    async with client_of(kept.url) as client:
        assert (await client.post(f"{page}/release", data={"csrf": ""}, headers=ORIGIN)).status_code == 403
    async with admin(place) as client:
        assert "Send them now" in (await client.get("/alerts")).text
        done = await send(client, f"{page}/release")
        text = (await client.get(done.headers["location"])).text
        assert "1 alert of Inland Courier released. None is held again for a day." in text
        assert "Alerts are held" not in text
        assert (await send(client, "/sources/Nobody/release")).status_code == 404
    store = open_archive(kept.url, readonly=True)
    (held,) = [each for each in list_deliveries(store) if each.key == "held"]
    store.close()
    assert held.due_at == NOW


async def test_pages_tell_a_first_404_apart_from_failing_sources(place):
    _, kept = place
    with open_archive(kept.url) as store:
        tracked = get_article(store, kept.articles["bridge"])
        check = Check(tracked.id, NOW, CheckOutcome.FAILED, "the server answered 404", 404)
        commit_check(store, Intent(tracked.id, check, tracked.versions, NOW, failures=1))
    async with admin(place) as client:
        for page in ("/", f"/sources/{tracked.source}"):
            assert "Possibly taken down" in (await client.get(page)).text
        assert "possibly taken down: 404 since" in (await client.get(f"/articles/{tracked.id}")).text
        assert "1 page possibly taken down" in (await client.get("/sources")).text
        (found,) = (await client.get("/index.json")).json()["possibly_gone"]
        assert (found["article"], found["possibly_gone_since"]) == (tracked.id, NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))
        assert [each["name"] for each in (await client.get("/index.json")).json()["failing"]] == ["Broken Post"]


async def test_the_start_page_as_json_counts_what_is_overdue_as_the_list_of_sources_does(client):
    failing = (await client.get("/index.json")).json()["failing"]
    listed = (await client.get("/sources.json")).json()["sources"]
    overdue = {each["name"]: each["overdue"] for each in listed}
    assert all(overdue[each["name"]] == each["overdue"] for each in failing)
    assert overdue["The Harbor Ledger"] == 1


async def test_the_evidence_of_a_change_is_downloaded_and_a_checkpoint_made_for_it(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ident = place[1].articles["bridge"]
    async with admin(place) as client:
        assert "Download evidence" in (await client.get(f"/articles/{ident}/1..2")).text
        done = await send(client, f"/articles/{ident}/evidence", old="1", new="2")
        assert done.headers["content-disposition"] == f'attachment; filename="{ident}-v1-v2.zip"'
        packed = await client.post(f"/api/v1/articles/{ident}/evidence", json={"old": 1, "new": 2}, headers=BEARER)
        wrong = await send(client, f"/articles/{ident}/evidence", old="2", new="1")
        absent = await client.post(f"/api/v1/articles/{ident}/evidence", json={"old": 2, "new": 99}, headers=BEARER)
        assert (absent.status_code, absent.json()["error"]["message"]) == (404, f"{ident}@99: no such version")
    (tmp_path / "e.zip").write_bytes(done.content)
    assert examine(tmp_path / "e.zip", packed.json()["key"])[0] == OK
    assert base64.b64decode(packed.json()["content"])[:4] == done.content[:4]
    assert wrong.status_code == 400
    async with client_of(place[1].url) as reader:
        assert "Download evidence" not in (await reader.get(f"/articles/{ident}/1..2")).text
