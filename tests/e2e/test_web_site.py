"""The static site, opened from disk."""

from tests.e2e.web_browser import browser, kept, overflow, violations
from tests.service import run_program

__all__ = ["browser", "kept"]


def test_it_reads_as_the_served_pages_do(browser, kept, tmp_path):
    site = tmp_path / "site"
    assert run_program(tmp_path, "--db", kept.url, "export", "--format", "site", str(site)).returncode == 0
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
    assert page.locator("ins", has_text="1,420").first.is_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Side by side").click()
    assert page.locator(".sides").count() > 2
    page.locator("h1 a").click()
    assert page.locator("svg.flow").is_visible()
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
