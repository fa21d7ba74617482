"""Sites on many loopback hosts whose pages change at times known in advance, with a log of every request."""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from tests.loopback import NOT_FOUND, LoopbackSites, html

PAGE: Final = (
    "<!doctype html><html><head><title>Fire at {path} on {host}</title></head><body><article><h1>Fire at {path} on "
    "{host}</h1><p>The fire brigade of {host} said that {number} people had been brought to safety from the building "
    "by the evening, and that the search would go on through the night.</p><p>The cause of the fire is not known, a "
    "spokeswoman said; the police have opened an inquiry and asked witnesses to come forward with what they saw.</p>"
    "</article></body></html>"
)
_NUMBER: Final = re.compile(r"said that (\d+) people")
RESPONSE_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Served:
    """One page as it was sent: when (monotonic seconds), its URL and the number in its text."""

    at: float
    url: str
    number: int


def number_in(text: str) -> int:
    """Return the number in the text of a page, or -1 if the text is none that was ever sent."""
    found = _NUMBER.search(text)
    return int(found[1]) if found else -1


class ChangingSites(LoopbackSites):
    """Serve `pages` pages on each of `hosts` hosts; every page gets a new number each `edition_seconds`.

    Attributes:
        served: the pages sent so far.
        max_parallel: the most requests that one host had at the same time.
    """

    def __init__(self, hosts: int, pages: int, edition_seconds: float, seed: int = 0) -> None:
        super().__init__([f"127.0.4.{n}" for n in range(1, hosts + 1)], self._page)
        rng = random.Random(seed)
        self.edition_seconds = edition_seconds
        self.served: list[Served] = []
        self.max_parallel = 0
        self._paths = [f"/{n}" for n in range(pages)]
        self._starts = {(host, path): rng.uniform(0, edition_seconds) for host in self.hosts for path in self._paths}
        self._parallel: dict[str, int] = defaultdict(int)

    @property
    def urls(self) -> list[str]:
        """The addresses of all pages."""
        return [self._url(host, path) for host, path in self._starts]

    def published(self, url: str, start: float, end: float) -> set[int]:
        """Return the numbers that the page had from beginning to end between two times."""
        host, _, path = url.removeprefix("http://").partition("/")
        offset = self._starts[host.partition(":")[0], "/" + path]
        first = int((start - offset) // self.edition_seconds) + 1
        return set(range(first, int((end - offset) // self.edition_seconds)))

    def last_served(self, until: float) -> dict[str, float]:
        """Return when each page was last sent before `until`."""
        return {each.url: each.at for each in list(self.served) if each.at <= until}

    def are_all_served_since(self, moment: float) -> bool:
        """Return whether every page was sent after `moment`."""
        return len({each.url for each in list(self.served) if each.at > moment}) == len(self._starts)

    def _url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    async def _page(self, host: str, path: str) -> AsyncGenerator[bytes, None]:
        self._parallel[host] += 1
        self.max_parallel = max(self.max_parallel, self._parallel[host])
        try:
            await asyncio.sleep(RESPONSE_SECONDS)
        finally:
            self._parallel[host] -= 1
        if (host, path) not in self._starts:
            yield NOT_FOUND
            return
        now = time.monotonic()
        number = int((now - self._starts[host, path]) // self.edition_seconds)
        self.served.append(Served(now, self._url(host, path), number))
        # Retention waits until a host has confirmed the system clock.
        yield html(PAGE.format(host=host, path=path, number=number), date=True)
