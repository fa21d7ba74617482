"""Storms that hold alerts and redesigns that changed no word, where people look."""

import re

from tests.integration.web.conftest import client_of
from tests.integration.web.newsroom_archive import NOW
from tests.integration.web.signed_in import ORIGIN, admin, place_in, send
from tests.integration.web.test_acts import CONFIG
from tests.integration.web.test_pages import said, words
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries


async def test_a_storm_is_named_wherever_its_alerts_are_missed(client):
    for path in ("/", "/alerts", "/sources"):
        text = words(await said(client, path))
        assert "Alerts of Inland Courier are held until 21:48" in text, path
        assert "57 of 80 articles" in text, path
    text = words(await said(client, "/sources/Inland%20Courier"))
    assert "Alerts are held until 21:48" in text
    assert "Send them now" not in text
    assert "held" not in words(await said(client, "/sources/The%20Harbor%20Ledger"))


async def test_a_redesign_is_told_of_its_source(client):
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


async def test_the_start_page_as_json_counts_what_is_overdue_as_the_list_of_sources_does(client):
    failing = (await client.get("/index.json")).json()["failing"]
    listed = (await client.get("/sources.json")).json()["sources"]
    overdue = {each["name"]: each["overdue"] for each in listed}
    assert all(overdue[each["name"]] == each["overdue"] for each in failing)
    assert overdue["The Harbor Ledger"] == 1
