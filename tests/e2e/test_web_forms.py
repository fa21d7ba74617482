"""What is done from the browser, in a real one: with scripts and without, narrow and wide, light and dark."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.archives import new_archive_at
from tests.e2e.web_browser import COLOR_RULES, browser, opened, overflow, served, violations
from tests.integration.web.conftest import TOKEN
from tests.integration.web.newsroom_archive import Kept, build
from tests.integration.web.test_adding import ARTICLE, CONFIG, respond
from tests.integration.web.test_browse import store_changes
from tests.loopback import LoopbackSites
from tracker.config.root import load
from tracker.web.actions import Actions
from tracker.web.guard import Site

__all__ = ["browser", "opened"]

RULES = """
[[targets]]
name = "newsdesk"
type = "webhook"
url = "http://127.0.3.8/hook"

[[rules]]
name = "All corrections"
to = ["newsdesk"]
labels = ["correction"]
"""
pytestmark = pytest.mark.xdist_group("browser")


@dataclass(frozen=True)
class Desk:
    """A served archive with a configuration that may be changed, and an outlet to watch."""

    base: str
    file: Path
    outlet: str
    kept: Kept


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    file = folder / "writethru.toml"
    file.write_text(CONFIG + RULES)
    kept = build(folder / "w.db")
    site = Site(token=TOKEN, admin=True, reading_is_free=True)
    actions = Actions(kept.url, file)
    with (
        LoopbackSites(["127.0.3.8"], respond) as outlet,
        served(kept.url, site, lambda: load(file), actions=actions) as base,
    ):
        yield Desk(base, file, f"http://127.0.3.8:{outlet.port}", kept)


@pytest.fixture(scope="module")
def address(desk: Desk) -> str:
    return desk.base


def signed_in(opened: Callable[..., Page], desk: Desk, **options: Any) -> Page:
    page = opened("/login", base=desk.base, **options)
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    return page


def assert_is_for_everybody(page: Page, name: str) -> None:
    """Check the open page with all that folds open, narrow and wide, light and dark."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, (name, width)
    assert violations(page) == [], name
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOR_RULES) == [], f"{name}, dark"
    page.emulate_media(color_scheme="light")


def test_something_is_added_without_scripts(opened, desk):
    page = signed_in(opened, desk, java_script_enabled=False)
    page.goto(f"{desk.base}/sources")
    page.get_by_role("link", name="Add something to watch").click()
    page.get_by_label("Address", exact=True).fill(f"{desk.outlet}/article")
    page.get_by_label("Story").fill("Bridge")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Bridge closed")).to_be_visible()
    page.get_by_role("button", name="Watch it").click()
    assert "is watched now" in page.get_by_role("status").inner_text()
    assert load(desk.file).stories[0].name == "Bridge"


def test_a_saved_page_is_handed_in_without_scripts(opened, desk, tmp_path):
    saved = tmp_path / "saved.html"
    saved.write_text(f"<!doctype html>{ARTICLE}")
    page = signed_in(opened, desk, java_script_enabled=False)
    page.goto(f"{desk.base}/handin?url={desk.outlet}/handed")
    page.get_by_label("Saved page").set_input_files(saved)
    page.get_by_label("Your name").fill("Ada Lark")
    page.get_by_label("Saved at (UTC)").fill("2026-11-25T09:00")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("status")).to_contain_text("handed in by Ada Lark")
    expect(page.get_by_role("region", name="Handed in, not fetched")).to_contain_text("by their account")
    shown = signed_in(opened, desk, bypass_csp=True)
    for address in (page.url, f"{desk.base}/add"):
        shown.goto(address)
        assert_is_for_everybody(shown, address)


def test_a_new_reader_begins_on_the_home_page_without_signing_in_or_scripts(opened, desk, tmp_path):
    file, url = tmp_path / "writethru.toml", new_archive_at(tmp_path / "w.db")
    file.write_text("[fetch]\nallow_private = true\n")
    with served(url, Site(is_local=True), lambda: load(file), actions=Actions(url, file)) as base:
        assert_is_for_everybody(opened("/", base=base, bypass_csp=True), "home-local")
        page = opened("/", base=base, java_script_enabled=False)
        page.get_by_label("Address").fill(f"{desk.outlet}/article")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Watch it").click()
        assert "is watched now" in page.get_by_role("status").inner_text()
        page.goto(f"{base}/alerts")
        page.get_by_text("Webhook: JSON that is posted to an address").click()
        page.get_by_role("textbox", name="Address").fill(f"{desk.outlet}/hook")
        page.get_by_role("button", name="Save and send a test to this webhook target").click()
        assert "did not accept a test alert" in page.get_by_role("status").inner_text()
        shown = opened("/alerts", base=base, bypass_csp=True)
        assert_is_for_everybody(shown, "alerts-local")
        shown.goto(f"{base}/login")
        assert_is_for_everybody(shown, "login-local")


def test_a_rule_is_written_without_scripts(opened, desk):
    page = signed_in(opened, desk, java_script_enabled=False)
    page.goto(f"{desk.base}/alerts")
    page.get_by_role("link", name="Write a rule").click()
    page.get_by_label("Name", exact=True).fill("Silent edits")
    page.get_by_label("Send to").fill("newsdesk")
    page.get_by_label("Noted by the outlet").select_option("false")
    page.get_by_role("button", name="Show what it would have sent").click()
    expect(page.get_by_role("region", name="Alerts that it would have sent").get_by_role("link").nth(1)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Silent edits")).to_be_visible()
    assert load(desk.file).rules[1].announced is False


def test_a_story_is_named_without_scripts(opened, desk):
    page = signed_in(opened, desk, java_script_enabled=False)
    page.goto(f"{desk.base}/changes?kind=correction")
    page.locator(".entry .head a", has_text="School repairs").click()
    page.get_by_role("link", name="Timeline").or_(page.locator("h1 a")).first.click()
    page.get_by_role("link", name="Add to a story").click()
    page.get_by_label("Story", exact=True).fill("School budget")
    page.get_by_role("button", name="Add to the story").click()
    assert "1 article belongs to the story now" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Change this story").click()
    page.get_by_role("button", name="Remove").click()
    assert "Removed from the story" in page.get_by_role("status").inner_text()


def test_what_is_new_is_marked_until_it_is_opened_without_scripts(opened, desk):
    page = opened("/", base=desk.base, java_script_enabled=False)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.get_by_text("Nothing new since you last looked")).to_be_visible()
    store_changes(desk.kept.url, 2, "new-to-the-reader")
    page.goto(f"{desk.base}/")
    page.get_by_role("link", name="2 changes since you last looked").click()
    expect(page.get_by_text("1 article changed since")).to_be_visible()
    expect(page.get_by_text("v1 → v3, 2 versions")).to_be_visible()
    page.get_by_role("link", name="Every change").click()
    expect(page.locator(".unread")).to_have_count(2)
    page.locator(".entry .head a").first.click()
    page.goto(f"{desk.base}/changes?new=1")
    expect(page.locator(".unread")).to_have_count(1)
    page.locator("select[name=kind]").select_option("correction")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**kind=correction*")
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator(".unread")).to_have_count(0)


def test_an_article_is_caught_up_with_in_one_diff_without_scripts(opened, desk):
    page = opened("/catch-up", base=desk.base, java_script_enabled=False)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.get_by_text("No article changed since")).to_be_visible()
    ident = store_changes(desk.kept.url, 3, "caught-up")
    page.goto(f"{desk.base}/articles/{ident}")
    page.get_by_role("link", name="3 versions since you last looked: v1 → v4").click()
    page.wait_for_url(f"**/articles/{ident}/1..4")
    page.goto(f"{desk.base}/articles/{ident}")
    expect(page.get_by_text("Nothing new since you read v4")).to_be_visible()
    page.goto(f"{desk.base}/catch-up")
    expect(page.get_by_text("No article changed since")).to_be_visible()


@pytest.mark.slow
def test_the_pages_that_add_and_change_are_for_everybody(opened, desk):
    page = signed_in(opened, desk, bypass_csp=True)
    page.goto(f"{desk.base}/add")
    assert_is_for_everybody(page, "add")
    page.get_by_label("Address", exact=True).fill(f"{desk.outlet}/feed")
    page.get_by_role("button", name="Preview").click()
    assert_is_for_everybody(page, "add-feed")
    page.get_by_label("Address", exact=True).fill(f"{desk.outlet}/none")
    page.get_by_role("button", name="Preview").click()
    assert_is_for_everybody(page, "add-unread")
    for name, path in (
        ("source-admin", "/sources/The%20Harbor%20Ledger"),
        ("source-held-admin", "/sources/Inland%20Courier"),
        ("alerts-admin", "/alerts"),
        ("article-admin", f"/articles/{desk.kept.articles['bridge']}"),
        ("signed-in", "/login"),
    ):
        page.goto(desk.base + path)
        assert_is_for_everybody(page, name)
        assert page.locator("form[method=post] button").count() >= 1, path
    page.goto(f"{desk.base}/rule?name=All%20corrections")
    page.get_by_role("button", name="Show what it would have sent").click()
    assert_is_for_everybody(page, "rule")
    page.goto(f"{desk.base}/group?story=Narrows%20Bridge")
    assert_is_for_everybody(page, "group")
    page.goto(f"{desk.base}/")
    page.get_by_role("button", name="Mark all read").click()
    ident = store_changes(desk.kept.url, 3, "pictured")
    unfolded = ("version", f"/articles/{desk.kept.articles['bridge']}/5")
    listed = (
        ("looked", "/"),
        ("looked-changes", "/changes?new=1"),
        ("catch-up", "/catch-up"),
        ("article-since", f"/articles/{ident}"),
        ("stories-filter", "/stories"),
    )
    for name, path in (unfolded, *listed):
        page.goto(desk.base + path)
        assert_is_for_everybody(page, name)
    stranger = opened("/add", base=desk.base, bypass_csp=True)
    assert_is_for_everybody(stranger, "add-signed-out")
    stranger.goto(f"{desk.base}/login")
    assert_is_for_everybody(stranger, "login-admin")


def test_the_bookmark_brings_the_address_and_the_session_along(opened, desk):
    page = signed_in(opened, desk)
    page.goto(f"{desk.base}/add")
    bookmark = page.get_by_role("link", name="Watch this page").get_attribute("href")
    foreign = page.context.new_page()
    foreign.route("http://news.example/*", lambda route: route.fulfill(content_type="text/html", body="<p>News</p>"))
    foreign.goto("http://news.example/a?b=1&c=%C3%A9")
    with foreign.expect_popup() as opening:
        foreign.evaluate("(href) => { location.href = href; }", bookmark)
    form = opening.value
    form.wait_for_url("**/add?url=*")
    assert form.get_by_label("Address", exact=True).input_value() == "http://news.example/a?b=1&c=%C3%A9"
    expect(form.get_by_role("button", name="Preview")).to_be_visible()
