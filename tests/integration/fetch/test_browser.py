import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_fetcher import FakeFetcher, page, status
from tracker.errors import ConfigError
from tracker.fetch.browser import RENDERED_HEADER, BrowserFetcher, find_chromium
from tracker.model.capture import Capture, Failure, FailureKind, Request

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://s.test/news/story"
SHELL = """<!doctype html><html><head><title>Loading</title></head><body><div id="root"></div>
<script src="/app.js"></script><img src="https://ads.test/pixel.gif"></body></html>"""
APP = """fetch('/api/story').then(answer => answer.json()).then(story => {
  document.title = story.title;
  document.getElementById('root').innerHTML = `<article><h1>${story.title}</h1><p>${story.text}</p></article>`;
});
fetch('http://169.254.169.254/latest/meta-data/').catch(() => {});"""
STORY = '{"title": "Bridge closed", "text": "The council closed the bridge on Tuesday."}'


def has_chromium() -> bool:
    try:
        return bool(find_chromium())
    except ConfigError:
        return False


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that *pid* and its children started, parents first."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended meanwhile
        for child in map(int, children.split()):
            yield child
            yield from descendants(child)


needs_chromium = pytest.mark.skipif(not has_chromium(), reason="NO CHROMIUM HERE: rendering is not tested")


@pytest.fixture(autouse=True)
def _patient_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_IDLE_WAIT_SECONDS", "MAX_RENDER_SECONDS"):
        monkeypatch.setattr(f"tracker.fetch.browser.{name}", 90.0)


def web() -> FakeFetcher:
    return FakeFetcher(
        {
            URL: page(URL, SHELL, etag='"shell"'),
            "https://s.test/app.js": page("https://s.test/app.js", APP, content_type="text/javascript"),
            "https://s.test/api/story": page("https://s.test/api/story", STORY, content_type="application/json"),
        }
    )


@needs_chromium
async def test_a_page_is_returned_as_its_scripts_leave_it():
    fetcher = web()
    async with aclosing(BrowserFetcher(fetcher)) as browser:
        found = await browser.fetch(Request(URL, etag='"shell"'), NOW)
        again = await browser.fetch(Request(URL), NOW)
    assert isinstance(found, Capture)
    assert b"The council closed the bridge on Tuesday." in found.body
    assert found.header(RENDERED_HEADER) == "chromium"
    assert isinstance(again, Capture)
    assert again.sha256 == found.sha256
    asked = {request.url for request in fetcher.requests}
    assert "https://ads.test/pixel.gif" not in asked, "pictures are not news"
    assert all(request.etag == "" for request in fetcher.requests), "the shell's ETag says nothing of the text"


@needs_chromium
async def test_the_browser_reaches_nothing_that_the_fetcher_refuses():
    metadata = "http://169.254.169.254/latest/meta-data/"
    fetcher = web()
    fetcher.pages[metadata] = Failure(FailureKind.BLOCKED_ADDRESS, "a private address", metadata)
    async with aclosing(BrowserFetcher(fetcher)) as browser:
        found = await browser.fetch(Request(URL), NOW)
    assert isinstance(found, Capture)
    assert b"council" in found.body


PHOTO = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0"
    b"\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)
STILL = """<!doctype html><html><head><title>Story</title></head><body style="margin:0">
<img src="/photo.png" width="1280" height="900" style="display:block"><p>Bridge {} closed.</p></body></html>"""


@needs_chromium
async def test_a_page_is_photographed_with_its_images_where_its_text_is_new(monkeypatch):
    image = "https://s.test/photo.png"
    fetcher = FakeFetcher({URL: page(URL, STILL.format(1)), image: page(image, PHOTO, content_type="image/png")})
    async with aclosing(BrowserFetcher(fetcher, lambda name: name == "Herald")) as browser:
        request = Request(URL, source="Herald")
        first, second, third = [await browser.fetch(request, NOW) for _ in range(3)]
        loads = [each.url for each in fetcher.requests].count(image)
        fetcher.pages[URL] = page(URL, STILL.format(2))
        edited = await browser.fetch(request, NOW)
        other = await browser.fetch(replace(request, source="Post"), NOW)
        monkeypatch.setattr("tracker.fetch.browser.MAX_SCREENSHOT_BYTES", 10)
        fetcher.pages[URL] = page(URL, STILL.format(3))
        large = await browser.fetch(request, NOW)
    found = [first, second, third, edited, other, large]
    assert all(isinstance(each, Capture) and b"photo.png" in each.body for each in found)
    taken = [each.picture for each in found if isinstance(each, Capture)]
    assert [bool(each) for each in taken] == [True, True, False, True, False, False]
    assert loads == 2, "images are loaded for screenshots alone"
    assert taken[0].startswith(b"\xff\xd8\xff")


@needs_chromium
async def test_a_screenshot_that_takes_too_long_is_left_out_and_the_page_is_kept(monkeypatch):
    monkeypatch.setattr("tracker.fetch.browser.MAX_SCREENSHOT_SECONDS", 0.0)
    async with aclosing(BrowserFetcher(FakeFetcher({URL: page(URL, STILL.format(1))}), lambda _: True)) as browser:
        found = await browser.fetch(Request(URL, source="Herald"), NOW)
    assert isinstance(found, Capture)
    assert (found.screenshot, b"Bridge 1 closed" in found.body) == ("", True)


CALL = """<!doctype html><html><head><title>Call</title></head><body><p id="state"></p><script>
const call = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});
call.createDataChannel('x');
call.createOffer().then(offer => call.setLocalDescription(offer)).then(() => {{
  document.getElementById('state').textContent = 'It rang.';
}});
</script></body></html>"""


@needs_chromium
async def test_scripts_send_no_packet_to_a_private_address_by_webrtc():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inside:
        inside.bind(("127.0.0.1", 0))
        inside.setblocking(False)
        shell = CALL.format(port=inside.getsockname()[1])
        async with aclosing(BrowserFetcher(FakeFetcher({URL: page(URL, shell)}))) as browser:
            found = await browser.fetch(Request(URL), NOW)
        assert isinstance(found, Capture)
        assert b'<p id="state">It rang.' in found.body
        with pytest.raises(BlockingIOError):
            inside.recv(2000)


@needs_chromium
@pytest.mark.parametrize(
    ("headers", "seconds", "kind", "reason"),
    [
        ((), 3.0, FailureKind.TIMEOUT, "did not finish loading"),
        ((("Content-Disposition", "attachment"),), 90.0, FailureKind.UNREADABLE, "could not load the page"),
    ],
)
async def test_a_page_that_the_browser_does_not_show_is_a_failure(monkeypatch, headers, seconds, kind, reason):
    monkeypatch.setattr("tracker.fetch.browser.MAX_RENDER_SECONDS", seconds)
    fetcher = web()
    shell = page(URL, SHELL)
    fetcher.pages[URL] = replace(shell, headers=(*shell.headers, *headers))

    class Stuck:
        async def fetch(self, request, now, allow=None):
            if request.url.endswith("/app.js"):
                await asyncio.Event().wait()
            return await fetcher.fetch(request, now, allow)

    async with aclosing(BrowserFetcher(Stuck())) as browser:
        found = await browser.fetch(Request(URL), NOW)
    assert isinstance(found, Failure)
    assert found.kind is kind
    assert reason in found.reason


@needs_chromium
async def test_a_browser_that_died_is_started_again():
    before = set(descendants(os.getpid()))
    async with aclosing(BrowserFetcher(web())) as browser:
        assert isinstance(await browser.fetch(Request(URL), NOW), Capture)
        for pid in descendants(os.getpid()):
            if pid not in before and b"chrom" in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]:
                os.kill(pid, signal.SIGKILL)
                break
        dying = await browser.fetch(Request(URL), NOW)
        again = await browser.fetch(Request(URL), NOW)
    assert isinstance(dying, Capture | Failure), "its end may be noticed only now"
    assert isinstance(again, Capture)


@needs_chromium
async def test_a_script_that_leads_to_another_page_is_a_redirect():
    front = "https://s.test/"
    fetcher = web()
    fetcher.pages["https://s.test/app.js"] = page(
        "https://s.test/app.js", f"location.href = '{front}'", content_type="text/javascript"
    )
    fetcher.pages[front] = page(front, "<html><body><p>The front page.</p></body></html>")
    is_closed = False

    async def allow(url: str) -> Failure | None:
        return Failure(FailureKind.ROBOTS, "not allowed", url) if url == front and is_closed else None

    async with aclosing(BrowserFetcher(fetcher)) as browser:
        led = await browser.fetch(Request(URL), NOW, allow)
        is_closed = True
        refused = await browser.fetch(Request(URL), NOW, allow)
    assert isinstance(led, Capture)
    assert (led.url, led.final_url, led.hops, b"The front page." in led.body) == (URL, front, (URL,), True)
    assert isinstance(refused, Failure)
    assert (refused.kind, refused.url, refused.final_url) == (FailureKind.ROBOTS, URL, front)


async def test_what_is_not_html_is_returned_as_it_is():
    fetcher = FakeFetcher(
        {
            URL: status(URL, 503),
            "https://s.test/x.pdf": page("https://s.test/x.pdf", b"%PDF", content_type="application/pdf"),
        }
    )
    browser = BrowserFetcher(fetcher)
    refused = await browser.fetch(Request(URL), NOW)
    other = await browser.fetch(Request("https://s.test/x.pdf"), NOW)
    await browser.aclose()
    assert isinstance(refused, Failure)
    assert isinstance(other, Capture)
    assert other.header(RENDERED_HEADER) == ""


def test_without_a_chromium_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError) as caught:
        find_chromium()
    assert "WRITETHRU_CHROMIUM" in caught.value.hint
    monkeypatch.setenv("WRITETHRU_CHROMIUM", "/opt/chromium")
    assert find_chromium() == "/opt/chromium"
