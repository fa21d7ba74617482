"""What runs in a browser: our one script, and nothing of anybody else's."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.e2e.hostile_pages import PAYLOADS, keep_all
from tests.e2e.web_browser import SHOTS, address, browser, kept, opened, served, violations
from tests.integration.web.newsroom_archive import NOW, build, keep
from tests.integration.web.test_acts import CONFIG
from tracker.archive.articles import add_targets
from tracker.archive.opening import open_archive
from tracker.archive.sources import sync_source
from tracker.config.root import load
from tracker.model.source import Target
from tracker.web.actions import Actions
from tracker.web.site import Site

__all__ = ["address", "browser", "kept", "opened"]

FOREIGN = "iframe, img, image, object, embed, video, audio, base, math, style, animate, use"
LOOK = """(foreign) => {
  const attributes = [...document.querySelectorAll("*")].flatMap((each) => [...each.attributes]);
  const leads = attributes.filter((each) => ["href", "src", "action"].includes(each.name));
  return {
    hacked: window.hacked !== undefined,
    scripts: document.querySelectorAll("script").length,
    foreign: [...document.querySelectorAll(foreign)].map((each) => each.outerHTML.slice(0, 80)),
    runs: attributes.map((each) => each.name).filter((each) => /^(on|style$|autofocus$|srcdoc$)/.test(each)),
    schemes: leads.map((each) => new URL(each.value, location).protocol).filter((each) => !/^https?:$/.test(each)),
  };
}"""


def test_keys(opened, kept):
    page = opened("/")
    heads = page.locator(".entry .head a")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") == heads.nth(1).evaluate("(each) => each.href")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == heads.nth(0).evaluate("(each) => each.href")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("j?")
    assert page.locator("#find").input_value() == "j?"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").is_hidden()
    base = page.url.rstrip("/")
    ident = kept.articles["bridge"]
    page.goto(f"{base}/articles/{ident}/2..3")
    page.keyboard.press("j")
    assert page.locator(".at").count() == 1
    page.goto(f"{base}/articles/{ident}")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "v4 → v5"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/articles/{ident}/4..5")
    page.goto(f"{base}/search?q=bridge")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator(".hit").nth(1).locator("a", has_text="Port Alder").get_attribute("href")
    assert page.evaluate("document.activeElement.getAttribute('href')") == second
    page.goto(f"{base}/articles/{ident}/2..3")
    page.keyboard.press("]")
    page.wait_for_url(f"**/articles/{ident}/3..4*")
    page.keyboard.press("[")
    page.wait_for_url(f"**/articles/{ident}/2..3*")


def test_a_page_that_is_open_is_told_what_comes(opened, tmp_path):
    own = build(tmp_path / "w.db")
    with served(own.url) as base:
        page = opened("/", base=base)
        told = page.locator("#live")
        with open_archive(own.url) as store:
            sync_source(store, "New", [], NOW)
            # What is there when the server looks for the first time is no news to it.
            for number in range(60):
                (tracked,) = add_targets(store, "New", [Target(f"https://new.example/{number}")], NOW)
                keep(store, tracked.id, tracked.url, [(NOW + timedelta(minutes=n), b"x", content(n)) for n in (1, 2)])
                with suppress(PlaywrightTimeout):
                    told.wait_for(state="visible", timeout=1_000)
                    break
        assert "new version" in told.inner_text()
        told.get_by_role("link").click()
        page.get_by_role("link", name="River floods 2 streets").first.wait_for()
        page.close()


def test_no_script_of_a_page_ever_runs(opened, kept):
    ident = kept.articles["hostile"]
    page = opened("/")
    base = page.url.rstrip("/")
    paths = (
        "/",
        "/changes",
        f"/articles/{ident}",
        f"/articles/{ident}/1..2",
        f"/articles/{ident}/1..2?view=side",
        f"/articles/{ident}/1..2?view=changes",
        f"/articles/{ident}/1",
        f"/articles/{ident}/2",
        "/sources/Evil%20Times%20%26%20Sons",
        "/search?q=hacked",
        "/search?q=%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E",
        "/changes?source=%22%3E%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E",
    )
    for path in paths:
        page.goto(base + path)
        assert page.evaluate("window.hacked") is None, path
        assert page.locator("iframe, img, math, body svg script").count() == 0, path
        assert page.evaluate("document.querySelectorAll('script').length") == 1, path
        outward = page.evaluate("[...document.querySelectorAll('a[href]')].map((each) => each.protocol)")
        assert set(outward) <= {"http:", "https:"}, path
    assert "<script>window.hacked=1</script>" in page.goto(f"{base}/articles/{ident}/2").text() or (
        page.get_by_text("<script>window.hacked=1</script>").count() > 0
    )


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["with our policy", "without it"])
def test_a_corpus_of_hostile_pages_shows_no_script_running(opened, tmp_path, policy):
    """Without the policy, escaping alone must do; with it, nothing may even be refused."""
    url = new_archive_at(tmp_path / "w.db")
    store = open_archive(url)
    hostile = keep_all(store)
    store.close()
    with served(url) as base:
        page = opened("/", base=base, bypass_csp=policy == "without it")
        own = page.locator("script").count()
        paths = ["/", "/changes", "/sources", "/alerts", "/feeds", "/stories", "/search?q=hacked"]
        for place, each in enumerate(hostile):
            views = ("", "/1..2", "/2", "/1..2?view=side", "/1..2?view=changes")
            paths.append(f"/articles/{each.ident}{views[place % len(views)]}")
            lists = (f"/sources/{quote(each.source, safe='')}", f"/changes?source={quote(each.source, safe='')}")
            paths.append((*lists, f"/search?q={quote(PAYLOADS[place])}")[place % 3])
        wrong = []
        for path in paths:
            page.goto(base + path)
            seen = page.evaluate(LOOK, FOREIGN)
            if seen != {"hacked": False, "scripts": own, "foreign": [], "runs": [], "schemes": []}:
                wrong.append((path, seen))
        assert wrong == []
        page.context.close()


def test_a_framed_page_and_a_foreign_form_come_to_nothing(opened, tmp_path, browser):
    own = build(tmp_path / "w.db")
    file = tmp_path / "writethru.toml"
    file.write_text(CONFIG)
    site = Site(token="correct horse battery", admin=True, reading_is_free=True)
    with served(own.url, site, load(file), actions=Actions(own.url, file)) as base:
        page = opened("/login", base=base)
        page.get_by_label("Token").fill(site.token)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{base}/sources/The%20Harbor%20Ledger")
        page.get_by_role("button", name="Pause").click()
        assert page.get_by_role("status").inner_text() == "The Harbor Ledger is paused."
        assert "paused = true" in file.read_text()
        page.get_by_role("button", name="Resume").click()
        assert page.get_by_role("button", name="Pause").is_visible()
        foreign = page.context.new_page()
        foreign.route(
            "http://evil.example/*",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f'<form method="post" action="{base}/sources/The%20Harbor%20Ledger/pause"></form>'
                f'<iframe src="{base}/"></iframe><script>setTimeout(() => document.forms[0].submit(), 300)</script>',
            ),
        )
        foreign.goto("http://evil.example/")
        foreign.wait_for_url(f"{base}/**")
        assert "403" in foreign.content()
        assert "paused = true" not in file.read_text()
        looked = opened("/login", base=base, bypass_csp=True)
        looked.get_by_label("Token").fill(site.token)
        looked.get_by_role("button", name="Sign in").click()
        SHOTS.mkdir(exist_ok=True)
        paths = ("/alerts", "/sources/Inland%20Courier", f"/articles/{own.articles['bridge']}", "/login")
        for path in paths:
            looked.goto(base + path)
            looked.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            assert violations(looked) == [], path
            assert looked.locator("form[method=post] button").count() >= 1, path
            looked.screenshot(path=SHOTS / f"admin-{path.split('/')[1]}.png", full_page=True)
