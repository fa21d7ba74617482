"""Every page in a real browser: in both themes, narrow and wide, for screen readers and for those without scripts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.e2e.web_browser import COLOR_RULES, address, browser, kept, opened, overflow, served, violations
from tests.integration.web.newsroom_archive import NOW, store_article

__all__ = ["address", "browser", "kept", "opened"]

PAGES = {
    "start": "/",
    "changes": "/changes",
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
        assert page.get_by_text("Nothing is watched yet.").is_visible()
        assert page.get_by_role("heading", name="Newest").count() == 0
        for path in ("/", "/changes", "/stories", "/sources", "/search", "/alerts", "/feeds"):
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
    assert page.locator(".mast").is_hidden()
    assert page.locator("ins").first.is_visible()
    page.goto(page.url.removesuffix("/2..3"))
    assert page.locator("svg.flow rect").first.is_visible()
    assert page.locator("svg.flow .band").first.is_visible()


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
    assert page.locator("ins", has_text="1,420").first.is_visible()
    page.get_by_role("link", name="Side by side").click()
    assert page.url.endswith("?view=side")
    assert page.get_by_role("link", name="Side by side").get_attribute("aria-current") == "true"
    look = "(each) => [getComputedStyle(each).color, getComputedStyle(each).fontWeight]"
    before, after = (page.locator(f".piece:not(.changed) .{side} p").first for side in ("old", "new"))
    assert before.evaluate(look) == after.evaluate(look)
    page.goto(page.url.partition("/articles")[0] + f"/articles/{kept.articles['bridge']}/4..5")
    page.get_by_role("link", name="← v3 → v4").click()
    assert page.url.endswith("/3..4")
    page.locator("select[name=from]").select_option("1")
    page.locator("select[name=to]").select_option("5")
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith("/1..5")
    page.locator(".sign a").nth(2).click()
    assert "#b" in page.url
    page.get_by_label("Search the archive").fill("1,240")
    page.get_by_label("Search the archive").press("Enter")
    assert page.locator("strong", has_text="removed").first.is_visible()
    page.get_by_role("link", name="the edit that removed it").first.click()
    assert page.locator("del", has_text="1,240").first.is_visible()


def test_the_page_can_be_walked_with_the_keyboard(opened):
    page = opened("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
