"""What runs in a browser: our one script, and nothing of anybody else's."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.e2e.hostile_pages import PAYLOADS, keep_all
from tests.e2e.web_browser import address, browser, kept, opened, served
from tests.integration.web.newsroom_archive import NOW, build, store_article
from tests.integration.web.test_acts import CONFIG
from tracker.archive.opening import open_archive
from tracker.config.root import load
from tracker.web.actions import Actions
from tracker.web.guard import Site

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


def test_a_copied_text_is_without_the_numbers_of_its_paragraphs(opened, kept):
    page = opened(f"/articles/{kept.articles['bridge']}/5")
    copied = page.evaluate(
        "getSelection().selectAllChildren(document.querySelector('.reading')) ?? `${getSelection()}`"
    )
    assert "bridge" in copied
    assert "¶" not in copied


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
        # What is there when the server looks for the first time is no news to it.
        for number in range(60):
            states = [(NOW + timedelta(minutes=n), b"x", content(n)) for n in (1, 2)]
            store_article(own.url, f"https://new.example/{number}", states, "New")
            with suppress(PlaywrightTimeout):
                told.wait_for(state="visible", timeout=1_000)
                break
        assert "new version" in told.inner_text()
        told.get_by_role("link").click()
        page.get_by_role("link", name="River floods 2 streets").first.wait_for()
        page.close()


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["with our policy", "without it"])
def test_a_corpus_of_hostile_pages_shows_no_script_running(opened, tmp_path, policy):
    """Without the policy, escaping alone must do; with it, nothing may even be refused."""
    url = new_archive_at(tmp_path / "w.db")
    store = open_archive(url)
    hostile = keep_all(store)
    store.close()
    with served(url) as base:
        options = {"base": base, "bypass_csp": policy == "without it"}
        page = opened("/", **options)
        own = page.locator("script").count()
        paths = ["/", "/changes", "/sources", "/alerts", "/feeds", "/stories", "/search?q=hacked"]
        script = quote('"><script>window.hacked=1</script>')
        paths.append(f"/search?q={script}")
        for place, each in enumerate(hostile):
            views = ("", "/1..2", "/2", "/1..2?view=side", "/1..2?view=changes")
            paths.append(f"/articles/{each.ident}{views[place % len(views)]}")
            lists = (f"/sources/{quote(each.source, safe='')}", f"/changes?source={quote(each.source, safe='')}")
            paths.append((*lists, f"/search?q={quote(PAYLOADS[place])}")[place % 3])
        harmless = {"hacked": False, "scripts": own, "foreign": [], "runs": [], "schemes": []}
        wrong = []
        for path in paths:
            page.goto(base + path)
            seen = page.evaluate(LOOK, FOREIGN)
            if seen != harmless:
                wrong.append((path, seen))
        assert wrong == []
        unknown = opened(f"/changes?source={script}", expected=404, **options)
        assert unknown.evaluate(LOOK, FOREIGN) == harmless
        unknown.context.close()
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
