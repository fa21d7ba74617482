"""The hostile responses on loopback, one address each, next to a good site that must not suffer."""

import time
from collections.abc import AsyncGenerator, Sequence

from tests.loopback import NOT_FOUND, LoopbackSites

from .hostile import CASES, GOOD, HERE, SECOND, Case, made, page, whole

GOOD_HOST = "127.0.5.1"


class HostileSites(LoopbackSites):
    """Serve every case at an address of its own, and a good site whose page changes every two seconds."""

    def __init__(self, cases: Sequence[Case] = (*CASES, *SECOND)) -> None:
        self.cases = cases
        self._by_host = {_host(place): case for place, case in enumerate(cases)}
        self.good_requests: list[float] = []
        super().__init__([GOOD_HOST, *self._by_host], self._response, keep_alive=False)

    def url(self, case: Case) -> str:
        return _padded(HERE, f"http://{_host(self.cases.index(case))}:{self.port}/case")

    @property
    def good_url(self) -> str:
        return _padded(GOOD, f"http://{GOOD_HOST}:{self.port}/good")

    async def _response(self, host: str, path: str) -> AsyncGenerator[bytes, None]:
        case = self._by_host.get(host)
        is_robots_txt = path.startswith("/robots.txt")
        if is_robots_txt and (case is None or case.robots is None):
            yield NOT_FOUND
            return
        if case is None:
            self.good_requests.append(time.monotonic())
            yield whole(page(f"<p>At {int(time.time() / 2)} the water stood lower again.</p>"))
            return
        answer = made(case.robots if is_robots_txt and case.robots else case.answer)
        if isinstance(answer, bytes):
            yield answer.replace(HERE.encode(), self.url(case).encode()).replace(GOOD.encode(), self.good_url.encode())
            return
        async for part in answer:
            yield part


def _host(place: int) -> str:
    return f"127.0.{(4, 6)[place // 250]}.{1 + place % 250}"


def _padded(placeholder: str, url: str) -> str:
    """Make a URL as long as its placeholder, because Content-Length was computed with that."""
    return f"{url}/{'n' * (len(placeholder) - len(url) - 1)}"
