"""Pages that only a browser can read: rendered by Chromium, which reaches nothing but what our own door fetches for it.

Every request of the page is answered by the Fetcher, so addresses are vetted, sizes bounded and redirects counted as
everywhere else; the browser itself never opens a connection. Needs ``writethru[browser]`` and a Chromium
(``WRITETHRU_CHROMIUM``, or chromium on the PATH).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from ..errors import ConfigError
from ..model import Capture, Failure, FailureKind, Request

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.async_api import Browser, Playwright, Route

    from ..model import FetchResult, Headers
    from ..ports import Fetcher
    from ..ports.fetcher import Allow

MOST_REQUESTS: Final = 80
SETTLED_SECONDS: Final = 20.0
_WANTED: Final = frozenset({"document", "script", "xhr", "fetch", "stylesheet"})
_DROPPED: Final = frozenset({"content-encoding", "content-length", "transfer-encoding", "content-security-policy"})
_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-proxy-server",
    # WebRTC would send packets to addresses that need no name, which no route sees. The second is what old ones know.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
RENDERED: Final = "X-Writethru-Rendered"


def find_chromium() -> str:
    """Return the path of a Chromium. Raises ConfigError where it or its driver is missing, and says how to get it."""
    if find_spec("playwright") is None:
        raise ConfigError("render = true needs the browser extra", hint="pip install 'writethru[browser]'")
    named = os.environ.get("WRITETHRU_CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not found:
        raise ConfigError(
            "render = true needs a Chromium", hint="apt-get install chromium, or set WRITETHRU_CHROMIUM to its path"
        )
    return found


class BrowserFetcher:
    """A Fetcher that renders what it fetches. Opens the browser with the first page, closes it with `aclose`."""

    def __init__(self, inner: Fetcher) -> None:
        self._inner = inner
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._opening = asyncio.Lock()

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch a page and return it as it stands once its scripts have run; all else as the inner fetcher gave it."""
        found = await self._inner.fetch(replace(request, etag="", last_modified=""), now, allow)
        if not isinstance(found, Capture) or "html" not in found.header("content-type"):
            return found
        try:
            body = await asyncio.wait_for(self._render(found, now), SETTLED_SECONDS + 10)
        except TimeoutError:
            return Failure(
                FailureKind.TIMEOUT, "the page did not come to rest in the browser", request.url, found.status
            )
        marked = (*found.headers, (RENDERED, "chromium"))
        return replace(found, body=body, sha256=hashlib.sha256(body).hexdigest(), headers=marked)

    async def post(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, Headers]:
        """Send as the inner fetcher does."""
        return await self._inner.post(url, headers, body, private=private)

    async def inquire(self, url: str, headers: Headers, body: bytes, *, private: bool = False) -> tuple[int, bytes]:
        """Send as the inner fetcher does."""
        return await self._inner.inquire(url, headers, body, private=private)

    async def aclose(self) -> None:
        """Close the browser; the inner fetcher is its owner's to close."""
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
                # Chromium cannot set up its sandbox as root; pages reach no network of their own either way.
                sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
                self._browser = await self._playwright.chromium.launch(
                    executable_path=executable, args=[*_ARGUMENTS, *sandbox]
                )
            return self._browser

    async def _render(self, found: Capture, now: datetime) -> bytes:
        from playwright.async_api import TimeoutError as StillBusy

        browser = await self._open()
        context = await browser.new_context(java_script_enabled=True, service_workers="block", accept_downloads=False)
        try:
            page = await context.new_page()
            await page.route("**/*", _Answers(self._inner, found, now))
            await page.goto(found.final_url, wait_until="domcontentloaded", timeout=SETTLED_SECONDS * 1000)
            with suppress(StillBusy):  # a page that polls for ever has shown its text by then
                await page.wait_for_load_state("networkidle", timeout=SETTLED_SECONDS * 500)
            return (await page.content()).encode("utf-8", "replace")
        finally:
            await context.close()


class _Answers:
    """Answers a page's requests: the document from its capture, what it needs from the fetcher, the rest not at all."""

    def __init__(self, fetcher: Fetcher, found: Capture, now: datetime) -> None:
        self._fetcher = fetcher
        self._found = found
        self._now = now
        self._asked = 0

    async def __call__(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request() and request.url.partition("#")[0] == self._found.final_url:
            await _fulfil(route, self._found)
            return
        self._asked += 1
        if request.method != "GET" or request.resource_type not in _WANTED or self._asked > MOST_REQUESTS:
            await route.abort()
            return
        answer = await self._fetcher.fetch(Request(request.url, accept="*/*"), self._now)
        if isinstance(answer, Capture):
            await _fulfil(route, answer)
        else:
            await route.abort()


async def _fulfil(route: Route, answer: Capture) -> None:
    headers = {name: value for name, value in answer.headers if name.lower() not in _DROPPED}
    await route.fulfill(status=answer.status, headers=headers, body=answer.body)
