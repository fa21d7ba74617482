"""Chromium showing an archive of the demo's articles, for the tests of the web pages."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.integration.web.newsroom_archive import NOW, Kept, build
from tracker.archive.opening import open_archive
from tracker.config.root import Config
from tracker.errors import ConfigError
from tracker.fetch.browser import find_chromium
from tracker.web.app import build as build_app
from tracker.web.data import CachedArchive
from tracker.web.guard import Site

# A click ends when the next page begins to arrive. Assertions about that page wait for it, even on a busy machine.
PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)
HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")
COLOR_RULES = ("color-contrast", "link-in-text-block")
"""The rules of axe whose result depends on the theme, which changes nothing but colors."""
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; where there is none the tests are skipped, and say how to get one."""
    try:
        path = find_chromium()
    except ConfigError as error:
        pytest.skip(f"NOT TESTED IN A BROWSER: {error.message}; {error.hint}")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield made
        made.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return an archive of this module's own."""
    return build(tmp_path_factory.mktemp("browsed") / "w.db")


@contextmanager
def served(
    url: str, site: Site | None = None, config: Config | Callable[[], Config] | None = None, **web: Any
) -> Iterator[str]:
    """Serve the archive at `url` from a thread and give the address."""
    cache = CachedArchive(open_archive(url, readonly=True))
    current = config if callable(config) else lambda: config or Config()
    app = build_app(cache, site or Site(), lambda: NOW, current)
    for name, value in web.items():
        setattr(app.state.web, name, value)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(1800):
        if server.started:
            break
        threading.Event().wait(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        cache.archive.close()


@pytest.fixture(scope="module")
def address(kept: Kept) -> Iterator[str]:
    """Return where the archive is served."""
    with served(kept.url) as found:
        yield found


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return what opens a page in a window of its own; console errors and requests elsewhere fail the test."""
    contexts = []
    wrong: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        base = options.pop("base", address)
        expected = options.pop("expected", 200)
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _heard(message, wrong, expected))
        page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"{path}: a dialog said {dialog.message}"))
        page.on("request", lambda request: None if request.url.startswith(base) else wrong.append(request.url))
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == expected, path
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _heard(message: Any, wrong: list[str], expected: int) -> None:
    if message.type == "error" and not (expected >= 400 and "Failed to load resource" in message.text):
        wrong.append(message.text)


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds by these rules, or by all of them, each with the first element it is about."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + ";null")
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    options = {"resultTypes": ["violations"], "preload": False, **only}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    page.wait_for_load_state()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(wide)
