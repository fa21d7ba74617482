"""Render pages whose text is written by scripts, with Chromium.

Chromium opens no connection itself: every request of the page goes through another fetcher, which checks addresses,
limits sizes and counts redirects as for other pages. Needs ``writethru[browser]`` and a Chromium
(``WRITETHRU_CHROMIUM``, or chromium on the PATH).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Final

from tracker.errors import ConfigError
from tracker.model.capture import Allow, Capture, Failure, FailureKind, FetchResult, PageFetcher, Request

from .responses import FetchError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Route

MAX_SUBREQUESTS: Final = 80
MAX_IDLE_WAIT_SECONDS: Final = 10.0
MAX_RENDER_SECONDS: Final = 30.0
MAX_SCREENSHOT_SECONDS: Final = 15.0
MAX_SCREENSHOT_BYTES: Final = 400_000
# In pixels; anything further down on a page is not in its screenshot.
MAX_SCREENSHOT_HEIGHT: Final = 6_000
# Screenshots taken of a page with the same text: some edits are stored only when the next check confirms them.
MAX_SCREENSHOTS_OF_TEXT: Final = 2
MAX_REMEMBERED_PAGES: Final = 10_000
RENDERED_HEADER: Final = "X-Writethru-Rendered"
# Images, fonts and media change nothing in the text.
_ALLOWED_RESOURCES: Final = frozenset({"document", "script", "xhr", "fetch", "stylesheet"})
# The body is no longer compressed or chunked, and the page's policy would block the scripts that we serve.
_OMITTED_HEADERS: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "content-security-policy"}
)
_WIDTH: Final = 1280
_MIN_HEIGHT: Final = 720
# Tried in turn until the file is small enough.
_JPEG_QUALITIES: Final = (70, 40, 20)
_LOAD_IMAGES: Final = """() => {
  for (const image of [...document.images].slice(0, 60)) {
    image.loading = 'eager';
    if (image.srcset) image.srcset = image.srcset;
    if (image.src) image.src = image.src;
  }
}"""
_IMAGES_LOADED: Final = "() => [...document.images].slice(0, 60).every(image => image.complete)"
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

    Args: inner: fetches the pages and everything they load; the caller closes it. photographs: whether the pages of a
    source are photographed. Images are loaded only for a screenshot, and only if the text differs from last time.
    """

    def __init__(self, inner: PageFetcher, photographs: Callable[[str], bool] = lambda _: False) -> None:
        self._inner = inner
        self._photographs = photographs
        self._photographed: OrderedDict[str, tuple[str, int]] = OrderedDict()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._opening = asyncio.Lock()

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page and return it after its scripts have run; anything but HTML is returned unchanged.

        If a script leads to another page, that page is returned, with its address as after a redirect.
        """
        # Not conditional: an ETag of the empty page says nothing about the text that its scripts load.
        result = await self._inner.fetch(replace(request, etag="", last_modified=""), now, allow)
        if not isinstance(result, Capture) or "html" not in result.header("content-type"):
            return result
        handler = _RequestHandler(self._inner, result, request.source, now, allow)
        try:
            body, screenshot = await self._render(handler, result.final_url, request.source)
        except FetchError as error:
            return handler.refusal or Failure(error.kind, error.reason, request.url, result.status)
        if handler.refusal is not None:
            return handler.refusal
        return replace(
            handler.page,
            url=request.url,
            body=body,
            sha256=hashlib.sha256(body).hexdigest(),
            headers=(*handler.page.headers, (RENDERED_HEADER, "chromium")),
            screenshot=screenshot,
        )

    async def aclose(self) -> None:
        """Close the browser."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._browser = self._playwright = None

    async def _open(self, playwright: ModuleType) -> Browser:
        async with self._opening:
            if self._browser is None or not self._browser.is_connected():
                await self.aclose()  # it crashed, or the system ended it to free memory
                executable = find_chromium()
                self._playwright = started = await playwright.async_playwright().start()
                # Chromium cannot set up its sandbox as root. Pages have no network of their own either way.
                sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
                self._browser = await started.chromium.launch(
                    executable_path=executable, args=[*_CHROMIUM_ARGUMENTS, *sandbox]
                )
            return self._browser

    async def _render(self, handler: _RequestHandler, url: str, source: str) -> tuple[bytes, str]:
        """Return the page after its scripts have run, and its screenshot in base64, empty without one.

        Raises FetchError if the page takes too long or the browser fails. A screenshot that fails is left out.
        """
        from playwright import async_api

        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(MAX_RENDER_SECONDS):
                    browser = await self._open(async_api)
                    context = await browser.new_context(
                        java_script_enabled=True,
                        service_workers="block",
                        accept_downloads=False,
                        viewport={"width": _WIDTH, "height": _MIN_HEIGHT},
                    )
                    stack.push_async_callback(context.close)
                    page = await context.new_page()
                    await page.route("**/*", handler)
                    await page.goto(url, wait_until="domcontentloaded", timeout=MAX_RENDER_SECONDS * 1000)
                    # A page that never stops loading shows its text by then.
                    with suppress(async_api.TimeoutError):
                        await page.wait_for_load_state("networkidle", timeout=MAX_IDLE_WAIT_SECONDS * 1000)
                    body = (await page.content()).encode("utf-8", "replace")
                picture = b""
                if self._photographs(source):
                    with suppress(TimeoutError, async_api.Error):
                        async with asyncio.timeout(MAX_SCREENSHOT_SECONDS):
                            picture = await self._photograph(page, url, handler, async_api.TimeoutError)
                return body, base64.b64encode(picture).decode("ascii")
        except (TimeoutError, async_api.TimeoutError):
            reason = f"the browser did not finish loading the page within {MAX_RENDER_SECONDS:.0f} s"
            raise FetchError(FailureKind.TIMEOUT, reason) from None
        except async_api.Error as error:
            reason = f"the browser could not load the page: {error.message.partition(chr(10))[0]}"
            raise FetchError(FailureKind.UNREADABLE, reason) from None

    async def _photograph(self, page: Page, url: str, handler: _RequestHandler, timed_out: type[Exception]) -> bytes:
        """Return a screenshot as a JPEG file of at most MAX_SCREENSHOT_BYTES.

        Empty if this text was photographed often enough, or if the file is larger at every quality.
        """
        text = hashlib.sha256((await page.inner_text("body")).encode("utf-8", "replace")).hexdigest()
        known, count = self._photographed.get(url, ("", 0))
        count = count if known == text else 0
        if count >= MAX_SCREENSHOTS_OF_TEXT:
            return b""
        handler.loads_images = True
        height = int(await page.evaluate("document.documentElement.scrollHeight"))
        height = min(max(height, _MIN_HEIGHT), MAX_SCREENSHOT_HEIGHT)
        await page.set_viewport_size({"width": _WIDTH, "height": height})
        await page.evaluate(_LOAD_IMAGES)
        with suppress(timed_out):  # the screenshot has the images that are loaded by then
            await page.wait_for_function(_IMAGES_LOADED, timeout=MAX_SCREENSHOT_SECONDS * 500)
        for quality in _JPEG_QUALITIES:
            picture = await page.screenshot(type="jpeg", quality=quality, animations="disabled")
            if len(picture) <= MAX_SCREENSHOT_BYTES:
                break
        else:
            picture = b""
        self._photographed[url] = text, count + 1
        self._photographed.move_to_end(url)
        if len(self._photographed) > MAX_REMEMBERED_PAGES:
            self._photographed.popitem(last=False)
        return picture


class _RequestHandler:
    """Answers the requests of a page: the page itself from its capture, scripts and data from the fetcher.

    `page` is shown in the browser: the capture, or the page that a script led to. `refusal` is set if that page could
    not be fetched.
    """

    def __init__(self, fetcher: PageFetcher, page: Capture, source: str, now: datetime, allow: Allow | None) -> None:
        self._fetcher = fetcher
        self.page = page
        self.refusal: Failure | None = None
        self._allow = allow
        self._source = source
        self._now = now
        self._requests = 0
        self.loads_images = False

    async def __call__(self, route: Route) -> None:
        request = route.request
        is_page = request.is_navigation_request() and request.frame.parent_frame is None
        if is_page and request.url.partition("#")[0] == self.page.final_url:
            await _fulfil(route, self.page)
            return
        self._requests += 1
        is_image = self.loads_images and request.resource_type == "image"
        is_allowed = request.method == "GET" and (is_image or request.resource_type in _ALLOWED_RESOURCES)
        if not is_allowed or self._requests > MAX_SUBREQUESTS:
            await route.abort()
            return
        wanted = Request(request.url, accept="*/*", source=self._source)
        # Scripts and data are part of a page that robots.txt allows; another page is to be allowed itself.
        result = await self._fetcher.fetch(wanted, self._now, self._allow if is_page else None)
        if not isinstance(result, Capture) or (is_page and "html" not in result.header("content-type")):
            if is_page and isinstance(result, Failure):
                self.refusal = replace(result, url=self.page.url)
            await route.abort()
            return
        if is_page:
            hops = (*self.page.hops, self.page.final_url, *result.hops)
            self.page = replace(result, hops=hops)
        await _fulfil(route, result)


async def _fulfil(route: Route, capture: Capture) -> None:
    headers = {name: value for name, value in capture.headers if name.lower() not in _OMITTED_HEADERS}
    await route.fulfill(status=capture.status, headers=headers, body=capture.body)
