"""Which URL a fetch requests next."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import Final

from tracker.errors import UsageError
from tracker.model.capture import FailureKind
from tracker.urls import fetchable, join, origin_of

from .errors import FetchError

MAX_REDIRECTS: Final = 5


class RedirectChain:
    """The URLs of one fetch, and the time it spent on the network.

    Attributes: url: the URL to request next. hops: those that redirected.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.hops: list[str] = []
        self._elapsed = 0.0
        self._started: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds between `start_clock` and `stop_clock`, of all requests together."""
        running = 0.0 if self._started is None else perf_counter() - self._started
        return self._elapsed + running

    def start_clock(self) -> None:
        """Begin to count the time of a request."""
        self._started = perf_counter()

    def stop_clock(self) -> None:
        """Stop counting, until the next request."""
        self._elapsed = self.elapsed
        self._started = None

    def follow(self, target: str) -> None:
        """Make `target` the next URL. Raises FetchError if there are too many redirects, or they go in a circle."""
        self.hops.append(self.url)
        self.url = target
        if target in self.hops:
            raise FetchError(FailureKind.REDIRECTS, f"the URL redirects in a circle, back to {target}")
        if len(self.hops) > MAX_REDIRECTS:
            raise FetchError(
                FailureKind.REDIRECTS,
                f"the URL redirects more than {MAX_REDIRECTS} times, last to {target}; watch the final URL instead",
            )


def request_url(url: str) -> str:
    """Return the form of `url` to request. Raises FetchError if it is not a web address."""
    try:
        return fetchable(url)
    except UsageError as error:
        reason = f"{error.message}; {error.hint}" if error.hint else error.message
        raise FetchError(FailureKind.BAD_URL, reason) from None


def redirect_target(url: str, location: str) -> str:
    """Return the URL that a redirect from `url` leads to.

    Args: location: the Location header, each byte one character as in Latin-1.
    Raises FetchError if it leads to nothing on the web.
    """
    if not location:
        raise FetchError(FailureKind.REDIRECTS, "the server redirects without saying where to")
    with suppress(UnicodeError):
        # Servers that do not percent-encode write UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    target = join(url, location)
    if target is None:
        raise FetchError(
            FailureKind.REDIRECTS, f"the server redirects to {location[:200]!r}, which is not a web address"
        )
    return target


def is_same_site(url: str, target: str) -> bool:
    """Return whether a redirect stays on its origin, or only moves from http to https on the same host.

    Another site must not be told which version of a page we have.
    """
    upgraded = "https" + url.removeprefix("http") if url.startswith("http:") else url
    return origin_of(target) in {origin_of(url), origin_of(upgraded)}
