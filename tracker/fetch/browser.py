"""Pages whose text is written by scripts, rendered by Chromium.

Chromium opens no connection itself: every request of the page goes through another fetcher, which checks addresses,
limits sizes and counts redirects as everywhere else. Needs ``writethru[browser]`` and a Chromium
(``WRITETHRU_CHROMIUM``, or chromium on the PATH).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ..errors import ConfigError
from ..model.capture import Capture, Failure, FailureKind, Request

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright, Route

    from ..model.capture import FetchResult
    from ..model.fetcher import Allow, PageFetcher

MAX_SUBREQUESTS: Final = 80
MAX_LOAD_SECONDS: Final = 20.0
MAX_IDLE_WAIT_SECONDS: Final = 10.0
MAX_RENDER_SECONDS: Final = 30.0
RENDERED_HEADER: Final = "X-Writethru-Rendered"
# Images, fonts and media change nothing in the text.
_ALLOWED_RESOURCES: Final = frozenset({"document", "script", "xhr", "fetch", "stylesheet"})
# The body is no longer compressed or chunked, and the page's policy would forbid the scripts that we serve.
_OMITTED_HEADERS: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "content-security-policy"}
)
_CHROMIUM_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    # WebRTC would send packets to IP addresses without asking. Old versions know only the second option.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def find_chromium() -> str:
    """Return the path of a Chromium. Raises ConfigError, with what to install, if it or Playwright is missing."""
    if find_spec("playwright") is None:
        raise ConfigError("render = true needs the browser extra", hint="run: pip install 'writethru[browser]'")
    configured = os.environ.get("WRITETHRU_CHROMIUM", "")
    path = configured or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not path:
        raise ConfigError(
            "render = true needs Chromium, which was not found",
            hint="run: apt-get install chromium; or set WRITETHRU_CHROMIUM to its path",
        )
    return path


class BrowserFetcher:
    """A PageFetcher that renders HTML pages. The browser starts with the first page, and ends with `aclose`.

    Args: inner: fetches the pages and everything they load; it stays its owner's to close.
    """

    def __init__(self, inner: PageFetcher) -> None:
        self._inner = inner
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._opening = asyncio.Lock()

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page and return it as its scripts leave it; everything but HTML is returned as fetched."""
        # Not conditional: an ETag of the empty page says nothing about the text that its scripts load.
        result = await self._inner.fetch(replace(request, etag="", last_modified=""), now, allow)
        if not isinstance(result, Capture) or "html" not in result.header("content-type"):
            return result
        try:
            body = await asyncio.wait_for(self._render(result, request.source, now), MAX_RENDER_SECONDS)
        except TimeoutError:
            return Failure(
                FailureKind.TIMEOUT,
                f"the browser did not finish loading the page within {MAX_RENDER_SECONDS:.0f} s",
                request.url,
                result.status,
            )
        headers = (*result.headers, (RENDERED_HEADER, "chromium"))
        return replace(result, body=body, sha256=hashlib.sha256(body).hexdigest(), headers=headers)

    async def aclose(self) -> None:
        """Close the browser."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._browser = self._playwright = None

    async def _open(self) -> Browser:
        async with self._opening:
            if self._browser is None:
                executable = find_chromium()
                from playwright.async_api import async_playwright

                self._playwright = await async_playwright().start()
                # Chromium cannot set up its sandbox as root. Pages have no network of their own either way.
                sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
                self._browser = await self._playwright.chromium.launch(
                    executable_path=executable, args=[*_CHROMIUM_ARGUMENTS, *sandbox]
                )
            return self._browser

    async def _render(self, capture: Capture, source: str, now: datetime) -> bytes:
        from playwright.async_api import TimeoutError as PlaywrightTimeoutError

        browser = await self._open()
        context = await browser.new_context(java_script_enabled=True, service_workers="block", accept_downloads=False)
        try:
            page = await context.new_page()
            await page.route("**/*", _RequestHandler(self._inner, capture, source, now))
            await page.goto(capture.final_url, wait_until="domcontentloaded", timeout=MAX_LOAD_SECONDS * 1000)
            with suppress(PlaywrightTimeoutError):  # a page that never stops loading has shown its text by then
                await page.wait_for_load_state("networkidle", timeout=MAX_IDLE_WAIT_SECONDS * 1000)
            return (await page.content()).encode("utf-8", "replace")
        finally:
            await context.close()


class _RequestHandler:
    """Answers the requests of a page: the page itself from its capture, scripts and data from the fetcher."""

    def __init__(self, fetcher: PageFetcher, capture: Capture, source: str, now: datetime) -> None:
        self._fetcher = fetcher
        self._capture = capture
        self._source = source
        self._now = now
        self._requests = 0

    async def __call__(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request() and request.url.partition("#")[0] == self._capture.final_url:
            await _fulfil(route, self._capture)
            return
        self._requests += 1
        is_allowed = request.method == "GET" and request.resource_type in _ALLOWED_RESOURCES
        if not is_allowed or self._requests > MAX_SUBREQUESTS:
            await route.abort()
            return
        result = await self._fetcher.fetch(Request(request.url, accept="*/*", source=self._source), self._now)
        if isinstance(result, Capture):
            await _fulfil(route, result)
        else:
            await route.abort()


async def _fulfil(route: Route, capture: Capture) -> None:
    headers = {name: value for name, value in capture.headers if name.lower() not in _OMITTED_HEADERS}
    await route.fulfill(status=capture.status, headers=headers, body=capture.body)
