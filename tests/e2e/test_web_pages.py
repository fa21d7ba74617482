"""Every page in a real browser: in both themes, narrow and wide, for screen readers, with scripts and without.

What runs there: our one script, and nothing of anybody else's. The static site is opened from disk.
"""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.e2e.hostile_pages import PAYLOADS, keep_all
from tests.e2e.web_browser import COLOR_RULES, address, browser, kept, opened, overflow, served, violations
from tests.integration.web.newsroom_archive import NOW, build, store_article
from tests.integration.web.test_acts import CONFIG
from tests.service import run_program
from tracker.archive.opening import open_archive
from tracker.config.root import load
from tracker.web.actions import Actions
from tracker.web.guard import Site

__all__ = ["address", "browser", "kept", "opened"]

PAGES = {
    "start": "/",
    "changes": "/changes",
    "catch-up-unmarked": "/catch-up",
    "article": "/articles/{bridge}",
    "article-live": "/articles/{long}",
    "article-bare": "/articles/{bare}",
    "diff": "/articles/{bridge}/2..3",
    "diff-side": "/articles/{bridge}/1..5?view=side",
    "diff-short": "/articles/{budget}/1..2?view=changes",
    "diff-moved": "/articles/{storm}/1..2",
    "diff-arabic": "/articles/{arabic}/1..2",
    "version": "/articles/{bridge}/5",
    "stories": "/stories",
    "story": "/stories/Narrows%20Bridge",
    "story-texts": "/stories/Narrows%20Bridge/texts?left={bridge}&right={bridge-reprint}",
    "sources": "/sources",
    "source": "/sources/The%20Harbor%20Ledger",
    "search": "/search?q=bridge",
    "citations": "/citations",
    "alerts": "/alerts",
    "feeds": "/feeds",
    "api": "/api/v1",
    "login": "/login",
    "hostile": "/articles/{hostile}/1..2",
    "hostile-version": "/articles/{hostile}/2",
    "version-arabic": "/articles/{arabic}/2",
    "source-held": "/sources/Inland%20Courier",
    "search-bare": "/search",
    "search-none": "/search?q=nowhere",
    "gone": "/articles/{long}/3..4",
}


@pytest.mark.slow
def test_every_page_is_for_everybody(opened, kept):
    gone = PAGES["gone"].format(**kept.articles)
    page = opened(gone, bypass_csp=True, expected=404)
    base = page.url.removesuffix(gone)
    found = []
    for name, path in PAGES.items():
        page.goto(base + path.format(**kept.articles))
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{name} {width}: {each}" for each in violations(page)]
            if overflow(page):
                found.append(f"{name} {width}: it is {overflow(page)} pixels too wide")
            page.emulate_media(color_scheme="dark")
            found += [f"{name} {width} dark: {each}" for each in violations(page, COLOR_RULES)]
            page.emulate_media(color_scheme="light")
    assert found == []


def test_nothing_at_all_and_far_too_much(opened, tmp_path):
    url = new_archive_at(tmp_path / "w.db")
    with served(url) as base:
        page = opened("/", base=base, bypass_csp=True)
        expect(page.get_by_text("Nothing is watched yet.")).to_be_visible()
        expect(page.get_by_role("heading", name="Newest")).to_have_count(0)
        for path in ("/", "/changes", "/stories", "/sources", "/search", "/citations", "/alerts", "/feeds"):
            page.goto(base + path)
            assert violations(page) == [], path
        texts = [
            replace(
                content(n), title=f"{n} " + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3 + " shut" * 30
            )
            for n in (1, 2)
        ]
        states = [(NOW + timedelta(minutes=n), b"x", each) for n, each in enumerate(texts)]
        ident = store_article(url, "https://gazette.example/" + "a" * 180, states, "Gazette" * 12)
        for path in ("/", f"/articles/{ident}", f"/articles/{ident}/1..2", f"/articles/{ident}/2", "/sources"):
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(base + path)
                assert overflow(page) == 0, (path, width)
        page.context.close()
    with served(url) as base:  # anew, since the list of no sources is kept for a while
        page = opened("/sources", base=base)
        wide = page.locator("table").evaluate("table => table.offsetWidth - table.parentElement.clientWidth")
        assert wide == 0
        page.context.close()


def test_the_widest_screen_and_paper(opened, kept):
    page = opened(f"/articles/{kept.articles['bridge']}/2..3", viewport={"width": 3840, "height": 2160})
    assert overflow(page) == 0
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 16
    page.set_viewport_size({"width": 800, "height": 1100})
    page.emulate_media(media="print")
    expect(page.locator(".mast")).to_be_hidden()
    expect(page.locator("ins").first).to_be_visible()
    page.goto(page.url.removesuffix("/2..3"))
    expect(page.locator("svg.spark").first).to_be_visible()


def test_a_language_that_runs_the_other_way(opened, kept):
    page = opened(f"/articles/{kept.articles['arabic']}/1..2")
    assert page.locator("html").evaluate("(each) => getComputedStyle(each).direction") == "ltr"
    for form in ("inline", "side"):
        page.goto(f"{page.url.partition('?')[0]}?view={form}")
        for text in page.locator(".words, .old:has(p), .new:has(p)").all():
            assert text.evaluate("(each) => getComputedStyle(each).direction") == "rtl", form
    for path in ("1..2", "2", ""):
        page.goto(page.url.rpartition("/")[0] + f"/{path}".rstrip("/"))
        note = page.locator(".notice", has_text="تصحيح").locator("p").last
        assert note.evaluate("(each) => [getComputedStyle(each).direction, each.lang]") == ["rtl", "ar"], path


def test_who_wants_no_motion_gets_none(opened):
    page = opened("/", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_all_of_it_works_without_scripts(opened, kept):
    page = opened("/", java_script_enabled=False)
    page.get_by_role("link", name="Hospital says wait").first.click()
    expect(page.locator("ins", has_text="1,420").first).to_be_visible()
    page.get_by_role("link", name="Side by side").click()
    page.wait_for_url("**view=side")
    assert page.get_by_role("link", name="Side by side").get_attribute("aria-current") == "true"
    look = "(each) => [getComputedStyle(each).color, getComputedStyle(each).fontWeight]"
    before, after = (page.locator(f".piece:not(.changed) .{side} p").first for side in ("old", "new"))
    assert before.evaluate(look) == after.evaluate(look)
    page.goto(page.url.partition("/articles")[0] + f"/articles/{kept.articles['bridge']}/4..5")
    page.get_by_role("link", name="← v3 → v4").click()
    page.wait_for_url("**/3..4")
    page.locator("select[name=from]").select_option("1")
    page.locator("select[name=to]").select_option("5")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/1..5")
    page.locator(".sign a").nth(2).click()
    assert "#b" in page.url
    page.get_by_label("Search the archive").fill("1,240")
    page.get_by_label("Search the archive").press("Enter")
    expect(page.locator("strong", has_text="removed").first).to_be_visible()
    page.get_by_role("link", name="the edit that removed it").first.click()
    expect(page.locator("del", has_text="1,240").first).to_be_visible()


def test_the_page_can_be_walked_with_the_keyboard(opened):
    page = opened("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


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
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    base = page.url.rstrip("/")
    ident = kept.articles["bridge"]
    page.goto(f"{base}/articles/{ident}/2..3")
    page.keyboard.press("j")
    expect(page.locator(".at")).to_have_count(1)
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
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
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


def test_a_ledger_is_read_without_javascript_on_a_phone(browser, tmp_path):
    site = tmp_path / "site"
    kept = build(tmp_path / "judged.db")
    db = ("--db", kept.url)
    for name in ("budget", "hospital"):
        ident = f"{kept.articles[name]}@2"
        assert run_program(tmp_path, *db, "note", ident, "--labels-right", "--by", "ada").returncode == 0
    arguments = ("export", "--format", "site", "--verdict", "confirmed", str(site))
    assert run_program(tmp_path, *db, *arguments).returncode == 0
    for scripts in (False, True):
        context = browser.new_context(
            bypass_csp=True, java_script_enabled=scripts, viewport={"width": 360, "height": 800}
        )
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        page.get_by_role("link", name="Corrections").click()
        expect(page.locator("blockquote")).to_contain_text("It is $2.4 million, not $4.2 million.")
        expect(page.locator(".entry")).to_contain_text("labels right · by ada")
        if scripts:
            assert (violations(page), overflow(page)) == ([], 0)
        page.locator(".entry").get_by_role("link", name="The Harbor Ledger").click()
        page.get_by_role("main").get_by_role("link", name="Edits not noted").click()
        expect(page.locator("h1")).to_have_text("Edits not noted: The Harbor Ledger")
        if scripts:
            assert (violations(page), overflow(page)) == ([], 0)
        page.get_by_role("link", name="Hospital says wait").first.click()
        expect(page.get_by_text("no note from the outlet").first).to_be_visible()
        context.close()


def test_the_static_site_reads_as_the_served_pages_do(browser, kept, tmp_path):
    site = tmp_path / "site"
    arguments = ("export", "--format", "site", "--include-unjudged", str(site))
    assert run_program(tmp_path, "--db", kept.url, *arguments).returncode == 0
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # The next click may end a request before it is answered; a file that is missing says otherwise.
    page.on("requestfailed", lambda each: None if each.failure == "net::ERR_ABORTED" else wrong.append(each.url))
    page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    page.goto((site / "index.html").as_uri())
    assert page.locator("body").evaluate("(each) => getComputedStyle(each).margin") == "0px"
    assert violations(page) == []
    page.get_by_role("link", name="Hospital says wait").first.click()
    expect(page.locator("ins", has_text="1,420").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator(".sides").nth(2)).to_be_visible()
    page.locator("h1 a").click()
    expect(page.locator("svg.spark").first).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("link", name="Stories").click()
    page.get_by_role("link", name="Narrows Bridge").click()
    page.get_by_role("link", name="Port Alder bridge").first.click()
    page.get_by_role("link", name="Newest change").click()
    page.wait_for_url("**/4..5.html")
    page.keyboard.press("[")
    page.wait_for_url("**/3..4.html")
    assert wrong == []
    context.close()
